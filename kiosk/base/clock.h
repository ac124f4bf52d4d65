// Time is handed in, never taken: only a Clock at the edge of a program reads it.
#pragma once

#include <compare>
#include <cstdint>

namespace pilotlight {

// What the time was when something happened.
struct Moment {
  std::int64_t steady_ms = 0;  // never jumps; zero is arbitrary; for time-outs
  std::int64_t wall_ms = 0;    // milliseconds since 1970-01-01 UTC; may jump; for records and receipts
  auto operator<=>(const Moment&) const = default;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Moment now() = 0;
};

}  // namespace pilotlight
