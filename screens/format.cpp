#include "screens/format.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace pilotlight::screens {

using core::Language;

std::string amount_digits(Money amount) {
  return amount.fen % 100 == 0 ? std::to_string(amount.fen / 100) : to_decimal(amount);
}

std::string amount_text(Language language, Money amount) {
  return language == Language::English ? "¥" + amount_digits(amount) : amount_digits(amount) + " 元";
}

std::string volume_text(Language language, Volume volume) {
  return to_cubic_metres(volume) + (language == Language::English ? " m³" : " 立方米");
}

std::string tail_text(Language language, const std::string& number) {
  const std::string tail = number.size() > 4 ? number.substr(number.size() - 4) : number;
  return (language == Language::English ? "ending " : "尾号 ") + tail;
}

namespace {

std::tm china_time(std::int64_t wall_ms) {
  const std::time_t seconds = static_cast<std::time_t>(wall_ms / 1000 + 8 * 3600);
  std::tm broken{};
  gmtime_r(&seconds, &broken);
  return broken;
}

}  // namespace

std::string clock_text(std::int64_t wall_ms) {
  const std::tm t = china_time(wall_ms);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", t.tm_hour, t.tm_min);
  return text.data();
}

std::string date_text(Language language, std::int64_t wall_ms) {
  static constexpr std::array<const char*, 7> chinese_days = {"日", "一", "二", "三", "四", "五", "六"};
  static constexpr std::array<const char*, 7> english_days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm t = china_time(wall_ms);
  const auto day = static_cast<std::size_t>(t.tm_wday);
  const auto month = static_cast<std::size_t>(t.tm_mon);
  if (language == Language::English)
    return std::string(english_days[day]) + " " + std::to_string(t.tm_mday) + " " + months[month];
  return std::to_string(t.tm_mon + 1) + "月" + std::to_string(t.tm_mday) + "日 星期" + chinese_days[day];
}

std::vector<std::string> amount_clips(Language language, Money amount) {
  const std::int64_t number = amount.fen / 100;
  if (number < 0 || number > 9999) return {};
  const std::int64_t thousands = number / 1000, hundreds = number / 100 % 10, rest = number % 100;
  const bool english = language == Language::English;
  std::vector<std::string> clips;
  if (thousands > 0) clips.push_back("number." + std::to_string(thousands * 1000));
  if (hundreds > 0) clips.push_back("number." + std::to_string(hundreds * 100));
  if (rest > 0 || number == 0) {
    const bool gap = thousands > 0 && hundreds == 0;
    if (english && number > 100)
      clips.push_back("number.and");
    else if (!english && number > 100 && (rest < 10 || gap))
      clips.push_back("number.0");
    // After a hundred, ten is "one ten" in Chinese: yi1 bai3 yi1 shi2.
    const bool one_ten = !english && number > 100 && rest >= 10 && rest < 20;
    clips.push_back((one_ten ? "number.after." : "number.") + std::to_string(rest));
  }
  clips.push_back("number.yuan");
  return clips;
}

}  // namespace pilotlight::screens
