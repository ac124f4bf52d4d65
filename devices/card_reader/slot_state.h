// What a slot looks like, and what has happened between two looks.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "devices/card_reader/card_reader.h"

namespace pilotlight::devices {

struct SlotState {
  std::string reader_name;        // in full
  std::uint32_t reader_life = 0;  // counts how often the reader was found: it may go and come back between two looks
  bool ready = false;             // the reader can be used
  bool present = false;           // something is in the slot
  std::uint32_t movements = 0;    // PC/SC's count of insertions and removals
  bool operator==(const SlotState&) const = default;
};

// The reports that lead from `before` to `now`. A reader that becomes ready always says what is in its slot; a card
// swapped between two looks is CardAbsent, CardPresent.
std::vector<ReaderEvent> slot_events(const SlotState& before, const SlotState& now);

// The latest look, for the threads that may not look for themselves (see pcsc.h).
class SlotView {
 public:
  void put(const SlotState& state);
  SlotState now();
  // Waits until it differs from `seen`, at most this long.
  SlotState next(const SlotState& seen, std::chrono::milliseconds limit);

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  SlotState state_;
};

}  // namespace pilotlight::devices
