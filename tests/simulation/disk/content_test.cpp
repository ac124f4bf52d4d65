// What a power cut leaves of one file, byte by byte.
#include "tests/simulation/disk/content.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pilotlight::simulation {
namespace {

using File = std::vector<std::uint8_t>;

void write(Content& content, std::uint8_t byte, std::size_t size, std::size_t at) {
  const File bytes(size, byte);
  content.write(bytes.data(), size, at);
}

TEST(Content, DurableIsWhatTheLastSyncLeft) {
  Chance chance(3);
  Content content("a");
  File synced;
  for (int round = 0; round < 2000; ++round) {
    for (std::int64_t i = chance.between(0, 6); i > 0; --i) {
      const auto at = static_cast<std::size_t>(chance.below(5000));
      if (chance.one_in(5))
        content.truncate(at);
      else
        write(content, static_cast<std::uint8_t>(chance.next()), static_cast<std::size_t>(chance.below(2000)), at);
    }
    EXPECT_EQ(content.durable(), synced);
    const bool sync = chance.one_in(2);
    if (sync) content.make_durable();
    if (!sync) content.crash(chance, chance.one_in(2) ? Crash::LoseAll : Crash::Random);
    EXPECT_EQ(content.durable(), content.visible());
    synced = content.visible();
  }
}

TEST(Content, SectorsSurviveAloneWholeOrTornAndNothingElseChanges) {
  Chance chance(5);
  bool lost = false, kept = false, torn = false, later_only = false;
  for (int round = 0; round < 500; ++round) {
    Content content("a");
    write(content, 1, 4096, 0);
    content.make_durable();
    write(content, 2, 2000, 300);
    write(content, 3, 100, 3000);
    content.crash(chance, Crash::Random);
    const File& file = content.visible();
    ASSERT_EQ(file.size(), 4096U);
    ASSERT_TRUE(std::all_of(file.begin(), file.begin() + 300, [](auto b) { return b == 1; }));
    ASSERT_TRUE(std::all_of(file.begin() + 3100, file.end(), [](auto b) { return b == 1; }));
    const auto second = file.begin() + 512;
    const auto twos = std::find(second, second + 512, 1) - second;
    ASSERT_EQ(std::count(second, second + 512, 2), twos) << "a prefix";
    lost |= twos == 0;
    kept |= twos == 512;
    torn |= twos > 0 && twos < 512;
    later_only |= file[300] == 1 && file[512] == 1 && file[3000] == 3;
  }
  EXPECT_TRUE(lost && kept && torn && later_only);
}

TEST(Content, WhatIsLongNotSyncedIsWrittenBackOldestFirst) {
  Content content("a");
  for (std::size_t i = 0; i < 3 * Content::most_changes; ++i) write(content, static_cast<std::uint8_t>(i), 10, i % 50);
  content.truncate(5);
  const File durable = content.durable();
  EXPECT_EQ(durable.size(), 59U);
  Chance chance(1);
  content.crash(chance, Crash::LoseAll);
  EXPECT_EQ(content.visible(), durable);
}

TEST(Chance, RepeatsItselfAndForksIndependently) {
  Chance a(42), b(42);
  EXPECT_EQ(a.next(), b.next());
  EXPECT_EQ(a.next(), 6990951692964543102U);
  EXPECT_EQ(a.fork("x").next(), Chance(42).fork("x").next());
  EXPECT_NE(a.fork("x").next(), a.fork("y").next());
  EXPECT_NE(a.fork("x").next(), Chance(43).fork("x").next());
  int low = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::int64_t drawn = a.between(-3, 3);
    ASSERT_TRUE(drawn >= -3 && drawn <= 3);
    low += drawn == -3;
    ASSERT_LT(a.below(7), 7U);
  }
  EXPECT_NEAR(low, 10'000 / 7, 150);
  EXPECT_FALSE(a.percent(0));
  EXPECT_TRUE(a.percent(100) && a.one_in(1));
  a.between(INT64_MIN, INT64_MAX);
}

}  // namespace
}  // namespace pilotlight::simulation
