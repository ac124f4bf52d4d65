// The whole state of a terminal: settings, what devices and uplink last said, the money (durable), and the conversation
// with the person in front of it (forgotten at a restart).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/core/effect.h"
#include "kiosk/core/event.h"
#include "kiosk/core/money_state.h"

namespace pilotlight::core {

enum class Language { Chinese, English };
PILOTLIGHT_ENUM(Language, Chinese, English)

// From the configuration. Times in milliseconds.
struct Settings {
  std::string terminal;
  std::string hotline;
  std::string emergency;
  std::vector<Money> denominations;  // accepted ones, ascending
  std::vector<Money> quick_amounts;
  Money session_maximum = yuan(1000);
  std::uint32_t box_notes_maximum = 900;
  bool two_languages = true;
  Language first_language = Language::Chinese;  // what the attract screen goes back to
  std::int64_t attract_ms = 60'000;
  std::int64_t page_ms = 60'000;
  std::int64_t countdown_ms = 15'000;
  std::int64_t ledger_answer_ms = 20'000;
  std::int64_t uplink_wait_ms = 60'000;
  std::int64_t card_return_ms = 60'000;
  std::int64_t take_card_ms = 30'000;
  PILOTLIGHT_DESCRIBE(terminal, hotline, emergency, denominations, quick_amounts, session_maximum, box_notes_maximum,
                      two_languages, first_language, attract_ms, page_ms, countdown_ms, ledger_answer_ms,
                      uplink_wait_ms, card_return_ms, take_card_ms)
};

// What is known of the world now; every field comes from an event.
struct Devices {
  bool acceptor_ready = false;         // met, and what happened to its notes meanwhile is settled
  bool acceptor_met = false;           // met, still being asked
  std::int64_t unexplained_notes = 0;  // stacked by the device's count, not by our records
  bool acceptor_counts = false;
  bool acceptor_enabled = false;  // by us
  bool acceptor_at_rest = true;   // disabled and nothing moving
  bool note_in_motion = false;    // between drawn in and its end, for the screen
  std::vector<AcceptorFault> acceptor_faults;
  bool reader_ready = false;
  bool card_present = false;
  bool printer_ready = false;
  bool paper_out = false;
  bool paper_near_end = false;
  bool cover_open = false;
  bool uplink_up = false;
  bool may_trade = true;
  bool journal_failed = false;
  PILOTLIGHT_DESCRIBE(acceptor_ready, acceptor_met, unexplained_notes, acceptor_counts, acceptor_enabled,
                      acceptor_at_rest, note_in_motion, acceptor_faults, reader_ready, card_present, printer_ready,
                      paper_out, paper_near_end, cover_open, uplink_up, may_trade, journal_failed)
};

// One per thing a customer can see. "page" is what the screen is about; overlays lie above it.
enum class Page {
  Attract,
  Home,
  InsertCard,
  Reading,      // card and ledger are asked
  CardProblem,  // conversation.card_trouble says which; take the card
  NotSold,      // conversation.refusal says why; take the card
  Account,      // who, what is on the card, arrears
  Amount,       // quick amounts, last one, keypad
  Keypad,
  Cash,      // feed notes
  Settling,  // acceptor off, the last note comes to rest
  Confirm,
  Working,      // conversation.work says what is being done
  CardOut,      // the card is gone while money depends on it: put it back, countdown
  UplinkWait,   // the ledger does not answer while money is in: wait, countdown
  Result,       // conversation.ending; receipt being printed or printed
  TakeCard,     // with an alarm when it is left
  OutOfService  // no_service() says why
};
PILOTLIGHT_ENUM(Page, Attract, Home, InsertCard, Reading, CardProblem, NotSold, Account, Amount, Keypad, Cash, Settling,
                Confirm, Working, CardOut, UplinkWait, Result, TakeCard, OutOfService)

enum class Overlay { None, SmellGas, Help, StaffCalled, StillThere, CancelQuestion };
PILOTLIGHT_ENUM(Overlay, None, SmellGas, Help, StaffCalled, StillThere, CancelQuestion)

enum class Work { Authorising, Writing, Verifying, Voiding, Abandoning, ResolvingPending };
PILOTLIGHT_ENUM(Work, Authorising, Writing, Verifying, Voiding, Abandoning, ResolvingPending)

// Waiting: its number is taken, the printer cannot print; nothing was sent to it yet.
enum class SlipState { None, Waiting, Printing, Printed, Failed };
PILOTLIGHT_ENUM(SlipState, None, Waiting, Printing, Printed, Failed)

// Why the last note came back, for the Cash page.
enum class NoteRefusal { None, NotRecognised, OverLimit, Closing, NotAccepted };
PILOTLIGHT_ENUM(NoteRefusal, None, NotRecognised, OverLimit, Closing, NotAccepted)

// Something to be called out once (MAN-2): spoken when `count` changes.
enum class Call { None, NoteAccepted, NoteBack, CardForgotten };
PILOTLIGHT_ENUM(Call, None, NoteAccepted, NoteBack, CardForgotten)
struct Announcement {
  std::uint32_t count = 0;
  Call call = Call::None;
  Money note;
  Money total;
  PILOTLIGHT_DESCRIBE(count, call, note, total)
};

struct Conversation {
  Page page = Page::OutOfService;
  Overlay overlay = Overlay::None;
  Language language = Language::Chinese;
  Id session;  // empty when there is none
  std::optional<wire::Identification> identification;
  wire::CardState card;  // as last read
  CardTrouble card_trouble = CardTrouble::None;
  wire::Refusal refusal = wire::Refusal::None;
  std::string typed;  // keypad, whole yuan
  Money goal;
  NoteRefusal note_refusal = NoteRefusal::None;
  Work work = Work::Authorising;
  wire::Ending ending = wire::Ending::NothingTendered;
  wire::SessionEnded outcome;         // the numbers of the Result page
  std::uint32_t document_number = 0;  // of the slip on the Result page; 0: none
  wire::Document document;            // what it says
  SlipState slip = SlipState::None;
  Announcement announcement;
  bool card_forgotten = false;  // alarm
  bool quote_changed = false;   // confirm page: the price is new, look again
  Page resume = Page::Home;     // where CardOut and UplinkWait go back to
  // Times are steady_ms; 0 = not running.
  std::int64_t last_activity_ms = 0;  // touch, note or card
  std::int64_t deadline_ms = 0;       // the page's own: what is waited for must come before
  std::int64_t retry_ms = 0;          // ask again
  std::int64_t settle_notes_ms = 0;   // acceptor back: what it has not said by now it will not say
  PILOTLIGHT_DESCRIBE(page, overlay, language, session, identification, card, card_trouble, refusal, typed, goal,
                      note_refusal, work, ending, outcome, document_number, document, slip, announcement,
                      card_forgotten, quote_changed, resume, last_activity_ms, deadline_ms, retry_ms, settle_notes_ms)
};

// What a terminal that was cut off in a session has found out since it started again (recovery.h).
struct Recovery {
  std::vector<Id> sessions;   // still to be resolved; the first one is being worked on
  std::int64_t since_ms = 0;  // steady_ms when work on the first one began
  bool abandon_asked = false;
  bool card_asked = false;
  bool card_known = false;  // the slot was read: `card` says what is in it, card_number empty = no card of ours
  wire::CardState card;
  PILOTLIGHT_DESCRIBE(sessions, since_ms, abandon_asked, card_asked, card_known, card)
};

struct State {
  Settings settings;
  Devices devices;
  MoneyState money;
  Conversation talk;
  Recovery recovery;
  Moment now;
  PILOTLIGHT_DESCRIBE(settings, devices, money, talk, recovery)
};

// Why no cash can be taken now (M9), in the order of the checks.
enum class NoService {
  None,
  JournalFailed,
  NotTrading,
  UplinkDown,
  ReaderDown,
  AcceptorDown,
  AcceptorFaulty,
  BoxFull,
  PrinterDown,
  Recovering
};
PILOTLIGHT_ENUM(NoService, None, JournalFailed, NotTrading, UplinkDown, ReaderDown, AcceptorDown, AcceptorFaulty,
                BoxFull, PrinterDown, Recovering)
NoService no_service(const State& state);

// The open session, or nullptr.
const Session* current_session(const State& state);

// What the amount put in so far buys now; nothing without a quote.
std::optional<Purchase> purchase_now(const State& state);
// What `amount` would buy.
std::optional<Purchase> purchase_for(const State& state, Money amount);
// The most that may still be put in.
Money room_left(const State& state);

}  // namespace pilotlight::core
