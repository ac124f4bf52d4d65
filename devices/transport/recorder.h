// The text form of what passed a transport, one line per chunk of bytes, for demo traces and for replay in tests:
//
//   12034 acceptor < 7f8003f0ef06dbca
//
// steady_ms, the transport's name, < from the device or > to the device, the bytes in hex.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "devices/transport/transport.h"

namespace pilotlight::devices {

struct RecordedBytes {
  std::int64_t steady_ms = 0;
  std::string transport;  // no blanks
  Direction direction = Direction::In;
  Bytes bytes;
  bool operator==(const RecordedBytes&) const = default;
};

// Without a line end.
std::string to_record_line(std::int64_t steady_ms, std::string_view transport, Direction direction, ByteView bytes);
// Nothing if the line does not have exactly that form.
std::optional<RecordedBytes> parse_record_line(std::string_view line);

}  // namespace pilotlight::devices
