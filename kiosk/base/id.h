// Idempotency ids: UUIDv7 (RFC 9562 section 5.7), made once by the terminal and kept for ever (law M5).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pilotlight {

struct Id {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Id&) const = default;
  explicit operator bool() const { return *this != Id{}; }

  // The k-th id of a family (0..15): same time and random part, another last digit. Lets a pure function that was
  // handed one fresh id name several things.
  Id derive(unsigned k) const;
};

// Builds a version 7 id from a wall-clock time (milliseconds since 1970) and ten random bytes.
Id make_id(std::int64_t wall_ms, const std::array<std::uint8_t, 10>& random);

// "0198f3a2-7c11-7d3e-8a52-0123456789ab"
std::string to_string(const Id& id);
std::optional<Id> parse_id(std::string_view text);

}  // namespace pilotlight
