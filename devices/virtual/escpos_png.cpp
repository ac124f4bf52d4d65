#include "devices/virtual/escpos_png.h"

#include <png.h>

#include <cstdio>
#include <stdexcept>
#include <vector>

namespace pilotlight::cabinet {
namespace {
constexpr std::uint8_t paper_white = 0xFA;
constexpr std::uint8_t ink_black = 0x22;
}  // namespace

void write_paper_png(const Bitmap& dots, std::size_t margin, const std::filesystem::path& file) {
  const std::size_t width = dots.width + 2 * margin;
  const std::size_t height = dots.height + 2 * margin;
  std::vector<std::uint8_t> pixels(width * height, paper_white);
  for (std::size_t y = 0; y < dots.height; ++y)
    for (std::size_t x = 0; x < dots.width; ++x)
      if (dots.at(x, y)) pixels[(y + margin) * width + x + margin] = ink_black;
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(width);
  image.height = static_cast<png_uint_32>(height);
  image.format = PNG_FORMAT_GRAY;
  std::filesystem::path fresh = file;
  fresh += ".new";
  if (!png_image_write_to_file(&image, fresh.c_str(), 0, pixels.data(), 0, nullptr))
    throw std::runtime_error(file.string() + ": cannot be written: " + image.message);
  std::filesystem::rename(fresh, file);
}

}  // namespace pilotlight::cabinet
