#include "screens/platform_glyphs.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include FT_OUTLINE_H
#include FT_STROKER_H

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pilotlight::screens {

namespace {

constexpr int atlas_width = 1024;
constexpr int atlas_height_maximum = 16384;
constexpr int spare = 1;  // empty texels around each picture, so that sampling never sees a neighbour

FT_Pos fixed(float value) { return static_cast<FT_Pos>(std::lround(value * 64)); }

// FreeType's outline of a path, scaled to `size` pixels, y upwards.
struct Outline {
  std::vector<FT_Vector> points;
  std::vector<char> tags;
  std::vector<short> ends;
  FT_Outline outline{};

  Outline(const Shape& shape, int size) {
    const float scale = static_cast<float>(size) / shape.box;
    for (const Contour& contour : read_path(shape.path)) {
      std::size_t count = contour.points.size() / 2;
      const bool meets = count > 1 && contour.points[0] == contour.points[2 * count - 2] &&
                         contour.points[1] == contour.points[2 * count - 1];
      if (contour.closed && meets) --count;
      for (std::size_t i = 0; i < count; ++i) {
        points.push_back({fixed(contour.points[2 * i] * scale),
                          fixed(static_cast<float>(size) - contour.points[2 * i + 1] * scale)});
        tags.push_back(i % 3 == 0 ? FT_CURVE_TAG_ON : FT_CURVE_TAG_CUBIC);
      }
      ends.push_back(static_cast<short>(points.size() - 1));
    }
    outline.n_contours = static_cast<short>(ends.size());
    outline.n_points = static_cast<short>(points.size());
    outline.points = points.data();
    outline.tags = tags.data();
    outline.contours = ends.data();
  }
};

}  // namespace

struct GlyphCache::Faces {
  FT_Library library = nullptr;
  FT_Face face[2] = {nullptr, nullptr};
  int size[2] = {0, 0};
  FT_Stroker stroker = nullptr;
  ~Faces() {
    if (stroker != nullptr) FT_Stroker_Done(stroker);
    for (FT_Face f : face)
      if (f != nullptr) FT_Done_Face(f);
    if (library != nullptr) FT_Done_FreeType(library);
  }

  // The line of width `width` along the path as an outline to fill. Open contours get round ends.
  bool stroke(const Shape& shape, int size_px, FT_Outline& out) {
    if (stroker == nullptr && FT_Stroker_New(library, &stroker) != 0) return false;
    const float scale = static_cast<float>(size_px) / shape.box;
    FT_Stroker_Set(stroker, fixed(shape.stroke * scale / 2), FT_STROKER_LINECAP_ROUND, FT_STROKER_LINEJOIN_ROUND, 0);
    const auto point = [&](const Contour& c, std::size_t i) {
      return FT_Vector{fixed(c.points[2 * i] * scale),
                       fixed(static_cast<float>(size_px) - c.points[2 * i + 1] * scale)};
    };
    for (const Contour& contour : read_path(shape.path)) {
      FT_Vector first = point(contour, 0);
      FT_Stroker_BeginSubPath(stroker, &first, contour.closed ? 0 : 1);
      for (std::size_t i = 1; i + 2 < contour.points.size() / 2; i += 3) {
        FT_Vector a = point(contour, i), b = point(contour, i + 1), c = point(contour, i + 2);
        FT_Stroker_CubicTo(stroker, &a, &b, &c);
      }
      if (contour.closed) FT_Stroker_LineTo(stroker, &first);
      FT_Stroker_EndSubPath(stroker);
    }
    FT_UInt points = 0, contours = 0;
    FT_Stroker_GetCounts(stroker, &points, &contours);
    if (FT_Outline_New(library, points, static_cast<FT_Int>(contours), &out) != 0) return false;
    out.n_points = 0;
    out.n_contours = 0;
    FT_Stroker_Export(stroker, &out);
    return true;
  }
};

GlyphCache::GlyphCache() : faces_(std::make_unique<Faces>()) {}
GlyphCache::~GlyphCache() = default;

Result<std::unique_ptr<GlyphCache>, Message> GlyphCache::open(const FontFiles& files) {
  std::unique_ptr<GlyphCache> cache(new GlyphCache);
  if (FT_Init_FreeType(&cache->faces_->library) != 0) return fail(Message{"FreeType does not start"});
  const std::filesystem::path* const paths[2] = {&files.regular, &files.bold};
  for (int i = 0; i < 2; ++i)
    if (FT_New_Face(cache->faces_->library, paths[i]->c_str(), files.face, &cache->faces_->face[i]) != 0)
      return fail(Message{"cannot read the font " + paths[i]->string() + " (Debian package fonts-noto-cjk)"});
  cache->empty();
  return cache;
}

void GlyphCache::empty() {
  glyphs_.clear();
  shapes_.clear();
  atlas_.width = atlas_width;
  atlas_.height = 512;
  atlas_.coverage.assign(static_cast<std::size_t>(atlas_.width) * static_cast<std::size_t>(atlas_.height), 0);
  for (int y = 0; y < 4; ++y)
    std::fill_n(&atlas_.coverage[static_cast<std::size_t>(y * atlas_.width)], 4, std::uint8_t{255});
  shelf_x_ = 8;
  shelf_y_ = 0;
  shelf_height_ = 8;
  full_ = false;
  bake_shadow();
}

bool GlyphCache::place(Glyph& glyph, const std::uint8_t* rows, int pitch) {
  if (glyph.width == 0 || glyph.height == 0) return true;
  const int width = glyph.width + 2 * spare;
  const int height = glyph.height + 2 * spare;
  const bool next_shelf = shelf_x_ + width > atlas_.width || height > shelf_height_ * 2;
  if (next_shelf || height > shelf_height_) {
    // A shelf may still grow while nothing lies below it.
    if (next_shelf) {
      shelf_y_ += shelf_height_;
      shelf_x_ = 0;
      shelf_height_ = 0;
    }
    shelf_height_ = std::max(shelf_height_, (height + 7) / 8 * 8);
  }
  if (width > atlas_.width || shelf_y_ + shelf_height_ > atlas_height_maximum) {
    full_ = true;
    glyph.width = glyph.height = 0;
    return false;
  }
  while (shelf_y_ + shelf_height_ > atlas_.height) {
    atlas_.height += 512;
    atlas_.coverage.resize(static_cast<std::size_t>(atlas_.width) * static_cast<std::size_t>(atlas_.height), 0);
  }
  glyph.u = shelf_x_ + spare;
  glyph.v = shelf_y_ + spare;
  for (int y = 0; y < glyph.height; ++y)
    std::memcpy(&atlas_.coverage[static_cast<std::size_t>((glyph.v + y) * atlas_.width + glyph.u)],
                rows + static_cast<std::ptrdiff_t>(y) * pitch, static_cast<std::size_t>(glyph.width));
  shelf_x_ += width;
  return true;
}

void GlyphCache::bake_shadow() {
  constexpr int size = 96, edge = 47;
  constexpr float sigma = 11, corner = 20, inner = 25;
  // Coverage of a blurred box with round corners: the signed distance to its edge through the normal distribution.
  std::vector<std::uint8_t> rows(size * size);
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x) {
      const float half = size / 2.0F - inner - corner;
      const float dx = std::max(0.0F, std::fabs(static_cast<float>(x) + 0.5F - size / 2.0F) - half);
      const float dy = std::max(0.0F, std::fabs(static_cast<float>(y) + 0.5F - size / 2.0F) - half);
      const float distance = std::sqrt(dx * dx + dy * dy) - corner;
      const float covered = 0.5F * std::erfc(distance / (sigma * 1.4142F));
      rows[static_cast<std::size_t>(y * size + x)] = static_cast<std::uint8_t>(std::lround(covered * 255));
    }
  Glyph g;
  g.width = g.height = size;
  place(g, rows.data(), size);
  shadow_ = {g.u, g.v, size, edge};
}

bool GlyphCache::has(char32_t character) const {
  return FT_Get_Char_Index(faces_->face[0], static_cast<FT_ULong>(character)) != 0;
}

const Glyph& GlyphCache::glyph(Weight weight, int size, char32_t character) {
  size = std::clamp(size, 1, 512);
  const std::uint64_t key = static_cast<std::uint64_t>(character) << 16 | static_cast<std::uint64_t>(size) << 1 |
                            static_cast<std::uint64_t>(weight == Weight::Bold);
  const auto [at, fresh] = glyphs_.try_emplace(key);
  Glyph& glyph = at->second;
  if (!fresh) return glyph;
  const int f = weight == Weight::Bold ? 1 : 0;
  FT_Face face = faces_->face[f];
  if (faces_->size[f] != size) FT_Set_Pixel_Sizes(face, 0, static_cast<FT_UInt>(size));
  faces_->size[f] = size;
  const FT_UInt index = FT_Get_Char_Index(face, static_cast<FT_ULong>(character));
  if (FT_Load_Glyph(face, index, FT_LOAD_TARGET_LIGHT) != 0) return glyph;
  glyph.advance = static_cast<float>(face->glyph->linearHoriAdvance) / 65536.0F;
  if (FT_Render_Glyph(face->glyph, FT_RENDER_MODE_NORMAL) != 0) return glyph;
  const FT_Bitmap& bitmap = face->glyph->bitmap;
  glyph.left = face->glyph->bitmap_left;
  glyph.top = face->glyph->bitmap_top;
  glyph.width = static_cast<int>(bitmap.width);
  glyph.height = static_cast<int>(bitmap.rows);
  place(glyph, bitmap.buffer, bitmap.pitch);
  return glyph;
}

const Glyph& GlyphCache::shape(const Shape& shape, int size) {
  size = std::clamp(size, 1, 1000);
  const std::uint64_t key =
      static_cast<std::uint64_t>(size) << 32 | static_cast<std::uint64_t>(std::lround(shape.stroke * 64));
  const auto [at, fresh] = shapes_[shape.path].try_emplace(key);
  Glyph& glyph = at->second;
  if (!fresh) return glyph;
  Outline filled(shape, size);
  FT_Outline stroked{};
  FT_Outline* outline = &filled.outline;
  if (shape.stroke > 0) {
    if (!faces_->stroke(shape, size, stroked)) return glyph;
    outline = &stroked;
  }
  FT_BBox box{};
  FT_Outline_Get_CBox(outline, &box);
  const int left = static_cast<int>(std::floor(static_cast<double>(box.xMin) / 64));
  const int bottom = static_cast<int>(std::floor(static_cast<double>(box.yMin) / 64));
  glyph.left = left;
  glyph.width = std::max(0, static_cast<int>(std::ceil(static_cast<double>(box.xMax) / 64)) - left);
  glyph.height = std::max(0, static_cast<int>(std::ceil(static_cast<double>(box.yMax) / 64)) - bottom);
  glyph.top = -(size - (bottom + glyph.height));
  std::vector<std::uint8_t> rows(static_cast<std::size_t>(glyph.width) * static_cast<std::size_t>(glyph.height) + 1);
  FT_Outline_Translate(outline, -left * 64, -bottom * 64);
  FT_Bitmap bitmap{};
  bitmap.width = static_cast<unsigned>(glyph.width);
  bitmap.rows = static_cast<unsigned>(glyph.height);
  bitmap.pitch = glyph.width;
  bitmap.buffer = rows.data();
  bitmap.num_grays = 256;
  bitmap.pixel_mode = FT_PIXEL_MODE_GRAY;
  FT_Outline_Get_Bitmap(faces_->library, outline, &bitmap);
  if (shape.stroke > 0) FT_Outline_Done(faces_->library, &stroked);
  place(glyph, rows.data(), glyph.width);
  return glyph;
}

char32_t take_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80                    ? 1
                             : first >= 0xF0 && first < 0xF5 ? 4
                             : first >= 0xE0                 ? 3
                             : first >= 0xC2                 ? 2
                                                             : 0;
  char32_t value = first;
  bool good = length != 0 && length <= text.size() && first < 0xF5;
  if (length > 1 && good) {
    value = first & (0x7FU >> length);
    for (std::size_t i = 1; i < length; ++i) {
      good = good && (byte(i) & 0xC0U) == 0x80U;
      value = value << 6 | (byte(i) & 0x3FU);
    }
    constexpr char32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    good = good && value >= least[length] && value <= 0x10FFFF && !(value >= 0xD800 && value < 0xE000);
  }
  text.remove_prefix(good ? length : 1);
  return good ? value : char32_t{0xFFFD};
}

}  // namespace pilotlight::screens
