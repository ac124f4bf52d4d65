#include "tests/simulation/exploration/explore.h"

namespace pilotlight::exploration {
namespace {

// One note, and nothing goes wrong.
Bounds quiet() {
  Bounds b;
  b.notes_yuan = {100};
  b.returned_notes = b.card_insertions = b.card_removals = b.crashes = b.lost_messages = b.repeated_messages = 0;
  b.uplink_losses = b.printer_losses = b.failed_writes = b.failed_prints = 0;
  return b;
}

Bounds two_notes() {
  Bounds b = quiet();
  b.notes_yuan = {100, 50};
  return b;
}

}  // namespace

std::vector<NamedBounds> standard_runs() {
  std::vector<NamedBounds> runs = {{"quiet day", quiet()},
                                   {"power cut and a lost message", quiet()},
                                   {"power cut and a repeated message", quiet()},
                                   {"power cut, two notes, one returned", two_notes()},
                                   {"card out and in, two notes", two_notes()},
                                   {"uplink and printer, two notes", two_notes()},
                                   {"failed writes and prints, two notes, one returned", two_notes()},
                                   {"a card that never takes, and a power cut", quiet()},
                                   {"every touch on every page", quiet()},
                                   {"acceptor faults, unreadable notes, a changed quote", quiet()},
                                   {"reader lost, journal failed", quiet()}};
  runs[1].bounds.crashes = runs[1].bounds.lost_messages = 1;
  runs[2].bounds.crashes = runs[2].bounds.repeated_messages = 1;
  runs[3].bounds.crashes = runs[3].bounds.returned_notes = 1;
  runs[4].bounds.card_removals = runs[4].bounds.card_insertions = 1;
  runs[5].bounds.uplink_losses = runs[5].bounds.printer_losses = 1;
  runs[6].bounds.failed_writes = runs[6].bounds.failed_prints = runs[6].bounds.returned_notes = 1;
  runs[7].bounds.card_never_takes = true;
  runs[7].bounds.crashes = 1;
  runs[8].bounds.every_touch = true;
  runs[9].bounds.acceptor_faults = runs[9].bounds.unreadable_notes = runs[9].bounds.changed_quotes = 1;
  runs[10].bounds.reader_losses = runs[10].bounds.journal_failures = 1;
  return runs;
}

}  // namespace pilotlight::exploration
