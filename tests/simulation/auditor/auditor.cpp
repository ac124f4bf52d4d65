#include "tests/simulation/auditor/auditor.h"

#include "tests/simulation/auditor/model.h"

namespace pilotlight::audit {

Auditor::Auditor(Options options) : state_(std::make_unique<State>(options)) {}
Auditor::~Auditor() = default;

Terminal& Auditor::State::terminal(std::string_view name) {
  const auto found = terminal_names.find(name);
  if (found != terminal_names.end()) return *found->second;
  Terminal& made = terminals.emplace_back();
  made.name = name;
  made.index = static_cast<std::uint32_t>(terminals.size() - 1);
  terminal_names.emplace(made.name, &made);
  return made;
}

Card& Auditor::State::card(std::string_view number) {
  const auto found = cards.find(number);
  if (found != cards.end()) return found->second;
  Card& made = cards[std::string(number)];
  made.number = number;
  return made;
}

void Auditor::note_in_box(std::string_view terminal, std::uint64_t paper_id, std::int64_t fen, Stacked how) {
  state_->enter_box(state_->terminal(terminal), paper_id, fen, how == Stacked::ByItself);
}
void Auditor::note_left_box(std::string_view terminal, std::uint64_t paper_id, LeftBox how) {
  state_->leave_box(state_->terminal(terminal), paper_id, how == LeftBox::Fished);
}
void Auditor::note_unknowable(std::string_view terminal) { state_->terminal(terminal).unknowable += 1; }

void Auditor::card(std::string_view card_number, std::uint32_t purchase_number, std::int64_t volume_litres,
                   std::int64_t total_litres) {
  state_->card_says(state_->card(card_number), purchase_number, volume_litres, total_litres);
}

void Auditor::card_changed_elsewhere(std::string_view card_number, std::uint32_t purchase_number,
                                     std::int64_t volume_litres, std::int64_t total_litres) {
  Card& c = state_->card(card_number);
  const std::int64_t own_purchases = c.purchase_number - c.base;
  c.known = true;
  c.base = purchase_number - own_purchases;
  c.purchase_number = purchase_number;
  c.volume = volume_litres;
  c.total = total_litres;
  const std::int64_t unloaded = purchase_number > c.loaded ? volume_litres : 0;
  c.start_litres = c.meter_litres + unloaded - c.moved_litres;  // what is there now, and not from us
}

void Auditor::meter_loaded(std::string_view card_number, std::uint32_t purchase_number, std::int64_t litres) {
  Card& c = state_->card(card_number);
  if (purchase_number != c.purchase_number || purchase_number <= c.loaded || litres != c.volume)
    return state_->broken("M3", "the meter of card ", card_number, " took ", litres, " litres of purchase ",
                          purchase_number, "; the card shows purchase ", c.purchase_number, " with ", c.volume,
                          " litres, and purchase ", c.loaded, " was loaded last");
  c.loaded = purchase_number;
  c.meter_litres += litres;
}

void Auditor::acceptor_enabled(std::string_view terminal, bool uplink_up, bool paper_ok) {
  const Terminal& t = state_->terminal(terminal);
  bool identified = false;
  for (const Session* s : t.open) identified = identified || (s->identified && !s->ended);
  if (!identified)
    state_->broken("M9", t.name, ": the acceptor was enabled without an identified session in the journal");
  if (!uplink_up) state_->broken("M9", t.name, ": the acceptor was enabled without the ledger");
  if (!paper_ok) state_->broken("M9", t.name, ": the acceptor was enabled without paper");
}

void Auditor::printed(const PrintedPiece& piece) { state_->piece_printed(piece); }
void Auditor::shown(const ShownResult& result) { state_->result_shown(result); }

void Auditor::fault_active(bool active) {
  if (state_->fault && !active)
    for (Terminal& t : state_->terminals)
      for (Session* s : t.open) s->since_ms = state_->now_ms;
  state_->fault = active;
}

void Auditor::look_at_journal(std::string_view terminal, sqlite3* journal) {
  state_->read_journal(state_->terminal(terminal), journal);
}
void Auditor::reopened(std::string_view terminal, sqlite3* journal) {
  Terminal& t = state_->terminal(terminal);
  t.powered = true;
  for (Session* s : t.open) s->since_ms = state_->now_ms;
  state_->read_journal_again(t, journal);
  state_->read_journal(t, journal);
}

void Auditor::look_at_ledger(sqlite3* ledger) { state_->read_ledger(ledger); }
void Auditor::ledger_reopened(sqlite3* ledger) {
  state_->read_ledger_again(ledger);
  state_->read_ledger(ledger);
}
void Auditor::ledger_restored(sqlite3* ledger) {
  state_->forget_ledger();
  state_->read_ledger(ledger);
}

void Auditor::closing(sqlite3* database) {
  if (state_->ledger.database == database) {
    Ledger& l = state_->ledger;
    l.database = nullptr;
    for (Rows& rows : l.fresh) rows = Rows();
    for (Rows* rows : {&l.account, &l.card, &l.note, &l.top_up, &l.session, &l.document, &l.begin, &l.commit})
      *rows = Rows();
  }
  for (Terminal& t : state_->terminals)
    if (t.journal == database) {
      t.journal = nullptr;
      t.powered = false;
      t.rows = Rows();
      t.rows_head = Rows();
    }
}

std::optional<Violation> Auditor::check(std::int64_t now_ms) {
  state_->now_ms = now_ms;
  if (!state_->unequal.empty()) state_->check_conservation();
  state_->check_bounds();
  return state_->violation;
}

Auditor::Counts Auditor::counts() const { return state_->counts; }

}  // namespace pilotlight::audit
