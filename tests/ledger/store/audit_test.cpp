// The audit believes no row: each one that is deleted or altered in a copy of the database must be found.
#include <sqlite3.h>

#include "tests/ledger/store/town.h"

namespace pilotlight::ledger {
namespace {

class AuditTest : public Town {
 protected:
  void SetUp() override {
    Town::SetUp();
    a_busy_day();
    expect_lawful();
    ledger_.reset();
    std::filesystem::copy_file(dir_ + "/ledger.db", dir_ + "/original.db");
  }

  // One of everything: written, pending, voided, abandoned, refused, documents, doubt, a found note.
  void a_busy_day() {
    sell(wang, wang_card, true);
    sell(li, li_card, false);
    Visit works = visit("T0002", card(factory_card));
    put_in(works, {100});
    const auto request = request_for(works);
    ASSERT_EQ(ledger_->authorise("T0002", request)->refusal, wire::Refusal::None);
    ASSERT_EQ(ledger_->void_top_up("T0002", {request.top_up, works.session, 1, works.card})->refusal,
              wire::Refusal::None);
    ASSERT_TRUE(ledger_->abandon("T0002", {fresh_id(), works.session})->abandoned);
    auto refused = request_for(works);
    refused.cost += Money{1};
    ASSERT_EQ(ledger_->authorise("T0002", refused)->refusal, wire::Refusal::AmountMismatch);
    tell("T0002", wire::NoteInDoubt{works.session, fresh_id(), yuan(10)});
    tell("T0002", wire::NoteFound{fresh_id(), yuan(20), "", "power-up"});
    tell("T0002", wire::NoteReturned{works.session, fresh_id(), yuan(5), wire::NoteEvidence::CreditEvent});
  }

  void sell(const std::string& account, const char* number, bool written) {
    Visit here = visit("T0001", card(number));
    put_in(here, {100, 50});
    tell("T0001", wire::SessionOpened{here.session});
    for (const auto& note : here.notes)
      tell("T0001", wire::NoteStacked{here.session, note.note, note.value, wire::NoteEvidence::CreditEvent});
    const auto request = request_for(here);
    const auto answer = ledger_->authorise("T0001", request).value();
    ASSERT_EQ(answer.refusal, wire::Refusal::None);
    wire::SessionEnded end;
    end.session = here.session;
    end.account = account;
    end.tendered = yuan(150);
    end.ending = written ? wire::Ending::Delivered : wire::Ending::PendingOnCard;
    (written ? end.delivered : end.pending) = written ? answer.record.cost : yuan(150);
    if (written) {
      end.credited = answer.record.change;
      tell("T0001", wire::WriteVerified{here.session, request.top_up, card(number, 4)});
      wire::Document receipt;
      receipt.number = 1;
      receipt.session = here.session;
      receipt.top_up = request.top_up;
      receipt.cost = answer.record.cost;
      receipt.volume = answer.record.volume;
      receipt.purchase_number = 4;
      tell("T0001", wire::DocumentIntended{receipt});
      tell("T0001", wire::DocumentPrinted{1});
    }
    tell("T0001", end);
  }

  // Runs `sql` on a fresh copy with the guards taken away, and audits it.
  Audit audit_after(const std::string& sql) {
    std::filesystem::copy_file(dir_ + "/original.db", dir_ + "/ledger.db",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(dir_ + "/ledger.db-wal");
    std::filesystem::remove(dir_ + "/ledger.db-shm");
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open((dir_ + "/ledger.db").c_str(), &db), SQLITE_OK);
    for (const char* table : {"transfers", "outcomes", "seals", "facts", "strays", "chain", "alerts"})
      for (const char* change : {"UPDATE", "DELETE"})
        sqlite3_exec(db, (std::string("DROP TRIGGER ") + table + "_no_" + change).c_str(), nullptr, nullptr, nullptr);
    char* error = nullptr;
    EXPECT_EQ(sqlite3_exec(db, sql.c_str(), nullptr, nullptr, &error), SQLITE_OK)
        << (error ? error : "") << ": " << sql;
    EXPECT_GT(sqlite3_total_changes(db), 0) << sql;
    sqlite3_close(db);
    reopen();
    Audit audit = ledger_->audit().value();
    ledger_.reset();
    return audit;
  }
  std::int64_t count(const std::string& table) {
    sqlite3* db = nullptr;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_open((dir_ + "/original.db").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_prepare_v2(db, ("SELECT count(*) FROM " + table).c_str(), -1, &statement, nullptr), SQLITE_OK);
    EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
    const std::int64_t rows = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return rows;
  }
};

TEST_F(AuditTest, EveryDeletedRowIsFound) {
  const std::pair<const char*, const char*> tables[] = {
      {"transfers", "seq"}, {"outcomes", "seq"},   {"seals", "seq"},        {"facts", "seq"},       {"chain", "batch"},
      {"notes", "note"},    {"top_ups", "top_up"}, {"book_accounts", "id"}, {"documents", "number"}};
  for (const auto& [table, key] : tables) {
    const std::int64_t rows = count(table);
    ASSERT_GT(rows, 0) << table;
    for (std::int64_t row = 0; row < rows; ++row) {
      const std::string sql = std::string("DELETE FROM ") + table + " WHERE " + key + " = (SELECT " + key + " FROM " +
                              table + " ORDER BY " + key + " LIMIT 1 OFFSET " + std::to_string(row) + ")";
      EXPECT_FALSE(audit_after(sql).violations.empty()) << sql;
    }
  }
}

TEST_F(AuditTest, EveryAlteredMoneyFieldIsFound) {
  for (const char* sql : {
           "UPDATE transfers SET fen = fen + 1 WHERE seq = 1",
           "UPDATE transfers SET credit = debit, debit = credit WHERE seq = 2",
           "UPDATE transfers SET terminal = 'T0002' WHERE seq = 1",
           "UPDATE book_accounts SET debit = debit + 100 WHERE name = 'cash:T0001'",
           "UPDATE book_accounts SET name = 'wallet:1' WHERE name LIKE 'wallet:%'",
           "UPDATE notes SET value = value + 1 WHERE state = 0",
           "UPDATE notes SET state = 1 WHERE state = 0",
           "UPDATE notes SET state = 0 WHERE state = 2",
           "UPDATE notes SET session = zeroblob(16) WHERE state = 0",
           "UPDATE notes SET terminal = 'T0002' WHERE terminal = 'T0001' AND state = 0",
           "UPDATE top_ups SET state = 1 WHERE state = 0",
           "UPDATE top_ups SET state = 2 WHERE state = 0",
           "UPDATE top_ups SET state = 0 WHERE state = 1",
           "UPDATE top_ups SET amount = amount + 1 WHERE state = 1",
           "UPDATE top_ups SET cost = cost + 1, change = change - 1 WHERE state = 0",
           "UPDATE top_ups SET volume = volume + 10 WHERE state = 1",
           "UPDATE top_ups SET number = number + 1 WHERE state = 1",
           "UPDATE top_ups SET highest_attempt = 0 WHERE state = 0",
           "UPDATE top_ups SET card_number = '6101000000000033' WHERE state = 1",
           "UPDATE top_ups SET account = '610100000002' WHERE state = 1",
           "UPDATE cards SET purchase_number = purchase_number + 1",
           "UPDATE cards SET base_number = base_number + 1",
           "UPDATE year_volumes SET litres = litres + 10",
           "DELETE FROM year_volumes WHERE litres > 0",
           "UPDATE sessions SET ended = 0 WHERE ended = 1",
           "UPDATE sessions SET ended = 1 WHERE ended = 0",
           "DELETE FROM sessions WHERE ended = 1",
           "UPDATE seals SET command = zeroblob(33) WHERE seq = 1",
           "UPDATE outcomes SET answer = replace(answer, 'None', 'OverLimit') WHERE kind = 0",
           "UPDATE facts SET body = replace(body, '10000', '10001')",
           "UPDATE facts SET wall_ms = wall_ms + 1 WHERE seq = 1",
           "DELETE FROM facts WHERE seq = (SELECT max(seq) FROM facts); DELETE FROM chain WHERE batch = (SELECT "
           "max(batch) "
           "FROM chain)",
           "UPDATE terminals SET last_contiguous = last_contiguous - 1 WHERE terminal = 'T0001'",
           "UPDATE documents SET body = replace(body, '\"cost\":14998', '\"cost\":14999')",
           "UPDATE documents SET number = 2",
           "INSERT INTO transfers (kind, ref, debit, credit, fen, terminal, wall_ms) SELECT kind, zeroblob(16), debit, "
           "credit, fen, terminal, wall_ms FROM transfers WHERE seq = 1",
       })
    EXPECT_FALSE(audit_after(sql).violations.empty()) << sql;
}

TEST_F(AuditTest, AnUntouchedCopyIsLawful) {
  const Audit audit = audit_after("UPDATE terminals SET place = 'elsewhere'");
  for (const auto& violation : audit.violations) ADD_FAILURE() << violation.law << ": " << violation.detail;
  EXPECT_EQ(audit.stacked, yuan(150 + 150 + 100 + 20));
  EXPECT_EQ(audit.top_ups_written, 1U);
  EXPECT_EQ(audit.top_ups_pending, 1U);
  EXPECT_EQ(audit.documents, 1U);
  EXPECT_EQ(audit.in_doubt, yuan(10));
  EXPECT_EQ(audit.suspense, yuan(20));
  EXPECT_EQ(audit.stacked, audit.revenue + audit.wallets + audit.tendered + audit.pending + audit.suspense);
}

TEST_F(AuditTest, TheGuardsRefuseToChangeMoney) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((dir_ + "/original.db").c_str(), &db), SQLITE_OK);
  for (const char* table : {"transfers", "outcomes", "seals", "facts", "chain"}) {
    const std::string name(table);
    const std::string key = name == "chain" ? "batch" : "seq";
    EXPECT_EQ(sqlite3_exec(db, ("DELETE FROM " + name).c_str(), nullptr, nullptr, nullptr), SQLITE_CONSTRAINT) << table;
    EXPECT_EQ(
        sqlite3_exec(db, ("UPDATE " + name + " SET " + key + " = " + key + " + 1").c_str(), nullptr, nullptr, nullptr),
        SQLITE_CONSTRAINT)
        << table;
  }
  sqlite3_close(db);
}

}  // namespace
}  // namespace pilotlight::ledger
