// Inside the core: one step in the making, and the phases that make it. Each phase is one file of functions over a
// Turn.
#pragma once

#include <utility>
#include <vector>

#include "kiosk/base/check.h"
#include "kiosk/core/step.h"

namespace pilotlight::core {

struct Turn {
  State& state;
  const Event& event;
  std::vector<wire::Record> records;
  std::vector<Effect> effects;
  unsigned named = 0;

  Conversation& talk() { return state.talk; }
  Devices& devices() { return state.devices; }
  const Settings& settings() { return state.settings; }
  std::int64_t now() const { return event.at.steady_ms; }
  Id fresh() { return event.fresh.derive(named++); }

  // The only way the money changes: applied here exactly as it will be on replay.
  void record(wire::Record r) {
    apply(state.money, r);
    records.push_back(std::move(r));
  }
  void perform(Effect e) { effects.push_back(std::move(e)); }

  // The open session of the conversation, or nullptr.
  const Session* session() const { return current_session(state); }

  void show(Page page);                              // clears the page's deadline, question and retry
  void show_until(Page page, std::int64_t wait_ms);  // with a deadline
  void activity();                                   // somebody is there: the "still there?" question goes
};

bool usable(const wire::Quote& quote);  // its numbers can be reckoned with; anything may come over a line

// --- identify.cpp: from the card in the slot to the account on the screen
void start_reading(Turn& t);
void on_card_read(Turn& t, const CardRead& read);
void on_identified(Turn& t, const IdentifyAnswered& answer);
void ask_identify(Turn& t);

// --- tender.cpp: notes
void open_tender(Turn& t);              // acceptor on, page Cash, if all that M9 asks for holds
void close_tender(Turn& t, Page then);  // acceptor off; `then` once the last note has come to rest
void after_rest(Turn& t);               // if everything rests: go where close_tender said
void on_escrow(Turn& t, const NoteEscrowed& note);
void on_credit(Turn& t, const NoteCredited& note);
void on_reject(Turn& t);
void on_at_rest(Turn& t, const AcceptorAtRest& rest);
void on_fault(Turn& t, AcceptorFault fault);

// --- acceptor.cpp: what happened to notes while nobody listened
void on_acceptor_ready(Turn& t, const AcceptorReady& ready);
void on_cleared(Turn& t, const NoteCleared& cleared);
void settle_notes(Turn& t);  // the time for NoteCleared is over
// The device at rest counts this many stacked notes more than our records: they are the notes in doubt, if it is all of
// them or none, and found ones beyond that.
void weigh_count(Turn& t, std::int64_t unexplained);
struct OwnedNote {
  Id session;
  Note note;
};
// The oldest note in doubt of this value (0: of any) that the device can mean when it tells late what became of a note.
std::optional<OwnedNote> doubted_note(const MoneyState& money, Money value);
// There are notes in doubt that a count can tell of: a moving note is weighed together with them.
bool counted_doubts(const MoneyState& money);

// --- top_up.cpp: authorise, seal, write, verify
void start_top_up(Turn& t);  // confirmed by the customer
void resolve_pending(Turn& t, const wire::PendingTopUp& pending);
void start_seal(Turn& t, Work work);
void on_challenge(Turn& t, const ChallengeGiven& given);
void on_authorised(Turn& t, const AuthoriseAnswered& answer);
void on_sealed(Turn& t, const SealAnswered& answer);
void on_written(Turn& t, const CardWritten& written);
void on_abandoned(Turn& t, const AbandonAnswered& answer);
void on_voided(Turn& t, const VoidAnswered& answer);
void check_card_after_write(Turn& t, const wire::CardState& card);
void give_up_authorising(Turn& t);
void retry_question(Turn& t);  // talk.retry_ms has come
bool adds_up(const wire::AuthoriseRequest& asked, const wire::TopUpRecord& record);
bool written_on(const TopUp& top_up, const wire::CardState& card);

// --- hand_back.cpp: endings, slips, the card
void finish(Turn& t, wire::Ending ending);  // ends the current session and prints what there is to print
void finish_by_money(Turn& t);              // NothingTendered, Credited or, with notes in doubt, HandedToStaff
wire::SessionEnded outcome_of(const Session& session, wire::Ending ending);
void close_session(Turn& t, const Id& session, wire::Ending ending);  // records, and prints if the printer can
void on_print_ended(Turn& t, const PrintEnded& ended);
void try_slip(Turn& t);  // prints what waits for the printer, and replaces what failed
void void_unprinted(Turn& t, const char* reason);
void leave_result(Turn& t);
void to_start(Turn& t);  // conversation over

// --- touch.cpp
void on_touch(Turn& t, const Intent& intent);
void on_time_out(Turn& t);  // nobody touched anything, or talk.deadline_ms has come

// --- recovery.cpp (table in recovery.h)
void start_recovery(Turn& t);
void recover(Turn& t);  // goes on as far as what is known now allows
void on_recovery_card(Turn& t, const CardRead& read);
void on_recovery_abandoned(Turn& t, const AbandonAnswered& answer);
bool recovering(const State& state);
std::optional<std::int64_t> recovery_deadline(const State& state);

}  // namespace pilotlight::core
