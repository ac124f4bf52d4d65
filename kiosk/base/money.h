// Money in fen (0.01 yuan) and gas in litres (0.001 m3): integers with the unit in the type, so that they cannot be
// mixed. Overflow is a CHECK, not a wrap.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "kiosk/base/check.h"

namespace pilotlight {

// An amount of money. Unit: fen. May be negative (a difference).
struct Money {
  std::int64_t fen = 0;

  constexpr auto operator<=>(const Money&) const = default;
  friend Money operator+(Money a, Money b) {
    std::int64_t sum = 0;
    CHECK(!__builtin_add_overflow(a.fen, b.fen, &sum));
    return Money{sum};
  }
  friend Money operator-(Money a, Money b) {
    std::int64_t difference = 0;
    CHECK(!__builtin_sub_overflow(a.fen, b.fen, &difference));
    return Money{difference};
  }
  Money& operator+=(Money other) { return *this = *this + other; }
  Money& operator-=(Money other) { return *this = *this - other; }
};

constexpr Money yuan(std::int64_t amount) { return Money{amount * 100}; }

// "150.00", "-0.05": digits only, no sign of currency and no grouping. For receipts, logs and tests.
std::string to_decimal(Money amount);

// A volume of gas. Unit: litres (0.001 m3). Never negative on a card.
struct Volume {
  std::int64_t litres = 0;

  constexpr auto operator<=>(const Volume&) const = default;
  friend Volume operator+(Volume a, Volume b) {
    std::int64_t sum = 0;
    CHECK(!__builtin_add_overflow(a.litres, b.litres, &sum));
    return Volume{sum};
  }
  friend Volume operator-(Volume a, Volume b) {
    std::int64_t difference = 0;
    CHECK(!__builtin_sub_overflow(a.litres, b.litres, &difference));
    return Volume{difference};
  }
  Volume& operator+=(Volume other) { return *this = *this + other; }
};

// Cubic metres with two decimals, rounded down: 42853 litres -> "42.85".
std::string to_cubic_metres(Volume volume);

}  // namespace pilotlight
