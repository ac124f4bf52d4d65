#include "ledger/store/schema.h"

namespace pilotlight::ledger {
namespace {

// What staff bring in.
constexpr const char* master_data = R"sql(
CREATE TABLE meta (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  production INTEGER NOT NULL,
  epoch INTEGER NOT NULL
) STRICT;

CREATE TABLE terminals (
  terminal TEXT PRIMARY KEY,
  place TEXT NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '',
  last_contiguous INTEGER NOT NULL DEFAULT 0,
  last_hash BLOB NOT NULL DEFAULT (zeroblob(32)),
  last_seq_told INTEGER NOT NULL DEFAULT 0,
  last_heartbeat_ms INTEGER NOT NULL DEFAULT 0,
  version TEXT NOT NULL DEFAULT '',
  reported_state TEXT NOT NULL DEFAULT '',
  catching_up INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE codes (
  code_hash BLOB PRIMARY KEY,
  terminal TEXT NOT NULL REFERENCES terminals,
  valid_until_ms INTEGER NOT NULL,
  key_hash BLOB NOT NULL DEFAULT x''
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
  serial TEXT PRIMARY KEY,
  terminal TEXT NOT NULL REFERENCES terminals,
  certificate_pem TEXT NOT NULL,
  not_after_ms INTEGER NOT NULL,
  added_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX certificates_by_terminal ON certificates (terminal, added_ms);

CREATE TABLE tariffs (
  tariff TEXT PRIMARY KEY,
  per_sale_litres INTEGER NOT NULL CHECK (per_sale_litres > 0)
) STRICT, WITHOUT ROWID;

CREATE TABLE tariff_steps (
  tariff TEXT NOT NULL REFERENCES tariffs,
  step INTEGER NOT NULL,
  upto_litres INTEGER NOT NULL CHECK (upto_litres >= 0),
  price_fen INTEGER NOT NULL CHECK (price_fen > 0),
  PRIMARY KEY (tariff, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  account TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  class INTEGER NOT NULL,
  tariff TEXT NOT NULL REFERENCES tariffs,
  open INTEGER NOT NULL,
  safety_hold INTEGER NOT NULL,
  supply_stopped INTEGER NOT NULL,
  arrears_fen INTEGER NOT NULL,
  due_date TEXT NOT NULL,
  base_year INTEGER NOT NULL,  -- gas bought in that year before this ledger
  base_litres INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE year_volumes (
  account TEXT NOT NULL REFERENCES accounts,
  year INTEGER NOT NULL,
  litres INTEGER NOT NULL CHECK (litres >= 0),
  PRIMARY KEY (account, year)
) STRICT, WITHOUT ROWID;

CREATE TABLE cards (
  card_number TEXT PRIMARY KEY,
  account TEXT NOT NULL REFERENCES accounts,
  base_number INTEGER NOT NULL,      -- purchases before this ledger
  purchase_number INTEGER NOT NULL,  -- the last one known to be on the card
  replacement_count INTEGER NOT NULL,
  blocked INTEGER NOT NULL,
  reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX cards_by_account ON cards (account);
)sql";

// What happened.
constexpr const char* sessions_and_top_ups = R"sql(
CREATE TABLE sessions (
  session BLOB PRIMARY KEY,
  terminal TEXT NOT NULL,
  account TEXT NOT NULL,
  ended INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE quotes (
  quote BLOB PRIMARY KEY,
  session BLOB NOT NULL,
  account TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX quotes_by_session ON quotes (session);

CREATE TABLE notes (
  note BLOB PRIMARY KEY,
  terminal TEXT NOT NULL,
  session BLOB NOT NULL,  -- zeros: none
  value INTEGER NOT NULL,
  state INTEGER NOT NULL,
  account TEXT NOT NULL,
  evidence TEXT NOT NULL,
  wall_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notes_by_session ON notes (session);
CREATE INDEX notes_open ON notes (state) WHERE state IN (2, 3);

CREATE TABLE top_ups (
  top_up BLOB PRIMARY KEY,
  terminal TEXT NOT NULL,
  session BLOB NOT NULL,
  account TEXT NOT NULL,
  card_number TEXT NOT NULL,
  state INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  number INTEGER NOT NULL,
  volume INTEGER NOT NULL,
  total INTEGER NOT NULL,
  cost INTEGER NOT NULL,
  change INTEGER NOT NULL,
  business_date TEXT NOT NULL,
  highest_attempt INTEGER NOT NULL,
  resolved_by BLOB NOT NULL,  -- the session that ended it; zeros: open
  wall_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX top_ups_pending ON top_ups (card_number) WHERE state = 0;
CREATE INDEX top_ups_by_account ON top_ups (account, wall_ms);
CREATE INDEX top_ups_by_session ON top_ups (session);

-- What a terminal has asked to authorise, by its journal: to build a top-up again that a restored ledger has forgotten.
CREATE TABLE intentions (
  top_up BLOB PRIMARY KEY,
  request TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
  terminal TEXT NOT NULL,
  number INTEGER NOT NULL,
  replaces INTEGER NOT NULL,
  state INTEGER NOT NULL,
  reason TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (terminal, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX documents_replacing ON documents (terminal, replaces) WHERE replaces > 0;

CREATE TABLE alerts (
  number INTEGER PRIMARY KEY,
  wall_ms INTEGER NOT NULL,
  terminal TEXT NOT NULL,
  code TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
)sql";

// What is never changed: money, first answers, sealed commands, facts, and the chain over them.
constexpr const char* append_only = R"sql(
CREATE TABLE book_accounts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  debit INTEGER NOT NULL DEFAULT 0,
  credit INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE transfers (
  seq INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  ref BLOB NOT NULL,
  debit INTEGER NOT NULL REFERENCES book_accounts,
  credit INTEGER NOT NULL REFERENCES book_accounts,
  fen INTEGER NOT NULL CHECK (fen > 0),
  terminal TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  UNIQUE (ref, kind)
) STRICT;
CREATE INDEX transfers_suspended ON transfers (kind) WHERE kind IN (10, 12);

CREATE TABLE outcomes (
  seq INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  content BLOB NOT NULL,
  answer TEXT NOT NULL,
  terminal TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  UNIQUE (id, kind)
) STRICT;

CREATE TABLE seals (
  seq INTEGER PRIMARY KEY,
  top_up BLOB NOT NULL,
  attempt INTEGER NOT NULL,
  challenge BLOB NOT NULL,
  card_sequence INTEGER NOT NULL,
  command BLOB NOT NULL,
  terminal TEXT NOT NULL,
  wall_ms INTEGER NOT NULL,
  UNIQUE (top_up, attempt)
) STRICT;
CREATE INDEX seals_by_challenge ON seals (top_up, challenge);

CREATE TABLE facts (
  seq INTEGER PRIMARY KEY,
  terminal TEXT NOT NULL,
  number INTEGER NOT NULL, -- Fact.seq
  wall_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL,
  parked TEXT NOT NULL, -- why; empty: applied
  received_ms INTEGER NOT NULL,
  UNIQUE (terminal, number)
) STRICT;

-- Facts under a number that is taken: another life of a terminal's journal.
CREATE TABLE strays (
  seq INTEGER PRIMARY KEY,
  terminal TEXT NOT NULL,
  number INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  hash BLOB NOT NULL,
  received_ms INTEGER NOT NULL,
  UNIQUE (terminal, number, hash)
) STRICT;

-- Facts of a restored ledger about a top-up that its paying terminal has still to send again. Taken out when it has.
CREATE TABLE awaited (
  number INTEGER PRIMARY KEY,
  top_up BLOB NOT NULL,
  terminal TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX awaited_by_top_up ON awaited (top_up);

CREATE TABLE chain (
  batch INTEGER PRIMARY KEY,
  transfers INTEGER NOT NULL,
  outcomes INTEGER NOT NULL,
  seals INTEGER NOT NULL,
  facts INTEGER NOT NULL,
  strays INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT;
)sql";

std::string guards() {
  std::string sql;
  for (const char* table : {"transfers", "outcomes", "seals", "facts", "strays", "chain", "alerts"}) {
    for (const char* change : {"UPDATE", "DELETE"}) {
      sql += std::string("CREATE TRIGGER ") + table + "_no_" + change + " BEFORE " + change + " ON " + table +
             " BEGIN SELECT RAISE(ABORT, 'nothing is changed or deleted here'); END;\n";
    }
  }
  return sql;
}

}  // namespace

Result<void, Message> make_schema(Database& database, bool production) {
  database.execute("BEGIN IMMEDIATE");
  database.execute(master_data);
  database.execute(sessions_and_top_ups);
  database.execute(append_only);
  database.execute(guards().c_str());
  database.run("INSERT INTO meta (only, production, epoch) VALUES (1, ?1, 1)", production);
  static_assert(schema_version == 1);
  database.execute("PRAGMA user_version = 1");
  database.execute("COMMIT");
  if (database.failed()) return fail(Message{database.failure()});
  return {};
}

Result<void, Message> check_schema(Database& database) {
  Query version(database, "PRAGMA user_version");
  if (!version.next()) return fail(Message{database.failed() ? database.failure() : "not a ledger database"});
  if (version.integer(0) == schema_version) return {};
  if (version.integer(0) > schema_version)
    return fail(Message{"made by a newer pilotlight-ledger (schema " + std::to_string(version.integer(0)) +
                        "); install that version or newer"});
  return fail(Message{"not a ledger database"});
}

}  // namespace pilotlight::ledger
