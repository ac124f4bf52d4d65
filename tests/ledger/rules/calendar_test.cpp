#include "ledger/rules/calendar.h"

#include <gtest/gtest.h>

namespace pilotlight::rules {
namespace {

TEST(Calendar, TheDayChangesAtMidnightInShanghai) {
  EXPECT_EQ(business_date(0), "1970-01-01");
  EXPECT_EQ(business_date(1'795'535'999'000), "2026-11-24");  // 23:59:59
  EXPECT_EQ(business_date(1'795'536'000'000), "2026-11-25");  // 00:00:00
}

TEST(Calendar, OnlyDatesThatExist) {
  EXPECT_EQ(day_number("1970-01-02"), 1);
  EXPECT_EQ(*day_number("2024-03-01") - *day_number("2024-02-28"), 2);
  for (const char* wrong : {"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "20261-101", "2026-11-2x"})
    EXPECT_FALSE(day_number(wrong)) << wrong;
  EXPECT_EQ(year_of("2026-11-24"), 2026);
}

}  // namespace
}  // namespace pilotlight::rules
