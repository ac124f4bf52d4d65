#include "devices/note_acceptor/ssp/frame.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pilotlight::devices::ssp {
namespace {

using Decoded = std::optional<std::variant<Frame, FrameDamage>>;

Bytes hex(const char* text) { return from_hex(text).value(); }

// Everything the decoder says about these bytes.
std::vector<std::variant<Frame, FrameDamage>> decode(const Bytes& wire) {
  FrameDecoder decoder;
  std::vector<std::variant<Frame, FrameDamage>> all;
  for (const std::uint8_t byte : wire)
    if (Decoded decoded = decoder.push(byte)) all.push_back(*decoded);
  return all;
}

TEST(Crc16, check_values_of_the_manual) {
  EXPECT_EQ(crc16({}), 0xFFFF);
  EXPECT_EQ(crc16(as_bytes("A")), 0xFC84);
  EXPECT_EQ(crc16(as_bytes("ABC")), 0x069B);
}

// Reference section 10 (commands and replies) and section 8 (the frames of a key exchange): SEQ|ADDR, data, wire bytes.
struct Vector {
  std::uint8_t head;
  const char* data;
  const char* wire;
};
const Vector kVectors[] = {
    {0x80, "11", "7F 80 01 11 65 82"},
    {0x80, "F0", "7F 80 01 F0 23 80"},
    {0x00, "F0", "7F 00 01 F0 20 0A"},
    {0x80, "01", "7F 80 01 01 06 02"},
    {0x80, "06 08", "7F 80 02 06 08 03 94"},
    {0x00, "06 06", "7F 00 02 06 06 1B 94"},
    {0x80, "06 09", "7F 80 02 06 09 06 14"},
    {0x80, "F8", "7F 80 01 F8 10 00"},
    {0x80, "05", "7F 80 01 05 1D 82"},
    {0x80,
     "F0 00 30 33 33 33 43 4E 59 00 00 01 06 01 05 0A 14 32 64 02 02 02 02 02 02 00 00 64 06 43 4E 59 43 4E 59 43 4E "
     "59 43 4E 59 43 4E 59 43 4E 59 01 00 00 00 05 00 00 00 0A 00 00 00 14 00 00 00 32 00 00 00 64 00 00 00",
     "7F 80 47 F0 00 30 33 33 33 43 4E 59 00 00 01 06 01 05 0A 14 32 64 02 02 02 02 02 02 00 00 64 06 43 4E 59 43 4E "
     "59 43 4E 59 43 4E 59 43 4E 59 43 4E 59 01 00 00 00 05 00 00 00 0A 00 00 00 14 00 00 00 32 00 00 00 64 00 00 00 "
     "4F 6E"},
    {0x80, "F0 00 30 33 30 30 45 55 52 01 00 00 07", "7F 80 0D F0 00 30 33 30 30 45 55 52 01 00 00 07 01 85"},
    {0x80, "0C", "7F 80 01 0C 2B 82"},
    {0x80, "F0 00 1C 96 2C", "7F 80 05 F0 00 1C 96 2C D4 97"},
    {0x80, "02 07 00", "7F 80 03 02 07 00 2B B6"},
    {0x00, "02 3F 00", "7F 00 03 02 3F 00 2B 1A"},
    {0x80, "02 FF FF", "7F 80 03 02 FF FF 25 A4"},
    {0x80, "02 7F FF", "7F 80 03 02 7F 7F FF 2C 24"},
    {0x80, "6A", "7F 80 01 6A 7F 7F 83"},
    {0x00, "EA", "7F 00 01 EA 7F 7F 8A"},
    {0x80, "0A", "7F 80 01 0A 3F 82"},
    {0x80, "09", "7F 80 01 09 35 82"},
    {0x80, "07", "7F 80 01 07 12 02"},
    {0x00, "07", "7F 00 01 07 11 88"},
    {0x80, "18", "7F 80 01 18 53 82"},
    {0x80, "08", "7F 80 01 08 30 02"},
    {0x80, "17", "7F 80 01 17 71 82"},
    {0x80, "F0 08", "7F 80 02 F0 08 0C 20"},
    {0x80, "03", "7F 80 01 03 09 82"},
    {0x00, "04", "7F 00 01 04 1B 88"},
    {0x80, "56", "7F 80 01 56 F7 83"},
    {0x80, "57", "7F 80 01 57 F2 03"},
    {0x80, "4D 01 00", "7F 80 03 4D 01 00 E4 27"},
    {0x80, "33 F4 01 00 00 45 55 52 58", "7F 80 09 33 F4 01 00 00 45 55 52 58 C3 EE"},
    {0x80, "3B 00 0A 00 00 00 45 55 52", "7F 80 09 3B 00 0A 00 00 00 45 55 52 08 43"},
    {0x80, "F0 F1 E8", "7F 80 03 F0 F1 E8 BF 8C"},
    {0x80, "F0 EF 00", "7F 80 03 F0 EF 00 CF CA"},
    {0x80, "F0 EF 03", "7F 80 03 F0 EF 03 C5 CA"},
    {0x80, "F0 EF 06", "7F 80 03 F0 EF 06 DB CA"},
    {0x80, "F0 CC", "7F 80 02 F0 CC 97 A2"},
    {0x80, "F0 EB", "7F 80 02 F0 EB 45 A2"},
    {0x80, "F0 EE 06 CC", "7F 80 04 F0 EE 06 CC 68 DA"},
    {0x80, "F0 EE 01 EB", "7F 80 04 F0 EE 01 EB B9 48"},
    {0x80, "F0 ED", "7F 80 02 F0 ED 51 A2"},
    {0x80, "F0 EC", "7F 80 02 F0 EC 54 22"},
    {0x80, "F0 EA", "7F 80 02 F0 EA 40 22"},
    {0x80, "F0 E9", "7F 80 02 F0 E9 4A 22"},
    {0x80, "F0 E7", "7F 80 02 F0 E7 6D A2"},
    {0x80, "F0 E8", "7F 80 02 F0 E8 4F A2"},
    {0x80, "F0 E6 02", "7F 80 03 F0 E6 02 C0 7C"},
    {0x80, "F0 E3", "7F 80 02 F0 E3 76 22"},
    {0x80, "F0 E4", "7F 80 02 F0 E4 67 A2"},
    {0x80, "F0 E0", "7F 80 02 F0 E0 7C 22"},
    {0x80, "F0 E1 00", "7F 80 03 F0 E1 00 CC 6E"},
    {0x80, "F0 E2 02", "7F 80 03 F0 E2 02 C3 E4"},
    {0x80, "F0 E2 00", "7F 80 03 F0 E2 00 CC 64"},
    {0x80, "F0 DA 01 00 00 00 00 43 4E 59", "7F 80 0A F0 DA 01 00 00 00 00 43 4E 59 29 54"},
    {0x80, "F0 D2 01 F4 01 00 00 43 4E 59", "7F 80 0A F0 D2 01 F4 01 00 00 43 4E 59 6A 64"},
    {0x80, "F0 DC 01 00 00 00 00 F4 01 00 00 43 4E 59", "7F 80 0E F0 DC 01 00 00 00 00 F4 01 00 00 43 4E 59 DE B9"},
    {0x80, "F5", "7F 80 01 F5 3D 80"},
    {0x80, "F2", "7F 80 01 F2 2C 00"},
    {0x80, "FA", "7F 80 01 FA 1F 80"},
    {0x00, "4A C5 05 8F 3A 00 00 00 00", "7F 00 09 4A C5 05 8F 3A 00 00 00 00 8D 53"},
    {0x80, "4B 8D A6 13 00 00 00 00 00", "7F 80 09 4B 8D A6 13 00 00 00 00 00 6C F6"},
    {0x00, "4C 30 3E 02 00 00 00 00 00", "7F 00 09 4C 30 3E 02 00 00 00 00 00 55 7F 7F"},
    {0x00, "F0 07 D0 10 00 00 00 00 00", "7F 00 09 F0 07 D0 10 00 00 00 00 00 95 2F"},
    {0x80, "7E 7E 2C 11 60 F5 84 B5 F2 1E 72 56 E0 D4 95 A0 C5",
     "7F 80 11 7E 7E 2C 11 60 F5 84 B5 F2 1E 72 56 E0 D4 95 A0 C5 0C 6D"},
    {0x80, "7E 04 65 44 5A E6 80 43 14 B8 20 F8 4E 22 E6 44 5A",
     "7F 80 11 7E 04 65 44 5A E6 80 43 14 B8 20 F8 4E 22 E6 44 5A AF F9"},
    {0x00, "7E 63 6F 7B 34 25 24 F4 B0 34 4F C3 32 75 26 70 E8",
     "7F 00 11 7E 63 6F 7B 34 25 24 F4 B0 34 4F C3 32 75 26 70 E8 43 51"},
    {0x00, "7E 70 2F FE 1D 41 19 44 AD DA D1 DF D6 77 F5 33 CC",
     "7F 00 11 7E 70 2F FE 1D 41 19 44 AD DA D1 DF D6 77 F5 33 CC 63 1D"},
};

TEST(Frame, encodes_and_decodes_every_vector) {
  for (const Vector& vector : kVectors) {
    EXPECT_EQ(to_hex(encode_frame(vector.head, hex(vector.data))), to_hex(hex(vector.wire)));
    const auto decoded = decode(hex(vector.wire));
    ASSERT_EQ(decoded.size(), 1u) << vector.wire;
    const Frame* frame = std::get_if<Frame>(&decoded[0]);
    ASSERT_NE(frame, nullptr) << vector.wire;
    EXPECT_EQ(*frame, (Frame{vector.head, hex(vector.data)}));
  }
}

TEST(Frame, carries_any_length_and_any_byte) {
  for (std::size_t length = 1; length <= kLongestData; ++length) {
    Bytes data(length);
    for (std::size_t i = 0; i < length; ++i) data[i] = static_cast<std::uint8_t>(length * 31 + i);
    data[length / 2] = kStx;
    const auto decoded = decode(encode_frame(0x80, data));
    ASSERT_EQ(decoded.size(), 1u) << length;
    EXPECT_EQ(std::get<Frame>(decoded[0]), (Frame{0x80, data}));
  }
}

TEST(FrameDecoder, names_every_damage_and_finds_the_next_frame) {
  struct Case {
    const char* what;
    const char* wire;
    std::vector<std::variant<Frame, FrameDamage>> expected;
  };
  const Frame ok{0x80, {0xF0}};
  const std::vector<Case> cases = {
      {"noise is told once per run", "00 11 22 7F 80 01 F0 23 80", {FrameDamage::Noise, ok}},
      {"wrong checksum, low byte", "7F 80 01 F0 24 80 7F 80 01 F0 23 80", {FrameDamage::WrongChecksum, ok}},
      {"wrong checksum, high byte", "7F 80 01 F0 23 81", {FrameDamage::WrongChecksum}},
      {"checksum bytes swapped", "7F 80 01 F0 80 23", {FrameDamage::WrongChecksum}},
      {"cut short in the data", "7F 80 03 F0 EF 7F 80 01 F0 23 80", {FrameDamage::CutShort, ok}},
      {"cut short behind the head", "7F 80 7F 80 01 F0 23 80", {FrameDamage::CutShort, ok}},
      {"two STX: the second one counts", "7F 7F 80 01 F0 23 80", {ok}},
      {"noise of 7F", "7F 7F 7F 80 01 F0 23 80", {ok}},
      {"nothing", "", {}},
      {"half", "7F 80 01 F0 23", {}},
  };
  for (const Case& each : cases) EXPECT_EQ(decode(hex(each.wire)), each.expected) << each.what;
  const std::uint16_t crc = crc16(Bytes{0x80, 0x00});
  const Bytes empty{kStx, 0x80, 0x00, static_cast<std::uint8_t>(crc & 0xFF), static_cast<std::uint8_t>(crc >> 8)};
  EXPECT_EQ(decode(empty), (std::vector<std::variant<Frame, FrameDamage>>{FrameDamage::Empty}));
}

TEST(FrameDecoder, every_single_changed_bit_is_noticed) {
  const Bytes good = encode_frame(0x80, hex("F0 EE 06 CC"));
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    Bytes bad = good;
    bad[bit / 8] = static_cast<std::uint8_t>(bad[bit / 8] ^ 1U << (bit % 8));
    for (const auto& decoded : decode(bad)) EXPECT_FALSE(std::holds_alternative<Frame>(decoded)) << bit;
  }
}

TEST(FrameDecoder, reset_forgets_a_half_frame) {
  FrameDecoder decoder;
  for (const std::uint8_t byte : hex("7F 80 03 F0")) EXPECT_FALSE(decoder.push(byte));
  decoder.reset();
  Decoded last;
  for (const std::uint8_t byte : hex("7F 80 01 F0 23 80")) last = decoder.push(byte);
  ASSERT_TRUE(last);
  EXPECT_EQ(std::get<Frame>(*last), (Frame{0x80, {0xF0}}));
}

}  // namespace
}  // namespace pilotlight::devices::ssp
