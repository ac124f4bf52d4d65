// Thousands of transactions on a real SQLite database, with the power cut inside operations that chance picks: what was
// committed is there, what is there is whole.
#include <algorithm>

#include "tests/simulation/disk/connection.h"

namespace pilotlight::simulation {
namespace {

constexpr int accounts = 40;

struct Outcome {
  std::uint64_t transactions = 0;
  std::uint64_t cuts = 0;
  std::uint64_t survived_uncommitted = 0;  // told nothing, yet there: allowed
  std::vector<std::string> violations;
  MemoryDisk::Files files;
};

// A database in which the n-th transaction writes n into every account and adds one line to a log.
class Books {
 public:
  Books(std::uint64_t seed, Crash how, bool lies) : chance_(seed), cuts_(chance_.fork("cuts")), how_(how) {
    disk_.lying_syncs(lies);
    MemoryDisk::set_random([source = chance_.fork("sqlite")]() mutable { return source.next(); });
    disk_.before([this](const Operation& operation) {
      if (operation.number != cut_at_) return;
      ++outcome_.cuts;
      disk_.crash(cuts_, how_);
    });
  }

  Outcome live(int lives) {
    for (int life = 0; life < lives && outcome_.violations.empty(); ++life) {
      cut_at_ = disk_.counters().operations + static_cast<std::uint64_t>(chance_.between(1, 200));
      const std::uint64_t crashes = disk_.counters().crashes;
      while (disk_.counters().crashes == crashes && outcome_.violations.empty()) use(crashes);
    }
    outcome_.files = disk_.visible();
    return std::move(outcome_);
  }

 private:
  void use(std::uint64_t crashes) {
    Connection books(disk_.path("books.db"));
    const int tables = books.run(std::string(wal_full) +
                                 "PRAGMA wal_autocheckpoint = 20; PRAGMA cache_size = 4;"
                                 "CREATE TABLE IF NOT EXISTS account (id INTEGER PRIMARY KEY, value INT, filler BLOB);"
                                 "CREATE TABLE IF NOT EXISTS log (number INTEGER PRIMARY KEY, text BLOB)");
    if (tables == SQLITE_OK) check(books);
    if (tables != SQLITE_OK && disk_.counters().crashes == crashes)
      outcome_.violations.push_back("cannot open: " + books.ask("PRAGMA integrity_check"));
    const std::int64_t most = chance_.between(1, 60);  // then it is closed in good order
    for (std::int64_t i = 0; i < most && disk_.counters().crashes == crashes && outcome_.violations.empty(); ++i)
      transact(books, crashes);
  }

  void transact(Connection& books, std::uint64_t crashes) {
    const std::string n = std::to_string(committed_ + 1);
    const std::string blob = "randomblob(" + std::to_string(chance_.below(chance_.one_in(5) ? 9000 : 300)) + ")";
    begun_ = committed_ + 1;
    const int code = books.run("BEGIN IMMEDIATE; INSERT INTO log VALUES (" + n + "," + blob + ");" +
                               (committed_ == 0 ? fill() : "UPDATE account SET value = " + n) +
                               ";DELETE FROM log WHERE number < " + n + " - 100; COMMIT");
    ++outcome_.transactions;
    if (code == SQLITE_OK)
      committed_ = begun_;
    else if (disk_.counters().crashes == crashes)
      outcome_.violations.push_back("cannot write: " + books.ask("PRAGMA integrity_check"));
  }

  static std::string fill() {
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + std::to_string(accounts) +
           ") INSERT INTO account SELECT i, 1, zeroblob(500) FROM n";
  }

  void check(Connection& books) {
    const std::uint64_t crashes = disk_.counters().crashes;
    const std::string whole = books.ask("PRAGMA integrity_check");
    const std::string count = books.ask("SELECT count(DISTINCT value) FROM account");
    const std::string there = books.ask("SELECT coalesce(max(value), 0) FROM account");
    const std::string last = books.ask("SELECT coalesce(max(number), 0) FROM log");
    if (disk_.counters().crashes != crashes) return;
    if (whole != "ok") outcome_.violations.push_back("damaged: " + whole);
    if (count != (there == "0" ? "0" : "1")) outcome_.violations.push_back("half a transaction: " + count);
    if (there != last) outcome_.violations.push_back("half a transaction: " + there + " and " + last);
    const bool uncommitted = there == std::to_string(begun_) && begun_ != committed_;
    if (!uncommitted && there != std::to_string(committed_))
      outcome_.violations.push_back("committed " + std::to_string(committed_) + ", there " + there);
    if (uncommitted) ++outcome_.survived_uncommitted;
    if (uncommitted) committed_ = begun_;
    begun_ = committed_;
  }

  Chance chance_;
  Chance cuts_;
  Crash how_;
  MemoryDisk disk_{"books"};
  std::uint64_t cut_at_ = 0;
  std::uint64_t committed_ = 0;
  std::uint64_t begun_ = 0;
  Outcome outcome_;
};

class PowerCut : public testing::TestWithParam<Crash> {
 public:
  static void SetUpTestSuite() { MemoryDisk::make_default(); }
};

TEST_P(PowerCut, LosesNothingCommittedAndShowsNothingHalf) {
  std::uint64_t transactions = 0;
  std::uint64_t cuts = 0;
  std::uint64_t uncommitted = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome outcome = Books(seed, GetParam(), false).live(60);
    ASSERT_TRUE(outcome.violations.empty()) << "seed " << seed << ": " << outcome.violations.front();
    transactions += outcome.transactions;
    cuts += outcome.cuts;
    uncommitted += outcome.survived_uncommitted;
  }
  EXPECT_EQ(cuts, 1200U);
  EXPECT_GT(transactions, 5000U);
  // Of a transaction cut short nothing is there, or all, as the surviving sectors fall.
  EXPECT_EQ(uncommitted > 0, GetParam() != Crash::LoseAll) << uncommitted;
}

TEST_P(PowerCut, IsNoticedWhereTheDiskLiesAboutSyncs) {
  int noticed = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    if (!Books(seed, GetParam(), true).live(60).violations.empty()) ++noticed;
  EXPECT_EQ(noticed, GetParam() == Crash::KeepAll ? 0 : 20);
}

TEST_P(PowerCut, HappensAgainInEveryByteFromTheSameSeed) {
  const Outcome first = Books(7, GetParam(), false).live(40);
  const Outcome again = Books(7, GetParam(), false).live(40);
  const Outcome other = Books(8, GetParam(), false).live(40);
  EXPECT_EQ(first.transactions, again.transactions);
  EXPECT_FALSE(first.files.empty());
  EXPECT_TRUE(first.files == again.files);
  EXPECT_FALSE(first.files == other.files);
}

std::string name_of(const testing::TestParamInfo<Crash>& crash) {
  if (crash.param == Crash::LoseAll) return "LoseAll";
  return crash.param == Crash::KeepAll ? "KeepAll" : "Random";
}

INSTANTIATE_TEST_SUITE_P(Every, PowerCut, testing::Values(Crash::LoseAll, Crash::KeepAll, Crash::Random), name_of);

}  // namespace
}  // namespace pilotlight::simulation
