// Daemons that die or hang, readers that are pulled out, cards that never answer.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/devices/card_reader/pcsc_reader_fixture.h"

namespace pilotlight::devices {
namespace {

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
  card.insert(pcscd_.port());
  EXPECT_EQ(read_number_of_next_card(), 3U);
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
  card.insert(pcscd_.port());
  EXPECT_EQ(read_number_of_next_card(), 3U);
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
  card.insert(pcscd_.port());
  EXPECT_EQ(read_number_of_next_card(), 3U);
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
