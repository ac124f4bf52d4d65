// The program's two loops. The core has a thread of its own: facts from the workers' inbox and touches go into the
// terminal, one at a time, and it sleeps until there is one or its deadline comes. The main thread shows the last state
// and hands touches over; drawing a page takes longer than a whole exchange with card or ledger, and nothing waits for
// it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kiosk/core/intent.h"
#include "kiosk/core/state.h"
#include "kiosk/runtime/config.h"

namespace pilotlight {

// What the customer sees and touches.
class Face {
 public:
  virtual ~Face() = default;
  // Shows the state, waits at most timeout_ms (or until wake()) and returns what was touched meanwhile.
  virtual std::vector<core::Intent> turn(const core::State& state, const Moment& now, std::int64_t timeout_ms) = 0;
  virtual void wake() = 0;          // from any thread
  virtual bool closed() const = 0;  // asked to stop: window closed or SIGTERM
};

// Opens journal and devices, recovers, and runs until the face is closed; customers are not cut off by that, since what
// is open is resolved by the next start. The message says why the terminal cannot start or had to stop.
Result<void, Message> run_terminal(const KioskConfig& config, Face& face);

}  // namespace pilotlight
