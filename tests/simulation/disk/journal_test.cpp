// The terminal's real journal, delivery log and the ledger's database on memory disks.
#include "kiosk/journal/journal.h"

#include "kiosk/journal/delivery_log.h"
#include "ledger/store/database.h"
#include "tests/simulation/disk/connection.h"

namespace pilotlight::simulation {
namespace {

class Terminal : public testing::Test {
 public:
  static void SetUpTestSuite() { MemoryDisk::make_default(); }
  MemoryDisk disk{"T0001"};
  const std::string path = disk.path("journal.db");
};

TEST_F(Terminal, JournalKeepsWhatItSaidIsDurableWhereverThePowerGoes) {
  Chance chance(20261124);
  Chance cuts = chance.fork("cuts");
  std::uint64_t cut_at = 0;
  disk.before([&](const Operation& operation) {
    if (operation.number == cut_at) disk.crash(cuts);
  });
  std::uint64_t acknowledged = 0;
  std::uint64_t tried = 0;
  for (std::uint64_t life = 0; life < 400; ++life) {
    cut_at = disk.counters().operations + static_cast<std::uint64_t>(chance.between(1, 150));
    while (disk.counters().crashes == life) {
      auto journal = Journal::open(path, "T0001");
      if (!journal) {
        ASSERT_GT(disk.counters().crashes, life) << journal.error().text;
        break;
      }
      // Every row only now and then: what is there is recomputed from the first on.
      const auto rows = life % 25 == 0 ? journal->verify() : Result<std::uint64_t, Message>(journal->last_seq());
      if (disk.counters().crashes > life) break;
      ASSERT_TRUE(rows) << rows.error().text;
      ASSERT_GE(*rows, acknowledged);
      ASSERT_LE(*rows, std::max(acknowledged, tried));
      ASSERT_EQ(*rows % 5, 0U) << "batches are of five";
      acknowledged = *rows;
      for (std::int64_t batches = chance.between(1, 30); batches > 0 && disk.counters().crashes == life; --batches) {
        const std::string text(static_cast<std::size_t>(chance.between(1, 600)), 'x');
        tried = acknowledged + 5;
        const auto seq = journal->append(std::vector<wire::Record>(5, wire::Incident{"batch", text}), 1);
        if (seq) acknowledged = *seq;
        ASSERT_TRUE(seq || disk.counters().crashes > life) << seq.error().text;
        if (chance.one_in(10)) journal->checkpoint();
      }
    }
  }
  EXPECT_GT(acknowledged, 5000U);
  disk.before(nullptr);
  EXPECT_EQ(*Journal::open_readonly(path)->verify(), Journal::open(path, "T0001")->last_seq());
}

TEST_F(Terminal, ReadersSeeWhatTheWriterAppends) {
  auto writer = Journal::open(path, "T0001");
  auto delivery = Journal::open_readonly(path);
  auto print = Journal::open_readonly(path);
  auto log = DeliveryLog::open(disk.path("delivery.db"));
  ASSERT_TRUE(writer && delivery && print && log);
  for (std::uint64_t i = 1; i <= 100; ++i) {
    ASSERT_TRUE(writer->append({wire::Incident{"one", "more"}}, 1));
    EXPECT_EQ(delivery->newest_seq(), i);
    log->confirm(Delivered{1, i}, 1);
    if (i % 10 == 0) writer->checkpoint();
  }
  EXPECT_EQ(*print->verify(), 100U);
  EXPECT_EQ(log->last().last_contiguous, 100U);
}

TEST_F(Terminal, ADatabaseOfTheLedgerIsMadeAndComesBack) {
  MemoryDisk central("ledger");
  auto database = ledger::Database::open(central.path("ledger.db"), ledger::Database::Mode::Create);
  ASSERT_TRUE(database) << database.error().text;
  (*database)->execute("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (7)");
  ASSERT_FALSE((*database)->failed()) << (*database)->failure();
  Chance chance(1);
  central.crash(chance, Crash::LoseAll);
  (*database)->execute("INSERT INTO t VALUES (8)");
  EXPECT_TRUE((*database)->failed());
  Connection after(central.path("ledger.db"));
  EXPECT_EQ(after.ask("SELECT group_concat(id) FROM t"), "7");
  EXPECT_TRUE(disk.visible().empty());
}

}  // namespace
}  // namespace pilotlight::simulation
