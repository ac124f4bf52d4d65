# What goes into the two Debian packages, by component (kiosk, ledger). packaging/build-packages puts them together.
foreach(part kiosk ledger)
  if(TARGET pilotlight-${part})
    install(TARGETS pilotlight-${part} RUNTIME DESTINATION bin COMPONENT ${part})
  endif()
  install(FILES README.md CHANGELOG.md DESTINATION share/doc/pilotlight-${part} COMPONENT ${part})
endforeach()
install(DIRECTORY assets/strings assets/receipts assets/safety DESTINATION share/pilotlight COMPONENT kiosk)
install(CODE "execute_process(COMMAND ${CMAKE_SOURCE_DIR}/assets/sounds/make \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/share/pilotlight/sounds
                COMMAND_ERROR_IS_FATAL ANY)" COMPONENT kiosk)
install(FILES packaging/kiosk.toml DESTINATION /etc/pilotlight COMPONENT kiosk)
install(FILES packaging/udev/60-pilotlight.rules DESTINATION lib/udev/rules.d COMPONENT kiosk)
install(FILES packaging/systemd/pilotlight-screen.service packaging/systemd/pilotlight-kiosk.service
        DESTINATION lib/systemd/system COMPONENT kiosk)
install(FILES packaging/ledger.env DESTINATION /etc/pilotlight COMPONENT ledger)
install(FILES packaging/systemd/pilotlight-ledger.service DESTINATION lib/systemd/system COMPONENT ledger)
install(FILES ledger/wire/openapi.yaml ledger/wire/WIRE.md DESTINATION share/doc/pilotlight-ledger COMPONENT ledger)
