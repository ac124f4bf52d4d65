// Where a program takes time and chance from.
#pragma once

#include "kiosk/base/clock.h"
#include "kiosk/base/id.h"

namespace pilotlight {

// Monotonic and wall time. The wall clock never shows less than `floor_ms`: a terminal whose clock battery died must
// not date its records before the software was built or before its last record (DESIGN.md "Hard cases": wrong clock).
class SystemClock final : public Clock {
 public:
  explicit SystemClock(std::int64_t floor_ms = 0) : floor_ms_(floor_ms) {}
  Moment now() override;

 private:
  const std::int64_t floor_ms_;
};

// A fresh UUIDv7 from the kernel's random source.
Id random_id(std::int64_t wall_ms);

}  // namespace pilotlight
