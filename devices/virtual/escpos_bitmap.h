// Dots in rows: what a thermal head burns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace pilotlight::cabinet {

struct Bitmap {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> dots;  // row by row, 1 = black

  Bitmap() = default;
  Bitmap(std::size_t w, std::size_t h) : width(w), height(h), dots(w * h, 0) {}
  std::uint8_t& at(std::size_t x, std::size_t y) { return dots[y * width + x]; }
  std::uint8_t at(std::size_t x, std::size_t y) const { return dots[y * width + x]; }

  // Blackens this where `other` is black, with other's left top corner at x, y; what does not fit is cut off.
  void burn(const Bitmap& other, std::size_t x, std::size_t y) {
    for (std::size_t row = 0; row < other.height && y + row < height; ++row)
      for (std::size_t column = 0; column < other.width && x + column < width; ++column)
        at(x + column, y + row) |= other.at(column, row);
  }
  void invert() {
    for (std::uint8_t& dot : dots) dot ^= 1;
  }
};

}  // namespace pilotlight::cabinet
