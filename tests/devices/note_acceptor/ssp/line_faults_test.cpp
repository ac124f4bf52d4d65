// Lost and damaged answers: retransmission of identical bytes, the loss of the line at each stage of a note, and
// answers that the protocol does not allow.
#include "tests/devices/note_acceptor/ssp/bench_fixture.h"

namespace pilotlight::devices {
namespace {

class LineFaults : public Bench {
 protected:
  void accept() {
    bring_to_escrow();
    acceptor.stack();
    ASSERT_EQ(next(), "07");
  }
};

TEST_F(LineFaults, an_unanswered_poll_is_repeated_with_the_same_bytes) {
  accept();
  const Bytes first = last_wire;
  const std::int64_t sent_at = now;
  EXPECT_EQ(next(), "07");
  EXPECT_EQ(last_wire, first);
  EXPECT_EQ(now - sent_at, 1000);
  answer("f0ee06cc");
  EXPECT_EQ(events(), "credited 100.00");
  EXPECT_EQ(next(), "07");
  EXPECT_NE(last_wire, first) << "a new command toggles the sequence bit";
}

TEST_F(LineFaults, two_answers_to_a_repeated_poll_credit_once) {
  accept();
  EXPECT_EQ(next(), "07");
  const Bytes late = wire_answer("f0ee06cc");
  receive(late);
  receive(late);
  EXPECT_EQ(next(), "07");
  receive(late);
  answer("f0eb");
  EXPECT_EQ(events(), "credited 100.00");
}

TEST_F(LineFaults, a_damaged_answer_is_asked_for_again_soon) {
  accept();
  const Bytes first = last_wire;
  Bytes damaged = wire_answer("f0ee06cc");
  damaged.back() ^= 1;
  const std::int64_t sent_at = now;
  receive(damaged);
  EXPECT_EQ(events(), "");
  EXPECT_EQ(next(), "07");
  EXPECT_EQ(last_wire, first);
  EXPECT_EQ(now - sent_at, 100);
  answer("f0ee06cc");
  EXPECT_EQ(events(), "credited 100.00");
}

TEST_F(LineFaults, an_answer_with_the_other_sequence_bit_or_address_is_ignored) {
  accept();
  const std::uint8_t sent = head;
  for (const int wrong : {sent ^ 0x80, sent ^ 0x10}) {
    head = static_cast<std::uint8_t>(wrong);
    receive(wire_answer("f0ee06cc"));
  }
  EXPECT_EQ(events(), "");
  head = sent;
  answer("f0cc");
  expect("07", "f0");
}

TEST_F(LineFaults, two_events_in_split_bytes) {
  accept();
  const Bytes wire = wire_answer("f0ee06eb");
  for (std::size_t i = 0; i < wire.size(); ++i) {
    EXPECT_EQ(events(), "");
    receive({wire[i]});
  }
  EXPECT_EQ(events(), "credited 100.00");
}

TEST_F(LineFaults, silence_for_five_sendings_is_a_lost_line_and_a_fresh_start) {
  run_enabled();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(next(), "07");
  EXPECT_EQ(next(), "11");
  EXPECT_EQ(events(), "raised LineLost");
  start_up("f0e8");
  EXPECT_EQ(events(), "over LineLost, ready 1873452 [1 5 10 20 50 100] 7");
  expect_each({{"023f00", "f0"}, {"0a", "f0"}});
}

TEST_F(LineFaults, silence_after_the_accepting_poll_keeps_asking_the_same) {
  accept();
  const Bytes first = last_wire;
  for (int i = 0; i < 12; ++i) {
    EXPECT_EQ(next(), "07");
    EXPECT_EQ(last_wire, first);
  }
  EXPECT_EQ(events(), "raised LineLost");
  answer("f0ee06cc");
  EXPECT_EQ(events(), "") << "not before the serial number is compared";
  identify();
  expect_each({{"08", "f5"}, {"09", "f0"}, {"07", "f0ebe8"}, {"58", "f00108000000"}});
  EXPECT_EQ(events(), "over LineLost, ready 1873452 [1 5 10 20 50 100] 8, credited 100.00");
}

TEST_F(LineFaults, the_accepting_poll_is_repeated_at_most_twenty_times) {
  accept();
  for (int i = 0; i < 20; ++i) EXPECT_EQ(next(), "07");
  EXPECT_EQ(next(), "11");
  start_up("f0f1e206e8", 8);
  EXPECT_EQ(events(), "raised LineLost, over LineLost, ready 1873452 [1 5 10 20 50 100] 8, cleared cashbox 100.00");
}

TEST_F(LineFaults, line_lost_while_reading) {
  run_enabled();
  expect("07", "f0ef00");
  acceptor.line_closed(moment());
  acceptor.line_opened(moment());
  start_up("f0f1e100e8");
  EXPECT_EQ(events(), "reading, raised LineLost, over LineLost, ready 1873452 [1 5 10 20 50 100] 7, cleared front ?");
}

TEST_F(LineFaults, line_lost_in_escrow_sends_the_note_back_whatever_is_decided_then) {
  bring_to_escrow();
  EXPECT_EQ(next(), "18");
  acceptor.line_closed(moment());
  acceptor.stack();
  acceptor.line_opened(moment());
  identify();
  expect_each({{"08", "f0"}, {"09", "f0"}, {"07", "f0ec"}, {"58", "f00107000000"}});
  EXPECT_EQ(events(), "raised LineLost, over LineLost, ready 1873452 [1 5 10 20 50 100] 7, rejected 0");
}

TEST_F(LineFaults, a_decision_not_yet_sent_is_void_when_the_line_goes) {
  bring_to_escrow();
  ASSERT_EQ(next(), "18");
  acceptor.stack();
  acceptor.line_closed(moment());
  acceptor.line_opened(moment());
  identify();
  EXPECT_EQ(next(), "08");
}

TEST_F(LineFaults, line_lost_on_the_accepting_poll_repeats_it_on_the_new_line) {
  accept();
  const Bytes first = last_wire;
  acceptor.line_closed(moment());
  acceptor.line_opened(moment());
  EXPECT_EQ(next(), "07");
  EXPECT_EQ(last_wire, first);
  answer("f0cc");
  identify();
  expect_each({{"08", "f5"}, {"09", "f0"}, {"07", "f0cc"}, {"07", "f0ee06cc"}, {"07", "f0eb"}, {"58", "f00108000000"}});
  EXPECT_EQ(events(), "raised LineLost, over LineLost, ready 1873452 [1 5 10 20 50 100] 8, credited 100.00");
}

TEST_F(LineFaults, power_lost_while_moving_is_settled_by_the_power_up_event) {
  accept();
  answer("f0cc");
  ASSERT_EQ(next(), "07");
  acceptor.line_closed(moment());
  acceptor.line_opened(moment());
  ASSERT_EQ(next(), "07");
  answer("f0f1e206e8");
  start_up("f0e8", 8);
  EXPECT_EQ(events(), "raised LineLost, over LineLost, ready 1873452 [1 5 10 20 50 100] 8, cleared cashbox 100.00");
}

TEST_F(LineFaults, a_credit_from_a_swapped_in_device_is_dropped) {
  accept();
  acceptor.line_closed(moment());
  acceptor.line_opened(moment());
  expect("07", "f0ee06eb");
  identify("00000001");
  EXPECT_EQ(events(), "raised LineLost, over LineLost, raised WrongDevice");
  start_up("f0e8");
  EXPECT_EQ(events(), "over WrongDevice, ready 1873452 [1 5 10 20 50 100] 7");
}

TEST_F(LineFaults, line_lost_before_the_reject_code_is_known_still_tells_the_return) {
  bring_to_escrow();
  acceptor.give_back();
  expect_each({{"08", "f0"}, {"07", "f0ec"}});
  ASSERT_EQ(next(), "17");
  acceptor.line_closed(moment());
  EXPECT_EQ(events(), "rejected 0, raised LineLost");
}

TEST_F(LineFaults, an_accepted_note_without_any_end_needs_a_second_of_quiet) {
  accept();
  acceptor.line_closed(moment());
  acceptor.line_opened(moment());
  expect("07", "f0");
  identify();
  expect_each({{"08", "f5"}, {"09", "f0"}});
  for (int i = 0; i < 5; ++i) expect("07", "f0e8");
  expect("58", "f00107000000");
  EXPECT_EQ(events(), "raised LineLost, over LineLost, ready 1873452 [1 5 10 20 50 100] 7");
}

TEST_F(LineFaults, an_unknown_event_code_stops_acceptance_and_keeps_what_came_before) {
  accept();
  answer("f0ee067700");
  EXPECT_EQ(events(), "credited 100.00, raised ProtocolFault");
  start_up("f0ebe8", 8);
  EXPECT_EQ(events(), "over ProtocolFault, ready 1873452 [1 5 10 20 50 100] 8");
}

TEST_F(LineFaults, an_unknown_event_code_that_stays_is_asked_about_every_five_seconds) {
  run_enabled();
  expect("07", "f077");
  identify();
  expect_each({{"08", "f5"}, {"09", "f0"}, {"07", "f077"}});
  const std::int64_t blocked_at = now;
  EXPECT_EQ(events(), "raised ProtocolFault");
  EXPECT_EQ(next(), "11");
  EXPECT_EQ(now - blocked_at, 5000);
}

TEST_F(LineFaults, an_escrow_followed_by_an_unknown_code_is_rejected_before_the_next_poll) {
  run_enabled();
  expect("07", "f0ef0677");
  EXPECT_EQ(events(), "escrow 100.00, raised ProtocolFault");
  acceptor.stack();
  identify();
  EXPECT_EQ(next(), "08");
}

TEST_F(LineFaults, a_credit_of_an_unknown_channel_is_no_amount) {
  accept();
  answer("f0ee09cc");
  EXPECT_EQ(events(), "raised ProtocolFault");
  start_up("f0ebe8", 8);
  EXPECT_EQ(events(), "over ProtocolFault, ready 1873452 [1 5 10 20 50 100] 8");
}

TEST_F(LineFaults, a_software_error_is_a_device_fault) {
  run_enabled();
  expect("07", "f6");
  EXPECT_EQ(events(), "raised DeviceFault");
  start_up("f0e8");
  EXPECT_EQ(events(), "over DeviceFault, ready 1873452 [1 5 10 20 50 100] 7");
}

TEST_F(LineFaults, a_busy_device_is_polled_again_and_ten_times_busy_is_a_fault) {
  run_enabled();
  for (int i = 0; i < 9; ++i) expect("07", "f503");
  EXPECT_EQ(events(), "");
  expect("07", "f503");
  EXPECT_EQ(events(), "raised DeviceFault");
}

TEST_F(LineFaults, a_refused_enable_does_not_turn_in_a_tight_circle) {
  run_enabled();
  acceptor.disable();
  acceptor.enable();
  expect("07", "f0e8");
  int refused = 0;
  const std::int64_t began = now;
  while (now - began < 60'000) {
    const std::string command = next();
    ASSERT_NE(command, "");
    if (command == "0a") ++refused;
    answer(command == "0a"   ? "f5"
           : command == "05" ? set_up_reply()
           : command == "0c" ? "f0001c962c"
           : command == "58" ? "f00107000000"
                             : "f0");
  }
  EXPECT_GT(refused, 5);
  EXPECT_LT(refused, 15);
}

TEST_F(LineFaults, a_note_that_never_stops_moving_is_a_device_fault) {
  accept();
  answer("f0cc");
  for (int i = 0; i < 160; ++i) expect("07", "f0cc");
  EXPECT_EQ(events(), "raised DeviceFault");
  expect_each({{"07", "f0ee06eb"}, {"07", "f0"}});
  EXPECT_EQ(events(), "credited 100.00, over DeviceFault");
}

TEST_F(LineFaults, output_nobody_took_does_not_pile_up) {
  acceptor.line_opened(moment());
  for (int i = 0; i < 100; ++i) {
    now += 1000;
    acceptor.wake(moment());
  }
  EXPECT_EQ(next(), "11");
}

}  // namespace
}  // namespace pilotlight::devices
