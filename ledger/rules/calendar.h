// Dates of the company's time zone (Asia/Shanghai: UTC+8, no summer time since 1991).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pilotlight::rules {

// "2026-11-24" for milliseconds since 1970 UTC.
std::string business_date(std::int64_t wall_ms);

// Days since 1970-01-01 of "2026-11-24"; nothing unless it is a date that exists.
std::optional<std::int64_t> day_number(std::string_view date);

// 2026 for "2026-11-24". Requires a valid date.
int year_of(std::string_view date);

}  // namespace pilotlight::rules
