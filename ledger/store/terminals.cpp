#include "ledger/store/terminals.h"

#include <fmt/format.h>

#include "ledger/store/fact_effects.h"
#include "ledger/store/questions.h"

namespace pilotlight::ledger {
namespace {

// A heartbeat may be overtaken by facts that were sent after it was written, but not by half a minute.
constexpr std::int64_t overtaken_ms = 30'000;

// Whether the ledger has had, for longer than that, a fact that the terminal does not know of: it was restored from an
// older copy. A hash chain alone cannot show a cut-off tail.
bool forgotten_fact(const Work& work, std::uint64_t last_seq) {
  Query next(work.db, "SELECT received_ms FROM facts WHERE terminal = ?1 AND number = ?2", work.terminal, last_seq + 1);
  return next.next() && next.integer(0) < work.now_ms - overtaken_ms;
}

}  // namespace

std::optional<TerminalGate> find_gate(Database& db, const std::string& terminal) {
  Query row(db,
            "SELECT state, catching_up, EXISTS (SELECT 1 FROM terminals WHERE catching_up = 1 AND "
            "(state IN (?2, ?3) OR terminal = ?1)) FROM terminals WHERE terminal = ?1",
            terminal, TerminalState::Active, TerminalState::Behind);
  if (!row.next()) return std::nullopt;
  return TerminalGate{static_cast<TerminalState>(row.integer(0)), row.integer(1) != 0, row.integer(2) != 0};
}

std::uint64_t epoch_of(Database& db) {
  Query row(db, "SELECT epoch FROM meta");
  return row.next() ? row.u64(0) : 0;
}

JournalHead journal_head(Database& db, const std::string& terminal) {
  Query row(db, "SELECT last_contiguous, last_hash FROM terminals WHERE terminal = ?1", terminal);
  if (!row.next()) return {0, Bytes(32)};
  return {row.u64(0), row.blob(1)};
}

void keep_journal_head(Database& db, const std::string& terminal, const JournalHead& head) {
  db.run("UPDATE terminals SET last_contiguous = ?2, last_hash = ?3 WHERE terminal = ?1", terminal,
         head.last_contiguous, head.last_hash);
}

void fall_behind(Work& work, const std::string& why) {
  const auto changed = work.db.run("UPDATE terminals SET state = ?2, reason = ?3 WHERE terminal = ?1 AND state = ?4",
                                   work.terminal, TerminalState::Behind, why, TerminalState::Active);
  if (changed > 0) alert(work, "TerminalBehind", why);
  work.may_trade = false;
}

Answer<wire::HeartbeatAnswer> heartbeat(Work& work, const wire::HeartbeatRequest& request) {
  const JournalHead head = journal_head(work.db, work.terminal);
  if (forgotten_fact(work, request.last_seq))
    fall_behind(work, fmt::format("its journal ends at {}, this ledger has {} from it", request.last_seq,
                                  head.last_contiguous));
  const bool all_sent = request.last_seq <= head.last_contiguous;
  if (work.catching_up && all_sent) {
    work.db.run("UPDATE terminals SET catching_up = 0 WHERE terminal = ?1", work.terminal);
    const auto gate = find_gate(work.db, work.terminal);
    work.may_trade = gate && gate->state == TerminalState::Active && !gate->incomplete;
    if (gate && !gate->incomplete) give_up_awaited(work);
  }
  work.db.run(
      "UPDATE terminals SET last_seq_told = ?2, last_heartbeat_ms = ?3, version = ?4, reported_state = ?5 "
      "WHERE terminal = ?1",
      work.terminal, request.last_seq, work.now_ms, request.version.substr(0, 100), request.state.substr(0, 100));
  wire::HeartbeatAnswer answer;
  answer.epoch = epoch_of(work.db);
  answer.last_contiguous = head.last_contiguous;
  answer.wall_ms = work.now_ms;
  answer.may_trade = work.may_trade;
  Query row(work.db, "SELECT production FROM meta");
  answer.production = row.next() && row.integer(0) != 0;
  return answer;
}

std::vector<TerminalView> list_terminals(Database& db, const std::string& only) {
  std::vector<TerminalView> list;
  {
    Query rows(db,
               "SELECT terminal, place, state, reason, last_contiguous, last_seq_told, last_heartbeat_ms, version, "
               "reported_state FROM terminals WHERE ?1 = '' OR terminal = ?1 ORDER BY terminal",
               only);
    while (rows.next()) {
      TerminalView view;
      view.terminal = rows.text(0);
      view.place = rows.text(1);
      view.state = static_cast<TerminalState>(rows.integer(2));
      view.reason = rows.text(3);
      view.last_contiguous = rows.u64(4);
      view.last_seq_told = rows.u64(5);
      view.last_heartbeat_ms = rows.integer(6);
      view.version = rows.text(7);
      view.reported_state = rows.text(8);
      list.push_back(std::move(view));
    }
  }
  for (TerminalView& view : list) {
    view.cash = balance(db, {book::AccountKind::Cash, view.terminal});
    view.suspense = balance(db, {book::AccountKind::Suspense, view.terminal});
  }
  return list;
}

}  // namespace pilotlight::ledger
