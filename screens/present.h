// The view of a state: pure, the same words for the same state, time and strings. One thread or many.
#pragma once

#include "kiosk/base/clock.h"
#include "kiosk/core/state.h"
#include "screens/strings.h"
#include "screens/view_model.h"

namespace pilotlight::screens {

// `now` moves the clock in the header and the safety slides; everything else comes from the state.
View present(const core::State& state, const Strings& strings, const Moment& now);

// wall_ms at which present() would next show another picture of the same state: the next minute, or the next slide.
std::int64_t next_change(const core::State& state, const Moment& now);

}  // namespace pilotlight::screens
