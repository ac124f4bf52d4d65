#include "tests/simulation/town.h"

#include <gtest/gtest.h>

#include "tests/simulation/campaign.h"
#include "tests/simulation/terminal_site.h"

namespace pilotlight::simulation {
namespace {

TownOptions town(std::uint64_t seed) {
  TownOptions options;
  options.seed = seed;
  options.visits = 20;
  options.faults = *parse_faults("all");
  return options;
}

struct TownTest : testing::Test {
  static void SetUpTestSuite() {
    prepare_process();
    ASSERT_TRUE(load_receipts(SOURCE_DIR "/assets"));
  }
};

TEST_F(TownTest, NoFaultNoLossAndEverybodyIsServed) {
  TownOptions options = town(1);
  options.faults.clear();
  const TownReport report = play(options);
  EXPECT_FALSE(report.violation) << report.violation->law << ": " << report.violation->detail;
  EXPECT_GT(report.endings[static_cast<std::size_t>(wire::Ending::Delivered)], 5U);
  EXPECT_EQ(report.endings[static_cast<std::size_t>(wire::Ending::HandedToStaff)], 0U);
}

TEST_F(TownTest, NoLawIsBrokenWithEverythingGoingWrong) {
  for (std::uint64_t seed = 100; seed < 112; ++seed) {
    const TownReport report = play(town(seed));
    EXPECT_FALSE(report.violation) << "seed " << seed << ": " << report.violation->law << ": "
                                   << report.violation->detail;
  }
}

TEST_F(TownTest, TheSameSeedIsTheSameStory) {
  const TownReport once = play(town(7));
  const TownReport twice = play(town(7));
  EXPECT_EQ(once.hash, twice.hash);
  EXPECT_EQ(once.sessions, twice.sessions);
  EXPECT_NE(once.hash, play(town(8)).hash);
}

// The auditor must be able to say no: a disk that forgets what it called durable loses money at the first power cut.
TEST_F(TownTest, ADiskThatLiesIsCaught) {
  unsigned caught = 0;
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    TownOptions options = town(seed);
    options.faults = {Fault::TerminalPower};
    options.faulty_percent = 100;
    options.lying_disks = true;
    if (play(options).violation) ++caught;
  }
  EXPECT_GE(caught, 6U);
}

TEST(Faults, AreChosenByName) {
  EXPECT_EQ(parse_faults("none")->size(), 0U);
  EXPECT_EQ(parse_faults("all")->size(), fault_count);
  EXPECT_EQ(*parse_faults("NoteJam,ReplyLost"), (std::set{Fault::NoteJam, Fault::ReplyLost}));
  EXPECT_FALSE(parse_faults("NoteJam,Nonsense"));
}

TEST(Seeds, AreOneOrARange) {
  EXPECT_EQ(*parse_seeds("3..17"), (std::pair<std::uint64_t, std::uint64_t>(3, 17)));
  EXPECT_EQ(*parse_seeds("4"), (std::pair<std::uint64_t, std::uint64_t>(4, 4)));
  for (const char* wrong : {"", "..", "3..", "9..3", "x"}) EXPECT_FALSE(parse_seeds(wrong)) << wrong;
}

}  // namespace
}  // namespace pilotlight::simulation
