#include "screens/format.h"

#include <gtest/gtest.h>

namespace pilotlight::screens {
namespace {

using core::Language;

TEST(Format, amounts) {
  EXPECT_EQ(amount_text(Language::Chinese, yuan(150)), "150 元");
  EXPECT_EQ(amount_text(Language::English, yuan(150)), "¥150");
  EXPECT_EQ(amount_text(Language::Chinese, Money{15050}), "150.50 元");
  EXPECT_EQ(amount_text(Language::English, Money{3}), "¥0.03");
  EXPECT_EQ(volume_text(Language::Chinese, Volume{46'290}), "46.29 立方米");
  EXPECT_EQ(volume_text(Language::English, Volume{0}), "0.00 m³");
}

TEST(Format, never_more_of_a_number_than_its_tail) {
  EXPECT_EQ(tail_text(Language::Chinese, "3303000000104217"), "尾号 4217");
  EXPECT_EQ(tail_text(Language::English, "17"), "ending 17");
}

TEST(Format, clock_of_the_company) {
  EXPECT_EQ(clock_text(1'767'576'600'000), "09:30");
  EXPECT_EQ(date_text(Language::Chinese, 1'767'576'600'000), "1月5日 星期一");
  EXPECT_EQ(date_text(Language::English, 1'767'576'600'000), "Mon 5 Jan");
  EXPECT_EQ(clock_text(1'767'628'800'000), "00:00");  // midnight in Shanghai, 16:00 UTC
}

TEST(Format, amounts_as_spoken) {
  using Clips = std::vector<std::string>;
  const auto zh = [](std::int64_t n) { return amount_clips(Language::Chinese, yuan(n)); };
  const auto en = [](std::int64_t n) { return amount_clips(Language::English, yuan(n)); };
  EXPECT_EQ(zh(0), (Clips{"number.0", "number.yuan"}));
  EXPECT_EQ(zh(10), (Clips{"number.10", "number.yuan"}));
  EXPECT_EQ(zh(100), (Clips{"number.100", "number.yuan"}));
  EXPECT_EQ(zh(105), (Clips{"number.100", "number.0", "number.5", "number.yuan"}));
  EXPECT_EQ(zh(115), (Clips{"number.100", "number.after.15", "number.yuan"}));
  EXPECT_EQ(zh(150), (Clips{"number.100", "number.50", "number.yuan"}));
  EXPECT_EQ(zh(1000), (Clips{"number.1000", "number.yuan"}));
  EXPECT_EQ(zh(1005), (Clips{"number.1000", "number.0", "number.5", "number.yuan"}));
  EXPECT_EQ(zh(1050), (Clips{"number.1000", "number.0", "number.50", "number.yuan"}));
  EXPECT_EQ(en(150), (Clips{"number.100", "number.and", "number.50", "number.yuan"}));
  EXPECT_EQ(en(1005), (Clips{"number.1000", "number.and", "number.5", "number.yuan"}));
  EXPECT_TRUE(zh(10'000).empty());
}

}  // namespace
}  // namespace pilotlight::screens
