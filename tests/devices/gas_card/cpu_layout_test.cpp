#include "devices/gas_card/cpu_layout.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pilotlight::devices {
namespace {

// Images whose CRC was made by another implementation (Python's binascii.crc_hqx with initial value FFFF).
const Bytes kCopySix = *from_hex("00000006000000030000000000002EE0202611010200A973");
const Bytes kCopySeven = *from_hex("0000000700000004000010BD00003F9D2026112402001CFC");
const Bytes kUserCard = *from_hex("610100000000001706100101000000000000001700000000000000000000F989");
const Bytes kToolCard = *from_hex("610100000000001706101001000000000000001700000000000000000000A769");
const Bytes kKindBlank = *from_hex("6101000000000017061000000000000000000000000000000000000000006EA5");
const Bytes kVersionTwo = *from_hex("6101000000000017061001020000000000000017000000000000000000008B89");
const Bytes kHexDigit = *from_hex("610100000000001A0610010100000000000000170000000000000000000000B4");
const Bytes kWriteBack = *from_hex("00000003000004B000002A30000500000000000000001183");

Bytes joined(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(CpuLayout, CrcIsCcittFalse) {
  EXPECT_EQ(crc16_ccitt_false(as_bytes("123456789")), 0x29B1);
  EXPECT_EQ(crc16_ccitt_false({}), 0xFFFF);
}

TEST(CpuLayout, ReadsAndWritesACopy) {
  const auto copy = parse_purchase_copy(kCopySeven);
  ASSERT_TRUE(copy);
  EXPECT_EQ(*copy, (PurchaseCopy{7, 4, 0x10BD, 0x3F9D, 0x20261124, 2}));
  EXPECT_EQ(serialise_purchase_copy(*copy), kCopySeven);
  EXPECT_EQ(volume_of_units(copy->volume_units), Volume{42850});
  EXPECT_EQ(volume_of_units(0xFFFFFFFF), Volume{42949672950});
}

TEST(CpuLayout, EveryFlippedBitOfACopyIsSeen) {
  for (std::size_t bit = 0; bit < kCopySix.size() * 8; ++bit) {
    Bytes damaged = kCopySix;
    damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_FALSE(parse_purchase_copy(damaged)) << bit;
  }
  for (std::size_t size = 0; size < kCopySix.size(); ++size)
    EXPECT_FALSE(parse_purchase_copy(ByteView(kCopySix).first(size)));
}

TEST(CpuLayout, HighestSequenceInItsOwnPlaceIsValid) {
  const Bytes nothing(kPurchaseCopySize, 0xFF);
  EXPECT_EQ(valid_purchase_copy(joined(kCopySix, kCopySeven))->sequence, 7U);
  EXPECT_EQ(valid_purchase_copy(joined(kCopySix, nothing))->sequence, 6U);
  EXPECT_EQ(valid_purchase_copy(joined(nothing, kCopySeven))->sequence, 7U);
  EXPECT_FALSE(valid_purchase_copy(joined(nothing, nothing)));
  EXPECT_FALSE(valid_purchase_copy(Bytes(kPurchaseFileSize, 0x00)));
  EXPECT_FALSE(valid_purchase_copy(joined(kCopySeven, kCopySix))) << "both in the other's place";
  EXPECT_EQ(valid_purchase_copy(joined(kCopySix, serialise_purchase_copy({8, 5, 0, 0, 0, 0})))->sequence, 6U);
  EXPECT_FALSE(valid_purchase_copy(kCopySix)) << "half a file";
}

// Section 6: bytes before the cut are new, after it old, the byte itself anything.
TEST(CpuLayout, EveryTornWriteLeavesExactlyTheOldOrTheNewCopy) {
  const PurchaseCopy before = *parse_purchase_copy(kCopySix);
  const PurchaseCopy after = *parse_purchase_copy(kCopySeven);
  const std::vector<Bytes> stale_copies{Bytes(kPurchaseCopySize, 0x00), Bytes(kPurchaseCopySize, 0xFF),
                                        serialise_purchase_copy({5, 3, 500, 12000, 0x20261101, 2})};
  for (const Bytes& stale : stale_copies) {
    for (std::size_t cut = 0; cut <= kPurchaseCopySize; ++cut) {
      Bytes torn = stale;
      std::copy_n(kCopySeven.begin(), cut, torn.begin());
      EXPECT_EQ(valid_purchase_copy(joined(kCopySix, torn)), cut == kPurchaseCopySize ? after : before) << cut;
      for (unsigned value = 0; cut < kPurchaseCopySize && value < 256; ++value) {
        torn[cut] = static_cast<std::uint8_t>(value);
        const auto valid = valid_purchase_copy(joined(kCopySix, torn));
        EXPECT_EQ(valid, torn == kCopySeven ? after : before) << cut << ' ' << value;
      }
    }
  }
}

TEST(CpuLayout, IdentityTellsWhatIsWrongWithACard) {
  const auto user = parse_identity(kUserCard);
  ASSERT_TRUE(user);
  EXPECT_EQ(*user, (CardIdentity{"6101000000000017", 0x0610, "0000000000000017"}));
  EXPECT_EQ(parse_identity(kToolCard).error(), CardFault::NotUserCard);
  EXPECT_EQ(parse_identity(kKindBlank).error(), CardFault::Blank);
  EXPECT_EQ(parse_identity(Bytes(kIdentitySize, 0x00)).error(), CardFault::Blank);
  EXPECT_EQ(parse_identity(Bytes(kIdentitySize, 0xFF)).error(), CardFault::Blank);
  EXPECT_EQ(parse_identity(kVersionTwo).error(), CardFault::Foreign);
  EXPECT_EQ(parse_identity(kHexDigit).error(), CardFault::Damaged);
  EXPECT_EQ(parse_identity({}).error(), CardFault::Damaged);
  Bytes damaged = kUserCard;
  damaged[3] ^= 0x01;
  EXPECT_EQ(parse_identity(damaged).error(), CardFault::Damaged);
}

TEST(CpuLayout, CardNumberIsSixteenDecimalDigits) {
  EXPECT_EQ(parse_card_number(ByteView(kUserCard).first(8)), "6101000000000017");
  EXPECT_FALSE(parse_card_number(ByteView(kHexDigit).first(8)));
  EXPECT_FALSE(parse_card_number(ByteView(kUserCard).first(7)));
}

TEST(CpuLayout, WriteBackIsReadOrProvesNothing) {
  const CardWriteBack read = parse_write_back(kWriteBack);
  EXPECT_EQ(read.purchase_number, 3U);
  EXPECT_EQ(read.remaining, Volume{12000});
  EXPECT_EQ(read.used, Volume{108000});
  EXPECT_EQ(read.status, 5);
  EXPECT_FALSE(read.torn);
  EXPECT_FALSE(parse_write_back(Bytes(kWriteBackSize, 0x00)).torn) << "never written";
  EXPECT_TRUE(parse_write_back(Bytes(kWriteBackSize, 0xFF)).torn);
  Bytes damaged = kWriteBack;
  damaged[23] ^= 0x80;
  EXPECT_TRUE(parse_write_back(damaged).torn);
  EXPECT_EQ(parse_write_back(damaged).purchase_number, 0U);
  EXPECT_TRUE(parse_write_back(ByteView(kWriteBack).first(23)).torn);
}

}  // namespace
}  // namespace pilotlight::devices
