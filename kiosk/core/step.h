// The pure machine of the terminal. No clock, file, thread, random or global in it: the same state and event give the
// same result on every machine, for ever.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "kiosk/core/state.h"

namespace pilotlight::core {

struct Step {
  State state;                        // with the records already applied
  std::vector<wire::Record> records;  // to be made durable first, in one transaction
  std::vector<Effect> effects;        // to be performed then, in order
};

// The state of a terminal whose journal folds to `money`, before its Started event.
State initial_state(Settings settings, MoneyState money);

Step step(State state, const Event& event);

// steady_ms at which a TimePassed event is due; nothing when only the world can move this state. The countdowns of the
// screens are part of it: one event a second while one is visible.
std::optional<std::int64_t> deadline(const State& state);

// Milliseconds without a touch, note or card after which nobody is there any more; 0: the page waits for something
// else.
std::int64_t idle_limit(const State& state);

// Seconds left of the visible countdown; nothing when none is shown.
std::optional<std::int64_t> countdown_seconds(const State& state);

}  // namespace pilotlight::core
