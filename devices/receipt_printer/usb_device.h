// Reading what a USB device says about itself: which of its interfaces is a printer that can answer, and its IEEE 1284
// device id. Pure (USB Device Class Definition for Printing Devices 1.1).
#pragma once

#include <libusb.h>

#include <cstdint>
#include <optional>
#include <string>

#include "kiosk/base/bytes.h"

namespace pilotlight::devices {

struct UsbPrinterInterface {
  std::uint8_t number = 0;
  std::uint8_t alternate = 0;
  std::uint8_t out = 0;  // bulk endpoints, as described: never assume their numbers
  std::uint8_t in = 0;
  bool printer_class = false;  // false: a vendor's own class, which has no class requests
  bool operator==(const UsbPrinterInterface&) const = default;
};

// The printer-class interface with protocol 2 (bidirectional), else a vendor-class interface with two bulk endpoints.
// A one-way interface is no answer: nobody could say what it printed.
std::optional<UsbPrinterInterface> find_printer_interface(const libusb_config_descriptor& configuration);

// "EPSON TM-T88V" from GET_DEVICE_ID's answer: two bytes of length (big-endian, counting themselves; broken devices
// send little-endian or none), then "MFG:EPSON;MDL:TM-T88V;…". Empty if there is no name in it.
std::string model_from_device_id(ByteView answer);

}  // namespace pilotlight::devices
