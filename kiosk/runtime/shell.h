// The program's loop on the main thread: facts from the workers' inbox and touches from the face go into the terminal,
// the state goes back to the face. Sleeps until one of them has something or the core's deadline comes.
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
