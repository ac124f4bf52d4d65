#include "devices/card_reader/pcsc_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <fstream>
#include <mutex>

#include "devices/gas_card/cpu_card.h"
#include "tests/devices/card_reader/simulated_card_fixture.h"
#include "tests/support/pcscd_fixture.h"

namespace pilotlight::devices {
namespace {

using std::chrono::milliseconds;
using testing::PcscdFixture;
using testing::SimulatedCard;
using SteadyClock = std::chrono::steady_clock;

const std::string kWang = "6101000000000017";
const std::string kLi = "6101000000000025";
constexpr milliseconds kLong{15000};

// What the reader reported, in order.
class Reports {
 public:
  void put(ReaderEvent event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
  }
  // Takes everything up to and including the next event of this kind.
  template <class Event>
  std::optional<Event> next(milliseconds limit = kLong) {
    std::unique_lock lock(mutex_);
    const auto deadline = SteadyClock::now() + limit;
    while (true) {
      if (!changed_.wait_until(lock, deadline, [this] { return !events_.empty(); })) return std::nullopt;
      const ReaderEvent event = std::move(events_.front());
      events_.pop_front();
      skipped_.push_back(event.index());
      if (const auto* wanted = std::get_if<Event>(&event)) return *wanted;
    }
  }
  template <class Event>
  std::size_t count_skipped() {
    const std::lock_guard lock(mutex_);
    const std::size_t index = ReaderEvent(Event{}).index();
    return static_cast<std::size_t>(std::count(skipped_.begin(), skipped_.end(), index));
  }
  bool empty() {
    const std::lock_guard lock(mutex_);
    return events_.empty();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ReaderEvent> events_;
  std::vector<std::size_t> skipped_;
};

// A real pcscd and a reader opened on it; each test brings its cards.
class PcscReaderTest : public ::testing::Test {
 protected:
  explicit PcscReaderTest(const PcscdFixture::Driver& driver = {}) : pcscd_(driver) {}
  void SetUp() override { ASSERT_TRUE(pcscd_.start()); }
  void TearDown() override { reader_.reset(); }

  void open(ReaderLimits limits = {}) {
    limits.first_retry = milliseconds(50);  // so that no test waits for the pauses of a terminal
    limits.longest_retry = milliseconds(200);
    reader_ = open_pcsc_reader(
        "Virtual PCD 00", make_cpu_card(), [this](ReaderEvent event) { reports_.put(std::move(event)); }, limits);
    ASSERT_TRUE(reports_.next<ReaderReady>());
  }
  void insert(SimulatedCard& card) {
    card.insert(pcscd_.port());
    ASSERT_TRUE(reports_.next<CardPresent>());
  }
  Result<CardContents, CardFault> read() {
    reader_->read();
    const auto report = reports_.next<CardReadReport>();
    if (report) return report->card;
    ADD_FAILURE() << "no report";
    return fail(CardFault::ReaderGone);
  }
  void ask_challenge() {
    reader_->challenge();
    const auto report = reports_.next<ChallengeReport>();
    ASSERT_TRUE(report && report->challenge);
    EXPECT_EQ(*report->challenge, *from_hex("a1b2c3d4"));
  }
  WriteReport write(const std::string& digits = kWang, std::uint32_t number = 4) {
    reader_->write(testing::sealed_write(number, 4285), digits, number);
    const auto report = reports_.next<CardWriteReport>();
    if (report) return report->report;
    ADD_FAILURE() << "no report";
    return {};
  }

  PcscdFixture pcscd_;
  Reports reports_;
  std::unique_ptr<CardReader> reader_;
};

std::vector<std::string> commands_of(SimulatedCard& card) {
  std::vector<std::string> commands;
  for (const auto& received : card.received()) commands.push_back(received.command);
  return commands;
}

TEST_F(PcscReaderTest, ReadsWritesAndProvesWithTheLeastCommands) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  const auto contents = read();
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->card_number, kWang);
  EXPECT_EQ(contents->purchase_number, 3U);
  EXPECT_EQ(contents->total, Volume{120000});
  EXPECT_EQ(contents->write_back.purchase_number, 3U);

  card.forget();
  ask_challenge();
  const WriteReport report = write();
  EXPECT_EQ(report.outcome, WriteOutcome::Verified);
  EXPECT_EQ(report.card.purchase_number, 4U);
  EXPECT_EQ(report.card.volume, Volume{42850});
  EXPECT_EQ(report.status_word, 0x9000);
  EXPECT_EQ(commands_of(card),
            (std::vector<std::string>{"0084000004", to_hex(testing::sealed_write(4, 4285)), "off", "on",
                                      "00a404000a504c4741532e43505531", "00b0950030", "00b0960008"}));
}

TEST_F(PcscReaderTest, ReleasePowersTheCardOff) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  card.forget();
  reader_->release();
  reader_->challenge();  // nothing is connected any more: no command reaches the card
  const auto report = reports_.next<ChallengeReport>();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->challenge.error(), CardFault::Gone);
  EXPECT_EQ(commands_of(card), std::vector<std::string>{"off"});
  card.remove();
  EXPECT_TRUE(reports_.next<CardAbsent>());
}

TEST_F(PcscReaderTest, SpeaksT1) {
  SimulatedCard card(testing::user_card(kWang, 3), true);
  open();
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  EXPECT_EQ(write().outcome, WriteOutcome::Verified);
}

TEST_F(PcscReaderTest, SeesCardsComeGoAndChange) {
  SimulatedCard wang(testing::user_card(kWang, 3));
  SimulatedCard li(testing::user_card(kLi, 8));
  open();
  insert(wang);
  ASSERT_TRUE(read());
  wang.remove();
  ASSERT_TRUE(reports_.next<CardAbsent>());
  EXPECT_EQ(read().error(), CardFault::Gone);
  insert(li);
  EXPECT_EQ(read()->card_number, kLi);
  li.remove();
  wang.insert(pcscd_.port());  // quicker than anyone looks
  ASSERT_TRUE(reports_.next<CardAbsent>());
  ASSERT_TRUE(reports_.next<CardPresent>());
  EXPECT_EQ(read()->card_number, kWang);
}

TEST_F(PcscReaderTest, TornBeforeTheUpdateIsUnknownUntilTheCardIsBack) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  card.at("04d6", SimulatedCard::Deed::TearBefore);
  EXPECT_EQ(write().outcome, WriteOutcome::Unknown);
  ASSERT_TRUE(reports_.next<CardAbsent>());
  insert(card);
  EXPECT_EQ(read()->purchase_number, 3U);
  ask_challenge();
  EXPECT_EQ(write().outcome, WriteOutcome::Verified);
}

TEST_F(PcscReaderTest, TornAfterTheUpdateIsUnknownUntilTheCardIsBack) {
  for (const auto deed : {SimulatedCard::Deed::TearAfter, SimulatedCard::Deed::TearHalfWay}) {
    SimulatedCard card(testing::user_card(kWang, 3));
    if (!reader_) open();
    insert(card);
    ASSERT_TRUE(read());
    ask_challenge();
    card.at("04d6", deed);
    EXPECT_EQ(write().outcome, WriteOutcome::Unknown);
    ASSERT_TRUE(reports_.next<CardAbsent>());
    insert(card);
    EXPECT_EQ(read()->purchase_number, deed == SimulatedCard::Deed::TearAfter ? 4U : 3U);
    card.remove();
    ASSERT_TRUE(reports_.next<CardAbsent>());
  }
}

TEST_F(PcscReaderTest, TornInTheReadBackIsUnknownUntilTheCardIsBack) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  card.at("00b095", SimulatedCard::Deed::TearBefore);
  EXPECT_EQ(write().outcome, WriteOutcome::Unknown);
  ASSERT_TRUE(reports_.next<CardAbsent>());
  insert(card);
  EXPECT_EQ(read()->purchase_number, 4U);
}

TEST_F(PcscReaderTest, AWriteIsNeverProvenByAnotherCard) {
  SimulatedCard wang(testing::user_card(kWang, 3));
  SimulatedCard li(testing::user_card(kLi, 4));  // the very number that is waited for
  open();
  insert(wang);
  ASSERT_TRUE(read());
  ask_challenge();
  wang.remove();
  ASSERT_TRUE(reports_.next<CardAbsent>());
  insert(li);
  EXPECT_EQ(write().outcome, WriteOutcome::Unknown);
  EXPECT_EQ(commands_of(li).back(), "00b0960008") << "it was read and recognised";
}

TEST_F(PcscReaderTest, ARefusedWriteIsDisproved) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  const WriteReport report = write();  // without a challenge
  EXPECT_EQ(report.outcome, WriteOutcome::Disproved);
  EXPECT_EQ(report.status_word, 0x6984);
  EXPECT_EQ(report.card.purchase_number, 3U);
}

TEST_F(PcscReaderTest, ASlowCardIsWaitedFor) {
  SimulatedCard card(testing::user_card(kWang, 3));
  card.slow_down(milliseconds(300));
  open();
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  EXPECT_EQ(write().outcome, WriteOutcome::Verified);
}

TEST_F(PcscReaderTest, ADeadDaemonIsTheReaderLostAndComesBack) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  pcscd_.kill();
  ASSERT_TRUE(reports_.next<ReaderLost>());
  EXPECT_EQ(write().outcome, WriteOutcome::Unknown);
  EXPECT_EQ(read().error(), CardFault::ReaderGone);
  ASSERT_TRUE(pcscd_.start());
  ASSERT_TRUE(reports_.next<ReaderReady>());
  insert(card);
  EXPECT_EQ(read()->purchase_number, 3U);
}

TEST_F(PcscReaderTest, TheDaemonMayDieDuringTheWrite) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  card.at("04d6", SimulatedCard::Deed::NeverAnswer);
  reader_->write(testing::sealed_write(4, 4285), kWang, 4);
  ASSERT_TRUE(card.wait_for_deed());
  pcscd_.kill();
  const auto report = reports_.next<CardWriteReport>();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->report.outcome, WriteOutcome::Unknown);
}

TEST_F(PcscReaderTest, OpensBeforeTheDaemonIsThere) {
  pcscd_.kill();
  reader_ = open_pcsc_reader(
      "Virtual PCD 00 00", make_cpu_card(), [this](ReaderEvent event) { reports_.put(std::move(event)); },
      ReaderLimits{.first_retry = milliseconds(20), .longest_retry = milliseconds(50)});
  EXPECT_EQ(read().error(), CardFault::ReaderGone);
  ASSERT_TRUE(pcscd_.start());
  EXPECT_TRUE(reports_.next<ReaderReady>());
}

TEST_F(PcscReaderTest, ACardThatNeverAnswersDoesNotHoldUpTheTerminal) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open(ReaderLimits{.command = milliseconds(400)});
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  card.at("04d6", SimulatedCard::Deed::NeverAnswer);
  EXPECT_EQ(write().outcome, WriteOutcome::Unknown);
  ASSERT_TRUE(reports_.next<ReaderLost>());
  EXPECT_EQ(read().error(), CardFault::ReaderGone) << "at once, while the call still hangs";
  card.remove();
  ASSERT_TRUE(reports_.next<ReaderReady>());
  insert(card);
  EXPECT_EQ(read()->purchase_number, 3U);
}

TEST_F(PcscReaderTest, EndsInBoundedTimeWhileACallHangs) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open(ReaderLimits{.shutdown = milliseconds(200)});
  insert(card);
  card.at("00a4", SimulatedCard::Deed::NeverAnswer);
  reader_->read();
  ASSERT_TRUE(card.wait_for_deed());
  const auto before = SteadyClock::now();
  reader_.reset();
  EXPECT_LT(SteadyClock::now() - before, milliseconds(2000));
}

TEST_F(PcscReaderTest, EndsInBoundedTimeWhileTheDaemonHangs) {
  open(ReaderLimits{.shutdown = milliseconds(200)});
  pcscd_.freeze();
  const auto before = SteadyClock::now();
  reader_.reset();
  EXPECT_LT(SteadyClock::now() - before, milliseconds(2000));
  pcscd_.thaw();
}

TEST_F(PcscReaderTest, CommandsStartWithinMilliseconds) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  std::vector<double> to_card_ms;
  for (int round = 0; round < 21; ++round) {
    card.forget();
    const auto before = SteadyClock::now();
    ask_challenge();
    const auto received = card.received();
    ASSERT_EQ(received.size(), 1U);
    to_card_ms.push_back(std::chrono::duration<double, std::milli>(received[0].at - before).count());
  }
  std::sort(to_card_ms.begin(), to_card_ms.end());
  RecordProperty("median_ms", std::to_string(to_card_ms[10]));
  std::printf("command to card: median %.2f ms, worst %.2f ms\n", to_card_ms[10], to_card_ms.back());
  EXPECT_LT(to_card_ms[10], 20.0);
}

// How often threads of this process, except this one, went to sleep so far.
long sleeps_of_other_threads() {
  long sum = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    if (task.path().filename() == std::to_string(getpid())) continue;
    std::ifstream status(task.path() / "status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("voluntary_ctxt_switches:")) sum += std::stol(line.substr(line.find(':') + 1));
  }
  return sum;
}

TEST_F(PcscReaderTest, AnIdleReaderWakesNobody) {
  open();
  ASSERT_FALSE(reports_.next<CardPresent>(milliseconds(300)));  // the release that follows the first look is over
  const long before = sleeps_of_other_threads();
  ASSERT_FALSE(reports_.next<CardPresent>(milliseconds(2500)));
  EXPECT_EQ(sleeps_of_other_threads() - before, 0);
}

#ifdef FAULT_DRIVER
// The virtual cabinet's driver: its reader is unplugged while a flag file exists (devices/virtual/CONTROL.md).
class UnpluggedReaderTest : public PcscReaderTest {
 protected:
  UnpluggedReaderTest() : PcscReaderTest({FAULT_DRIVER, flag(), "Virtual PCD", 0}) {}
  ~UnpluggedReaderTest() override { plug(); }
  static std::string flag() { return "/tmp/pilotlight-unplugged-" + std::to_string(getpid()); }
  static void unplug() { std::ofstream(flag()) << "unplugged\n"; }
  static void plug() { std::filesystem::remove(flag()); }
};

TEST_F(UnpluggedReaderTest, AnUnpluggedReaderIsLostAndComesBack) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  unplug();
  ASSERT_TRUE(reports_.next<ReaderLost>());
  EXPECT_EQ(write().outcome, WriteOutcome::Unknown);
  EXPECT_EQ(read().error(), CardFault::ReaderGone);
  card.remove();
  plug();
  ASSERT_TRUE(reports_.next<ReaderReady>());
  insert(card);
  EXPECT_EQ(read()->purchase_number, 3U);
}

TEST_F(UnpluggedReaderTest, UnpluggedDuringTheWriteIsUnknown) {
  SimulatedCard card(testing::user_card(kWang, 3));
  open();
  insert(card);
  ASSERT_TRUE(read());
  ask_challenge();
  card.at("04d6", SimulatedCard::Deed::NeverAnswer);
  reader_->write(testing::sealed_write(4, 4285), kWang, 4);
  ASSERT_TRUE(card.wait_for_deed());
  unplug();
  const auto report = reports_.next<CardWriteReport>();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->report.outcome, WriteOutcome::Unknown);
  EXPECT_TRUE(reports_.next<ReaderLost>());
}
#endif

}  // namespace
}  // namespace pilotlight::devices
