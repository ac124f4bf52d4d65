// The printer's character generator: glyphs in cells of dots, made by FreeType from the CJK font.
#pragma once

#include <memory>

#include "devices/virtual/config.h"
#include "devices/virtual/escpos_bitmap.h"

namespace pilotlight::cabinet {

class DotFont {
 public:
  // Throws std::runtime_error if a font file cannot be opened.
  explicit DotFont(const PrinterConfig& config);
  ~DotFont();

  // A glyph in a cell. `full_width`: the em square is as wide as the cell (Chinese); otherwise the cell is half of it.
  // An unknown character is a box. Not thread-safe.
  Bitmap glyph(char32_t character, std::size_t cell_width, std::size_t cell_height, bool full_width, bool bold);

 private:
  struct Faces;
  std::unique_ptr<Faces> faces_;
};

// An empty box of the cell's size: what a printer prints for a character that it has not.
Bitmap missing_glyph(std::size_t cell_width, std::size_t cell_height);

}  // namespace pilotlight::cabinet
