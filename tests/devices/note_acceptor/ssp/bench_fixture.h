// A hand-driven validator on virtual time: the test sees each command and says each answer.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "devices/note_acceptor/ssp/acceptor.h"

namespace pilotlight::devices {

// "ready 1873452 [1.00 5.00] 7", "escrow 100.00", "raised LineLost" and so on.
std::string to_text(const AcceptorEvent& event);

class Bench : public testing::Test {
 protected:
  Bench();

  // Goes on in time until the driver writes something; gives the command's data in hex, "" if it does not within 60 s.
  std::string next();
  // Answers the last command; data in hex.
  void answer(std::string_view data);
  // next() must be `command`, then it is answered.
  void expect(std::string_view command, std::string_view data);
  void expect_each(std::initializer_list<std::pair<std::string_view, std::string_view>> exchanges);
  void receive(const Bytes& bytes) { acceptor.receive(bytes, moment()); }
  Bytes wire_answer(std::string_view data) const;

  // Events since the last call, joined by ", ".
  std::string events();
  Moment moment() const { return Moment{now, 1'700'000'000'000 + now}; }

  // SYNC to the first poll, which is answered by `poll`. `serial` in hex.
  void identify(std::string_view serial = "001c962c");
  void start_up(std::string_view first_poll = "f0f1e8", std::uint8_t stacked = 7);
  // Line open, started, enabled; all events taken.
  void run_enabled();
  // The 100-yuan note in escrow; all events taken.
  void bring_to_escrow();

 public:
  static SspOptions options();
  static std::string set_up_reply();

 protected:
  SspAcceptor acceptor;
  std::int64_t now = 1000;
  std::uint8_t head = 0;  // SEQ|ADDR of the last command
  Bytes last_wire;        // its bytes
};

}  // namespace pilotlight::devices
