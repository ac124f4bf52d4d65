// CSV as RFC 4180 with a header line, UTF-8, for what staff bring in. Strict: every row has every column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/base/money.h"
#include "kiosk/base/result.h"

namespace pilotlight::ledger {

struct CsvRow {
  std::size_t line = 0;  // in the file, from 1
  std::vector<std::string> fields;
};

// The rows after the header, which must be exactly `columns`. Empty lines are skipped. The error is without file name:
// "line 7: ...".
Result<std::vector<CsvRow>, Message> parse_csv(std::string_view text, const std::vector<std::string>& columns);

// "12.50" -> 1250 fen; "0.5" m3 -> 500 litres. At most the unit's decimals, no sign, at most 9 digits before the point.
Result<Money, Message> parse_yuan(std::string_view text);
Result<Volume, Message> parse_cubic_metres(std::string_view text);
Result<std::uint32_t, Message> parse_count(std::string_view text, std::uint32_t maximum);
Result<bool, Message> parse_yes_no(std::string_view text);

}  // namespace pilotlight::ledger
