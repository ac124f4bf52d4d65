#include "devices/card_reader/pcsc_reader.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "tests/devices/card_reader/pcsc_reader_fixture.h"

namespace pilotlight::devices {
namespace {

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
  EXPECT_TRUE(card.wait_for("off"));
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
  EXPECT_EQ(read_number(), 3U);
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
    EXPECT_EQ(read_number(), deed == SimulatedCard::Deed::TearAfter ? 4U : 3U);
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
  EXPECT_EQ(read_number(), 4U);
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

}  // namespace
}  // namespace pilotlight::devices
