// A page as the bytes of an ESC/POS receipt printer (commands as in Epson's TM series reference, which others follow).
// Pure apart from the font it draws with: no I/O, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "devices/receipt_printer/raster.h"
#include "devices/receipt_printer/receipt_printer.h"
#include "kiosk/base/result.h"

namespace pilotlight::devices::escpos {

struct Paper {
  std::uint16_t width_dots = 576;  // 240..832; a column of text is 12 dots
  bool chinese_font = true;
  bool qr_command = true;
};

// The last bytes are the cut and the end-of-job marker GS r 1, whose answer says that all before it was carried out.
struct EncodedPage {
  Bytes bytes;
  std::vector<std::size_t> breaks;  // ascending; between commands, where a real-time query may be put in; last = size
  std::size_t content = 0;          // before this offset nothing leaves a mark on the paper
};

// Fails for a picture or QR code that does not fit the paper, and for a picture whose bits are not of its size.
Result<EncodedPage, Message> encode(const Page& page, const Paper& paper, TextRaster& raster);

}  // namespace pilotlight::devices::escpos
