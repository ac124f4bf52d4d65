#include "devices/virtual/escpos_line.h"

#include <algorithm>

namespace pilotlight::cabinet {

std::size_t aligned_left(const Style& style, std::size_t width) {
  const std::size_t spare = style.area > width ? style.area - width : 0;
  return style.left_margin + (style.align == 1 ? spare / 2 : style.align == 2 ? spare : 0);
}

void LineBuffer::put(Bitmap cell, const std::string& text, std::size_t gap, const Style& style) {
  if (!cells_.empty() && position_ + cell.width > style.area) burn(style);
  const std::size_t width = cell.width;
  cells_.push_back({position_, std::move(cell), text});
  position_ += width + gap;
}

std::size_t LineBuffer::burn(const Style& style) {
  std::size_t width = 0;
  std::size_t height = 0;
  for (const Cell& cell : cells_) {
    width = std::max(width, cell.x + cell.bitmap.width);
    height = std::max(height, cell.bitmap.height);
  }
  const std::size_t rows = std::max(height, style.line_spacing);
  Bitmap line(style.left_margin + style.area, rows);
  const std::size_t left = aligned_left(style, width);
  for (const Cell& cell : cells_) line.burn(cell.bitmap, left + cell.x, height - cell.bitmap.height);
  paper_.burn(line);
  paper_.note_line(text());
  clear();
  return rows;
}

void LineBuffer::clear() {
  cells_.clear();
  position_ = 0;
}

// A gap in the dots (a column of a table) is a gap in the text.
std::string LineBuffer::text() const {
  std::string all;
  std::size_t end = 0;
  for (const Cell& cell : cells_) {
    if (cell.x > end && !all.empty()) all += "  ";
    all += cell.text;
    end = cell.x + cell.bitmap.width;
  }
  while (!all.empty() && all.back() == ' ') all.pop_back();
  return all;
}

}  // namespace pilotlight::cabinet
