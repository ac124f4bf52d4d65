// The device thread: polls the acceptor's serial port and its driver's clock. Everything that can be polled lives here.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "devices/note_acceptor/note_acceptor.h"
#include "devices/transport/serial.h"
#include "kiosk/core/effect.h"
#include "kiosk/core/event.h"
#include "kiosk/runtime/inbox.h"

namespace pilotlight {

// Hands one of the acceptor's effects (the four below) to its driver, which then wants wake(). Others are ignored.
void obey(devices::NoteAcceptor& acceptor, const core::Effect& effect);

class AcceptorLoop {
 public:
  using Report = std::function<void(core::Fact)>;  // on the loop's thread

  AcceptorLoop(const std::string& port, std::unique_ptr<devices::NoteAcceptor> acceptor, Clock& clock, Report report);
  ~AcceptorLoop();

  // EnableAcceptor, DisableAcceptor, StackNote or ReturnNote. Thread-safe, returns at once.
  void perform(core::Effect effect);

 private:
  void run();
  void move_bytes();
  void report_events();
  int wait_ms() const;

  devices::SerialPort port_;
  std::unique_ptr<devices::NoteAcceptor> acceptor_;
  Clock& clock_;
  const Report report_;
  Inbox<core::Effect> inbox_;
  Bytes unsent_;
  std::thread thread_;
};

}  // namespace pilotlight
