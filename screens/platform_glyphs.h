// Glyphs and icons, rasterised by FreeType the first time they are needed and kept in one coverage atlas: any character
// of the font (also beyond the basic plane), at any size. One thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <unordered_map>

#include "kiosk/base/result.h"
#include "screens/platform_picture.h"
#include "screens/platform_shape.h"

namespace pilotlight::screens {

enum class Weight { Regular, Bold };

// Pixels. The picture lies at (left, -top) from the pen on the base line, and at texel (u, v) of the atlas.
struct Glyph {
  float advance = 0;
  int left = 0;
  int top = 0;
  int width = 0;
  int height = 0;
  int u = 0;
  int v = 0;
};

// Where in the atlas the soft shadow lies: a square with a blurred, round-cornered edge, for stretching its middle.
struct ShadowTexture {
  int u = 0, v = 0, size = 0, edge = 0;
};

struct FontFiles {
  std::filesystem::path regular = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
  std::filesystem::path bold = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc";
  int face = 2;  // simplified Chinese in Noto's collection
};

class GlyphCache {
 public:
  static Result<std::unique_ptr<GlyphCache>, Message> open(const FontFiles& files);
  ~GlyphCache();
  GlyphCache(const GlyphCache&) = delete;
  GlyphCache& operator=(const GlyphCache&) = delete;

  // `size`: em in pixels, 1..512. A character that the font does not have is drawn as its empty box.
  const Glyph& glyph(Weight weight, int size, char32_t character);
  bool has(char32_t character) const;
  // `size`: side of the shape's box in pixels. left and top are from the box's upper left corner.
  const Glyph& shape(const Shape& shape, int size);

  const Atlas& atlas() const { return atlas_; }
  const ShadowTexture& shadow() const { return shadow_; }

  // The atlas has reached its bound (16 MiB): what was asked for since is missing. Empty it and draw the frame again.
  bool full() const { return full_; }
  void empty();

 private:
  GlyphCache();
  bool place(Glyph& glyph, const std::uint8_t* rows, int pitch);
  void bake_shadow();

  struct Faces;  // FreeType's own
  std::unique_ptr<Faces> faces_;
  std::unordered_map<std::uint64_t, Glyph> glyphs_;
  std::unordered_map<std::string_view, std::unordered_map<std::uint64_t, Glyph>> shapes_;
  Atlas atlas_;
  ShadowTexture shadow_;
  int shelf_x_ = 0;
  int shelf_y_ = 0;
  int shelf_height_ = 0;
  bool full_ = false;
};

// Takes the first character off `text`. What is not UTF-8 becomes U+FFFD, one byte at a time.
char32_t take_character(std::string_view& text);

}  // namespace pilotlight::screens
