#include "devices/virtual/escpos_font.h"

#include <ft2build.h>
#include FT_FREETYPE_H

#include <cmath>
#include <stdexcept>

namespace pilotlight::cabinet {
namespace {
constexpr double baseline = 0.88;  // of the em square, from its top (Noto Sans CJK)
constexpr int black_above = 96;    // coverage of 255 that burns a dot: thermal dots bleed a little
}  // namespace

struct DotFont::Faces {
  FT_Library library = nullptr;
  FT_Face regular = nullptr;
  FT_Face bold = nullptr;

  ~Faces() {
    if (regular) FT_Done_Face(regular);
    if (bold) FT_Done_Face(bold);
    if (library) FT_Done_FreeType(library);
  }
};

DotFont::DotFont(const PrinterConfig& config) : faces_(std::make_unique<Faces>()) {
  const auto open = [&](const std::filesystem::path& file, FT_Face& face) {
    if (FT_New_Face(faces_->library, file.c_str(), static_cast<FT_Long>(config.font_index), &face) != 0)
      throw std::runtime_error(file.string() + ": cannot be opened as a font (install fonts-noto-cjk)");
  };
  if (FT_Init_FreeType(&faces_->library) != 0) throw std::runtime_error("FreeType does not start");
  open(config.font, faces_->regular);
  open(config.bold_font, faces_->bold);
}

DotFont::~DotFont() = default;

Bitmap DotFont::glyph(char32_t character, std::size_t cell_width, std::size_t cell_height, bool full_width, bool bold) {
  const FT_Face face = bold ? faces_->bold : faces_->regular;
  const FT_UInt index = FT_Get_Char_Index(face, character);
  if (index == 0) return missing_glyph(cell_width, cell_height);
  FT_Set_Pixel_Sizes(face, static_cast<FT_UInt>(full_width ? cell_width : 2 * cell_width),
                     static_cast<FT_UInt>(cell_height));
  if (FT_Load_Glyph(face, index, FT_LOAD_RENDER | FT_LOAD_TARGET_LIGHT) != 0)
    return missing_glyph(cell_width, cell_height);
  const FT_GlyphSlot slot = face->glyph;
  const int top = static_cast<int>(std::lround(baseline * static_cast<double>(cell_height))) - slot->bitmap_top;
  Bitmap cell(cell_width, cell_height);
  for (unsigned row = 0; row < slot->bitmap.rows; ++row) {
    for (unsigned column = 0; column < slot->bitmap.width; ++column) {
      const int x = slot->bitmap_left + static_cast<int>(column);
      const int y = top + static_cast<int>(row);
      if (x < 0 || y < 0 || x >= static_cast<int>(cell_width) || y >= static_cast<int>(cell_height)) continue;
      const int coverage = slot->bitmap.buffer[static_cast<int>(row) * slot->bitmap.pitch + static_cast<int>(column)];
      if (coverage > black_above) cell.at(static_cast<std::size_t>(x), static_cast<std::size_t>(y)) = 1;
    }
  }
  return cell;
}

Bitmap missing_glyph(std::size_t cell_width, std::size_t cell_height) {
  Bitmap box(cell_width, cell_height);
  for (std::size_t x = 1; x + 1 < cell_width; ++x) box.at(x, 2) = box.at(x, cell_height - 3) = 1;
  for (std::size_t y = 2; y + 2 < cell_height; ++y) box.at(1, y) = box.at(cell_width - 2, y) = 1;
  return box;
}

}  // namespace pilotlight::cabinet
