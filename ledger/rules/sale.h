// Whether gas may be sold to a card, and at what price. Pure; rule ids as in the service rules.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/base/money.h"
#include "kiosk/base/tariff.h"
#include "ledger/wire/messages.h"

namespace pilotlight::rules {

// CARD-1, G1, G3: what the card's purchase number says. `posted` is the number of the last purchase the ledger knows to
// be on the card, `pending` that of the open top-up. None, NumberAhead, NumberBehind, NotLoaded or PendingTopUp. With a
// pending top-up the card may stand at `posted` (write it) or at `pending` (it is written); G1 stops sales, not
// repairs.
wire::Refusal card_1(const wire::CardState& card, std::uint32_t posted, std::optional<std::uint32_t> pending);

// ACC-1.
enum class CustomerClass { Residential, Public };

// What an account must be asked before it is sold gas.
struct Standing {
  bool open = true;
  bool safety_hold = false;     // SAFE-4
  bool supply_stopped = false;  // LATE-8: after written notice
  CustomerClass customer_class = CustomerClass::Residential;
  Money arrears;
  std::string due_date;  // of the oldest open bill, "2026-11-20"; empty if there is none
};

// LATE-2: a public-building customer more than 15 days overdue is not supplied; the first day after the due date counts
// as day 1.
bool late_2_stops(const Standing& standing, std::string_view business_date);

// AccountClosed, SafetyHold, SupplyStopped or None, in this order.
wire::Refusal standing_refusal(const Standing& standing, std::string_view business_date);

// A step of the yearly tariff: the price up to so much gas a year; 0 litres in the last step means "without end".
struct TariffStep {
  Volume upto;
  Money price_per_m3;
};

// The tiers still open after `used` in this year, cheapest first. Requires steps in rising order, the last without end.
std::vector<Tier> open_tiers(const std::vector<TariffStep>& steps, Volume used);

// What a volume costs, rounded down to the fen as buy() does.
Money cost_of(Volume volume, const std::vector<Tier>& tiers);

// G5: the most that may be tendered so that one sale stays within `per_sale`, which is taken down to the scale.
Money maximum_tender(Volume per_sale, const std::vector<Tier>& tiers, Volume scale);

// The unit of the profile cpu-3des-v1.
inline constexpr Volume card_scale{10};

}  // namespace pilotlight::rules
