#include "devices/virtual/card_record.h"

#include "tests/devices/virtual/card_fixture.h"

namespace pilotlight::cabinet {
namespace {

TEST(CardRecord, CrcOfTheStandardsCheckString) { EXPECT_EQ(card_crc(as_bytes("123456789")), 0x29B1); }

TEST(CardRecord, CopyStandsAsLayoutSays) {
  const PurchaseCopy copy{7, 4, 4285, 16285, 0x20260201, 2};
  const auto bytes = encode_copy(copy);
  EXPECT_EQ(to_hex(ByteView(bytes).first(22)), "0000000700000004000010bd00003f9d202602010200");
  EXPECT_EQ(decode_copy(bytes), copy);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    auto damaged = bytes;
    damaged[i] ^= 0x10;
    EXPECT_EQ(decode_copy(damaged), std::nullopt) << i;
  }
}

TEST(CardRecord, HighestSequenceOfTheGoodCopiesCounts) {
  const auto file = [](const std::array<std::uint8_t, 24>& a, const std::array<std::uint8_t, 24>& b) {
    Bytes whole(a.begin(), a.end());
    whole.insert(whole.end(), b.begin(), b.end());
    return whole;
  };
  const auto six = encode_copy({6, 3, 0, 12000, 0, 0});
  const auto seven = encode_copy({7, 4, 100, 12100, 0, 0});
  EXPECT_EQ(valid_copy(file(six, seven))->sequence, 7u);
  auto damaged = seven;
  damaged[11] ^= 1;
  EXPECT_EQ(valid_copy(file(six, damaged))->sequence, 6u);
  EXPECT_EQ(valid_copy(file(damaged, damaged)), std::nullopt);
  EXPECT_EQ(copy_offset(6), 0u);
  EXPECT_EQ(copy_offset(7), 24u);
}

TEST(CardRecord, IdentityAndWriteBackGoThereAndBack) {
  IdentityRecord identity{"6101000000000017", 0x0610, 1, "17"};
  const auto bytes = encode_identity(identity);
  EXPECT_EQ(to_hex(ByteView(bytes).first(30)), "6101000000000017061001010000000000000017" + std::string(20, '0'));
  EXPECT_EQ(decode_identity(bytes)->card_number, "6101000000000017");
  const WriteBackRecord record{3, 1200, 10800, 1};
  EXPECT_EQ(decode_write_back(encode_write_back(record)), record);
  EXPECT_EQ(decode_write_back(Bytes(24, 0)), std::nullopt);
}

TEST(CardRecord, OnlyDigitsMakeANumber) {
  EXPECT_EQ(to_hex(*packed_bcd("17")), "0000000000000017");
  EXPECT_EQ(packed_bcd("12a"), std::nullopt);
  EXPECT_EQ(packed_bcd("12345678901234567"), std::nullopt);
}

}  // namespace
}  // namespace pilotlight::cabinet
