#include "kiosk/uplink/delivery_pace.h"

#include <algorithm>

namespace pilotlight {
namespace {

constexpr std::int64_t heartbeat_ms = 60'000;
constexpr std::int64_t first_pause_ms = 1000;
constexpr std::int64_t longest_pause_ms = 15'000;
constexpr std::int64_t after_failure_ms = 2000;
constexpr std::uint32_t jitter_ms = 500;

}  // namespace

DeliveryPace::Turn DeliveryPace::heartbeat(Delivery& delivery, LedgerLine& line, Moment now) {
  const LedgerState state = delivery.heartbeat(line, now.wall_ms);
  const bool changed = !told_ || *told_ != state;
  told_ = state;
  pause_ms_ = state.up ? first_pause_ms : std::min(pause_ms_ * 2, longest_pause_ms);
  next_heartbeat_ms_ = now.steady_ms + (state.up ? heartbeat_ms : pause_ms_) + jitter_() % jitter_ms;
  return Turn{state, changed, state.up ? now.steady_ms : next_heartbeat_ms_, false};
}

DeliveryPace::Turn DeliveryPace::turn(Delivery& delivery, LedgerLine& line, Moment now) {
  if (now.steady_ms >= next_heartbeat_ms_) return heartbeat(delivery, line, now);
  if (!told_ || !told_->up) return Turn{{}, false, next_heartbeat_ms_, false};
  switch (delivery.deliver(line, now.wall_ms)) {
    case Delivery::Outcome::More:
      return Turn{{}, false, now.steady_ms, false};
    case Delivery::Outcome::Done:
      return Turn{{}, false, next_heartbeat_ms_, true};
    case Delivery::Outcome::Failed:
      break;
  }
  next_heartbeat_ms_ = std::min(next_heartbeat_ms_, now.steady_ms + after_failure_ms);
  return Turn{{}, false, next_heartbeat_ms_, false};
}

}  // namespace pilotlight
