#include "ledger/store/csv.h"

#include <algorithm>
#include <optional>

namespace pilotlight::ledger {
namespace {

Message at_line(std::size_t line, const std::string& what) {
  return Message{"line " + std::to_string(line) + ": " + what};
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") text_.remove_prefix(3);
  }

  bool at_end() const { return at_ >= text_.size(); }
  std::size_t line() const { return line_; }

  // One record; quoted fields may hold line ends.
  Result<CsvRow, Message> next() {
    CsvRow row;
    row.line = line_;
    while (true) {
      auto field = next_field();
      if (!field) return fail(field.error());
      row.fields.push_back(std::move(*field));
      if (at_end()) return row;
      const char separator = text_[at_];
      if (separator == ',') {
        ++at_;
        continue;
      }
      if (separator == '\r') ++at_;
      if (!at_end() && text_[at_] == '\n') {
        ++at_;
        ++line_;
        return row;
      }
      if (at_end()) return row;
      return fail(at_line(line_, "a comma or line end is expected after a quoted field"));
    }
  }

 private:
  Result<std::string, Message> next_field() {
    if (at_end() || text_[at_] != '"') {
      const std::size_t end = std::min(text_.find_first_of(",\r\n", at_), text_.size());
      std::string field(text_.substr(at_, end - at_));
      at_ = end;
      if (field.find('"') != std::string::npos) return fail(at_line(line_, "a quote inside an unquoted field"));
      return field;
    }
    const std::size_t start = line_;
    std::string field;
    for (++at_; !at_end(); ++at_) {
      if (text_[at_] == '"') {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != '"') {
          ++at_;
          return field;
        }
        ++at_;
      }
      if (text_[at_] == '\n') ++line_;
      field += text_[at_];
    }
    return fail(at_line(start, "a quoted field is not closed"));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
};

std::string joined(const std::vector<std::string>& columns) {
  std::string text;
  for (const std::string& column : columns) text += (text.empty() ? "" : ",") + column;
  return text;
}

// Digits with at most `decimals` after the point, in units of the last decimal.
std::optional<std::int64_t> fixed_point(std::string_view text, std::size_t decimals) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  const std::string_view part = point < text.size() ? text.substr(point + 1) : std::string_view();
  if (whole.empty() || whole.size() > 9 || part.size() > decimals || (point < text.size() && part.empty()))
    return std::nullopt;
  std::int64_t value = 0;
  for (const char c : std::string(whole) + std::string(part) + std::string(decimals - part.size(), '0')) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

Result<std::vector<CsvRow>, Message> parse_csv(std::string_view text, const std::vector<std::string>& columns) {
  Reader reader(text);
  auto header = reader.next();
  if (!header) return fail(header.error());
  if (header->fields != columns) return fail(at_line(1, "the header must be: " + joined(columns)));
  std::vector<CsvRow> rows;
  while (!reader.at_end()) {
    auto row = reader.next();
    if (!row) return fail(row.error());
    if (row->fields.size() == 1 && row->fields[0].empty()) continue;
    if (row->fields.size() != columns.size())
      return fail(at_line(row->line, std::to_string(columns.size()) + " fields expected, " +
                                         std::to_string(row->fields.size()) + " found"));
    rows.push_back(std::move(*row));
  }
  return rows;
}

Result<Money, Message> parse_yuan(std::string_view text) {
  const auto fen = fixed_point(text, 2);
  if (!fen) return fail(Message{"an amount in yuan such as 12.50 is expected, not '" + std::string(text) + "'"});
  return Money{*fen};
}

Result<Volume, Message> parse_cubic_metres(std::string_view text) {
  const auto litres = fixed_point(text, 3);
  if (!litres) return fail(Message{"a volume in m3 such as 300 or 0.5 is expected, not '" + std::string(text) + "'"});
  return Volume{*litres};
}

Result<std::uint32_t, Message> parse_count(std::string_view text, std::uint32_t maximum) {
  const auto value = fixed_point(text, 0);
  if (!value || *value > maximum)
    return fail(
        Message{"a whole number up to " + std::to_string(maximum) + " is expected, not '" + std::string(text) + "'"});
  return static_cast<std::uint32_t>(*value);
}

Result<bool, Message> parse_yes_no(std::string_view text) {
  if (text == "yes") return true;
  if (text == "no") return false;
  return fail(Message{"yes or no is expected, not '" + std::string(text) + "'"});
}

}  // namespace pilotlight::ledger
