#include "ledger/wire/receipt_code.h"

#include <algorithm>
#include <limits>

#include "kiosk/base/check.h"

namespace pilotlight::wire {

namespace {

constexpr std::uint8_t code_version = 1;
constexpr std::size_t terminal_maximum = 16;
constexpr std::size_t signed_text_maximum = 512;
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

bool letter_or_digit(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool good_terminal(std::string_view terminal) {
  return !terminal.empty() && terminal.size() <= terminal_maximum &&
         std::all_of(terminal.begin(), terminal.end(), letter_or_digit);
}

void put_number(Bytes& out, std::int64_t number) {
  CHECK(number >= 0);
  auto rest = static_cast<std::uint64_t>(number);
  while (rest >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(rest | 0x80));
    rest >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(rest));
}

// Takes bytes from the front; once something is wrong it stays wrong and gives zeros.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}

  std::uint8_t byte() {
    if (rest_.empty()) good_ = false;
    if (!good_) return 0;
    const std::uint8_t value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }

  ByteView bytes(std::size_t count) {
    if (rest_.size() < count) good_ = false;
    if (!good_) return {};
    const ByteView value = rest_.first(count);
    rest_ = rest_.subspan(count);
    return value;
  }

  // Nine groups of seven bits hold every int64 that is not negative.
  std::int64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      const std::uint8_t group = byte();
      value |= static_cast<std::uint64_t>(group & 0x7F) << shift;
      if ((group & 0x80) != 0) continue;
      if (group == 0 && shift > 0) good_ = false;  // not the shortest form
      return good_ ? static_cast<std::int64_t>(value) : 0;
    }
    good_ = false;
    return 0;
  }

  bool finished() const { return good_ && rest_.empty(); }

 private:
  ByteView rest_;
  bool good_ = true;
};

}  // namespace

std::string to_base64url(ByteView bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = (bits << 8) | byte;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text.push_back(alphabet[(bits >> count) & 0x3F]);
    }
  }
  if (count > 0) text.push_back(alphabet[(bits << (6 - count)) & 0x3F]);
  return text;
}

std::optional<Bytes> from_base64url(std::string_view text) {
  if (text.size() % 4 == 1) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char c : text) {
    const auto place = alphabet.find(c);
    if (place == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<std::uint32_t>(place);
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> count));
    }
  }
  if ((bits & ((1U << count) - 1)) != 0) return std::nullopt;
  return bytes;
}

std::string receipt_payload(std::string_view terminal, const Document& document) {
  CHECK(good_terminal(terminal));
  Bytes out{code_version, static_cast<std::uint8_t>(terminal.size())};
  const ByteView name = as_bytes(terminal);
  out.insert(out.end(), name.begin(), name.end());
  out.push_back(static_cast<std::uint8_t>(document.kind));
  put_number(out, document.number);
  put_number(out, document.wall_ms);
  put_number(out, document.tendered.fen);
  put_number(out, document.cost.fen);
  put_number(out, document.credited.fen);
  put_number(out, document.volume.litres);
  out.insert(out.end(), document.top_up.bytes.begin(), document.top_up.bytes.end());
  return to_base64url(out);
}

std::optional<ReceiptCode> parse_receipt_payload(std::string_view payload) {
  if (payload.size() > signed_text_maximum) return std::nullopt;
  const auto bytes = from_base64url(payload);
  if (!bytes) return std::nullopt;
  Reader reader(*bytes);
  ReceiptCode code;
  if (reader.byte() != code_version) return std::nullopt;
  code.terminal = as_text(reader.bytes(reader.byte()));
  if (!good_terminal(code.terminal)) return std::nullopt;
  const std::uint8_t kind = reader.byte();
  if (kind >= enum_count<DocumentKind>()) return std::nullopt;
  code.kind = static_cast<DocumentKind>(kind);
  const std::int64_t number = reader.number();
  if (number > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  code.number = static_cast<std::uint32_t>(number);
  code.wall_ms = reader.number();
  code.tendered.fen = reader.number();
  code.cost.fen = reader.number();
  code.credited.fen = reader.number();
  code.volume.litres = reader.number();
  const ByteView top_up = reader.bytes(code.top_up.bytes.size());
  if (!reader.finished()) return std::nullopt;
  std::copy(top_up.begin(), top_up.end(), code.top_up.bytes.begin());
  return code;
}

std::string receipt_url(std::string_view public_url, std::string_view payload, ByteView signature) {
  while (public_url.ends_with('/')) public_url.remove_suffix(1);
  std::string url(public_url);
  url += "/r?d=";
  url += payload;
  url += '.';
  url += to_base64url(signature);
  return url;
}

std::optional<SignedReceipt> parse_signed_receipt(std::string_view d) {
  if (d.size() > signed_text_maximum) return std::nullopt;
  const auto dot = d.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  auto signature = from_base64url(d.substr(dot + 1));
  if (!signature || signature->empty()) return std::nullopt;
  return SignedReceipt{std::string(d.substr(0, dot)), std::move(*signature)};
}

}  // namespace pilotlight::wire
