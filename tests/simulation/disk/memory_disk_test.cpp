#include <algorithm>
#include <memory>

#include "tests/simulation/disk/connection.h"

namespace pilotlight::simulation {
namespace {

struct Disk : testing::Test {
  MemoryDisk disk{"T0001"};
  const std::string path = disk.path("a.db");
  Chance chance{1};
};

constexpr const char* table = "CREATE TABLE t (id INTEGER PRIMARY KEY, v)";

TEST_F(Disk, HoldsOnlyItsOwnFolder) {
  MemoryDisk other("T0002");
  Connection a(path);
  ASSERT_EQ(a.run(table), SQLITE_OK);
  EXPECT_EQ(disk.visible().count("a.db"), 1U);
  EXPECT_TRUE(other.visible().empty());
  EXPECT_EQ(Connection("/T0003/a.db").opened, SQLITE_CANTOPEN);
  EXPECT_EQ(Connection("a.db").opened, SQLITE_CANTOPEN);
  EXPECT_EQ(Connection(disk.path("b.db"), SQLITE_OPEN_READWRITE).opened, SQLITE_CANTOPEN);
}

TEST_F(Disk, ConnectionsShareAFileAndItsWal) {
  Connection writer(path);
  ASSERT_EQ(writer.run(std::string(wal_full) + table), SQLITE_OK);
  Connection reader(path, SQLITE_OPEN_READONLY);
  ASSERT_EQ(writer.run("BEGIN; INSERT INTO t VALUES (1, 'a')"), SQLITE_OK);
  EXPECT_EQ(reader.ask("SELECT count(*) FROM t"), "0");
  Connection second(path);
  EXPECT_EQ(second.run("BEGIN IMMEDIATE"), SQLITE_BUSY);
  ASSERT_EQ(writer.run("COMMIT"), SQLITE_OK);
  EXPECT_EQ(reader.ask("SELECT count(*) FROM t"), "1");
  EXPECT_EQ(second.run("BEGIN IMMEDIATE"), SQLITE_OK);
  ASSERT_EQ(reader.run("BEGIN; SELECT * FROM t"), SQLITE_OK);
  ASSERT_EQ(second.run("INSERT INTO t VALUES (2, 'b'); COMMIT"), SQLITE_OK);
  EXPECT_EQ(reader.ask("SELECT count(*) FROM t"), "1") << "a reader keeps its snapshot";
}

TEST_F(Disk, LocksOfARollbackJournal) {
  Connection a(path);
  Connection b(path);
  ASSERT_EQ(a.run(table), SQLITE_OK);
  ASSERT_EQ(a.run("BEGIN; SELECT * FROM t"), SQLITE_OK);
  ASSERT_EQ(b.run("BEGIN IMMEDIATE; INSERT INTO t VALUES (1, 1)"), SQLITE_OK);
  EXPECT_EQ(a.run("INSERT INTO t VALUES (2, 2)"), SQLITE_BUSY) << "one writer";
  ASSERT_EQ(a.run("SELECT * FROM sqlite_schema"), SQLITE_OK);
  EXPECT_EQ(b.run("COMMIT"), SQLITE_BUSY) << "a reader is there";
  Connection c(path);
  EXPECT_EQ(c.run("SELECT * FROM t"), SQLITE_BUSY) << "no new reader while a writer waits";
  ASSERT_EQ(a.run("COMMIT"), SQLITE_OK);
  EXPECT_EQ(b.run("COMMIT"), SQLITE_OK);
  EXPECT_EQ(c.ask("SELECT count(*) FROM t"), "1");
  EXPECT_EQ(a.run("BEGIN EXCLUSIVE; INSERT INTO t VALUES (3, 3); ROLLBACK"), SQLITE_OK);
  EXPECT_EQ(c.ask("SELECT count(*) FROM t"), "1");
}

TEST_F(Disk, AfterACrashEveryCallOnOpenConnectionsFails) {
  Connection a(path);
  ASSERT_EQ(a.run(std::string(wal_full) + table), SQLITE_OK);
  ASSERT_EQ(a.run("BEGIN; INSERT INTO t VALUES (1, 1)"), SQLITE_OK);
  disk.crash(chance, Crash::KeepAll);
  EXPECT_EQ(a.run("COMMIT"), SQLITE_IOERR);
  EXPECT_EQ(a.run("SELECT * FROM t"), SQLITE_IOERR);
  Connection b(path);
  EXPECT_EQ(b.run("INSERT INTO t VALUES (2, 2)"), SQLITE_OK) << "the dead one's locks are gone";
  EXPECT_EQ(a.run("INSERT INTO t VALUES (3, 3)"), SQLITE_IOERR);
  EXPECT_EQ(b.ask("SELECT group_concat(id) FROM t"), "2");
}

TEST_F(Disk, UnsyncedWorkIsLostOrKeptAsTheCrashSays) {
  for (const bool kept : {true, false}) {
    Connection a(path);
    ASSERT_EQ(a.run(std::string(wal_full) + "CREATE TABLE IF NOT EXISTS t (id); INSERT INTO t VALUES (1)"), SQLITE_OK);
    const std::string durable = a.ask("SELECT count(*) FROM t");
    ASSERT_EQ(a.run("PRAGMA synchronous = OFF; INSERT INTO t VALUES (2)"), SQLITE_OK);
    const std::string visible = a.ask("SELECT count(*) FROM t");
    disk.crash(chance, kept ? Crash::KeepAll : Crash::LoseAll);
    EXPECT_EQ(Connection(path).ask("SELECT count(*) FROM t"), kept ? visible : durable);
  }
}

TEST_F(Disk, AHookMayCutThePowerInsideAnOperation) {
  std::vector<OperationKind> seen;
  std::uint64_t last = 0;
  disk.before([&](const Operation& operation) {
    EXPECT_EQ(operation.number, ++last);
    seen.push_back(operation.kind);
    if (operation.kind == OperationKind::Write && operation.file == "a.db-wal") disk.crash(chance, Crash::LoseAll);
  });
  Connection a(path);
  EXPECT_EQ(a.run(std::string(wal_full)), SQLITE_OK);
  EXPECT_EQ(a.run(table), SQLITE_IOERR);
  EXPECT_EQ(std::count(seen.begin(), seen.end(), OperationKind::Delete), 1) << "of the rollback journal";
  EXPECT_EQ(seen.back(), OperationKind::Write) << "nothing of a dead connection arrives";
  EXPECT_EQ(disk.counters().operations, last);
  EXPECT_EQ(disk.counters().crashes, 1U);
  disk.before(nullptr);
  EXPECT_EQ(Connection(path).run(table), SQLITE_OK);
}

TEST_F(Disk, FullGivesAnErrorAndRecovers) {
  Connection a(path);
  ASSERT_EQ(a.run(std::string(wal_full) + table), SQLITE_OK);
  disk.full(true);
  EXPECT_EQ(a.run("INSERT INTO t VALUES (1, zeroblob(20000))"), SQLITE_FULL);
  disk.full(false);
  EXPECT_EQ(a.run("INSERT INTO t VALUES (2, zeroblob(20000))"), SQLITE_OK);
  EXPECT_EQ(a.ask("SELECT group_concat(id) FROM t"), "2");
  EXPECT_EQ(a.ask("PRAGMA integrity_check"), "ok");
}

TEST_F(Disk, AFailedSyncIsAnErrorAndTheNextMayWork) {
  Connection a(path);
  ASSERT_EQ(a.run(std::string(wal_full) + table), SQLITE_OK);
  disk.sync_fails(1);
  EXPECT_EQ(a.run("INSERT INTO t VALUES (1, 1)"), SQLITE_IOERR);
  EXPECT_EQ(a.run("INSERT INTO t VALUES (2, 2)"), SQLITE_OK);
  disk.crash(chance, Crash::LoseAll);
  EXPECT_EQ(Connection(path).ask("SELECT group_concat(id) FROM t"), "2");
}

TEST_F(Disk, GoesBackToAnEarlierState) {
  MemoryDisk::Files standby;
  {
    Connection a(path);
    ASSERT_EQ(a.run(std::string(wal_full) + table + "; INSERT INTO t VALUES (1, 1)"), SQLITE_OK);
    standby = disk.durable();
    ASSERT_EQ(a.run("INSERT INTO t VALUES (2, 2)"), SQLITE_OK);
    disk.restore(standby);
    EXPECT_EQ(a.run("SELECT * FROM t"), SQLITE_IOERR);
  }
  EXPECT_EQ(disk.durable(), standby);
  Connection b(path);
  EXPECT_EQ(b.ask("SELECT group_concat(id) FROM t"), "1");
  EXPECT_EQ(b.run("INSERT INTO t VALUES (3, 3)"), SQLITE_OK);
}

TEST_F(Disk, TimeAndRandomnessAreHandedIn) {
  MemoryDisk::make_default();
  MemoryDisk::set_clock([] { return std::int64_t{1'795'478'400'000}; });
  Connection a(path);
  EXPECT_EQ(a.ask("SELECT datetime('now')"), "2026-11-24 00:00:00");
  const auto draw = [&](std::uint64_t seed) {
    MemoryDisk::set_random([source = Chance(seed)]() mutable { return source.next(); });
    return a.ask("SELECT hex(randomblob(16))");
  };
  const std::string first = draw(1);
  EXPECT_EQ(draw(1), first);
  EXPECT_NE(draw(2), first);
}

TEST_F(Disk, LeavesItsConnectionsDeadWhenItGoes) {
  auto gone = std::make_unique<MemoryDisk>("gone");
  Connection a(gone->path("a.db"));
  ASSERT_EQ(a.run(table), SQLITE_OK);
  gone.reset();
  EXPECT_EQ(a.run("INSERT INTO t VALUES (1, 1)"), SQLITE_IOERR);
  MemoryDisk again("gone");
  EXPECT_TRUE(again.visible().empty());
}

}  // namespace
}  // namespace pilotlight::simulation
