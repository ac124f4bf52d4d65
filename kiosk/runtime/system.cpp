#include "kiosk/runtime/system.h"

#include <sys/random.h>

#include <algorithm>
#include <chrono>

#include "kiosk/base/check.h"

namespace pilotlight {

Moment SystemClock::now() {
  using std::chrono::duration_cast;
  using std::chrono::milliseconds;
  const auto steady = std::chrono::steady_clock::now().time_since_epoch();
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return Moment{duration_cast<milliseconds>(steady).count(),
                std::max<std::int64_t>(duration_cast<milliseconds>(wall).count(), floor_ms_)};
}

Id random_id(std::int64_t wall_ms) {
  std::array<std::uint8_t, 10> random{};
  CHECK(::getrandom(random.data(), random.size(), 0) == static_cast<ssize_t>(random.size()));
  return make_id(wall_ms, random);
}

}  // namespace pilotlight
