#include "screens/platform_blend.h"

#include <algorithm>
#include <cmath>

namespace pilotlight::screens {

namespace {

// 0x00RRGGBB, each channel already multiplied by alpha.
struct Premultiplied {
  std::uint32_t rgb = 0;
  std::uint32_t alpha = 0;
};

std::uint32_t over_255(std::uint32_t value) { return (value + 128 + ((value + 128) >> 8)) >> 8; }

Premultiplied premultiply(std::uint32_t r, std::uint32_t g, std::uint32_t b, std::uint32_t a) {
  return {over_255(r * a) << 16 | over_255(g * a) << 8 | over_255(b * a), a};
}

Premultiplied premultiply(std::uint32_t colour) {
  return premultiply(colour & 255, (colour >> 8) & 255, (colour >> 16) & 255, colour >> 24);
}

// Multiplies all channels of a pixel by factor/255, two at a time.
std::uint32_t scaled(std::uint32_t rgb, std::uint32_t factor) {
  const std::uint32_t red_blue = (rgb & 0xFF00FF) * factor + 0x800080;
  const std::uint32_t green = (rgb & 0x00FF00) * factor + 0x008000;
  return (((red_blue + ((red_blue >> 8) & 0xFF00FF)) >> 8) & 0xFF00FF) |
         (((green + ((green >> 8) & 0x00FF00)) >> 8) & 0x00FF00);
}

void blend(std::uint32_t& pixel, const Premultiplied& source) {
  pixel = source.rgb + scaled(pixel, 255 - source.alpha);
}

void blend_covered(std::uint32_t& pixel, const Premultiplied& source, std::uint32_t coverage) {
  if (coverage == 0) return;
  if (coverage == 255) return blend(pixel, source);
  blend(pixel, {scaled(source.rgb, coverage), over_255(source.alpha * coverage)});
}

// First pixel whose middle is at or right of x.
int first_pixel(float x) { return static_cast<int>(std::ceil(x - 0.5F)); }

std::uint32_t sampled(const Atlas& atlas, float u, float v) {
  const float x = std::clamp(u - 0.5F, 0.0F, static_cast<float>(atlas.width - 2));
  const float y = std::clamp(v - 0.5F, 0.0F, static_cast<float>(atlas.height - 2));
  const int x0 = static_cast<int>(x);
  const int y0 = static_cast<int>(y);
  const float fx = x - static_cast<float>(x0);
  const float fy = y - static_cast<float>(y0);
  const float top = static_cast<float>(atlas.at(x0, y0)) * (1 - fx) + static_cast<float>(atlas.at(x0 + 1, y0)) * fx;
  const float bottom =
      static_cast<float>(atlas.at(x0, y0 + 1)) * (1 - fx) + static_cast<float>(atlas.at(x0 + 1, y0 + 1)) * fx;
  return static_cast<std::uint32_t>(top * (1 - fy) + bottom * fy + 0.5F);
}

struct Span {
  int x0, x1, y0, y1;
};

void fill_rows(Picture& picture, const Span& span, const Premultiplied& source) {
  for (int y = span.y0; y < span.y1; ++y) {
    std::uint32_t* const row = &picture.at(0, y);
    if (source.alpha == 255)
      std::fill(row + span.x0, row + span.x1, source.rgb);
    else
      for (int x = span.x0; x < span.x1; ++x) blend(row[x], source);
  }
}

// A value that varies linearly over the triangle: value = base + x * dx + y * dy at pixel middles.
struct Plane {
  float base, dx, dy;
  float at(float x, float y) const { return base + x * dx + y * dy; }
};

class Slopes {
 public:
  explicit Slopes(const std::array<Vertex, 3>& corners) : c_(corners) {
    area_ = (c_[1].x - c_[0].x) * (c_[2].y - c_[0].y) - (c_[2].x - c_[0].x) * (c_[1].y - c_[0].y);
  }
  bool flat() const { return std::fabs(area_) < 1e-6F; }
  Plane plane(float v0, float v1, float v2) const {
    const float dx = ((v1 - v0) * (c_[2].y - c_[0].y) - (v2 - v0) * (c_[1].y - c_[0].y)) / area_;
    const float dy = ((v2 - v0) * (c_[1].x - c_[0].x) - (v1 - v0) * (c_[2].x - c_[0].x)) / area_;
    return {v0 - c_[0].x * dx - c_[0].y * dy, dx, dy};
  }

 private:
  const std::array<Vertex, 3>& c_;
  float area_ = 0;
};

// Calls row(y, x0, x1) for the pixels of the triangle in each row. Edges are walked from their upper end, so that two
// triangles find the same crossing for the edge they share.
template <class Row>
void walk(const std::array<Vertex, 3>& c, const PixelRect& clip, Row&& row) {
  const float top = std::min({c[0].y, c[1].y, c[2].y});
  const float bottom = std::max({c[0].y, c[1].y, c[2].y});
  const int y_end = std::min(clip.y + clip.h, first_pixel(bottom));
  for (int y = std::max(clip.y, first_pixel(top)); y < y_end; ++y) {
    const float middle = static_cast<float>(y) + 0.5F;
    float left = 1e9F;
    float right = -1e9F;
    for (std::size_t k = 0; k < 3; ++k) {
      const Vertex* upper = &c[k];
      const Vertex* lower = &c[(k + 1) % 3];
      if (upper->y > lower->y) std::swap(upper, lower);
      if (!(upper->y <= middle && middle < lower->y)) continue;
      const float x = upper->x + (middle - upper->y) * (lower->x - upper->x) / (lower->y - upper->y);
      left = std::min(left, x);
      right = std::max(right, x);
    }
    const int x0 = std::max(clip.x, first_pixel(std::max(left, -1e6F)));
    const int x1 = std::min(clip.x + clip.w, first_pixel(std::min(right, 1e6F)));
    if (x0 < x1) row(y, x0, x1);
  }
}

}  // namespace

void blend_clear(Picture& picture, const PixelRect& clip) {
  fill_rows(picture, {clip.x, clip.x + clip.w, clip.y, clip.y + clip.h}, {0, 255});
}

void blend_rectangle(Picture& picture, const Atlas& atlas, const PixelRect& clip, const Vertex& a, const Vertex& b,
                     std::uint32_t colour) {
  const Premultiplied source = premultiply(colour);
  if (source.alpha == 0) return;
  const Span span{std::max(clip.x, first_pixel(a.x)), std::min(clip.x + clip.w, first_pixel(b.x)),
                  std::max(clip.y, first_pixel(a.y)), std::min(clip.y + clip.h, first_pixel(b.y))};
  if (span.x0 >= span.x1 || span.y0 >= span.y1) return;
  if (a.u == b.u && a.v == b.v) return fill_rows(picture, span, source);
  const float du = (b.u - a.u) / (b.x - a.x);
  const float dv = (b.v - a.v) / (b.y - a.y);
  // A glyph lies pixel on texel: copy without sampling.
  const bool exact = du == 1 && dv == 1 && a.x == std::floor(a.x) && a.y == std::floor(a.y) && a.u == std::floor(a.u) &&
                     a.v == std::floor(a.v);
  for (int y = span.y0; y < span.y1; ++y) {
    std::uint32_t* const row = &picture.at(0, y);
    if (exact) {
      const int u = span.x0 - static_cast<int>(a.x) + static_cast<int>(a.u);
      const int v = y - static_cast<int>(a.y) + static_cast<int>(a.v);
      const std::uint8_t* texel = &atlas.coverage[static_cast<std::size_t>(v) * static_cast<std::size_t>(atlas.width) +
                                                  static_cast<std::size_t>(u)];
      for (int x = span.x0; x < span.x1; ++x) blend_covered(row[x], source, *texel++);
    } else {
      const float v = a.v + (static_cast<float>(y) + 0.5F - a.y) * dv;
      for (int x = span.x0; x < span.x1; ++x)
        blend_covered(row[x], source, sampled(atlas, a.u + (static_cast<float>(x) + 0.5F - a.x) * du, v));
    }
  }
}

void blend_triangle(Picture& picture, const Atlas& atlas, const PixelRect& clip, const std::array<Vertex, 3>& corners,
                    const std::array<std::uint32_t, 3>& colours) {
  const Slopes slopes(corners);
  if (slopes.flat()) return;
  const bool plain = corners[0].u == corners[1].u && corners[1].u == corners[2].u && corners[0].v == corners[1].v &&
                     corners[1].v == corners[2].v;
  if (plain && colours[0] == colours[1] && colours[1] == colours[2]) {
    const Premultiplied source = premultiply(colours[0]);
    if (source.alpha == 0) return;
    return walk(corners, clip, [&](int y, int x0, int x1) { fill_rows(picture, {x0, x1, y, y + 1}, source); });
  }
  const auto channel = [&](int shift) {
    const auto value = [&](std::size_t k) { return static_cast<float>((colours[k] >> shift) & 255); };
    return slopes.plane(value(0), value(1), value(2));
  };
  const Plane red = channel(0), green = channel(8), blue = channel(16), alpha = channel(24);
  const Plane u = slopes.plane(corners[0].u, corners[1].u, corners[2].u);
  const Plane v = slopes.plane(corners[0].v, corners[1].v, corners[2].v);
  const auto byte = [](float value) { return static_cast<std::uint32_t>(std::clamp(value + 0.5F, 0.0F, 255.0F)); };
  walk(corners, clip, [&](int y, int x0, int x1) {
    std::uint32_t* const row = &picture.at(0, y);
    const float middle = static_cast<float>(y) + 0.5F;
    for (int x = x0; x < x1; ++x) {
      const float at = static_cast<float>(x) + 0.5F;
      const Premultiplied source = premultiply(byte(red.at(at, middle)), byte(green.at(at, middle)),
                                               byte(blue.at(at, middle)), byte(alpha.at(at, middle)));
      blend_covered(row[x], source, plain ? 255 : sampled(atlas, u.at(at, middle), v.at(at, middle)));
    }
  });
}

}  // namespace pilotlight::screens
