// How far the ledger has confirmed the journal. Losing this file costs a repetition, never a record (FORMAT.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kiosk/base/result.h"

namespace pilotlight {

struct Delivered {
  std::uint64_t epoch = 0;  // 0: never heard of the ledger
  std::uint64_t last_contiguous = 0;
};

// One connection; not thread-safe.
class DeliveryLog {
 public:
  static Result<DeliveryLog, Message> open(const std::string& path);
  DeliveryLog(DeliveryLog&&) noexcept;
  DeliveryLog& operator=(DeliveryLog&&) noexcept;
  ~DeliveryLog();

  Delivered last() const;
  void confirm(const Delivered& delivered, std::int64_t wall_ms);
  // A fact that the ledger will not book: kept with its reason for staff, the ones behind it go on.
  void park(std::uint64_t seq, const std::string& reason, std::int64_t wall_ms);
  std::uint64_t parked_count() const;

 private:
  struct Store;
  explicit DeliveryLog(std::unique_ptr<Store> store);
  std::unique_ptr<Store> store_;
};

}  // namespace pilotlight
