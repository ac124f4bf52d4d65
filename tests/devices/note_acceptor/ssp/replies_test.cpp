#include "devices/note_acceptor/ssp/replies.h"

#include <gtest/gtest.h>

namespace pilotlight::devices::ssp {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

const Bytes kSetup = hex(
    "00 30 33 33 33 43 4E 59 00 00 01 06 01 05 0A 14 32 64 02 02 02 02 02 02 00 00 64 06 43 4E 59 43 4E 59 43 4E 59 43 "
    "4E 59 43 4E 59 43 4E 59 01 00 00 00 05 00 00 00 0A 00 00 00 14 00 00 00 32 00 00 00 64 00 00 00");

TEST(Setup, reads_the_table_of_the_manual) {
  const auto setup = parse_setup(kSetup);
  ASSERT_TRUE(setup);
  EXPECT_EQ(setup->unit_type, 0);
  EXPECT_EQ(setup->firmware, "0333");
  EXPECT_EQ(setup->currency, "CNY");
  EXPECT_EQ(setup->protocol, 6);
  ASSERT_EQ(setup->channels.size(), 6u);
  const std::int64_t values[] = {1, 5, 10, 20, 50, 100};
  for (std::size_t i = 0; i < 6; ++i) {
    EXPECT_EQ(setup->channels[i].value, yuan(values[i]));
    EXPECT_EQ(setup->channels[i].currency, "CNY");
  }
}

TEST(Setup, refuses_every_other_length_and_range) {
  for (std::size_t length = 0; length < kSetup.size(); ++length)
    EXPECT_FALSE(parse_setup(ByteView(kSetup).first(length))) << length;
  Bytes changed = kSetup;
  changed.push_back(0);
  EXPECT_EQ(parse_setup(changed).error(), ReplyError::TooLong);
  changed = kSetup;
  changed[11] = 0;
  EXPECT_EQ(parse_setup(changed).error(), ReplyError::OutOfRange);
  changed[11] = 17;
  EXPECT_EQ(parse_setup(changed).error(), ReplyError::OutOfRange);
  for (const int protocol : {5, 9}) {
    changed = kSetup;
    changed[27] = static_cast<std::uint8_t>(protocol);
    EXPECT_EQ(parse_setup(changed).error(), ReplyError::OutOfRange);
  }
}

TEST(Setup, the_largest_value_does_not_overflow) {
  Bytes changed = kSetup;
  for (std::size_t i = 24; i < 27; ++i) changed[i] = 0xFF;
  for (std::size_t i = 46; i < 50; ++i) changed[i] = 0xFF;
  EXPECT_EQ(parse_setup(changed)->channels[0].value.fen, std::int64_t{0xFFFFFFFF} * 0xFFFFFF);
}

TEST(Serial, is_big_endian) {
  EXPECT_EQ(parse_serial(hex("00 1C 96 2C")), "1873452");
  EXPECT_EQ(parse_serial(hex("FF FF FF FF")), "4294967295");
  EXPECT_EQ(parse_serial(hex("00 1C 96")).error(), ReplyError::TooShort);
  EXPECT_EQ(parse_serial(hex("00 1C 96 2C 00")).error(), ReplyError::TooLong);
}

TEST(Counters, the_first_one_is_the_stacked_notes) {
  const Bytes five = hex("05 04 03 02 01 00 00 00 00 00 00 00 00 00 00 00 00 09 00 00 00");
  EXPECT_EQ(parse_stacked_counter(five), 0x01020304u);
  EXPECT_EQ(parse_stacked_counter(hex("01 02 00 00 00")), 2u);
  EXPECT_EQ(parse_stacked_counter({}).error(), ReplyError::TooShort);
  EXPECT_EQ(parse_stacked_counter(hex("00")).error(), ReplyError::OutOfRange);
  EXPECT_EQ(parse_stacked_counter(ByteView(five).first(20)).error(), ReplyError::TooShort);
  EXPECT_EQ(parse_stacked_counter(hex("01 02 00 00 00 00")).error(), ReplyError::TooLong);
}

// code and channel of each event, then the error.
std::string described(const PollReply& reply) {
  std::string text;
  for (const PollEvent& event : reply.events) text += to_hex(Bytes{event.code, event.channel}) + " ";
  return text + (reply.error ? std::string(enum_name(*reply.error)) : "");
}

TEST(Poll, reads_every_reply_of_the_manual) {
  const std::pair<const char*, const char*> cases[] = {
      {"", ""},
      {"F1 E8", "f100 e800 "},
      {"EF 00", "ef00 "},
      {"EF 06", "ef06 "},
      {"CC", "cc00 "},
      {"EE 06 CC", "ee06 cc00 "},
      {"EE 01 EB", "ee01 eb00 "},
      {"ED", "ed00 "},
      {"EC", "ec00 "},
      {"EA", "ea00 "},
      {"E9", "e900 "},
      {"E7 E8", "e700 e800 "},
      {"E6 02", "e602 "},
      {"E3 E4 E0", "e300 e400 e000 "},
      {"E1 00 E2 02 E2 00", "e100 e202 e200 "},
      {"DA 01 00 00 00 00 43 4E 59", "da00 "},
      {"D2 01 F4 01 00 00 43 4E 59 E8", "d200 e800 "},
      {"DC 01 00 00 00 00 F4 01 00 00 43 4E 59 E8", "dc00 e800 "},
      {"DB E8", "db00 e800 "},
      {"B1 00 01 E8", "b100 e800 "},
      {"C9 F4 01 00 00 43 4E 59 E8", "c900 e800 "},
      {"D2 00", "d200 "},
  };
  for (const auto& [data, expected] : cases) EXPECT_EQ(described(parse_poll(hex(data))), expected) << data;
}

TEST(Poll, stops_at_the_first_byte_it_cannot_be_sure_of) {
  const std::pair<const char*, const char*> cases[] = {
      {"77", "UnknownEvent"},
      {"EE 03 77 EE 05", "ee03 UnknownEvent"},
      {"EE", "TooShort"},
      {"EC EF", "ec00 TooShort"},
      {"DA", "TooShort"},
      {"DA FF 00", "TooShort"},
      {"B1 01 F4 01 00 00 43 4E 59", "TooShort"},
      {"DC 01 00 00 00 00 F4 01 00 00 43 4E", "TooShort"},
      {"CA 00 00 00 00 43 4E", "TooShort"},
  };
  for (const auto& [data, expected] : cases) EXPECT_EQ(described(parse_poll(hex(data))), expected) << data;
}

}  // namespace
}  // namespace pilotlight::devices::ssp
