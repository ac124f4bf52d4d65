// The card reader over PC/SC-lite. Three threads, so that a call that never comes back cannot hold up the terminal: one
// stands in SCardGetStatusChange (an idle reader wakes nobody), one carries out the card's commands, and one takes
// commands, reports, and watches the clock. Only the last calls back.
//
// The reader is ReaderLost while the daemon is away, the device unplugged, or a command hangs beyond `command`; that
// command is then reported as failed (a write as Unknown) and so is every further one, until the hanging call returns.
// Commands are refused by CHECK when more than kMostCommands wait: the terminal has one under way at a time.
#pragma once

#include <chrono>
#include <cstddef>

#include "devices/card_reader/card_reader.h"

namespace pilotlight::devices {

inline constexpr std::size_t kMostCommands = 16;

struct ReaderLimits {
  std::chrono::milliseconds command{15000};    // longest a read, challenge or write may take
  std::chrono::milliseconds shutdown{2000};    // longest the destructor waits for each thread; then it is left behind
  std::chrono::milliseconds first_retry{500};  // pause before asking for the daemon again, doubled each time
  std::chrono::milliseconds longest_retry{5000};  // up to this
};

// As open_pcsc_reader of card_reader.h, with other limits. Must not be destroyed from within `report`.
std::unique_ptr<CardReader> open_pcsc_reader(std::string reader_name, std::unique_ptr<GasCard> card,
                                             CardReader::Report report, const ReaderLimits& limits);

}  // namespace pilotlight::devices
