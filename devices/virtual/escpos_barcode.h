// CODE128 bars. Source: ISO/IEC 15417 (symbol patterns), printer-escpos reference section 2 (GS k's escapes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

struct Bars {
  std::vector<std::uint8_t> modules;  // 1 = bar, from start to stop without quiet zones
  std::string text;
};

// GS k 73 data: begins with "{B" (code set B) and stays in it; "{{" is a brace. Nothing if it does not.
std::optional<Bars> code128(ByteView data);

}  // namespace pilotlight::cabinet
