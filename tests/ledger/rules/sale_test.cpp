#include "ledger/rules/sale.h"

#include <gtest/gtest.h>

namespace pilotlight::rules {
namespace {

using wire::Refusal;

wire::CardState card_at(std::uint32_t number, std::int64_t volume = 0) {
  wire::CardState card;
  card.purchase_number = number;
  card.volume = Volume{volume};
  return card;
}

TEST(Card1, NumberDecides) {
  struct Case {
    std::uint32_t card, posted;
    std::int64_t volume;
    std::optional<std::uint32_t> pending;
    Refusal expected;
  };
  const Case cases[] = {
      {3, 3, 0, std::nullopt, Refusal::None},
      {0, 0, 0, std::nullopt, Refusal::None},
      {4, 3, 0, std::nullopt, Refusal::NumberAhead},
      {2, 3, 0, std::nullopt, Refusal::NumberBehind},
      {3, 3, 10, std::nullopt, Refusal::NotLoaded},     // G1
      {2, 3, 10, std::nullopt, Refusal::NumberBehind},  // before G1: an old card is not asked to be loaded
      {3, 3, 0, 4, Refusal::PendingTopUp},              // G3: write it
      {4, 3, 500, 4, Refusal::PendingTopUp},            // G3: it is written
      {4, 3, 0, 4, Refusal::PendingTopUp},              // written and already loaded by the meter
      {3, 3, 10, 4, Refusal::PendingTopUp},             // G1 stops sales, not repairs
      {5, 3, 0, 4, Refusal::NumberAhead},
      {2, 3, 0, 4, Refusal::NumberBehind},
  };
  for (const Case& c : cases)
    EXPECT_EQ(card_1(card_at(c.card, c.volume), c.posted, c.pending), c.expected)
        << "card " << c.card << " posted " << c.posted << " volume " << c.volume;
}

TEST(Late2, PublicBuildingMoreThanFifteenDaysOverdue) {
  Standing standing;
  standing.customer_class = CustomerClass::Public;
  standing.arrears = yuan(1);
  standing.due_date = "2026-11-01";
  EXPECT_FALSE(late_2_stops(standing, "2026-11-16"));  // day 15
  EXPECT_TRUE(late_2_stops(standing, "2026-11-17"));   // day 16
  standing.arrears = Money{0};
  EXPECT_FALSE(late_2_stops(standing, "2026-12-31"));
  standing.arrears = yuan(1);
  standing.customer_class = CustomerClass::Residential;
  EXPECT_FALSE(late_2_stops(standing, "2026-12-31"));
}

TEST(Standing, OrderOfTheChecks) {
  Standing standing;
  EXPECT_EQ(standing_refusal(standing, "2026-11-24"), Refusal::None);
  standing.supply_stopped = true;
  EXPECT_EQ(standing_refusal(standing, "2026-11-24"), Refusal::SupplyStopped);  // LATE-8
  standing.safety_hold = true;
  EXPECT_EQ(standing_refusal(standing, "2026-11-24"), Refusal::SafetyHold);  // SAFE-4
  standing.open = false;
  EXPECT_EQ(standing_refusal(standing, "2026-11-24"), Refusal::AccountClosed);
}

const std::vector<TariffStep> steps = {
    {Volume{300'000}, Money{263}}, {Volume{500'000}, Money{315}}, {Volume{0}, Money{394}}};

TEST(Tiers, WhatIsStillOpenThisYear) {
  EXPECT_EQ(open_tiers(steps, Volume{0}),
            (std::vector<Tier>{{Money{263}, Volume{300'000}}, {Money{315}, Volume{200'000}}, {Money{394}, Volume{0}}}));
  EXPECT_EQ(open_tiers(steps, Volume{299'990}),
            (std::vector<Tier>{{Money{263}, Volume{10}}, {Money{315}, Volume{200'000}}, {Money{394}, Volume{0}}}));
  EXPECT_EQ(open_tiers(steps, Volume{300'000}),
            (std::vector<Tier>{{Money{315}, Volume{200'000}}, {Money{394}, Volume{0}}}));
  EXPECT_EQ(open_tiers(steps, Volume{900'000}), (std::vector<Tier>{{Money{394}, Volume{0}}}));
}

TEST(G5, TheMostThatMayBeTenderedStaysWithinTheVolume) {
  for (const std::int64_t used : {0, 250'000, 299'990, 499'000, 800'000}) {
    const auto tiers = open_tiers(steps, Volume{used});
    for (const std::int64_t per_sale : {10, 19, 5'000, 100'000, 1'999'000}) {
      const Money most = maximum_tender(Volume{per_sale}, tiers, card_scale);
      EXPECT_LE(buy(most, tiers, card_scale).volume.litres, per_sale);
      EXPECT_GE(buy(most + Money{10}, tiers, card_scale).volume.litres, per_sale / 10 * 10);
    }
  }
}

TEST(Tiers, CostAgreesWithWhatAnAmountBuys) {
  const auto tiers = open_tiers(steps, Volume{290'000});
  for (std::int64_t fen = 0; fen < 100'000; fen += 777) {
    const Purchase purchase = buy(Money{fen}, tiers, card_scale);
    EXPECT_EQ(cost_of(purchase.volume, tiers), purchase.cost) << fen;
  }
}

}  // namespace
}  // namespace pilotlight::rules
