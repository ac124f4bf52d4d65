// When the ledger is asked how it is and when the journal is delivered: one heartbeat a minute while all is well; after
// a failure again and again with growing, jittered pauses (a thousand terminals must not come back in the same second);
// facts as they come. No thread and no clock of its own: the program and the simulation take its turns.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "kiosk/base/clock.h"
#include "kiosk/uplink/delivery.h"

namespace pilotlight {

class DeliveryPace {
 public:
  // `jitter`: any number, anew each time.
  explicit DeliveryPace(std::function<std::uint32_t()> jitter) : jitter_(std::move(jitter)) {}

  struct Turn {
    std::optional<LedgerState> heard;  // the ledger answered, or did not: after a heartbeat
    bool changed = false;              // and that is news
    std::int64_t next_ms = 0;          // steady_ms of the next turn, at the latest
    bool on_growth = false;            // take it at once when the journal grows
  };
  // One heartbeat or one batch of facts. Blocking, as the line is.
  Turn turn(Delivery& delivery, LedgerLine& line, Moment now);

  // A question was not answered: find out at once whether the line is down.
  void doubt() { next_heartbeat_ms_ = 0; }

 private:
  Turn heartbeat(Delivery& delivery, LedgerLine& line, Moment now);

  const std::function<std::uint32_t()> jitter_;
  std::int64_t next_heartbeat_ms_ = 0;
  std::int64_t pause_ms_ = 1000;
  std::optional<LedgerState> told_;
};

}  // namespace pilotlight
