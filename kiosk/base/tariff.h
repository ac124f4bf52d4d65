// How much gas an amount buys under a tariff with tiers. One pure function used by the terminal (to show it) and by the
// ledger (to book it), so that both always say the same number (law M7).
#pragma once

#include <string>
#include <vector>

#include "kiosk/base/describe.h"
#include "kiosk/base/money.h"

namespace pilotlight {

// A price step of the yearly tariff, as far as it is still open to this customer.
struct Tier {
  Money price_per_m3;  // > 0
  Volume remaining;    // litres left at this price; 0 litres in the last tier means "without end"
  PILOTLIGHT_DESCRIBE(price_per_m3, remaining)
  bool operator==(const Tier&) const = default;
};

struct Purchase {
  Volume volume;  // a multiple of the scale
  Money cost;     // what the volume costs, rounded down to the fen: never to the customer's loss
  Money change;   // amount - cost; goes to the account's wallet
  bool operator==(const Purchase&) const = default;
};

// The largest volume, in whole steps of `scale` (the card's unit, e.g. 10 litres), whose exact cost does not exceed
// `amount`. Zero volume if the amount buys less than one step. Requires amount >= 0, scale > 0, prices > 0.
Purchase buy(Money amount, const std::vector<Tier>& tiers, Volume scale);

}  // namespace pilotlight
