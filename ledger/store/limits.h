// Bounds on what a terminal may say, so that no sum can overflow and no request can be endless.
#pragma once

#include <cstddef>

#include "kiosk/base/bytes.h"
#include "kiosk/base/money.h"

namespace pilotlight::ledger {

inline constexpr std::size_t notes_maximum = 1000;           // in one authorise
inline constexpr std::size_t facts_maximum = 100;            // in one request
inline constexpr Money note_maximum{1'000'000};              // 10,000 yuan
inline constexpr Money amount_maximum{10'000'000'000};       // of a session
inline constexpr Volume card_total_maximum{42'949'672'950};  // 32 bits of 10 litres

inline bool in_range(Money note) { return note.fen > 0 && note <= note_maximum; }
inline bool amount_in_range(Money amount) { return amount.fen >= 0 && amount <= amount_maximum; }
inline bool challenge_good(const Bytes& challenge) { return challenge.size() == 4 || challenge.size() == 8; }

}  // namespace pilotlight::ledger
