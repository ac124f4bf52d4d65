// Start-up, identity of the device, and the loss of the line.
#include "tests/devices/note_acceptor/ssp/bench_fixture.h"

namespace pilotlight::devices {
namespace {

class StartUp : public Bench {};

TEST_F(StartUp, goes_by_the_book_and_rejects_before_the_first_poll) {
  acceptor.line_opened(moment());
  EXPECT_EQ(next(), "11");
  EXPECT_EQ(to_hex(last_wire), "7f8001116582");
  answer("f0");
  EXPECT_EQ(next(), "0608");
  EXPECT_EQ(head, 0x00) << "the first command after SYNC has sequence bit 0";
  answer("f0");
  EXPECT_EQ(next(), "05");
  EXPECT_EQ(head, 0x80);
  answer(set_up_reply());
  expect_each({{"0c", "f0001c962c"}, {"08", "f5"}, {"09", "f0"}});
  EXPECT_EQ(events(), "");
  expect_each({{"07", "f0f1e8"}, {"58", "f0050700000000000000000000000000000000000000"}});
  EXPECT_EQ(events(), "ready 1873452 [1 5 10 20 50 100] 7");
}

TEST_F(StartUp, stays_disabled_until_wanted_and_polls_once_a_second) {
  acceptor.line_opened(moment());
  start_up();
  std::int64_t last = now;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(next(), "07");
    EXPECT_LE(now - last, 1000);
    if (i > 0) {
      EXPECT_EQ(now - last, 1000);
    }
    last = now;
    answer("f0e8");
  }
  acceptor.enable();
  expect_each({{"023f00", "f0"}, {"0a", "f0"}});
  EXPECT_EQ(next(), "07");
  last = now;
  answer("f0");
  EXPECT_EQ(next(), "07");
  EXPECT_EQ(now - last, 200);
}

TEST_F(StartUp, repeats_sync_each_second_and_says_line_lost_after_five) {
  acceptor.line_opened(moment());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(next(), "11");
    EXPECT_EQ(now, 1000 + 1000 * i);
  }
  EXPECT_EQ(events(), "");
  EXPECT_EQ(next(), "11");
  EXPECT_EQ(events(), "raised LineLost");
  for (int i = 0; i < 100; ++i) EXPECT_EQ(next(), "11");
  EXPECT_EQ(events(), "") << "once";
  answer("f0");
  EXPECT_EQ(events(), "over LineLost");
  expect("0608", "f0");
}

TEST_F(StartUp, asks_for_older_protocol_versions) {
  acceptor.line_opened(moment());
  expect_each({{"11", "f0"}, {"0608", "f8"}, {"0607", "f8"}, {"0606", "f0"}, {"05", set_up_reply()}});
  EXPECT_EQ(next(), "0c");
}

TEST_F(StartUp, a_device_that_speaks_no_known_version_is_the_wrong_one) {
  acceptor.line_opened(moment());
  expect_each({{"11", "f0"}, {"0608", "f8"}, {"0607", "f8"}, {"0606", "f8"}});
  EXPECT_EQ(events(), "raised WrongDevice");
  const std::int64_t refused_at = now;
  EXPECT_EQ(next(), "11");
  EXPECT_EQ(now - refused_at, 5000) << "looked at again after a pause";
  answer("f0");
  expect_each({{"0608", "f0"},
               {"05", set_up_reply()},
               {"0c", "f0001c962c"},
               {"08", "f5"},
               {"09", "f0"},
               {"07", "f0e8"},
               {"58", "f2"}});
  EXPECT_EQ(events(), "over WrongDevice, ready 1873452 [1 5 10 20 50 100] 4294967295");
}

TEST_F(StartUp, a_hopper_is_the_wrong_device) {
  acceptor.line_opened(moment());
  expect_each({{"11", "f0"}, {"0608", "f0"}, {"05", "f00330333333434e59"}});
  EXPECT_EQ(events(), "raised WrongDevice");
}

TEST_F(StartUp, another_currency_or_a_missing_denomination_stops_it) {
  std::string euro_dataset = set_up_reply();
  euro_dataset.replace(12, 6, "455552");
  std::string euro_channel = set_up_reply();
  euro_channel.replace(58, 6, "455552");
  std::string no_hundred = set_up_reply();
  no_hundred.replace(no_hundred.size() - 8, 8, "c8000000");
  for (const std::string& reply : {euro_dataset, euro_channel, no_hundred}) {
    SspAcceptor fresh(options());
    std::swap(acceptor, fresh);
    acceptor.line_opened(moment());
    expect_each({{"11", "f0"}, {"0608", "f0"}, {"05", reply}});
    EXPECT_EQ(events(), "raised CurrencyMismatch");
    EXPECT_EQ(next(), "11") << "and it is never polled";
  }
}

TEST_F(StartUp, a_set_up_table_that_cannot_be_read_is_a_protocol_fault) {
  acceptor.line_opened(moment());
  expect_each({{"11", "f0"}, {"0608", "f0"}, {"05", "f000303333"}});
  EXPECT_EQ(events(), "raised ProtocolFault");
}

TEST_F(StartUp, enables_only_the_configured_channels) {
  SspOptions some = options();
  some.denominations = {yuan(10), yuan(100)};
  acceptor = SspAcceptor(some);
  acceptor.line_opened(moment());
  acceptor.enable();
  start_up();
  EXPECT_EQ(events(), "ready 1873452 [10 100] 7");
  expect_each({{"022400", "f0"}, {"0a", "f0"}});
}

TEST_F(StartUp, returns_a_note_that_was_in_escrow) {
  acceptor.line_opened(moment());
  identify();
  expect_each({{"08", "f0"}, {"09", "f0"}, {"07", "f0ed"}, {"07", "f0ec"}, {"58", "f00107000000"}});
  EXPECT_EQ(events(), "ready 1873452 [1 5 10 20 50 100] 7, rejected 0");
}

TEST_F(StartUp, returns_a_note_that_comes_to_escrow_meanwhile) {
  acceptor.line_opened(moment());
  identify();
  expect_each({{"08", "f5"},
               {"09", "f0"},
               {"07", "f0ef00"},
               {"07", "f0ef06"},
               {"08", "f0"},
               {"07", "f0edef06"},
               {"08", "f0"},
               {"07", "f0ec"},
               {"58", "f00107000000"}});
  EXPECT_EQ(events(), "ready 1873452 [1 5 10 20 50 100] 7, rejected 0");
}

TEST_F(StartUp, tells_what_happened_to_notes_while_it_had_no_power) {
  acceptor.line_opened(moment());
  start_up("f0f1e206e200e103e100e8", 8);
  EXPECT_EQ(events(),
            "ready 1873452 [1 5 10 20 50 100] 8, cleared cashbox 100.00, cleared cashbox ?, cleared front 10.00, "
            "cleared front ?");
}

TEST_F(StartUp, counts_only_when_no_note_moves) {
  acceptor.line_opened(moment());
  identify();
  expect_each({{"08", "f5"}, {"09", "f0"}, {"07", "f0cc"}, {"07", "f0ee06cc"}, {"07", "f0ebe8"}});
  EXPECT_EQ(next(), "58");
  answer("f00108000000");
  EXPECT_EQ(events(), "ready 1873452 [1 5 10 20 50 100] 8, credited 100.00");
}

TEST_F(StartUp, is_not_ready_while_a_note_is_jammed) {
  acceptor.line_opened(moment());
  identify();
  expect_each({{"08", "f5"}, {"09", "f0"}, {"07", "f0f1e9"}, {"07", "f0e9e8"}});
  EXPECT_EQ(events(), "raised UnsafeJam");
  expect_each({{"07", "f0e206e8"}, {"58", "f00108000000"}});
  EXPECT_EQ(events(), "over UnsafeJam, ready 1873452 [1 5 10 20 50 100] 8, cleared cashbox 100.00");
}

TEST_F(StartUp, a_key_that_is_not_set_is_a_protocol_fault_until_it_speaks_plainly) {
  acceptor.line_opened(moment());
  expect_each({{"11", "f0"}, {"0608", "fa"}});
  EXPECT_EQ(events(), "raised ProtocolFault");
  start_up();
  EXPECT_EQ(events(), "over ProtocolFault, ready 1873452 [1 5 10 20 50 100] 7");
}

TEST_F(StartUp, works_over_a_line_that_gives_single_bytes_and_noise) {
  acceptor.line_opened(moment());
  for (const char* reply : {"f0", "f0"}) {
    ASSERT_NE(next(), "");
    Bytes bytes{0x00, 0x7F, 0x55};
    const Bytes wire = wire_answer(reply);
    bytes.insert(bytes.end(), wire.begin(), wire.end());
    for (const std::uint8_t byte : bytes) receive({byte});
  }
  EXPECT_EQ(next(), "05");
}

TEST_F(StartUp, an_echo_of_its_own_command_is_not_an_answer) {
  acceptor.line_opened(moment());
  ASSERT_EQ(next(), "11");
  receive(last_wire);
  EXPECT_EQ(next(), "11");
}

TEST_F(StartUp, another_serial_number_after_line_loss_is_a_swap) {
  run_enabled();
  acceptor.line_closed(moment());
  acceptor.line_closed(moment());
  EXPECT_EQ(events(), "raised LineLost");
  EXPECT_FALSE(acceptor.deadline());
  acceptor.line_opened(moment());
  identify("001c962d");
  EXPECT_EQ(events(), "over LineLost, raised WrongDevice");
  identify("001c962c");
  expect_each({{"08", "f5"}, {"09", "f0"}, {"07", "f0f1e8"}, {"58", "f00107000000"}});
  EXPECT_EQ(events(), "over WrongDevice, ready 1873452 [1 5 10 20 50 100] 7");
  expect_each({{"023f00", "f0"}, {"0a", "f0"}});
}

TEST_F(StartUp, a_device_other_than_the_expected_one_is_refused_at_once) {
  SspOptions strict = options();
  strict.expected_serial = "42";
  acceptor = SspAcceptor(strict);
  acceptor.line_opened(moment());
  identify();
  EXPECT_EQ(events(), "raised WrongDevice");
}

TEST_F(StartUp, a_reset_in_mid_session_starts_anew_and_enables_again) {
  run_enabled();
  expect("07", "f0f1e106e8");
  EXPECT_EQ(events(), "") << "nothing is said about notes before the serial number is compared";
  start_up("f0e8");
  EXPECT_EQ(events(), "ready 1873452 [1 5 10 20 50 100] 7, cleared front 100.00");
  expect_each({{"023f00", "f0"}, {"0a", "f0"}, {"07", "f0"}});
}

TEST_F(StartUp, what_a_swapped_in_device_says_about_notes_is_dropped) {
  run_enabled();
  expect("07", "f0f1e206e8");
  identify("00000001");
  EXPECT_EQ(events(), "raised WrongDevice");
  start_up("f0e8");
  EXPECT_EQ(events(), "over WrongDevice, ready 1873452 [1 5 10 20 50 100] 7");
}

TEST_F(StartUp, enable_and_disable_are_kept_over_a_loss_of_the_line) {
  run_enabled();
  acceptor.disable();
  acceptor.line_closed(moment());
  acceptor.line_opened(moment());
  start_up("f0e8");
  EXPECT_EQ(events(), "raised LineLost, over LineLost, ready 1873452 [1 5 10 20 50 100] 7, rest 7");
}

TEST_F(StartUp, a_disable_that_comes_while_notes_settle_ends_in_rest_too) {
  acceptor.line_opened(moment());
  identify();
  expect_each({{"08", "f5"}, {"09", "f0"}, {"07", "f0cc"}});
  acceptor.disable();
  expect_each({{"09", "f0"}, {"07", "f0ebe8"}, {"58", "f00108000000"}});
  EXPECT_EQ(events(), "ready 1873452 [1 5 10 20 50 100] 8, rest 8");
}

}  // namespace
}  // namespace pilotlight::devices
