// One terminal, one customer, one ledger, written by hand as SQL: what the tests let the auditor judge. A run is a list
// of named steps; a test replaces a step or changes a journal row, and the auditor must see it.
#pragma once

#include <openssl/sha.h>
#include <sqlite3.h>

#include <boost/json.hpp>
#include <cstdio>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>

#include "tests/simulation/auditor/auditor.h"

namespace pilotlight::audit {

inline std::string id(int n) {
  char text[40];
  std::snprintf(text, sizeof text, "00000000-0000-7000-8000-%012d", n);
  return text;
}
inline std::string blob(const std::string& id_text) {
  std::string hex;
  for (const char c : id_text)
    if (c != '-') hex += c;
  return "x'" + hex + "'";
}

inline constexpr const char* ledger_tables = R"(
CREATE TABLE terminals (terminal TEXT PRIMARY KEY, last_contiguous INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE cards (card_number TEXT PRIMARY KEY, account TEXT, base_number INTEGER,
  purchase_number INTEGER) WITHOUT ROWID;
CREATE TABLE sessions (session BLOB PRIMARY KEY, terminal TEXT, account TEXT, ended INTEGER,
  wall_ms INTEGER) WITHOUT ROWID;
CREATE TABLE notes (note BLOB PRIMARY KEY, terminal TEXT, session BLOB, value INTEGER, state INTEGER) WITHOUT ROWID;
CREATE TABLE top_ups (top_up BLOB PRIMARY KEY, terminal TEXT, session BLOB, account TEXT, card_number TEXT,
  state INTEGER, amount INTEGER, number INTEGER, volume INTEGER, total INTEGER, cost INTEGER, change INTEGER) WITHOUT ROWID;
CREATE TABLE documents (terminal TEXT, number INTEGER, replaces INTEGER, state INTEGER, body TEXT,
  PRIMARY KEY (terminal, number)) WITHOUT ROWID;
CREATE TABLE book_accounts (id INTEGER PRIMARY KEY, name TEXT UNIQUE, debit INTEGER DEFAULT 0,
  credit INTEGER DEFAULT 0);
CREATE TABLE transfers (seq INTEGER PRIMARY KEY, kind INTEGER, ref BLOB, debit INTEGER, credit INTEGER, fen INTEGER,
  terminal TEXT, wall_ms INTEGER);
CREATE TABLE outcomes (seq INTEGER PRIMARY KEY, kind INTEGER, id BLOB, content BLOB, answer TEXT);
CREATE TABLE seals (seq INTEGER PRIMARY KEY, top_up BLOB, attempt INTEGER, command BLOB);
CREATE TABLE facts (seq INTEGER PRIMARY KEY, terminal TEXT, number INTEGER, wall_ms INTEGER, kind TEXT, body TEXT,
  hash BLOB, parked TEXT);
CREATE TABLE strays (seq INTEGER PRIMARY KEY, terminal TEXT, number INTEGER, kind TEXT, hash BLOB);
INSERT INTO terminals VALUES ('T1', 0);
INSERT INTO cards VALUES ('6200000000000001', 'A1', 4, 4);
)";

struct Town {
  Auditor auditor;
  sqlite3* journal = nullptr;
  sqlite3* ledger = nullptr;
  std::string hash = std::string(32, '\0');
  std::int64_t seq = 0, delivered = 0;
  std::map<std::string, std::function<void()>> instead;              // of a step
  std::map<std::string, std::pair<std::string, std::string>> twist;  // in rows of this kind: these words become those
  std::map<std::string, std::string> after;                          // SQL at the ledger after a step

  std::string omitted;  // a row of this kind is never written, the one after so many others
  int omit_after = 0;

  const std::string card = "6200000000000001", s = id(1), n1 = id(11), n2 = id(12), t = id(21);

  Town() {
    sqlite3_open(":memory:", &journal);
    sqlite3_open(":memory:", &ledger);
    run(journal, "CREATE TABLE records (seq INTEGER PRIMARY KEY, wall_ms INTEGER, kind TEXT, body TEXT, hash BLOB)");
    run(ledger, ledger_tables);
  }
  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;
  ~Town() {
    auditor.closing(journal);
    auditor.closing(ledger);
    sqlite3_close(journal);
    sqlite3_close(ledger);
  }

  static void run(sqlite3* database, const std::string& sql) {
    char* error = nullptr;
    if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &error) != SQLITE_OK)
      throw std::runtime_error(error + sql);
  }
  void at_ledger(const std::string& sql) { run(ledger, sql); }
  void look() {
    auditor.look_at_journal("T1", journal);
    auditor.look_at_ledger(ledger);
  }

  void row(const std::string& kind, std::string body) {
    if (kind == omitted && omit_after-- == 0) return;
    if (const auto changed = twist.find(kind); changed != twist.end())
      if (const auto place = body.find(changed->second.first); place != std::string::npos)
        body.replace(place, changed->second.first.size(), changed->second.second);
    seq += 1;
    std::string head = hash;
    for (const std::int64_t number : {seq, std::int64_t{1000}})
      for (int i = 0; i < 8; ++i) head += static_cast<char>(number >> (56 - 8 * i) & 255);
    head += kind + '\0' + body;
    unsigned char made[32];
    SHA256(reinterpret_cast<const unsigned char*>(head.data()), head.size(), made);
    hash.assign(reinterpret_cast<const char*>(made), 32);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(journal, "INSERT INTO records VALUES (?1, 1000, ?2, ?3, ?4)", -1, &insert, nullptr);
    sqlite3_bind_int64(insert, 1, seq);
    sqlite3_bind_text(insert, 2, kind.c_str(), -1, SQLITE_TRANSIENT);
    sqlite3_bind_text(insert, 3, body.c_str(), -1, SQLITE_TRANSIENT);
    sqlite3_bind_blob(insert, 4, hash.data(), 32, SQLITE_TRANSIENT);
    sqlite3_step(insert);
    sqlite3_finalize(insert);
    auditor.look_at_journal("T1", journal);
  }

  void step(const std::string& name, const std::function<void()>& act) {
    const auto other = instead.find(name);
    other == instead.end() ? act() : other->second();
    if (const auto sql = after.find(name); sql != after.end()) at_ledger(sql->second);
  }

  std::string note_body(const std::string& note, std::int64_t fen, const std::string& rest) const {
    return R"({"session":")" + s + R"(","note":")" + note + R"(","value":)" + std::to_string(fen) + rest + "}";
  }
  std::string top_up_body(const std::string& rest) const {
    return R"({"session":")" + s + R"(","top_up":")" + t + R"(")" + rest + "}";
  }

  void transfer(int kind, const std::string& ref, const std::string& debit, const std::string& credit,
                std::int64_t fen) {
    for (const auto& name : {debit, credit})
      at_ledger("INSERT OR IGNORE INTO book_accounts (name) VALUES ('" + name + "')");
    const std::string amount = std::to_string(fen);
    at_ledger("UPDATE book_accounts SET debit = debit + " + amount + " WHERE name = '" + debit + "'");
    at_ledger("UPDATE book_accounts SET credit = credit + " + amount + " WHERE name = '" + credit + "'");
    at_ledger("INSERT INTO transfers (kind, ref, debit, credit, fen, terminal, wall_ms) SELECT " +
              std::to_string(kind) + ", " + blob(ref) + ", (SELECT id FROM book_accounts WHERE name = '" + debit +
              "'), (SELECT id FROM book_accounts WHERE name = '" + credit + "'), " + amount + ", 'T1', 1000");
  }
  void book_note(const std::string& note, std::int64_t fen) {
    at_ledger("INSERT INTO notes VALUES (" + blob(note) + ", 'T1', " + blob(s) + ", " + std::to_string(fen) + ", 0)");
    transfer(0, note, "cash:T1", "tender:" + s, fen);
  }

  // Sends the journal's rows to the ledger, which does nothing for them: the steps say what it does.
  void deliver() {
    sqlite3_stmt* rows = nullptr;
    sqlite3_prepare_v2(journal, "SELECT seq, kind, body, hash FROM records WHERE seq > ?1 ORDER BY seq", -1, &rows,
                       nullptr);
    sqlite3_stmt* insert = nullptr;
    sqlite3_prepare_v2(
        ledger,
        "INSERT INTO facts (terminal, number, wall_ms, kind, body, hash, parked) VALUES ('T1', ?1, 1000, "
        "?2, ?3, ?4, '')",
        -1, &insert, nullptr);
    sqlite3_bind_int64(rows, 1, delivered);
    while (sqlite3_step(rows) == SQLITE_ROW) {
      for (int column = 0; column < 4; ++column)
        sqlite3_bind_value(insert, column + 1, sqlite3_column_value(rows, column));
      sqlite3_step(insert);
      sqlite3_reset(insert);
      delivered += 1;
    }
    sqlite3_finalize(rows);
    sqlite3_finalize(insert);
    at_ledger("UPDATE terminals SET last_contiguous = " + std::to_string(delivered));
    look();
  }

  void put_in(const std::string& name, const std::string& note, std::uint64_t paper, std::int64_t fen) {
    step("stacking " + name, [&] { row("NoteStacking", note_body(note, fen, R"(,"stacked_before":0)")); });
    step("box " + name, [&] { auditor.note_in_box("T1", paper, fen); });
    step("stacked " + name, [&] { row("NoteStacked", note_body(note, fen, R"(,"evidence":"CreditEvent")")); });
    step("check " + name, [&] { auditor.check(1000); });
  }

  std::string request(const std::string& top_up, const std::string& session) const {
    return R"({"request":{"top_up":")" + top_up + R"(","session":")" + session + R"(","quote":")" + id(31) +
           R"(","account":"A1","card":{"card_number":")" + card +
           R"("},"notes":[],"amount":15000,"volume":57030,"cost":14998,"change":2}})";
  }
  std::string quote() const {
    return R"("masked_name":"","card":{"card_number":")" + card + R"("},"quote":{"id":")" + id(31) +
           R"(","tiers":[{"price_per_m3":263,"remaining":0}],"scale":10,"maximum":100000}})";
  }

  void authorise() {
    row("AuthoriseIntended", request(t, s));
    step("book notes", [&] {
      book_note(n1, 5000);
      book_note(n2, 10000);
    });
    step("reserve", [&] { transfer(4, t, "tender:" + s, "pending:" + t, 15000); });
    step("answer", [&] {
      at_ledger("INSERT INTO top_ups VALUES (" + blob(t) + ", 'T1', " + blob(s) + ", 'A1', '" + card +
                "', 0, 15000, 5, 57030, 157030, 14998, 2)");
      at_ledger("INSERT INTO outcomes (kind, id, content, answer) VALUES (0, " + blob(t) + ", x'00', '{}')");
      auditor.look_at_ledger(ledger);
    });
    step("authorised", [&] {
      row("TopUpAuthorised",
          top_up_body(R"(,"record":{"purchase_number":5,"volume":57030,"total":157030,"cost":14998,"change":2})"));
    });
  }

  void write() {
    step("write intended", [&] { row("WriteIntended", top_up_body(R"(,"attempt":1,"purchase_number":5)")); });
    step("card", [&] { auditor.card(card, 5, 57030, 157030); });
    step("verified", [&] {
      row("WriteVerified", top_up_body(R"(,"card":{"card_number":")" + card + R"(","purchase_number":5})"));
    });
  }

  std::string document(int number, int replaces) const {
    return R"({"document":{"number":)" + std::to_string(number) + R"(,"replaces":)" + std::to_string(replaces) +
           R"(,"kind":"TopUpReceipt","session":")" + s + R"(","top_up":")" + t +
           R"(","wall_ms":1000,"account":"A1","masked_name":"","card_number":")" + card +
           R"(","tendered":15000,"cost":14998,"credited":2,"volume":57030,"purchase_number":5,"notes_in_doubt":0}})";
  }
  std::string ending() const {
    return R"({"session":")" + s +
           R"(","ending":"Delivered","account":"A1","tendered":15000,"delivered":14998,"credited":2,"pending":0,)"
           R"("in_doubt":0})";
  }
  PrintedPiece receipt() const {
    return {"T1",
            {"管道燃气 · 自助服务", "燃气充值凭条", "No. T1-000001", "终端 T1", "户号尾号 A1", "卡号尾号 0001",
             "投入现金 150.00 元", "购气金额 149.98 元", "余额入账户 0.02 元", "购气序号 5", "购气量 57.03 立方米"},
            true};
  }
  ShownResult result() const { return {"T1", s, "Delivered", 15000, 14998, 2, 0, 0, 1}; }

  void finish() {
    step("document", [&] { row("DocumentIntended", document(1, 0)); });
    step("end", [&] { row("SessionEnded", ending()); });
    step("show", [&] { auditor.shown(result()); });
    step("paper", [&] { auditor.printed(receipt()); });
    step("printed", [&] { row("DocumentPrinted", R"({"number":1})"); });
  }

  void settle_books() {
    step("post", [&] {
      transfer(5, t, "pending:" + t, "revenue:gas", 14998);
      transfer(6, t, "pending:" + t, "wallet:A1", 2);
      at_ledger("UPDATE top_ups SET state = 1");
      at_ledger("UPDATE cards SET purchase_number = 5");
    });
    step("session row", [&] { at_ledger("INSERT INTO sessions VALUES (" + blob(s) + ", 'T1', 'A1', 1, 0)"); });
    step("document row", [&] { at_ledger("INSERT INTO documents VALUES ('T1', 1, 0, 1, '" + document(1, 0) + "')"); });
    step("deliver", [&] { deliver(); });
  }

  std::optional<Violation> live() {
    auditor.card(card, 4, 0, 100000);
    row("TerminalStarted", R"({"version":"1"})");
    step("opened", [&] { row("SessionOpened", R"({"session":")" + s + R"("})"); });
    step("identified", [&] { row("CustomerIdentified", R"({"session":")" + s + R"(","account":"A1",)" + quote()); });
    step("enabled", [&] { auditor.acceptor_enabled("T1", true, true); });
    put_in("1", n1, 101, 5000);
    put_in("2", n2, 102, 10000);
    step("authorise", [&] { authorise(); });
    step("write", [&] { write(); });
    step("finish", [&] { finish(); });
    step("settle books", [&] { settle_books(); });
    step("meter", [&] {
      auditor.meter_loaded(card, 5, 57030);
      auditor.card(card, 5, 0, 157030);
    });
    if (auto broken = auditor.check(2000)) return broken;
    return auditor.settled(3000, {{card}, true});
  }
};

}  // namespace pilotlight::audit
