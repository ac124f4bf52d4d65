#include "ledger/rules/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "kiosk/base/check.h"

namespace pilotlight::rules {

std::string business_date(std::int64_t wall_ms) {
  using namespace std::chrono;
  const sys_time<milliseconds> local{milliseconds{wall_ms} + hours{8}};
  const year_month_day date{floor<days>(local)};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::optional<std::int64_t> day_number(std::string_view date) {
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return std::nullopt;
  unsigned parts[3] = {0, 0, 0};
  for (std::size_t i = 0; i < date.size(); ++i) {
    if (i == 4 || i == 7) continue;
    if (date[i] < '0' || date[i] > '9') return std::nullopt;
    unsigned& part = parts[i < 4 ? 0 : i < 7 ? 1 : 2];
    part = part * 10 + static_cast<unsigned>(date[i] - '0');
  }
  using namespace std::chrono;
  const year_month_day day{year{static_cast<int>(parts[0])}, month{parts[1]}, std::chrono::day{parts[2]}};
  if (!day.ok()) return std::nullopt;
  return sys_days{day}.time_since_epoch().count();
}

int year_of(std::string_view date) {
  CHECK(date.size() == 10);
  int value = 0;
  for (const char c : date.substr(0, 4)) value = value * 10 + (c - '0');
  return value;
}

}  // namespace pilotlight::rules
