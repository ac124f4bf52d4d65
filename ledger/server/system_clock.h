// The clock of this machine.
#pragma once

#include <chrono>

#include "kiosk/base/clock.h"

namespace pilotlight::server {

class SystemClock : public Clock {
 public:
  Moment now() override {
    const auto in_ms = [](auto time) {
      return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
    };
    return {in_ms(std::chrono::steady_clock::now()), in_ms(std::chrono::system_clock::now())};
  }
};

}  // namespace pilotlight::server
