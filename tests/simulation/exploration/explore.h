// A bounded model check of the terminal's money core: breadth-first over every order of events of one session, with the
// real core::step behind every transition and an explicit little world around it (world.h). README.md says what is in
// the bound, what a state is, and what is merged.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kiosk/core/step.h"

namespace pilotlight::exploration {

// How often each thing may happen on one path. 0: never.
struct Bounds {
  std::vector<std::int64_t> notes_yuan = {100, 50};  // fed in this order, each at most once
  std::uint8_t returned_notes = 1;                   // stack commands after which the note comes back
  std::uint8_t unreadable_notes = 0;                 // rejected before escrow
  std::uint8_t card_insertions = 1;                  // after the first one that opens the session
  std::uint8_t card_removals = 2;                    // taken out, for a while or for good
  std::uint8_t crashes = 1;                          // power cuts of the terminal
  std::uint8_t lost_messages = 1;                    // commands, questions or answers, anywhere
  std::uint8_t repeated_messages = 1;                // facts or questions that come a second time, at any later moment
  std::uint8_t slow_records = 0;                     // batches that are not durable at once
  std::uint8_t uplink_losses = 1;
  std::uint8_t printer_losses = 1;
  std::uint8_t failed_writes = 1;  // card writes that do not take
  std::uint8_t failed_prints = 1;
  std::uint8_t changed_quotes = 0;
  std::uint8_t acceptor_faults = 0;
  std::uint8_t acceptor_restarts = 0;
  std::uint8_t reader_losses = 0;
  std::uint8_t journal_failures = 0;
  bool later_sessions = true;        // followed as far as they settle what the first one left open
  bool card_never_takes = false;     // every write fails: the way to a void
  bool acceptor_counts = true;       // the device has a counter of stacked notes
  bool verdicts_may_repeat = false;  // of acceptor and card: their drivers promise exactly one per command or note
  bool every_touch = false;          // every wish on every page, not only those on the screen there
  std::uint64_t states_maximum = 60'000'000;  // gives up beyond: the report says so
};

// The core that is explored; tests put a faulty one in its place.
using StepFunction = std::function<core::Step(core::State, const core::Event&)>;

struct Report {
  bool complete = false;  // the whole reachable space was walked
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t resting_states = 0;  // every session ended, every document settled
  unsigned depth = 0;                // events on the longest shortest path
  std::uint64_t widest_level = 0;
  std::string law;                // the first law broken; empty: none
  std::vector<std::string> path;  // the shortest way there, in words
  // "Page phase" + " x " + "event", sorted: reached, and conceivable in this model but never reached.
  std::vector<std::string> pairs_reached;
  std::vector<std::string> pairs_not_reached;
};

// Deterministic. One thread. A CHECK that fails inside the core prints the path to stderr before the program aborts.
Report explore(const Bounds& bounds, const StepFunction& step = core::step);

// The runs that together make the bound of every build: each is walked to its end, all of them in a few minutes.
struct NamedBounds {
  std::string name;
  Bounds bounds;
};
std::vector<NamedBounds> standard_runs();

// The report for a person: numbers, the law and its path, the pairs.
std::string to_text(const Report& report, bool with_pairs);

}  // namespace pilotlight::exploration
