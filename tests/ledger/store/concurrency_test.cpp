// Many callers at once: group commit, and the same request from several threads.
#include <atomic>
#include <latch>
#include <thread>

#include "ledger/store/commit_queue.h"
#include "tests/ledger/store/town.h"

namespace pilotlight::ledger {
namespace {

TEST(CommitQueue, WhatArrivesMeanwhileSharesOneTransaction) {
  std::string dir = testing::TempDir() + "pilotlight-queue-XXXXXX";
  ASSERT_NE(mkdtemp(dir.data()), nullptr);
  {
    auto database = Database::open(dir + "/x.db", Database::Mode::Create).value();
    database->execute("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT");
    int ends = 0;
    CommitQueue queue(*database, [&] { ++ends; });
    constexpr int callers = 32;
    std::latch first_inside(1);
    std::latch others_started(callers);
    std::atomic<int> entering = 0;
    // The first holds the transaction open until all others are about to queue.
    std::thread first([&] {
      EXPECT_TRUE(queue.run([&] {
        first_inside.count_down();
        others_started.wait();
        while (entering < callers) std::this_thread::yield();
        database->run("INSERT INTO t VALUES (1000)");
      }));
    });
    first_inside.wait();
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i)
      threads.emplace_back([&, i] {
        others_started.count_down();
        ++entering;
        EXPECT_TRUE(queue.run([&] { database->run("INSERT INTO t VALUES (?1)", i); }));
      });
    first.join();
    for (auto& thread : threads) thread.join();
    Query rows(*database, "SELECT count(*) FROM t");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), callers + 1);
    EXPECT_LT(queue.commits(), static_cast<std::uint64_t>(callers));
    EXPECT_EQ(static_cast<std::uint64_t>(ends), queue.commits());
  }
  std::filesystem::remove_all(dir);
}

TEST(CommitQueue, AFailurePoisonsOnlyItsOwnWork) {
  std::string dir = testing::TempDir() + "pilotlight-queue-XXXXXX";
  ASSERT_NE(mkdtemp(dir.data()), nullptr);
  {
    auto database = Database::open(dir + "/x.db", Database::Mode::Create).value();
    database->execute("CREATE TABLE t (n INTEGER PRIMARY KEY) STRICT");
    CommitQueue queue(*database, [] {});
    EXPECT_TRUE(queue.run([&] { database->run("INSERT INTO t VALUES (1)"); }));
    EXPECT_FALSE(queue.run([&] {
      database->run("INSERT INTO t VALUES (2)");
      database->run("INSERT INTO t VALUES (1)");
    }));
    std::vector<std::thread> threads;
    std::atomic<int> good = 0;
    for (int i = 0; i < 16; ++i)
      threads.emplace_back([&, i] {
        if (queue.run([&] { database->run("INSERT INTO t VALUES (?1)", i % 2 == 0 ? 1 : 100 + i); })) ++good;
      });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 8);
    Query rows(*database, "SELECT count(*) FROM t");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.integer(0), 9);
  }
  std::filesystem::remove_all(dir);
}

class ConcurrencyTest : public Town {};

TEST_F(ConcurrencyTest, OneRequestFromManyThreadsIsDoneOnce) {
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100, 50});
  const auto request = request_for(here);
  std::vector<wire::Authorisation> answers(16);
  std::vector<std::thread> threads;
  for (auto& answer : answers) threads.emplace_back([&] { answer = ledger_->authorise("T0001", request).value(); });
  for (auto& thread : threads) thread.join();
  for (const auto& answer : answers) EXPECT_EQ(answer, answers.front());
  EXPECT_EQ(answers.front().refusal, wire::Refusal::None);
  EXPECT_EQ(book("cash:T0001"), -15'000);
  expect_lawful();
}

TEST_F(ConcurrencyTest, AuthoriseAndAbandonAtOnceAgree) {
  for (int round = 0; round < 10; ++round) {
    Visit here = visit("T0001", card(wang_card));
    put_in(here, {20});
    const auto request = request_for(here);
    wire::Authorisation authorised;
    wire::Abandonment abandoned;
    std::thread one([&] { authorised = ledger_->authorise("T0001", request).value(); });
    std::thread two([&] { abandoned = ledger_->abandon("T0002", {request.top_up, here.session}).value(); });
    one.join();
    two.join();
    EXPECT_EQ(abandoned.abandoned, authorised.refusal == wire::Refusal::Abandoned);
    EXPECT_EQ(abandoned.pending.has_value(), authorised.refusal == wire::Refusal::None);
    if (abandoned.abandoned) continue;
    const wire::VoidRequest undo{request.top_up, here.session, 1, here.card};
    ASSERT_EQ(ledger_->void_top_up("T0001", undo)->refusal, wire::Refusal::None);
  }
  expect_lawful();
}

TEST_F(ConcurrencyTest, ReadersSeeACommittedMoment) {
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 30; ++i) tell("T0001", wire::NoteStacked{fresh_id(), fresh_id(), yuan(10), {}});
    done = true;
  });
  while (!done) {
    const Audit audit = ledger_->audit().value();
    EXPECT_TRUE(audit.violations.empty());
  }
  writer.join();
  expect_lawful();
}

}  // namespace
}  // namespace pilotlight::ledger
