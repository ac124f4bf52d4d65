// What can happen next in a world, and making it happen.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/exploration/world.h"

namespace pilotlight::exploration {

enum class Act : std::uint8_t {
  Time,
  Touch,
  CardIn,
  CardOut,
  FeedNote,
  FeedUnreadable,
  EscrowLimit,
  AcceptorObeys,
  AcceptorRests,  // a note in its escrow had kept it
  ReaderObeys,
  CardBreaksOff,
  PrinterObeys,
  LedgerExecutes,
  AnswerArrives,
  OutboxArrives,
  UplinkGoes,
  UplinkComes,
  PrinterGoes,
  PrinterComes,
  UplinkBoots,
  PrinterBoots,
  AcceptorBoots,
  CardBoots,
  EchoArrives,
  DiskCatchesUp,
  PowerCut,
  FaultRises,
  FaultGoes,
  AcceptorRestarts,
  ReaderGoes,
  ReaderComes,
  JournalFails
};
PILOTLIGHT_ENUM(Act, Time, Touch, CardIn, CardOut, FeedNote, FeedUnreadable, EscrowLimit, AcceptorObeys, AcceptorRests,
                ReaderObeys, CardBreaksOff, PrinterObeys, LedgerExecutes, AnswerArrives, OutboxArrives, UplinkGoes,
                UplinkComes, PrinterGoes, PrinterComes, UplinkBoots, PrinterBoots, AcceptorBoots, CardBoots,
                EchoArrives, DiskCatchesUp, PowerCut, FaultRises, FaultGoes, AcceptorRestarts, ReaderGoes, ReaderComes,
                JournalFails)

enum class How : std::uint8_t {
  Plain,
  Fails,         // the thing does not do it, and says so
  Unsure,        // a write: done or not, the reader cannot tell
  UnsureUndone,  // the same, and the card has not taken it
  Lost,          // neither done nor answered
  Unanswered     // done, and the answer is lost
};
PILOTLIGHT_ENUM(How, Plain, Fails, Unsure, UnsureUndone, Lost, Unanswered)

struct Move {
  Act act = Act::Time;
  How how = How::Plain;
  std::uint8_t arg = 0;  // which note, touch or question; of a power cut: what had been done unseen
  bool repeat = false;   // what arrives, arrives once more
  bool slow = false;     // the records it makes are not durable at once
};

// Of a power cut (arg): what the peers had done already, and what they will tell.
inline constexpr std::uint8_t cut_note_boxed = 1;
inline constexpr std::uint8_t cut_card_written = 2;
inline constexpr std::uint8_t cut_note_told = 4;

// The event that a core saw, and in which class of state: coverage.h names them.
struct Seen {
  std::uint16_t state_class = 0;
  std::uint8_t event = 0;
};

struct Outcome {
  std::string law;  // broken by it
  std::vector<Seen> seen;
  bool may_repeat = false;
  bool recorded = false;
};

std::vector<Move> moves_of(const World& world, const Bounds& bounds);
Outcome make(World& world, const Move& move, const Bounds& bounds, const StepFunction& step);

// The touches that the screen of this state offers, or every one.
std::vector<core::Intent> touches_of(const core::State& state, bool every);
// When something changes by itself; the ticks of a countdown change nothing but what is drawn.
std::optional<std::int64_t> next_change_ms(const core::State& state);

// In words, for the world it is made in.
std::string words_of(const World& world, const Move& move, const Bounds& bounds);

// Every session has ended: with time alone this must come.
bool all_ended(const World& world);
// The session is over and so is all that came of it: whoever comes next comes to a new one, beyond the bound.
bool is_over(const World& world, const Bounds& bounds);
// And every document is printed or voided: nobody waits for anything.
bool at_rest(const World& world);
// The laws that hold in every world (laws.cpp). Empty: all do.
std::string broken_law(const World& world);

}  // namespace pilotlight::exploration
