// The line that the printer is composing: glyphs side by side until LF burns them. Source: printer-escpos section 1.
#pragma once

#include <string>
#include <vector>

#include "devices/virtual/escpos_bitmap.h"
#include "devices/virtual/escpos_paper.h"

namespace pilotlight::cabinet {

// How characters look and where the line goes; ESC @ makes a fresh one.
struct Style {
  bool bold = false;
  bool reverse = false;
  bool font_b = false;
  bool chinese_underline = false;
  bool chinese = false;       // FS & … FS .
  std::size_t underline = 0;  // dots
  std::size_t wide = 1;       // times, GS !
  std::size_t high = 1;
  std::size_t chinese_wide = 1;  // FS ! and FS W, on top of GS !
  std::size_t chinese_high = 1;
  std::size_t align = 0;          // 0 left, 1 centre, 2 right
  std::size_t line_spacing = 30;  // dots
  std::size_t gap = 0;            // ESC SP
  std::size_t left_margin = 0;
  std::size_t area = 0;  // printable dots
};

class LineBuffer {
 public:
  explicit LineBuffer(Paper& paper) : paper_(paper) {}

  bool empty() const { return cells_.empty(); }
  std::size_t position() const { return position_; }
  void move_to(std::size_t x) { position_ = x; }
  // Puts a cell at the position; a cell that does not fit in style.area burns the line first.
  void put(Bitmap cell, const std::string& text, std::size_t gap, const Style& style);
  // Burns the line and feeds to the next; an empty line only feeds. The rows moved.
  std::size_t burn(const Style& style);
  void clear();

 private:
  struct Cell {
    std::size_t x;
    Bitmap bitmap;
    std::string text;
  };
  std::string text() const;

  Paper& paper_;
  std::vector<Cell> cells_;
  std::size_t position_ = 0;
};

// The left edge of something `width` wide, aligned in the style's area.
std::size_t aligned_left(const Style& style, std::size_t width);

}  // namespace pilotlight::cabinet
