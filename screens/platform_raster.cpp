#include "screens/platform_raster.h"

#include <imgui/imgui.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "screens/platform_blend.h"

namespace pilotlight::screens {

namespace {

constexpr int tile = 64;

PixelRect intersection(const PixelRect& a, const PixelRect& b) {
  const int x0 = std::max(a.x, b.x);
  const int y0 = std::max(a.y, b.y);
  const int x1 = std::min(a.x + a.w, b.x + b.w);
  const int y1 = std::min(a.y + a.h, b.y + b.h);
  return {x0, y0, std::max(0, x1 - x0), std::max(0, y1 - y0)};
}

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
  return hash ^ (hash >> 29);
}

}  // namespace

bool Rasteriser::read_rectangle(const Corner (&corners)[4], Shape& shape) {
  const Corner& a = corners[0];
  const Corner& b = corners[1];
  const Corner& c = corners[2];
  const Corner& d = corners[3];
  const bool upright = a.y == b.y && b.x == c.x && c.y == d.y && d.x == a.x && a.x <= c.x && a.y <= c.y;
  const bool straight = (a.v == b.v && b.u == c.u && c.v == d.v && d.u == a.u) ||
                        (a.u == b.u && b.u == c.u && c.u == d.u && a.v == b.v && b.v == c.v && c.v == d.v);
  const bool plain = a.colour == b.colour && b.colour == c.colour && c.colour == d.colour;
  if (!upright || !straight || !plain) return false;
  shape.corner[0] = a;
  shape.corner[1] = c;
  shape.corner[2] = a;
  shape.rectangle = true;
  return true;
}

void Rasteriser::collect(const ImDrawData& data, const Picture& picture) {
  shapes_.clear();
  for (int n = 0; n < data.CmdListsCount; ++n) {
    const ImDrawList& list = *data.CmdLists[n];
    for (const ImDrawCmd& command : list.CmdBuffer) {
      const ImVec4& c = command.ClipRect;
      const PixelRect clip = intersection(
          {0, 0, picture.width, picture.height},
          {static_cast<int>(c.x), static_cast<int>(c.y), static_cast<int>(c.z - c.x), static_cast<int>(c.w - c.y)});
      if (command.UserCallback != nullptr || clip.w == 0 || clip.h == 0) continue;
      const auto corner = [&](unsigned at) {
        const ImDrawIdx index = list.IdxBuffer[static_cast<int>(command.IdxOffset + at)];
        const ImDrawVert& v = list.VtxBuffer[static_cast<int>(command.VtxOffset + index)];
        return Corner{v.pos.x, v.pos.y, v.uv.x, v.uv.y, v.col};
      };
      const auto index = [&](unsigned at) { return list.IdxBuffer[static_cast<int>(command.IdxOffset + at)]; };
      for (unsigned i = 0; i + 2 < command.ElemCount;) {
        Shape shape{};
        shape.clip = clip;
        if (i + 5 < command.ElemCount && index(i) == index(i + 3) && index(i + 2) == index(i + 4)) {
          const Corner quad[4] = {corner(i), corner(i + 1), corner(i + 2), corner(i + 5)};
          if (read_rectangle(quad, shape)) {
            shapes_.push_back(shape);
            i += 6;
            continue;
          }
        }
        for (unsigned k = 0; k < 3; ++k) shape.corner[k] = corner(i + k);
        shapes_.push_back(shape);
        i += 3;
      }
    }
  }
}

void Rasteriser::bin(const Picture& picture) {
  columns_ = (picture.width + tile - 1) / tile;
  rows_ = (picture.height + tile - 1) / tile;
  const auto count = static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_);
  bins_.resize(count);
  for (auto& b : bins_) b.clear();
  next_.assign(count, 1);
  for (std::size_t s = 0; s < shapes_.size(); ++s) {
    const Shape& shape = shapes_[s];
    const int corners = shape.rectangle ? 2 : 3;
    float x0 = shape.corner[0].x, x1 = x0, y0 = shape.corner[0].y, y1 = y0;
    for (int k = 1; k < corners; ++k) {
      x0 = std::min(x0, shape.corner[k].x);
      x1 = std::max(x1, shape.corner[k].x);
      y0 = std::min(y0, shape.corner[k].y);
      y1 = std::max(y1, shape.corner[k].y);
    }
    const float limit = 1e6F;
    if (!(x0 > -limit && y0 > -limit && x1 < limit && y1 < limit)) continue;
    const int left = static_cast<int>(std::floor(x0));
    const int top = static_cast<int>(std::floor(y0));
    const PixelRect box = intersection(
        shape.clip, {left, top, static_cast<int>(std::ceil(x1)) - left, static_cast<int>(std::ceil(y1)) - top});
    if (box.w == 0 || box.h == 0) continue;
    std::uint64_t hash =
        mix(3, static_cast<std::uint64_t>(shape.clip.x) << 48 ^ static_cast<std::uint64_t>(shape.clip.y) << 32 ^
                   static_cast<std::uint64_t>(shape.clip.w) << 16 ^ static_cast<std::uint64_t>(shape.clip.h));
    for (int k = 0; k < corners; ++k) {
      std::uint64_t words[3] = {};
      std::memcpy(words, &shape.corner[k], sizeof(Corner));
      for (const std::uint64_t word : words) hash = mix(hash, word);
    }
    for (int row = box.y / tile; row <= (box.y + box.h - 1) / tile; ++row)
      for (int column = box.x / tile; column <= (box.x + box.w - 1) / tile; ++column) {
        const auto at =
            static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column);
        bins_[at].push_back(static_cast<std::uint32_t>(s));
        next_[at] = mix(next_[at], hash);
      }
  }
}

std::vector<PixelRect> Rasteriser::paint(const ImDrawData& data, const Atlas& atlas, Picture& picture) {
  collect(data, picture);
  bin(picture);
  const bool all = hashes_.size() != next_.size();
  std::vector<PixelRect> changed;
  for (int row = 0; row < rows_; ++row)
    for (int column = 0; column < columns_; ++column) {
      const auto at =
          static_cast<std::size_t>(row) * static_cast<std::size_t>(columns_) + static_cast<std::size_t>(column);
      if (!all && hashes_[at] == next_[at]) continue;
      const PixelRect area =
          intersection({column * tile, row * tile, tile, tile}, {0, 0, picture.width, picture.height});
      blend_clear(picture, area);
      for (const std::uint32_t s : bins_[at]) {
        const Shape& shape = shapes_[s];
        const PixelRect clip = intersection(area, shape.clip);
        const auto& k = shape.corner;
        if (shape.rectangle)
          blend_rectangle(picture, atlas, clip, {k[0].x, k[0].y, k[0].u, k[0].v}, {k[1].x, k[1].y, k[1].u, k[1].v},
                          k[0].colour);
        else
          blend_triangle(
              picture, atlas, clip,
              {{{k[0].x, k[0].y, k[0].u, k[0].v}, {k[1].x, k[1].y, k[1].u, k[1].v}, {k[2].x, k[2].y, k[2].u, k[2].v}}},
              {{k[0].colour, k[1].colour, k[2].colour}});
      }
      if (!changed.empty() && changed.back().y == area.y && changed.back().x + changed.back().w == area.x)
        changed.back().w += area.w;
      else
        changed.push_back(area);
    }
  hashes_.swap(next_);
  return changed;
}

}  // namespace pilotlight::screens
