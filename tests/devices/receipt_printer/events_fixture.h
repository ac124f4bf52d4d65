// Collects what a printer reports on its worker thread, and waits for it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "devices/receipt_printer/receipt_printer.h"

namespace pilotlight::devices::test {

class Events {
 public:
  ReceiptPrinter::Report sink() {
    return [this](PrinterEvent event) {
      const std::lock_guard lock(mutex_);
      if (const auto* changed = std::get_if<PrinterChanged>(&event)) {
        status_ = changed->status;
        model_ = changed->model;
      } else {
        ends_.push_back(std::get<PrintEnded>(event));
      }
      changed_.notify_all();
    };
  }
  // False after the time-out. `done` sees the last status, if any.
  bool wait_status(const std::function<bool(const PrinterStatus&)>& done,
                   std::chrono::milliseconds limit = std::chrono::seconds(10)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, limit, [&] { return status_ && done(*status_); });
  }
  std::optional<PrintOutcome> wait_end(std::uint32_t job, std::chrono::milliseconds limit = std::chrono::seconds(60)) {
    std::unique_lock lock(mutex_);
    std::optional<PrintOutcome> outcome;
    changed_.wait_for(lock, limit, [&] {
      for (const PrintEnded& end : ends_)
        if (end.job == job) outcome = end.outcome;
      return outcome.has_value();
    });
    return outcome;
  }
  std::size_t ends() {
    const std::lock_guard lock(mutex_);
    return ends_.size();
  }
  std::string model() {
    const std::lock_guard lock(mutex_);
    return model_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<PrinterStatus> status_;
  std::string model_;
  std::vector<PrintEnded> ends_;
};

}  // namespace pilotlight::devices::test
