#include "ledger/rules/write_command.h"

#include <gtest/gtest.h>

namespace pilotlight::rules {
namespace {

const wire::TopUpRecord record{4, Volume{57'030}, Volume{177'030}, Money{14'998}, Money{2}};

TEST(WriteCommand, LaysOutTheStaleCopy) {
  const auto odd = write_command(record, 6, "2026-11-24", 0);
  ASSERT_TRUE(odd);
  // sequence 7 is odd: copy B at 24 (18 hex)
  EXPECT_EQ(to_hex(*odd).substr(0, 10 + 22 * 2),
            "04d695181c"
            "00000007"
            "00000004"
            "00001647"
            "00004527"
            "20261124"
            "0000");
  EXPECT_EQ(odd->size(), 5U + 24U);
  const auto even = write_command(record, 7, "2026-11-24", 1);
  EXPECT_EQ((*even)[3], 0);
  EXPECT_EQ((*even)[5 + 20], 1);
}

TEST(WriteCommand, ChecksumIsCcittFalse) {
  // The check value of CRC-16/CCITT-FALSE is 29B1 over "123456789"; here over the 22 bytes by an independent bit loop.
  const auto command = write_command(record, 6, "2026-11-24", 0).value();
  std::uint16_t crc = 0xFFFF;
  for (std::size_t i = 5; i < 5 + 22; ++i)
    for (int bit = 7; bit >= 0; --bit) {
      const bool one = ((crc >> 15) ^ (command[i] >> bit)) & 1;
      crc = static_cast<std::uint16_t>(crc << 1);
      if (one) crc = static_cast<std::uint16_t>(crc ^ 0x1021);
    }
  EXPECT_EQ(command[5 + 22], crc >> 8);
  EXPECT_EQ(command[5 + 23], crc & 0xFF);
}

TEST(WriteCommand, RefusesWhatDoesNotFit) {
  auto wrong = record;
  wrong.volume = Volume{57'031};
  EXPECT_FALSE(write_command(wrong, 6, "2026-11-24", 0));
  wrong = record;
  wrong.total = Volume{429'496'729'60};
  EXPECT_FALSE(write_command(wrong, 6, "2026-11-24", 0));
  wrong.total = Volume{-10};
  EXPECT_FALSE(write_command(wrong, 6, "2026-11-24", 0));
  EXPECT_FALSE(write_command(record, 0xFFFFFFFF, "2026-11-24", 0));
  EXPECT_FALSE(write_command(record, 6, "2026-13-24", 0));
}

}  // namespace
}  // namespace pilotlight::rules
