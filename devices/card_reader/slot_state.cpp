#include "devices/card_reader/slot_state.h"

namespace pilotlight::devices {

std::vector<ReaderEvent> slot_events(const SlotState& before, const SlotState& now) {
  std::vector<ReaderEvent> events;
  const bool same_life = before.ready && now.ready && before.reader_life == now.reader_life;
  if (before.ready && !same_life) events.emplace_back(ReaderLost{});
  if (now.ready && !same_life) {
    events.emplace_back(ReaderReady{});
    if (now.present)
      events.emplace_back(CardPresent{});
    else
      events.emplace_back(CardAbsent{});
  }
  if (!same_life) return events;
  const bool moved = before.movements != now.movements;
  if (before.present && (!now.present || moved)) events.emplace_back(CardAbsent{});
  if (now.present && (!before.present || moved)) events.emplace_back(CardPresent{});
  return events;
}

void SlotView::put(const SlotState& state) {
  const std::lock_guard lock(mutex_);
  state_ = state;
  changed_.notify_all();
}

SlotState SlotView::now() {
  const std::lock_guard lock(mutex_);
  return state_;
}

SlotState SlotView::next(const SlotState& seen, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [&] { return state_ != seen; });
  return state_;
}

}  // namespace pilotlight::devices
