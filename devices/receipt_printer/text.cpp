#include "devices/receipt_printer/text.h"

#include <iconv.h>

#include <array>
#include <cstdint>

namespace pilotlight::devices::escpos {
namespace {

constexpr char32_t blank = U' ';

// The length a lead byte announces, 0 if it cannot lead.
unsigned sequence_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead < 0xE0) return 2;
  if (lead >= 0xE0 && lead < 0xF0) return 3;
  if (lead >= 0xF0 && lead < 0xF5) return 4;
  return 0;
}

// Reads one character at `at` and moves on; '?' for what is not UTF-8 (one byte is skipped then).
char32_t next_character(ByteView bytes, std::size_t& at) {
  const std::uint8_t lead = bytes[at];
  const unsigned length = sequence_length(lead);
  if (length == 1) {
    ++at;
    return lead;
  }
  if (length == 0 || at + length > bytes.size()) {
    ++at;
    return U'?';
  }
  char32_t value = lead & (0xFFu >> (length + 1));
  for (unsigned i = 1; i < length; ++i) {
    const std::uint8_t next = bytes[at + i];
    if ((next & 0xC0) != 0x80) {
      ++at;
      return U'?';
    }
    value = (value << 6) | (next & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
    ++at;
    return U'?';
  }
  at += length;
  return value;
}

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

// Marks that may not stand at the start of a line.
bool closes(char32_t c) {
  constexpr std::u32string_view marks = U"，。、；：？！）】》”’,.;:?!)";
  return marks.find(c) != marks.npos;
}

// Marks that may not stand at the end of one.
bool opens(char32_t c) {
  constexpr std::u32string_view marks = U"（《【“‘([";
  return marks.find(c) != marks.npos;
}

bool may_break(std::u32string_view text, std::size_t at) {
  if (at == 0 || at >= text.size()) return false;
  if (closes(text[at]) || opens(text[at - 1])) return false;
  return text[at - 1] == blank || columns_of(text[at - 1]) == 2 || columns_of(text[at]) == 2;
}

// Code page 936 rather than GB18030: the same double bytes, without the characters that only GB18030 added, which older
// printers lack.
class Converter {
 public:
  Converter() : converter_(iconv_open("CP936", "UTF-32LE")) {}
  ~Converter() {
    if (is_open()) iconv_close(converter_);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;
  bool is_open() const { return converter_ != reinterpret_cast<iconv_t>(-1); }

  bool append(char32_t character, Bytes& to) {
    std::array<char, 4> in{};
    for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<char>((character >> (8 * i)) & 0xFF);
    std::array<char, 8> out{};
    char* from = in.data();
    char* into = out.data();
    std::size_t in_left = in.size();
    std::size_t out_left = out.size();
    if (iconv(converter_, &from, &in_left, &into, &out_left) == static_cast<std::size_t>(-1)) return false;
    if (out.size() - out_left != 2) return false;
    to.push_back(static_cast<std::uint8_t>(out[0]));
    to.push_back(static_cast<std::uint8_t>(out[1]));
    return true;
  }

 private:
  iconv_t converter_;
};

}  // namespace

std::u32string decode_text(std::string_view utf8) {
  const ByteView bytes = as_bytes(utf8);
  std::u32string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const char32_t c = next_character(bytes, at);
    text.push_back(is_control(c) ? blank : c);
  }
  return text;
}

unsigned columns_of(char32_t character) { return character < 0x80 ? 1 : 2; }

unsigned columns_of(std::u32string_view text) {
  unsigned columns = 0;
  for (const char32_t c : text) columns += columns_of(c);
  return columns;
}

std::vector<std::u32string> wrap(std::u32string_view text, unsigned columns) {
  std::vector<std::u32string> lines;
  while (columns_of(text) > columns) {
    std::size_t fits = 0;
    unsigned used = 0;
    while (used + columns_of(text[fits]) <= columns) used += columns_of(text[fits++]);
    std::size_t cut = text[fits] == blank ? fits : 0;  // a blank may hang over the edge
    for (std::size_t at = fits; cut == 0 && at > 0; --at)
      if (may_break(text, at)) cut = at;
    if (cut == 0) cut = fits > 0 ? fits : 1;
    std::u32string_view line = text.substr(0, cut);
    while (!line.empty() && line.back() == blank) line.remove_suffix(1);
    lines.emplace_back(line);
    text.remove_prefix(cut);
    while (!text.empty() && text.front() == blank) text.remove_prefix(1);
  }
  if (!text.empty() || lines.empty()) lines.emplace_back(text);
  return lines;
}

bool is_ascii(std::u32string_view text) {
  for (const char32_t c : text)
    if (c >= 0x80) return false;
  return true;
}

std::optional<Bytes> to_double_bytes(std::u32string_view text) {
  Bytes bytes;
  std::optional<Converter> converter;
  for (const char32_t c : text) {
    if (c < 0x80) {
      bytes.push_back(static_cast<std::uint8_t>(c));
      continue;
    }
    if (!converter) converter.emplace();
    if (!converter->is_open() || !converter->append(c, bytes)) return std::nullopt;
  }
  return bytes;
}

}  // namespace pilotlight::devices::escpos
