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

}  // namespace pilotlight::devices
