// A bounded queue between two threads whose reader sleeps in poll(2) or in a wait of its own. Filling it is a bug.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "kiosk/base/check.h"

namespace pilotlight {

template <class T>
class Inbox {
 public:
  static constexpr std::size_t maximum = 4096;

  Inbox() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) { CHECK(fd_ >= 0); }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;
  ~Inbox() { ::close(fd_); }

  // Thread-safe. After close() everything put in is dropped.
  void put(T item) {
    const std::lock_guard lock(mutex_);
    if (closed_) return;
    CHECK(items_.size() < maximum);
    items_.push_back(std::move(item));
    wake();
  }
  std::vector<T> take_all() {
    const std::lock_guard lock(mutex_);
    std::uint64_t count = 0;
    static_cast<void>(::read(fd_, &count, sizeof count));
    return std::exchange(items_, {});
  }
  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wake();
  }
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  int fd() const { return fd_; }  // readable while something waits

 private:
  void wake() {
    const std::uint64_t one = 1;
    static_cast<void>(::write(fd_, &one, sizeof one));
  }

  mutable std::mutex mutex_;
  std::vector<T> items_;
  bool closed_ = false;
  const int fd_;
};

}  // namespace pilotlight
