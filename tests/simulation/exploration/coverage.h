// Classes of states and kinds of events, for the table of pairs. A class is the page and the phase that matters there:
// README.md names them. Touches are told apart by their wish.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kiosk/core/step.h"
#include "tests/simulation/exploration/explore.h"
#include "tests/simulation/exploration/moves.h"

namespace pilotlight::exploration {

std::uint16_t class_of(const core::State& state);
std::uint8_t event_of(const core::Fact& fact);
std::string class_name(std::uint16_t state_class);
std::string event_name(std::uint8_t event);

class Coverage {
 public:
  Coverage();
  void see(const Seen& seen) { hits_[seen.state_class * events_ + seen.event] = true; }
  // Classes met x all events, and pages never met.
  void list(std::vector<std::string>& reached, std::vector<std::string>& never) const;

 private:
  std::size_t events_;
  std::vector<bool> hits_;
};

}  // namespace pilotlight::exploration
