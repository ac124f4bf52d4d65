#include "devices/note_acceptor/ssp/replies.h"

#include <algorithm>

namespace pilotlight::devices::ssp {
namespace {

constexpr std::size_t kMostChannels = 16;  // SET INHIBITS has 16 bits
constexpr std::uint8_t kLowestProtocol = 6;
constexpr std::uint8_t kHighestProtocol = 8;

std::uint32_t big_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

std::uint32_t little_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8 | bytes[i - 1];
  return value;
}

std::string text(ByteView bytes) { return std::string(as_text(bytes)); }

// How the data of a poll event is laid out.
enum class Layout { Nothing, Channel, List, ListAndByte, PairList, OneAmount, Unknown };

Layout layout_of(std::uint8_t code) {
  switch (code) {
    case 0xF1:
    case 0xCC:
    case 0xEB:
    case 0xED:
    case 0xEC:
    case 0xEA:
    case 0xE9:
    case 0xE8:
    case 0xE7:
    case 0xE3:
    case 0xE4:
    case 0xE5:
    case 0xD1:
    case 0xE0:
    case 0xB5:
    case 0xB6:
    case 0xDB:  // report-by-value stays switched off, so no data
    case 0xC2:
    case 0xC3:
    case 0xB0:
    case 0xC6:
    case 0xC7:
    case 0xC8:
    case 0xCF:
    case 0xC0:
      return Layout::Nothing;
    case 0xEF:
    case 0xEE:
    case 0xE6:
    case 0xE1:
    case 0xE2:
      return Layout::Channel;
    case 0xDA:
    case 0xD2:
    case 0xD5:
    case 0xD6:
    case 0xD7:
    case 0xD8:
    case 0xD9:
    case 0xB3:
    case 0xB4:
    case 0xBF:
      return Layout::List;
    case 0xB1:
      return Layout::ListAndByte;
    case 0xDC:
    case 0xDD:
      return Layout::PairList;
    case 0xC9:
    case 0xCE:
    case 0xCA:
    case 0xCB:
    case 0xCD:
      return Layout::OneAmount;
    default:
      return Layout::Unknown;
  }
}

// Length of an event's data; `rest` starts behind its code. Nothing if the count byte is missing.
std::optional<std::size_t> data_length(Layout layout, ByteView rest) {
  constexpr std::size_t amount = 7;  // value 4, currency 3
  constexpr std::size_t pair = 11;   // value done 4, value asked 4, currency 3
  switch (layout) {
    case Layout::Nothing:
    case Layout::Unknown:
      return 0;
    case Layout::Channel:
      return 1;
    case Layout::OneAmount:
      return amount;
    case Layout::List:
    case Layout::ListAndByte:
    case Layout::PairList:
      break;
  }
  if (rest.empty()) return std::nullopt;
  const std::size_t count = rest[0];
  if (layout == Layout::PairList) return 1 + count * pair;
  return 1 + count * amount + (layout == Layout::ListAndByte ? 1 : 0);
}

}  // namespace

Result<Setup, ReplyError> parse_setup(ByteView data) {
  constexpr std::size_t head = 12;
  if (data.size() < head) return fail(ReplyError::TooShort);
  const std::size_t n = data[11];
  if (n == 0 || n > kMostChannels) return fail(ReplyError::OutOfRange);
  if (data.size() < 16 + 2 * n) return fail(ReplyError::TooShort);
  Setup setup;
  setup.unit_type = data[0];
  setup.firmware = text(data.subspan(1, 4));
  setup.currency = text(data.subspan(5, 3));
  setup.protocol = data[15 + 2 * n];
  if (setup.protocol < kLowestProtocol || setup.protocol > kHighestProtocol) return fail(ReplyError::OutOfRange);
  if (data.size() < 16 + 9 * n) return fail(ReplyError::TooShort);
  if (data.size() > 16 + 9 * n) return fail(ReplyError::TooLong);
  const std::int64_t minor_units = big_endian(data.subspan(12 + 2 * n, 3));
  for (std::size_t i = 0; i < n; ++i) {
    const std::int64_t whole_units = little_endian(data.subspan(16 + 5 * n + 4 * i, 4));
    setup.channels.push_back({Money{whole_units * minor_units}, text(data.subspan(16 + 2 * n + 3 * i, 3))});
  }
  return setup;
}

Result<std::string, ReplyError> parse_serial(ByteView data) {
  if (data.size() < 4) return fail(ReplyError::TooShort);
  if (data.size() > 4) return fail(ReplyError::TooLong);
  return std::to_string(big_endian(data));
}

Result<std::uint32_t, ReplyError> parse_stacked_counter(ByteView data) {
  if (data.empty()) return fail(ReplyError::TooShort);
  const std::size_t count = data[0];
  if (count == 0) return fail(ReplyError::OutOfRange);
  if (data.size() < 1 + 4 * count) return fail(ReplyError::TooShort);
  if (data.size() > 1 + 4 * count) return fail(ReplyError::TooLong);
  return little_endian(data.subspan(1, 4));
}

PollReply parse_poll(ByteView data) {
  PollReply reply;
  while (!data.empty()) {
    const std::uint8_t code = data[0];
    const Layout layout = layout_of(code);
    if (layout == Layout::Unknown) {
      reply.error = ReplyError::UnknownEvent;
      return reply;
    }
    data = data.subspan(1);
    const auto length = data_length(layout, data);
    if (!length || *length > data.size()) {
      reply.error = ReplyError::TooShort;
      return reply;
    }
    reply.events.push_back({code, layout == Layout::Channel ? data[0] : std::uint8_t{0}});
    data = data.subspan(*length);
  }
  return reply;
}

}  // namespace pilotlight::devices::ssp
