// A picture in memory, its PNG form, and the coverage atlas from which glyphs and icons are drawn.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "kiosk/base/result.h"

namespace pilotlight::screens {

struct PixelRect {
  int x = 0;
  int y = 0;
  int w = 0;
  int h = 0;
  bool operator==(const PixelRect&) const = default;
};

// 0x00RRGGBB per pixel, rows from the top: the layout of an SDL window surface on every machine this runs on.
struct Picture {
  int width = 0;
  int height = 0;
  std::vector<std::uint32_t> pixels;

  Picture() = default;
  Picture(int w, int h) : width(w), height(h), pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h)) {}
  std::uint32_t& at(int x, int y) {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
  std::uint32_t at(int x, int y) const { return const_cast<Picture*>(this)->at(x, y); }
};

Result<void, Message> write_png(const Picture& picture, const std::filesystem::path& file);

// 8-bit coverage. Texel (0,0) and its neighbours are solid: plain fills sample there. Only grows, so that what was
// drawn from it stays valid.
struct Atlas {
  int width = 0;
  int height = 0;
  std::vector<std::uint8_t> coverage;
  std::uint8_t at(int x, int y) const {
    return coverage[static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)];
  }
};

}  // namespace pilotlight::screens
