// The life of a note, stage by stage: what may be sent, what is told, and what a lost line or a bad answer changes.
#include "tests/devices/note_acceptor/ssp/bench_fixture.h"

namespace pilotlight::devices {
namespace {

class NoteLife : public Bench {
 protected:
  // From escrow: stack() and the accepting POLL, unanswered.
  void accept() {
    bring_to_escrow();
    acceptor.stack();
    ASSERT_EQ(next(), "07");
  }
};

TEST_F(NoteLife, is_held_every_half_second_and_stacked_on_command_only) {
  bring_to_escrow();
  const std::int64_t escrowed_at = now;
  for (int i = 1; i <= 6; ++i) {
    EXPECT_EQ(next(), "18");
    EXPECT_NEAR(static_cast<double>(now - escrowed_at), 500.0 * i, 10.0 * i);
    answer("f0");
  }
  acceptor.stack();
  acceptor.give_back();  // too late: the first decision counts
  EXPECT_LE(*acceptor.deadline(), now) << "at once";
  expect_each({{"07", "f0cc"}, {"07", "f0cc"}, {"07", "f0ee06cc"}, {"07", "f0eb"}, {"07", "f0"}});
  EXPECT_EQ(events(), "credited 100.00");
}

TEST_F(NoteLife, credit_and_stacked_in_one_answer) {
  accept();
  answer("f0ee01eb");
  EXPECT_EQ(events(), "credited 1.00");
}

TEST_F(NoteLife, the_accepting_poll_may_still_be_answered_with_escrow) {
  accept();
  answer("f0ef06");
  expect_each({{"07", "f0ef06cc"}, {"07", "f0cc"}, {"07", "f0ee06eb"}});
  EXPECT_EQ(events(), "credited 100.00");
}

TEST_F(NoteLife, a_second_note_of_the_same_value_needs_a_decision_of_its_own) {
  accept();
  answer("f0ee06cc");
  expect_each({{"07", "f0eb"}, {"07", "f0ef00"}, {"07", "f0ef06"}});
  EXPECT_EQ(events(), "credited 100.00, reading, escrow 100.00");
  EXPECT_EQ(next(), "18");
}

TEST_F(NoteLife, an_unreported_end_of_the_first_note_does_not_carry_over_to_a_second) {
  accept();
  answer("f0");
  expect("07", "f0ef06");
  EXPECT_EQ(events(), "escrow 100.00");
  EXPECT_EQ(next(), "18");
}

TEST_F(NoteLife, is_given_back_with_the_reason_of_the_device) {
  bring_to_escrow();
  acceptor.give_back();
  expect_each({{"08", "f0"}, {"07", "f0ed"}, {"07", "f0ec"}});
  EXPECT_EQ(events(), "") << "the reason is asked first";
  expect("17", "f008");
  EXPECT_EQ(events(), "rejected 8");
  expect("07", "f0");
}

TEST_F(NoteLife, a_note_read_after_a_rejected_one_is_told_after_it) {
  run_enabled();
  expect_each({{"07", "f0ef00"}, {"07", "f0ecef06"}});
  EXPECT_EQ(events(), "reading");
  expect("17", "f2");
  EXPECT_EQ(events(), "rejected 0, escrow 100.00");
  EXPECT_EQ(next(), "18");
}

TEST_F(NoteLife, is_given_back_when_nobody_decides) {
  bring_to_escrow();
  const std::int64_t escrowed_at = now;
  std::string command = next();
  while (command == "18" && now - escrowed_at < 120'000) {
    answer("f0");
    command = next();
  }
  EXPECT_EQ(command, "08");
  EXPECT_EQ(now - escrowed_at, 60'000);
  acceptor.stack();
  answer("f0");
  EXPECT_EQ(next(), "07");
  answer("f0ec");
}

TEST_F(NoteLife, a_refused_hold_is_followed_by_reject_before_the_next_poll) {
  bring_to_escrow();
  for (const char* refusal : {"f5", "f8"}) {
    expect("18", refusal);
    expect_each({{"08", "f5"}, {"08", "f5"}, {"08", "f5"}, {"07", "f0ec"}, {"17", "f013"}, {"07", "f0ef06"}});
    EXPECT_EQ(events(), "rejected 19, escrow 100.00");
  }
}

TEST_F(NoteLife, a_reject_refused_as_busy_is_sent_again_before_the_next_poll) {
  bring_to_escrow();
  acceptor.give_back();
  expect_each({{"08", "f503"}, {"08", "f0"}, {"07", "f0ec"}, {"17", "f008"}});
  EXPECT_EQ(events(), "rejected 8");
}

TEST_F(NoteLife, decisions_without_a_note_are_ignored) {
  run_enabled();
  acceptor.stack();
  acceptor.give_back();
  expect_each({{"07", "f0ef00"}, {"07", "f0ef06"}, {"18", "f0"}, {"18", "f0"}});
}

TEST_F(NoteLife, a_note_of_a_channel_that_is_not_enabled_goes_back) {
  SspOptions some = options();
  some.denominations = {yuan(1)};
  acceptor = SspAcceptor(some);
  acceptor.line_opened(moment());
  acceptor.enable();
  start_up();
  expect_each({{"020100", "f0"}, {"0a", "f0"}, {"07", "f0ef06"}, {"08", "f0"}, {"07", "f0ef09"}, {"08", "f0"}});
}

TEST_F(NoteLife, a_barcode_ticket_goes_back) {
  run_enabled();
  expect_each({{"07", "f0e5"}, {"08", "f0"}, {"07", "f0"}});
}

TEST_F(NoteLife, a_jam_is_told_and_ends_when_the_device_says_so) {
  accept();
  answer("f0cc");
  expect_each({{"07", "f0e9"}, {"07", "f0e9"}});
  EXPECT_EQ(events(), "raised UnsafeJam");
  expect_each({{"07", "f0ec"}, {"17", "f006"}});
  EXPECT_EQ(events(), "over UnsafeJam, rejected 6");
}

TEST_F(NoteLife, a_fraud_attempt_is_no_credit) {
  accept();
  answer("f0cc");
  expect_each({{"07", "f0e606"}, {"07", "f0"}});
  EXPECT_EQ(events(), "raised FraudAttempt, over FraudAttempt");
}

TEST_F(NoteLife, conditions_are_told_once_and_stop_enabling) {
  run_enabled();
  const std::pair<const char*, const char*> cases[] = {
      {"f0e7e8", "StackerFull"}, {"f0e3e8", "CashboxRemoved"}, {"f0eae8", "SafeJam"}, {"f0e0e8", "NotePathOpen"}};
  for (const auto& [poll, fault] : cases) {
    expect("07", poll);
    for (int i = 0; i < 10; ++i) expect("07", poll);
    EXPECT_EQ(events(), std::string("raised ") + fault);
    expect("07", "f0e8");
    EXPECT_EQ(events(), std::string("over ") + fault);
    expect_each({{"023f00", "f0"}, {"0a", "f0"}});
  }
}

TEST_F(NoteLife, a_device_that_disabled_itself_is_enabled_again_after_a_second) {
  run_enabled();
  expect("07", "f0e8");
  const std::int64_t told_at = now;
  std::string command = next();
  for (int i = 0; i < 5 && command == "07"; ++i) {
    answer("f0e8");
    command = next();
  }
  EXPECT_EQ(command, "023f00");
  EXPECT_EQ(now - told_at, 1000);
  answer("f0");
  expect_each({{"0a", "f0"}, {"07", "f0"}});
}

TEST_F(NoteLife, disabling_ends_at_rest_with_the_count) {
  run_enabled();
  acceptor.disable();
  expect_each({{"09", "f0"}, {"07", "f0e8"}, {"58", "f0050900000000000000000000000000000000000000"}});
  EXPECT_EQ(events(), "rest 9");
  expect("07", "f0e8");
  EXPECT_EQ(events(), "");
  acceptor.disable();
  expect_each({{"09", "f0"}, {"07", "f0e8"}, {"58", "f2"}});
  EXPECT_EQ(events(), "rest 4294967295") << "each disable() ends in rest";
}

TEST_F(NoteLife, disabling_waits_for_the_note_that_moves) {
  accept();
  acceptor.disable();
  answer("f0cc");
  expect_each(
      {{"09", "f0"}, {"07", "f0cce8"}, {"07", "f0ee06cce8"}, {"07", "f0e8"}, {"07", "f0ebe8"}, {"58", "f00108000000"}});
  EXPECT_EQ(events(), "credited 100.00, rest 8");
}

TEST_F(NoteLife, disabling_with_a_note_in_escrow_leaves_the_decision_open) {
  bring_to_escrow();
  acceptor.disable();
  expect_each({{"09", "f0"}, {"18", "f0"}, {"18", "f0"}});
  acceptor.give_back();
  expect_each({{"08", "f0"}, {"07", "f0ede8"}, {"07", "f0ece8"}, {"17", "f008"}, {"58", "f00107000000"}});
  EXPECT_EQ(events(), "rejected 8, rest 7");
}

TEST_F(NoteLife, an_end_that_is_never_told_is_not_made_up) {
  accept();
  acceptor.disable();
  answer("f0");
  expect("09", "f0");
  for (int i = 0; i < 5; ++i) expect("07", "f0e8");
  expect("58", "f00107000000");
  EXPECT_EQ(events(), "rest 7") << "neither credit nor return: the count must tell";
}

TEST_F(NoteLife, enabling_again_takes_back_a_disable) {
  run_enabled();
  acceptor.disable();
  acceptor.enable();
  expect_each({{"07", "f0"}, {"07", "f0"}});
  EXPECT_EQ(events(), "");
}

}  // namespace
}  // namespace pilotlight::devices
