#include "ledger/store/chain.h"

#include <array>

#include "ledger/store/digest.h"

namespace pilotlight::ledger {
namespace {

struct Table {
  const char* name;
  const char* newest;
  const char* rows;
};

constexpr std::array<Table, 5> tables = {{
    {"transfers", "SELECT coalesce(max(seq), 0) FROM transfers",
     "SELECT seq, kind, ref, (SELECT name FROM book_accounts WHERE id = transfers.debit), "
     "(SELECT name FROM book_accounts WHERE id = transfers.credit), fen, terminal, wall_ms FROM transfers "
     "WHERE seq > ?1 AND seq <= ?2 ORDER BY seq"},
    {"outcomes", "SELECT coalesce(max(seq), 0) FROM outcomes",
     "SELECT seq, kind, id, content, answer, terminal, wall_ms FROM outcomes WHERE seq > ?1 AND seq <= ?2 ORDER BY "
     "seq"},
    {"seals", "SELECT coalesce(max(seq), 0) FROM seals",
     "SELECT seq, top_up, attempt, challenge, card_sequence, command, terminal, wall_ms FROM seals "
     "WHERE seq > ?1 AND seq <= ?2 ORDER BY seq"},
    {"facts", "SELECT coalesce(max(seq), 0) FROM facts",
     "SELECT seq, terminal, number, wall_ms, kind, body, hash, parked, received_ms FROM facts "
     "WHERE seq > ?1 AND seq <= ?2 ORDER BY seq"},
    {"strays", "SELECT coalesce(max(seq), 0) FROM strays",
     "SELECT seq, terminal, number, wall_ms, kind, body, hash, received_ms FROM strays "
     "WHERE seq > ?1 AND seq <= ?2 ORDER BY seq"},
}};

using Ends = std::array<std::int64_t, tables.size()>;

struct Link {
  std::int64_t batch = 0;
  Ends ends{};
  Bytes hash = Bytes(32);
};

Link read_link(const Query& row) {
  Link link;
  link.batch = row.integer(0);
  for (std::size_t i = 0; i < link.ends.size(); ++i) link.ends[i] = row.integer(1 + static_cast<int>(i));
  link.hash = row.blob(6);
  return link;
}

Ends newest(Database& db) {
  Ends ends{};
  for (std::size_t i = 0; i < tables.size(); ++i) {
    Query row(db, tables[i].newest);
    if (row.next()) ends[i] = row.integer(0);
  }
  return ends;
}

Bytes hash_after(Database& db, const Link& previous, const Ends& ends) {
  Digest digest;
  digest.add(previous.hash);
  for (std::size_t i = 0; i < tables.size(); ++i) {
    digest.add(tables[i].name);
    Query rows(db, tables[i].rows, previous.ends[i], ends[i]);
    while (rows.next()) {
      digest.add("|");
      for (int column = 0; column < rows.columns(); ++column) digest.add(rows.raw(column));
    }
  }
  return digest.finish();
}

}  // namespace

void extend_chain(Database& db) {
  Link last;
  {
    Query row(db,
              "SELECT batch, transfers, outcomes, seals, facts, strays, hash FROM chain ORDER BY batch DESC LIMIT 1");
    if (row.next()) last = read_link(row);
  }
  const Ends ends = newest(db);
  if (ends == last.ends) return;
  db.run(
      "INSERT INTO chain (batch, transfers, outcomes, seals, facts, strays, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
      last.batch + 1, ends[0], ends[1], ends[2], ends[3], ends[4], hash_after(db, last, ends));
}

std::vector<Violation> check_chain(Database& db) {
  std::vector<Violation> violations;
  Link previous;
  {
    Query rows(db, "SELECT batch, transfers, outcomes, seals, facts, strays, hash FROM chain ORDER BY batch");
    while (rows.next()) {
      const Link link = read_link(rows);
      if (link.batch != previous.batch + 1)
        violations.push_back({"chain", "links " + std::to_string(previous.batch + 1) + " to " +
                                           std::to_string(link.batch - 1) + " are missing"});
      else if (hash_after(db, previous, link.ends) != link.hash)
        violations.push_back({"chain", "link " + std::to_string(link.batch) + ": a row was altered, deleted or added"});
      previous = link;
    }
  }
  if (newest(db) != previous.ends)
    violations.push_back({"chain", "there are rows after the last link, or it is missing"});
  return violations;
}

}  // namespace pilotlight::ledger
