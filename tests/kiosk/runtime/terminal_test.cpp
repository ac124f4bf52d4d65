#include "kiosk/runtime/terminal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <condition_variable>
#include <sstream>
#include <thread>

#include "kiosk/runtime/event_log.h"
#include "kiosk/runtime/inbox.h"
#include "kiosk/runtime/journal_worker.h"
#include "tests/kiosk/core/scripted_terminal.h"
#include "tests/kiosk/journal/counting_vfs.h"
#include "tests/kiosk/journal/scratch.h"

namespace pilotlight {
namespace {

using core::ScriptedTerminal;
using testing::ElementsAre;
using testing::IsEmpty;

struct HandClock final : Clock {
  Moment at{1000, 1'795'500'000'000};
  Moment now() override { return at; }
};

// Keeps batches until the test says that they are durable.
struct SlowDisk final : RecordSink {
  std::vector<std::uint64_t> batches;
  void append(std::uint64_t batch, std::vector<wire::Record>, std::int64_t) override { batches.push_back(batch); }
};

struct Seen final : World {
  std::vector<core::Effect> effects;
  void perform(const core::Effect& effect) override { effects.push_back(effect); }
  template <class T>
  std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(effects.begin(), effects.end(),
                                                  [](const core::Effect& e) { return std::holds_alternative<T>(e); }));
  }
};

struct Looping : testing::Test {
  HandClock clock;
  SlowDisk disk;
  Seen world;
  std::uint32_t ids = 5000;
  Terminal terminal{core::initial_state(ScriptedTerminal::settings(), {}), clock,
                    [this](std::int64_t) { return core::test_id(++ids); }, disk, world};

  void on(std::vector<core::Fact> facts) {
    for (core::Fact& fact : facts) terminal.take(std::move(fact));
  }
  void to_cash() {
    on({core::Started{"test"}, core::UplinkChanged{true, true}, core::ReaderReady{},
        core::PrinterChanged{true, false, false, false}, core::AcceptorReady{"1873452", 0}});
    clock.at.steady_ms += 3000;
    terminal.look_at_clock();
    on({core::CardInserted{}, core::CardRead{core::CardTrouble::None, ScriptedTerminal::card()}});
    on({core::IdentifyAnswered{terminal.state().talk.session, true, ScriptedTerminal::identified()},
        core::Touched{{core::Wish::Continue, {}}}, core::Touched{{core::Wish::ChooseAmount, yuan(150)}}});
    terminal.durable(disk.batches.back());
  }
};

TEST_F(Looping, NoEffectLeavesBeforeTheRecordsOfItsStepAreDurable) {
  to_cash();
  world.effects.clear();
  on({core::NoteEscrowed{yuan(100)}});
  EXPECT_THAT(world.effects, IsEmpty());
  EXPECT_FALSE(terminal.quiet());
  terminal.durable(disk.batches.back());
  EXPECT_EQ(world.count<core::StackNote>(), 1U);
  EXPECT_TRUE(terminal.quiet());
}

TEST_F(Looping, NothingIsShownThatAPowerCutWouldTakeBack) {
  to_cash();
  EXPECT_TRUE(terminal.may_show());
  on({core::NoteEscrowed{yuan(100)}});
  EXPECT_FALSE(terminal.may_show());
  terminal.durable(disk.batches.back());
  EXPECT_TRUE(terminal.may_show());
  on({core::NoteCredited{yuan(100)}, core::JournalFailed{"disk"}});
  EXPECT_TRUE(terminal.may_show());  // that it takes no cash any more has to be said
}

TEST_F(Looping, EffectsWithoutRecordsStayBehindTheOnesThatWait) {
  to_cash();
  world.effects.clear();
  on({core::NoteEscrowed{yuan(100)}, core::Touched{{core::Wish::Cancel, {}}}, core::Touched{{core::Wish::Cancel, {}}}});
  EXPECT_THAT(world.effects, IsEmpty());  // DisableAcceptor before StackNote would lose the note's place
  terminal.durable(disk.batches.back());
  ASSERT_EQ(world.effects.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<core::StackNote>(world.effects[0]));
  EXPECT_TRUE(std::holds_alternative<core::DisableAcceptor>(world.effects[1]));
}

TEST_F(Looping, BatchesAreNumberedInOrderAndFreeOnlyTheirOwn) {
  to_cash();
  world.effects.clear();
  on({core::NoteEscrowed{yuan(100)}});
  const std::uint64_t first = disk.batches.back();
  on({core::NoteCredited{yuan(100)}, core::NoteEscrowed{yuan(50)}});
  EXPECT_EQ(disk.batches.back(), first + 2);
  terminal.durable(first);
  EXPECT_EQ(world.count<core::StackNote>(), 1U);
  terminal.durable(first + 1);
  EXPECT_EQ(world.count<core::StackNote>(), 1U);
  terminal.durable(first + 2);
  EXPECT_EQ(world.count<core::StackNote>(), 2U);
}

// What waited for the record is never done; note and card go back all the same.
TEST_F(Looping, AfterAJournalFailureOnlyWhatNeedsNoRecordIsDone) {
  to_cash();
  world.effects.clear();
  on({core::NoteEscrowed{yuan(100)}, core::JournalFailed{"disk full"}});
  EXPECT_EQ(world.count<core::StackNote>(), 0U);
  EXPECT_EQ(world.count<core::ReturnNote>(), 1U);
  EXPECT_EQ(world.count<core::DisableAcceptor>(), 1U);
  EXPECT_EQ(world.count<core::ReleaseCard>(), 1U);
  const std::size_t batches = disk.batches.size();
  on({core::NoteEscrowed{yuan(50)}, core::NoteCredited{yuan(100)}, core::UplinkChanged{false, true}});
  EXPECT_EQ(world.count<core::ReturnNote>(), 2U);
  EXPECT_EQ(disk.batches.size(), batches);
}

TEST_F(Looping, TheClockIsOnlyLookedAtWhenTheDeadlineHasCome) {
  int seen = 0;
  terminal.watch([&](const core::Event&) { ++seen; });
  on({core::Started{"test"}, core::AcceptorReady{"1873452", 0}});
  terminal.look_at_clock();
  EXPECT_EQ(seen, 2);
  clock.at.steady_ms += 3000;
  terminal.look_at_clock();
  EXPECT_EQ(seen, 3);
  EXPECT_TRUE(terminal.state().devices.acceptor_ready);
}

// --- the journal's own thread, with a real journal ---

struct Reported {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::uint64_t> durable;
  std::vector<std::string> failed;

  JournalWorker::Reports reports() {
    return {[this](std::uint64_t batch) {
              const std::lock_guard lock(mutex);
              durable.push_back(batch);
              changed.notify_all();
            },
            [this](const std::string& why) {
              const std::lock_guard lock(mutex);
              failed.push_back(why);
              changed.notify_all();
            }};
  }
  bool wait(const std::function<bool()>& until) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(20), until);
  }
};

TEST(JournalWorker, SaysDurableInOrderWhenItIs) {
  Scratch folder;
  Reported reported;
  {
    JournalWorker worker(std::move(Journal::open(folder / "journal.db", "T0042").value()), reported.reports());
    for (std::uint64_t batch = 1; batch <= 50; ++batch)
      worker.append(batch, {wire::Incident{"batch", std::to_string(batch)}}, 1000 + static_cast<std::int64_t>(batch));
    EXPECT_TRUE(reported.wait([&] { return !reported.durable.empty(); }));
    EXPECT_GE(Journal::open_readonly(folder / "journal.db")->newest_seq(), 1U);
  }  // the rest is written before it is gone
  std::vector<std::uint64_t> all(50);
  for (std::uint64_t i = 0; i < 50; ++i) all[i] = i + 1;
  EXPECT_EQ(reported.durable, all);
  EXPECT_EQ(Journal::open_readonly(folder / "journal.db")->verify().value(), 50U);
}

TEST(JournalWorker, AfterAFailureNothingIsMadeDurableAnyMore) {
  Scratch folder;
  Reported reported;
  {
    JournalWorker worker(std::move(Journal::open(folder / "journal.db", "T0042", CountingVfs::name()).value()),
                         reported.reports());
    worker.append(1, {wire::TerminalStarted{"test"}}, 1);
    ASSERT_TRUE(reported.wait([&] { return reported.durable.size() == 1; }));
    CountingVfs::full = true;
    worker.append(2, {wire::DocumentPrinted{1}}, 2);
    ASSERT_TRUE(reported.wait([&] { return reported.failed.size() == 1; }));
    CountingVfs::full = false;
    worker.append(3, {wire::DocumentPrinted{2}}, 3);
  }
  EXPECT_THAT(reported.durable, ElementsAre(1U));
  EXPECT_EQ(Journal::open_readonly(folder / "journal.db")->newest_seq(), 1U);
}

TEST(Inbox, KeepsTheOrderAndWakesPoll) {
  Inbox<int> inbox;
  pollfd waiting{inbox.fd(), POLLIN, 0};
  EXPECT_EQ(::poll(&waiting, 1, 0), 0);
  std::thread writer([&] {
    for (int i = 0; i < 1000; ++i) inbox.put(i);
  });
  std::vector<int> got;
  while (got.size() < 1000) {
    ASSERT_EQ(::poll(&waiting, 1, 20'000), 1);
    for (const int item : inbox.take_all()) got.push_back(item);
  }
  writer.join();
  EXPECT_TRUE(std::is_sorted(got.begin(), got.end()));
  EXPECT_EQ(::poll(&waiting, 1, 0), 0);
  inbox.close();
  EXPECT_EQ(::poll(&waiting, 1, 0), 1);
  inbox.put(5);
  EXPECT_THAT(inbox.take_all(), IsEmpty());
}

}  // namespace
}  // namespace pilotlight
