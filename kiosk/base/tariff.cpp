#include "kiosk/base/tariff.h"

#include <algorithm>

#include "kiosk/base/check.h"

namespace pilotlight {
namespace {

// Exact cost in thousandths of a fen: price is per m3 (1000 litres).
using MilliFen = __int128;

MilliFen exact_cost(std::int64_t litres, const std::vector<Tier>& tiers) {
  MilliFen cost = 0;
  for (std::size_t i = 0; i < tiers.size() && litres > 0; ++i) {
    const bool last = i + 1 == tiers.size();
    const std::int64_t here = last ? litres : std::min(litres, tiers[i].remaining.litres);
    cost += static_cast<MilliFen>(here) * tiers[i].price_per_m3.fen;
    litres -= here;
  }
  return cost;
}

}  // namespace

Purchase buy(Money amount, const std::vector<Tier>& tiers, Volume scale) {
  CHECK(amount.fen >= 0 && scale.litres > 0 && !tiers.empty());
  MilliFen left = static_cast<MilliFen>(amount.fen) * 1000;
  std::int64_t litres = 0;
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const std::int64_t price = tiers[i].price_per_m3.fen;
    CHECK(price > 0 && tiers[i].remaining.litres >= 0);
    std::int64_t here = static_cast<std::int64_t>(left / price);
    if (i + 1 < tiers.size()) here = std::min(here, tiers[i].remaining.litres);
    litres += here;
    left -= static_cast<MilliFen>(here) * price;
    if (i + 1 < tiers.size() && here < tiers[i].remaining.litres) break;
  }
  litres -= litres % scale.litres;
  const Money cost{static_cast<std::int64_t>(exact_cost(litres, tiers) / 1000)};
  return Purchase{Volume{litres}, cost, amount - cost};
}

}  // namespace pilotlight
