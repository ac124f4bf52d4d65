#include "devices/virtual/escpos_text.h"

#include <stdexcept>

namespace pilotlight::cabinet {
namespace {

constexpr char32_t unknown = 0xFFFD;

iconv_t open_table(const char* name) {
  const iconv_t table = iconv_open("UTF-32LE", name);
  if (table == reinterpret_cast<iconv_t>(-1)) throw std::runtime_error(std::string("no character table ") + name);
  return table;
}

char32_t convert(iconv_t table, ByteView bytes) {
  std::string in(as_text(bytes));
  char32_t out = 0;
  char* from = in.data();
  char* to = reinterpret_cast<char*>(&out);
  std::size_t from_left = in.size();
  std::size_t to_left = sizeof out;
  iconv(table, nullptr, nullptr, nullptr, nullptr);
  const std::size_t done = iconv(table, &from, &from_left, &to, &to_left);
  return done == static_cast<std::size_t>(-1) || to_left != 0 ? unknown : out;
}

}  // namespace

TextTables::TextTables() : gb18030_(open_table("GB18030")), cp437_(open_table("CP437")) {}

TextTables::~TextTables() {
  iconv_close(gb18030_);
  iconv_close(cp437_);
}

char32_t TextTables::chinese(ByteView bytes) { return convert(gb18030_, bytes); }

char32_t TextTables::western(std::uint8_t byte) { return convert(cp437_, {&byte, 1}); }

std::size_t chinese_length(ByteView bytes) {
  if (bytes.empty()) return 0;
  if (bytes[0] < 0x81 || bytes[0] > 0xFE) return 1;
  if (bytes.size() < 2) return 0;
  const bool four = bytes[1] >= 0x30 && bytes[1] <= 0x39;
  if (!four) return 2;
  return bytes.size() < 4 ? 0 : 4;
}

void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](char32_t byte) { text.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6);
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
    put(0x80 | (c & 0x3F));
  }
}

}  // namespace pilotlight::cabinet
