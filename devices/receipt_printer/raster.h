// Dots: lines of text drawn with a font of our own, for what the printer's font does not hold, and QR codes.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "devices/receipt_printer/receipt_printer.h"
#include "devices/receipt_printer/text.h"
#include "kiosk/base/result.h"

namespace pilotlight::devices::escpos {

// Where one piece of text stands on a drawn line.
struct DrawnText {
  std::u32string_view text;
  unsigned column = 0;  // of the line's grid; a column is 12 x size dots wide
};

// Draws text in the same grid as the printer's own font, so that drawn and printed lines stand under each other.
// One owner, one thread.
class TextRaster {
 public:
  // The Chinese monospaced face of the installed Noto Sans CJK collection. Fails when the font is missing.
  static Result<TextRaster, Message> open();
  TextRaster(TextRaster&&) noexcept;
  TextRaster& operator=(TextRaster&&) noexcept;
  ~TextRaster();

  // One line over the whole width, 30 x size rows. size 1 or 2.
  Picture draw(const DrawnText& first, const DrawnText& second, unsigned size, bool bold, std::uint16_t width_dots);

 private:
  struct Face;
  explicit TextRaster(std::unique_ptr<Face> face);
  std::unique_ptr<Face> face_;
};

// Model 2, level M, with a quiet zone of four modules. Nothing if the payload does not fit any version.
struct QrModules {
  unsigned size = 0;  // modules a side, without the quiet zone
  Bytes dark;         // size x size, 1 = dark
};
Result<QrModules, Message> make_qr(std::string_view payload);

// The largest module (3..6 dots) with which the code and its quiet zone fit the paper; 0 if none does.
unsigned qr_module_dots(unsigned modules, std::uint16_t width_dots);

Picture draw_qr(const QrModules& modules, unsigned module_dots);

}  // namespace pilotlight::devices::escpos
