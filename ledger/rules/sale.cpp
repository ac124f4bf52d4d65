#include "ledger/rules/sale.h"

#include <algorithm>

#include "kiosk/base/check.h"
#include "ledger/rules/calendar.h"

namespace pilotlight::rules {

using wire::Refusal;

Refusal card_1(const wire::CardState& card, std::uint32_t posted, std::optional<std::uint32_t> pending) {
  if (card.purchase_number > pending.value_or(posted)) return Refusal::NumberAhead;
  if (card.purchase_number < posted) return Refusal::NumberBehind;
  if (pending) return Refusal::PendingTopUp;
  if (card.volume.litres != 0) return Refusal::NotLoaded;
  return Refusal::None;
}

bool late_2_stops(const Standing& standing, std::string_view business_date) {
  if (standing.customer_class != CustomerClass::Public || standing.arrears.fen <= 0) return false;
  const auto due = day_number(standing.due_date);
  const auto today = day_number(business_date);
  return due && today && *today - *due > 15;
}

Refusal standing_refusal(const Standing& standing, std::string_view business_date) {
  if (!standing.open) return Refusal::AccountClosed;
  if (standing.safety_hold) return Refusal::SafetyHold;
  if (standing.supply_stopped || late_2_stops(standing, business_date)) return Refusal::SupplyStopped;
  return Refusal::None;
}

std::vector<Tier> open_tiers(const std::vector<TariffStep>& steps, Volume used) {
  CHECK(!steps.empty() && steps.back().upto.litres == 0);
  std::vector<Tier> tiers;
  Volume from = std::max(used, Volume{0});
  for (const TariffStep& step : steps) {
    if (step.upto.litres == 0) {
      tiers.push_back(Tier{step.price_per_m3, Volume{0}});
    } else if (step.upto > from) {
      tiers.push_back(Tier{step.price_per_m3, step.upto - from});
      from = step.upto;
    }
  }
  return tiers;
}

Money cost_of(Volume volume, const std::vector<Tier>& tiers) {
  CHECK(volume.litres >= 0 && !tiers.empty());
  __int128 thousandths = 0;
  std::int64_t left = volume.litres;
  for (std::size_t i = 0; i < tiers.size() && left > 0; ++i) {
    const bool last = i + 1 == tiers.size();
    const std::int64_t here = last ? left : std::min(left, tiers[i].remaining.litres);
    thousandths += static_cast<__int128>(here) * tiers[i].price_per_m3.fen;
    left -= here;
  }
  return Money{static_cast<std::int64_t>(thousandths / 1000)};
}

Money maximum_tender(Volume per_sale, const std::vector<Tier>& tiers, Volume scale) {
  CHECK(scale.litres > 0);
  return cost_of(Volume{per_sale.litres - per_sale.litres % scale.litres}, tiers);
}

}  // namespace pilotlight::rules
