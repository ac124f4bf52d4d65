#include <gtest/gtest.h>

#include "kiosk/base/bytes.h"
#include "kiosk/base/describe.h"
#include "kiosk/base/id.h"
#include "kiosk/base/money.h"
#include "kiosk/base/tariff.h"

namespace pilotlight {
namespace {

TEST(Money, PrintsFenAsYuan) {
  EXPECT_EQ(to_decimal(Money{15000}), "150.00");
  EXPECT_EQ(to_decimal(Money{5}), "0.05");
  EXPECT_EQ(to_decimal(Money{-5}), "-0.05");
  EXPECT_EQ(to_decimal(Money{INT64_MIN}), "-92233720368547758.08");
}

TEST(MoneyDeathTest, OverflowStops) { EXPECT_DEATH(static_cast<void>(Money{INT64_MAX} + Money{1}), "CHECK failed"); }

TEST(Volume, PrintsCubicMetresRoundedDown) {
  EXPECT_EQ(to_cubic_metres(Volume{42859}), "42.85");
  EXPECT_EQ(to_cubic_metres(Volume{9}), "0.00");
}

TEST(Bytes, HexThereAndBack) {
  EXPECT_EQ(to_hex(*from_hex("7F 80 01")), "7f8001");
  EXPECT_FALSE(from_hex("7"));
  EXPECT_FALSE(from_hex("7g"));
  EXPECT_FALSE(from_hex("7 f"));
}

TEST(Id, IsVersionSevenAndKeepsItsTime) {
  const Id id = make_id(0x0198f3a27c11, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10});
  EXPECT_EQ(to_string(id), "0198f3a2-7c11-7102-8304-050607080900");
  EXPECT_EQ(parse_id(to_string(id.derive(7))), id.derive(7));
  EXPECT_NE(id.derive(1), id.derive(2));
  EXPECT_FALSE(parse_id("0198f3a2-7c11-7102-83040-50607080900"));
}

enum class Colour { Red, Green };
PILOTLIGHT_ENUM(Colour, Red, Green)

TEST(Describe, NamesEnumsBothWays) {
  EXPECT_EQ(enum_name(Colour::Green), "Green");
  EXPECT_EQ(enum_value<Colour>("Red"), Colour::Red);
  EXPECT_FALSE(enum_value<Colour>("Blue"));
}

const std::vector<Tier> two_tiers = {{Money{350}, Volume{20'000}}, {Money{420}, Volume{0}}};

TEST(Buy, OneTier) {
  const Purchase purchase = buy(yuan(150), {{Money{350}, Volume{0}}}, Volume{10});
  EXPECT_EQ(purchase.volume, Volume{42'850});
  EXPECT_EQ(purchase.cost, Money{14997});  // 42.85 m3 x 3.50 = 149.975, rounded down for the customer
  EXPECT_EQ(purchase.change, Money{3});
}

TEST(Buy, CrossesIntoTheDearerTier) {
  const Purchase purchase = buy(yuan(100), two_tiers, Volume{10});
  EXPECT_EQ(purchase.volume, Volume{27'140});  // 20 m3 for 70.00, 7.14 m3 for 29.988
  EXPECT_EQ(purchase.cost, Money{9998});
  EXPECT_EQ(purchase.cost + purchase.change, yuan(100));
}

TEST(Buy, LessThanOneStepBuysNothing) {
  EXPECT_EQ(buy(Money{3}, two_tiers, Volume{10}), (Purchase{Volume{0}, Money{0}, Money{3}}));
}

// One step more would cost more than was paid, and what is bought never costs more: for every amount up to 500 yuan.
TEST(Buy, IsTheMostThatFitsForEveryAmount) {
  for (std::int64_t fen = 0; fen <= 50'000; fen += 7) {
    const Purchase purchase = buy(Money{fen}, two_tiers, Volume{10});
    const auto exact = [](std::int64_t litres) {
      return litres <= 20'000 ? litres * 350 : 20'000 * 350 + (litres - 20'000) * 420;
    };
    ASSERT_LE(exact(purchase.volume.litres), fen * 1000) << fen;
    ASSERT_GT(exact(purchase.volume.litres + 10), fen * 1000) << fen;
    ASSERT_EQ(purchase.cost.fen, exact(purchase.volume.litres) / 1000);
    ASSERT_EQ(purchase.cost + purchase.change, Money{fen});
  }
}

}  // namespace
}  // namespace pilotlight
