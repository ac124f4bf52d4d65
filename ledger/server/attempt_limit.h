// So many per stretch of time and no more: against guessing of one-time codes and against flooding of the log.
#pragma once

#include <algorithm>
#include <chrono>
#include <mutex>

namespace pilotlight::server {

// A bucket that holds `burst` attempts and fills again evenly over `refill`. Thread-safe. Full at the beginning.
class AttemptLimit {
 public:
  AttemptLimit(unsigned burst, std::chrono::milliseconds refill) : burst_(burst), refill_(refill), left_(burst) {}

  // Takes one attempt if there is one.
  bool allow(std::chrono::steady_clock::time_point now = std::chrono::steady_clock::now()) {
    const std::lock_guard lock(mutex_);
    if (now > last_) {
      const std::chrono::duration<double, std::milli> passed = now - last_;
      left_ = std::min(burst_, left_ + burst_ * passed / refill_);
      last_ = now;
    }
    if (left_ < 1) return false;
    left_ -= 1;
    return true;
  }

 private:
  const double burst_;
  const std::chrono::duration<double, std::milli> refill_;
  std::mutex mutex_;
  double left_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace pilotlight::server
