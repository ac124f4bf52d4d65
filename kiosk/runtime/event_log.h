// The full list of events of one run, one JSON line each (demo mode only: touches are in it). Replaying it in any
// process gives the same states: state_hash says so.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

#include "kiosk/base/result.h"
#include "kiosk/core/step.h"

namespace pilotlight {

// "NoteEscrowed": as in a log, of the fact with this index in core::Fact.
std::string_view fact_name(std::size_t index);

std::string event_line(const core::Event& event);  // without a line end
Result<core::Event, Message> parse_event_line(std::string_view line);

// SHA-256 over the canonical JSON of the state, hex.
std::string state_hash(const core::State& state);

std::string settings_line(const core::Settings& settings);  // first line of a log
std::string money_line(const core::MoneyState& money);      // second line: what the journal folded to

// Replays a whole log: the hash after its last event. The message names the line that makes no sense.
Result<std::string, Message> replay_log(std::istream& log);

}  // namespace pilotlight
