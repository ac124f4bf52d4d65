// Delivers the journal to the ledger, in order, from wherever the ledger says it stands (DESIGN.md "Hard cases": ledger
// restored from an older copy). Nothing is ever deleted for an answer (M10); one bad fact is parked, never the queue.
#pragma once

#include <cstdint>
#include <string>

#include "kiosk/journal/delivery_log.h"
#include "kiosk/journal/journal.h"
#include "kiosk/uplink/https_client.h"

namespace pilotlight {

struct LedgerState {
  bool up = false;
  bool may_trade = true;
  bool production = false;
  bool operator==(const LedgerState&) const = default;
};

// One owner; blocking calls.
class Delivery {
 public:
  Delivery(Journal journal, DeliveryLog log, std::string version);

  // Tells the ledger how far this terminal is and hears how far the ledger is.
  LedgerState heartbeat(LedgerLine& line, std::int64_t wall_ms);

  enum class Outcome { Done, More, Failed };
  // Sends the next facts. Done: nothing is left; More: call again; Failed: wait, nothing is lost.
  Outcome deliver(LedgerLine& line, std::int64_t wall_ms);

  std::uint64_t confirmed() const { return delivered_.last_contiguous; }

 private:
  Outcome send(LedgerLine& line, const std::vector<wire::Fact>& facts, std::int64_t wall_ms);
  void heard(std::uint64_t epoch, std::uint64_t last_contiguous, std::int64_t wall_ms);

  Journal journal_;
  DeliveryLog log_;
  std::string version_;
  Delivered delivered_;
  std::size_t batch_ = 100;
  LedgerState state_;
};

}  // namespace pilotlight
