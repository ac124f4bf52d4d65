// From the bytes on the line to characters. Source: printer-escpos reference section 1.
#pragma once

#include <iconv.h>

#include <string>
#include <string_view>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

// The printer's two tables: GB18030 (Chinese mode) and code page 437.
class TextTables {
 public:
  TextTables();
  ~TextTables();
  TextTables(const TextTables&) = delete;
  TextTables& operator=(const TextTables&) = delete;

  // One character of one, two or four bytes; U+FFFD if the table has none.
  char32_t chinese(ByteView bytes);
  char32_t western(std::uint8_t byte);

 private:
  iconv_t gb18030_;
  iconv_t cp437_;
};

// Bytes of the character that begins with `lead` in Chinese mode: 1, 2, or 4 when the second byte is a digit; 0 = more
// bytes are needed to say.
std::size_t chinese_length(ByteView bytes);

void append_utf8(std::string& text, char32_t character);

}  // namespace pilotlight::cabinet
