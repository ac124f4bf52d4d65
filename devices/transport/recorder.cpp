#include "devices/transport/recorder.h"

#include <charconv>

namespace pilotlight::devices {
namespace {

// Cuts the text up to the next blank off the front of `line`.
std::string_view next_word(std::string_view& line) {
  const std::size_t blank = line.find(' ');
  const std::string_view word = line.substr(0, blank);
  line.remove_prefix(blank == std::string_view::npos ? line.size() : blank + 1);
  return word;
}

}  // namespace

std::string to_record_line(std::int64_t steady_ms, std::string_view transport, Direction direction, ByteView bytes) {
  std::string line = std::to_string(steady_ms);
  line.append(" ").append(transport).append(direction == Direction::In ? " < " : " > ").append(to_hex(bytes));
  return line;
}

std::optional<RecordedBytes> parse_record_line(std::string_view line) {
  RecordedBytes record;
  const std::string_view time = next_word(line);
  const auto [end, error] = std::from_chars(time.data(), time.data() + time.size(), record.steady_ms);
  if (error != std::errc() || end != time.data() + time.size()) return std::nullopt;
  record.transport = next_word(line);
  if (record.transport.empty()) return std::nullopt;
  const std::string_view arrow = next_word(line);
  if (arrow != "<" && arrow != ">") return std::nullopt;
  record.direction = arrow == "<" ? Direction::In : Direction::Out;
  auto bytes = from_hex(line);
  if (!bytes || bytes->empty()) return std::nullopt;
  record.bytes = std::move(*bytes);
  return record;
}

}  // namespace pilotlight::devices
