// Rectangles and colours of the screens, in reference units: 1080 wide in portrait, 1920 in landscape.
#pragma once

#include <algorithm>
#include <cstdint>

namespace pilotlight::screens {

struct Point {
  float x = 0;
  float y = 0;
};

struct Rect {
  float x = 0;
  float y = 0;
  float w = 0;
  float h = 0;

  bool operator==(const Rect&) const = default;
  float right() const { return x + w; }
  float bottom() const { return y + h; }
  Point centre() const { return {x + w / 2, y + h / 2}; }
  Rect inset(float dx, float dy) const { return {x + dx, y + dy, w - 2 * dx, h - 2 * dy}; }
  Rect inset(float d) const { return inset(d, d); }
  Rect moved(float dx, float dy) const { return {x + dx, y + dy, w, h}; }
  // A rectangle of this size in the middle.
  Rect middle(float width, float height) const { return {x + (w - width) / 2, y + (h - height) / 2, width, height}; }
  bool overlaps(const Rect& other) const {
    return x < other.right() && other.x < right() && y < other.bottom() && other.y < bottom();
  }
  bool holds(const Rect& other, float slack = 0) const {
    return other.x >= x - slack && other.y >= y - slack && other.right() <= right() + slack &&
           other.bottom() <= bottom() + slack;
  }

  // Cut a strip off one side; what is left stays, less the gap.
  Rect take_top(float height, float gap = 0) {
    const Rect strip{x, y, w, height};
    y += height + gap;
    h -= height + gap;
    return strip;
  }
  Rect take_bottom(float height, float gap = 0) {
    const Rect strip{x, bottom() - height, w, height};
    h -= height + gap;
    return strip;
  }
  Rect take_left(float width, float gap = 0) {
    const Rect strip{x, y, width, h};
    x += width + gap;
    w -= width + gap;
    return strip;
  }
  Rect take_right(float width, float gap = 0) {
    const Rect strip{right() - width, y, width, h};
    w -= width + gap;
    return strip;
  }
  // Cell of a grid with `columns` x `rows` cells.
  Rect cell(int columns, int rows, int index, float gap) const {
    const float width = (w - gap * static_cast<float>(columns - 1)) / static_cast<float>(columns);
    const float height = (h - gap * static_cast<float>(rows - 1)) / static_cast<float>(rows);
    return {x + static_cast<float>(index % columns) * (width + gap),
            y + static_cast<float>(index / columns) * (height + gap), width, height};
  }
};

struct Colour {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;
  std::uint8_t a = 255;
  bool operator==(const Colour&) const = default;
  constexpr Colour with_alpha(std::uint8_t alpha) const { return {r, g, b, alpha}; }
};

constexpr Colour rgb(std::uint32_t hex) {
  return {static_cast<std::uint8_t>(hex >> 16), static_cast<std::uint8_t>(hex >> 8), static_cast<std::uint8_t>(hex),
          255};
}

}  // namespace pilotlight::screens
