// What a slot looked like, and what has happened between two looks. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "devices/card_reader/card_reader.h"

namespace pilotlight::devices {

struct SlotState {
  std::uint32_t reader_life = 0;  // counts how often the reader was found: it may go and come back between two looks
  bool ready = false;             // the reader can be used
  bool present = false;           // something is in the slot
  std::uint32_t movements = 0;    // PC/SC's count of insertions and removals
  bool operator==(const SlotState&) const = default;
};

// The reports that lead from `before` to `now`. A reader that becomes ready always says what is in its slot; a card
// swapped between two looks is CardAbsent, CardPresent.
std::vector<ReaderEvent> slot_events(const SlotState& before, const SlotState& now);

}  // namespace pilotlight::devices
