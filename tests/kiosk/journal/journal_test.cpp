#include "kiosk/journal/journal.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "kiosk/journal/delivery_log.h"
#include "ledger/wire/json.h"
#include "tests/kiosk/core/scripted_terminal.h"
#include "tests/kiosk/journal/counting_vfs.h"
#include "tests/kiosk/journal/scratch.h"

namespace pilotlight {
namespace {

constexpr std::int64_t noon = 1'795'500'000'000;

// What a terminal writes in a whole top-up, one batch a step.
std::vector<std::vector<wire::Record>> a_top_up() {
  core::ScriptedTerminal t;
  std::vector<std::vector<wire::Record>> batches;
  std::size_t seen = 0;
  const auto keep = [&] {
    if (t.journal.size() > seen)
      batches.emplace_back(t.journal.begin() + static_cast<std::ptrdiff_t>(seen), t.journal.end());
    seen = t.journal.size();
  };
  t.start();
  keep();
  t.to_cash();
  keep();
  t.note(100);
  keep();
  t.note(50);
  keep();
  t.touch(core::Wish::FinishFeeding).on(core::AcceptorAtRest{2}).touch(core::Wish::Confirm);
  t.on(core::ChallengeGiven{core::CardTrouble::None, {1, 2, 3, 4}});
  keep();
  wire::Authorisation a;
  a.record = t.record();
  a.seal = {1, {4}};
  t.on(core::AuthoriseAnswered{t.top_up_id(), true, a});
  keep();
  t.on(core::CardWritten{core::WriteOutcome::Verified, t.written_card()});
  keep();
  return batches;
}

struct JournalOnDisk : testing::Test {
  Scratch folder;
  const std::string path = folder / "journal.db";

  Journal open(const std::string& vfs = "") { return std::move(Journal::open(path, "T0042", vfs).value()); }
  std::uint64_t write_a_top_up() {
    Journal journal = open();
    std::int64_t wall = noon;
    for (const auto& batch : a_top_up()) EXPECT_TRUE(journal.append(batch, wall += 1000));
    return journal.last_seq();
  }
  // As someone would who has the file, SQLite and ten minutes.
  void tamper(const std::string& sql) {
    sqlite3* db = nullptr;
    ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
    const std::string all = "DROP TRIGGER IF EXISTS records_kept; DROP TRIGGER IF EXISTS records_fixed; " + sql;
    EXPECT_EQ(sqlite3_exec(db, all.c_str(), nullptr, nullptr, nullptr), SQLITE_OK) << sqlite3_errmsg(db);
    sqlite3_close(db);
  }
  std::string complaint() {
    const auto rows = Journal::open_readonly(path).value().verify();
    return rows ? "" : rows.error().text;
  }
};

TEST_F(JournalOnDisk, ReplaysToTheStateThatWroteIt) {
  const std::uint64_t rows = write_a_top_up();
  Journal journal = open();
  EXPECT_EQ(journal.last_seq(), rows);
  EXPECT_EQ(journal.newest_seq(), rows);
  EXPECT_EQ(journal.verify().value(), rows);
  core::MoneyState money;
  for (const auto& batch : a_top_up())
    for (const wire::Record& record : batch) core::apply(money, record);
  EXPECT_EQ(journal.replay().value(), money);
  EXPECT_EQ(money.box_total, yuan(150));
  EXPECT_EQ(journal.last_wall_ms(), noon + 7000);
}

// Computed apart from this program (Python's hashlib): SHA-256(32 zero bytes, seq, wall_ms, kind, 00, body).
TEST(ChainHash, Vectors) {
  const Bytes zero(32);
  const Bytes first = chain_hash(zero, 1, 1'795'500'000'000, "TerminalStarted", R"({"version":"0.1.0"})");
  EXPECT_EQ(to_hex(first), "dfe9ddcc94e71ff21f5e2ec5928fbb203597c529eee817cf7d9e798714bfb183");
  const Bytes second = chain_hash(first, 2, 1'795'500'001'000, "DocumentPrinted", R"({"number":17})");
  EXPECT_EQ(to_hex(second), "45be2e97675009dab477c25cf257337b7c2c10bfdbc9d45e93d9b9be76d87912");
  EXPECT_NE(chain_hash(zero, 1, 1, "a", "b"), chain_hash(zero, 1, 1, "ab", ""));
  EXPECT_NE(chain_hash(zero, 1, 2, "a", "b"), chain_hash(zero, 2, 1, "a", "b"));
}

TEST_F(JournalOnDisk, RowsAreTheChainOfFormatMd) {
  write_a_top_up();
  const auto rows = open().read_after(0, 1000).value();
  Bytes previous(32);
  for (const wire::Fact& row : rows) {
    EXPECT_EQ(row.hash, chain_hash(previous, row.seq, row.wall_ms, row.kind, row.body));
    previous = row.hash;
  }
  EXPECT_EQ(rows.front().kind, "TerminalStarted");
  EXPECT_EQ(open().read_after(rows.size() - 2, 1).value().at(0).seq, rows.size() - 1);
}

TEST_F(JournalOnDisk, TheFileItselfRefusesChanges) {
  write_a_top_up();
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(path.c_str(), &db), SQLITE_OK);
  EXPECT_NE(sqlite3_exec(db, "UPDATE records SET body = '{}' WHERE seq = 2", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_NE(sqlite3_exec(db, "DELETE FROM records", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(db);
  EXPECT_EQ(complaint(), "");
}

TEST_F(JournalOnDisk, EveryAlterationIsNamed) {
  write_a_top_up();
  const std::string clean = folder / "clean.db";
  open().checkpoint();
  std::filesystem::copy_file(path, clean);
  const auto after = [&](const std::string& sql) {
    for (const char* side : {"-wal", "-shm"}) std::filesystem::remove(path + side);
    std::filesystem::copy_file(clean, path, std::filesystem::copy_options::overwrite_existing);
    tamper(sql);
    return complaint();
  };
  EXPECT_EQ(after(""), "");
  const std::string altered = "journal: record 5: altered, or not the one that followed";
  EXPECT_EQ(after("UPDATE records SET body = replace(body, '10000', '20000') WHERE seq = 5"), altered);
  EXPECT_EQ(after("UPDATE records SET body = body || ' ' WHERE seq = 5"), altered);
  EXPECT_EQ(after("UPDATE records SET kind = 'NoteReturned' WHERE seq = 5"), altered);
  EXPECT_EQ(after("UPDATE records SET wall_ms = wall_ms + 1 WHERE seq = 5"), altered);
  EXPECT_EQ(after("UPDATE records SET hash = zeroblob(32) WHERE seq = 5"), altered);
  EXPECT_EQ(after("UPDATE records SET hash = x'00' WHERE seq = 5"), altered);
  EXPECT_EQ(after("DELETE FROM records WHERE seq = 5"), "journal: record 6: record 5 is missing");
  EXPECT_EQ(after("DELETE FROM records WHERE seq = 1"), "journal: record 2: record 1 is missing");
  EXPECT_EQ(after("UPDATE records SET seq = 999 WHERE seq = 5; UPDATE records SET seq = 5 WHERE seq = 6;"
                  "UPDATE records SET seq = 6 WHERE seq = 999"),
            altered);
  EXPECT_EQ(
      after("UPDATE records SET seq = seq + 1000 WHERE seq > 4; UPDATE records SET seq = seq - 999 WHERE seq > 999;"
            "INSERT INTO records SELECT 5, wall_ms, kind, body, hash FROM records WHERE seq = 4"),
      altered);
}

// From inside a cut-off tail cannot be seen; the heartbeat tells the ledger newest_seq, and the ledger knows better.
TEST_F(JournalOnDisk, ATruncatedTailVerifiesButIsShorter) {
  const std::uint64_t rows = write_a_top_up();
  tamper("DELETE FROM records WHERE seq > " + std::to_string(rows - 2));
  EXPECT_EQ(complaint(), "");
  EXPECT_EQ(open().newest_seq(), rows - 2);
}

// A forged note would otherwise be believed, or stop the program in the middle of the fold without a word of why.
TEST_F(JournalOnDisk, NoMoneyIsReckonedFromAnAlteredJournal) {
  write_a_top_up();
  tamper("UPDATE records SET body = replace(body, '10000', '20000') WHERE kind = 'NoteStacked'");
  const auto money = open().replay();
  ASSERT_FALSE(money);
  EXPECT_EQ(money.error().text, complaint());
  EXPECT_NE(money.error().text.find("altered"), std::string::npos) << money.error().text;
}

TEST_F(JournalOnDisk, AnotherTerminalIsRefused) {
  write_a_top_up();
  const auto other = Journal::open(path, "T0043");
  ASSERT_FALSE(other);
  EXPECT_NE(other.error().text.find("T0042"), std::string::npos);
  EXPECT_FALSE(Journal::open_readonly(folder / "none.db"));
  EXPECT_FALSE(Journal::open(folder / "no/such/folder/journal.db", "T0042"));
}

TEST_F(JournalOnDisk, OneSyncForEveryBatchOnTheMoneyPath) {
  Journal journal = open(CountingVfs::name());
  journal.append({wire::TerminalStarted{"0.1.0"}}, noon);  // the first one also makes the log's header durable
  for (const auto& batch : a_top_up()) {
    const int before = CountingVfs::syncs;
    ASSERT_TRUE(journal.append(batch, noon));
    EXPECT_EQ(CountingVfs::syncs - before, 1);
  }
}

TEST_F(JournalOnDisk, AFullDiskIsAnErrorAndNothingOfTheBatchStays) {
  Journal journal = open(CountingVfs::name());
  ASSERT_TRUE(journal.append({wire::TerminalStarted{"0.1.0"}}, noon));
  CountingVfs::full = true;
  const auto refused = journal.append({wire::DocumentPrinted{1}, wire::DocumentPrinted{2}}, noon + 1);
  CountingVfs::full = false;
  ASSERT_FALSE(refused);
  EXPECT_EQ(journal.last_seq(), 1U);
  EXPECT_EQ(journal.newest_seq(), 1U);
  EXPECT_EQ(journal.last_wall_ms(), noon);
  EXPECT_EQ(journal.append({wire::Incident{"disk", "is back"}}, noon + 2).value(), 2U);
  EXPECT_EQ(journal.verify().value(), 2U);
}

TEST_F(JournalOnDisk, ADiskThatCannotSyncAcknowledgesNothing) {
  Journal journal = open(CountingVfs::name());
  ASSERT_TRUE(journal.append({wire::TerminalStarted{"0.1.0"}}, noon));
  CountingVfs::sync_fails = true;
  EXPECT_FALSE(journal.append({wire::DocumentPrinted{1}}, noon + 1));
  CountingVfs::sync_fails = false;
  EXPECT_EQ(journal.last_seq(), 1U);
}

TEST_F(JournalOnDisk, DeliveryLogKeepsWhereTheLedgerStandsAndWhatItParked) {
  {
    auto log = DeliveryLog::open(folder / "delivery.db").value();
    EXPECT_EQ(log.last().epoch, 0U);
    log.confirm({7, 120}, noon);
    log.confirm({7, 121}, noon);
    log.park(55, "no such note", noon);
    log.park(55, "no such note", noon + 1);
  }
  auto log = DeliveryLog::open(folder / "delivery.db").value();
  EXPECT_EQ(log.last().epoch, 7U);
  EXPECT_EQ(log.last().last_contiguous, 121U);
  EXPECT_EQ(log.parked_count(), 1U);
}

}  // namespace
}  // namespace pilotlight
