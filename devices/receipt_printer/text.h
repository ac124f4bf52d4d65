// Text as a receipt printer sees it: characters in a grid of columns, and their GB18030 double bytes. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/base/bytes.h"

namespace pilotlight::devices::escpos {

// UTF-8 to characters. Names and addresses come from outside: control characters become blanks, so that no text can
// carry a printer command, and broken UTF-8 becomes '?'. Never fails.
std::u32string decode_text(std::string_view utf8);

// Printable ASCII fills one column, everything else two (a Chinese glyph is 24 dots, font A is 12).
unsigned columns_of(char32_t character);
unsigned columns_of(std::u32string_view text);

// Breaks into lines of at most `columns` (>= 2): at blanks, and between Chinese characters, but no line begins with a
// closing mark such as "，" or "）". At least one line, which may be empty.
std::vector<std::u32string> wrap(std::u32string_view text, unsigned columns);

bool is_ascii(std::u32string_view text);

// Bytes for Chinese mode (FS &): ASCII as it is, the rest as GBK double bytes. Nothing if a character has none:
// four-byte GB18030 is absent from most printers, so that such a line has to go as dots.
std::optional<Bytes> to_double_bytes(std::u32string_view text);

}  // namespace pilotlight::devices::escpos
