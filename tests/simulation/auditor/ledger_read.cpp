// Reads the ledger's append-only tables once, by their numbers; what they name is looked up afterwards.
#include <algorithm>

#include "tests/simulation/auditor/model.h"

namespace pilotlight::audit {
namespace {

constexpr std::array<const char*, tables> fresh_rows = {
    "SELECT seq, kind, ref, debit, credit, fen, terminal FROM transfers WHERE seq > ?1 ORDER BY seq",
    "SELECT seq, kind, id, content, answer FROM outcomes WHERE seq > ?1 ORDER BY seq",
    "SELECT seq, top_up, attempt, command FROM seals WHERE seq > ?1 ORDER BY seq",
    "SELECT seq, terminal, number, kind, hash, parked, wall_ms, body FROM facts WHERE seq > ?1 ORDER BY seq",
    "SELECT seq, terminal, number, kind, hash FROM strays WHERE seq > ?1 ORDER BY seq"};
constexpr std::array<const char*, tables> table_names = {"transfers", "outcomes", "seals", "facts", "strays"};

std::uint64_t summed(std::uint64_t sum, const Rows& row, std::size_t table) {
  switch (table) {
    case Transfers:
      for (const int column : {0, 1, 3, 4, 5}) sum = mixed(sum, row.number(column));
      return mixed(sum, row.blob(2));
    case Outcomes:
      return mixed(mixed(mixed(mixed(sum, row.number(1)), row.blob(2)), row.blob(3)), row.text(4));
    case Seals:
      return mixed(mixed(mixed(sum, row.blob(1)), row.number(2)), row.blob(3));
    default:
      return mixed(mixed(mixed(sum, row.text(1)), row.number(2)), row.blob(4));
  }
}

AccountKind kind_of(std::string_view name) {
  constexpr std::array<std::string_view, 9> names = {"cash",     "tender",     "pending",      "revenue", "wallet",
                                                     "suspense", "receivable", "doubted-cash", "doubt"};
  const auto at = std::find(names.begin(), names.end(), name);
  return static_cast<AccountKind>(at - names.begin());
}

void prepare(Ledger& l, sqlite3* database) {
  l.database = database;
  for (std::size_t table = 0; table < tables; ++table) l.fresh[table] = Rows(database, fresh_rows[table]);
  l.account = Rows(database, "SELECT name, debit, credit FROM book_accounts WHERE id = ?1");
  l.card = Rows(database, "SELECT base_number, purchase_number FROM cards WHERE card_number = ?1");
  l.note = Rows(database, "SELECT state, value, session, terminal FROM notes WHERE note = ?1");
  l.top_up = Rows(database,
                  "SELECT state, number, volume, total, cost, change, amount, account, card_number, session FROM "
                  "top_ups WHERE top_up = ?1");
  l.session = Rows(database, "SELECT ended, account, terminal FROM sessions WHERE session = ?1");
  l.document = Rows(database, "SELECT state, replaces, body FROM documents WHERE terminal = ?1 AND number = ?2");
  l.begin = Rows(database, "BEGIN");
  l.commit = Rows(database, "COMMIT");
}

}  // namespace

void Auditor::State::read_ledger(sqlite3* database) {
  Ledger& l = ledger;
  if (l.database != database) prepare(l, database);
  const bool alone = sqlite3_get_autocommit(database) != 0;
  if (alone) l.begin.all().next();  // one picture of the database, and one lock
  for (std::size_t table = 0; table < tables; ++table) {
    Rows& row = l.fresh[table].from(l.last[table]);
    while (row.next()) {
      if (row.number(0) != l.last[table] + 1) {
        row.done();
        broken("M10", "ledger: ", table_names[table], " ", l.last[table] + 1, " is missing, ", row.number(0),
               " follows");
        break;
      }
      l.last[table] += 1;
      l.sum[table] = summed(l.sum[table], row, table);
      counts.ledger_rows += 1;
      if (table == Transfers)
        transfer(row.number(1), row.key(2), {row.number(3), row.number(4), row.number(5)}, row.text(6));
      if (table == Outcomes) {
        const Key id = row.key(2);
        if (!l.outcomes.insert({row.number(1), id}).second)
          broken("M5", "ledger: a second outcome of kind ", row.number(1), " under the id ", id);
        if (const auto at = top_ups.find(id); at != top_ups.end()) l.touched_top_ups.push_back(&at->second);
      }
      if (table == Facts) read_fact(row);
      if (table == Strays)
        broken("M10", "ledger: ", row.text(1), " has sent two different rows ", row.number(2), " (", row.text(3), ")");
    }
    unread = unread || !row.good();
  }
  look_up_touched();
  if (alone) l.commit.all().next();
}

void Auditor::State::read_fact(Rows& row) {
  const auto name = terminal_names.find(row.text(1));
  if (name == terminal_names.end())
    return broken("M4", "ledger: a row of terminal ", row.text(1), ", whose journal has none");
  Terminal& t = *name->second;
  const auto number = static_cast<std::uint64_t>(row.number(2));
  if (number != t.facts + 1) return broken("M10", "ledger: row ", number, " of ", t.name, " follows row ", t.facts);
  if (number > t.lines.size())
    return broken("M4", "ledger: row ", number, " (", row.text(3), ") of ", t.name, " is there, its journal ends at ",
                  t.lines.size());
  t.facts = number;
  t.facts_ever = std::max(t.facts_ever, number);
  const Line& line = t.lines[number - 1];
  const std::string_view hash = row.blob(4);
  if (hash.size() != 32 || std::memcmp(hash.data(), line.hash.data(), 32) != 0)
    broken("M7", "ledger: row ", number, " (", row.text(3), ") of ", t.name, " is another one than in its journal");
  if (!row.text(5).empty()) {
    t.parked += 1;
    if (t.parked_why.empty()) t.parked_why = cat("row ", number, " (", row.text(3), "): ", row.text(5));
  }
  touch(t, line);
}

// What the ledger should know now that it has this row.
void Auditor::State::touch(Terminal& t, const Line& line) {
  Ledger& l = ledger;
  switch (line.kind) {
    case Kind::Session:
    case Kind::SessionEnd: {
      Session& s = sessions.at(line.key);
      s.ledger_knows_end = s.ledger_knows_end || line.kind == Kind::SessionEnd;
      l.touched_sessions.push_back(&s);
      break;
    }
    case Kind::Note:
      if (const auto at = notes.find(line.key); at != notes.end()) {
        at->second.told = line.fate;
        l.touched_notes.push_back(&at->second);
      }
      break;
    case Kind::TopUp:
      if (const auto at = top_ups.find(line.key); at != top_ups.end()) l.touched_top_ups.push_back(&at->second);
      break;
    case Kind::Document:
      if (const auto at = t.documents.find(line.document); at != t.documents.end()) {
        at->second.told = line.paper;
        l.touched_documents.emplace_back(&t, line.document);
      }
      break;
    case Kind::Other:
      break;
  }
}

void Auditor::State::read_ledger_again(sqlite3* database) {
  Ledger& l = ledger;
  prepare(l, database);
  for (std::size_t table = 0; table < tables; ++table) {
    std::uint64_t sum = 0;
    std::int64_t last = 0;
    Rows& row = l.fresh[table].from(0);
    while (last < l.last[table] && row.next()) {
      last += 1;
      sum = summed(sum, row, table);
    }
    if (last < l.last[table] && row.good())
      broken("M4", "ledger: ", l.last[table], " ", table_names[table], " could be seen, ", last, " are left");
    else if (last == l.last[table] && sum != l.sum[table])
      broken("M10", "ledger: its ", table_names[table], " are other ones than could be seen before");
    unread = unread || !row.good();
    row.done();
  }
}

// A restored ledger is a new one: its facts come again, and all that follows from them.
void Auditor::State::forget_ledger() {
  ledger = Ledger();
  for (Terminal& t : terminals) {
    t.facts = 0;
    t.parked = 0;
    t.parked_why.clear();
    for (auto& [number, document] : t.documents) document.told = Paper::Intended;
  }
  for (auto& [id, note] : notes) note.told = Fate::Stacking;
  for (auto& [id, session] : sessions) {
    session.ledger_knows_end = session.over_at_ledger_checked = false;
    session.credited_at_ledger = 0;
  }
  for (auto& [id, top_up] : top_ups) top_up.reserved = top_up.posted = top_up.change_posted = top_up.given_back = false;
  // A number that no terminal has heard of was given to nobody, and may be given again.
  for (auto& [number, card] : cards) {
    card.pending = nullptr;
    std::erase_if(card.issued, [](const auto& issued) { return !issued.second->authorised; });
  }
}

void Auditor::State::read_account(std::int64_t id) {
  Ledger& l = ledger;
  if (id < 0 || id > 10'000'000) return broken("M1", "ledger: account ", id, " cannot be");
  if (static_cast<std::size_t>(id) >= l.accounts.size()) l.accounts.resize(static_cast<std::size_t>(id) + 1);
  Account& account = l.accounts[static_cast<std::size_t>(id)];
  if (account.kind != AccountKind::Unknown) return;
  Rows& row = l.account.from(id);
  if (row.next()) {
    const std::string_view name = row.text(0);
    const std::size_t colon = std::min(name.find(':'), name.size());
    account.kind = kind_of(name.substr(0, colon));
    account.owner = name.substr(std::min(colon + 1, name.size()));
    account.owner_key = key_of_text(account.owner);
  }
  row.done();
}

}  // namespace pilotlight::audit
