#include "screens/platform_raster.h"

#include <gtest/gtest.h>
#include <imgui/imgui.h>

#include <cmath>

#include "screens/platform_blend.h"

namespace pilotlight::screens {
namespace {

Atlas white_atlas() {
  Atlas atlas;
  atlas.width = atlas.height = 8;
  atlas.coverage.assign(64, 255);
  return atlas;
}

constexpr std::uint32_t colour(unsigned r, unsigned g, unsigned b, unsigned a) {
  return r | g << 8 | b << 16 | a << 24;
}

Vertex at(float x, float y) { return {x, y, 1.5F, 1.5F}; }

// Is the middle of the pixel inside? By the three edge functions, in double: the plain way to say what a triangle
// covers.
bool inside(const std::array<Vertex, 3>& c, int x, int y) {
  const double px = x + 0.5, py = y + 0.5;
  int positive = 0, negative = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const Vertex& a = c[i];
    const Vertex& b = c[(i + 1) % 3];
    const double side =
        (double(b.x) - double(a.x)) * (py - double(a.y)) - (double(b.y) - double(a.y)) * (px - double(a.x));
    positive += side > 1e-4;
    negative += side < -1e-4;
  }
  return positive == 3 || negative == 3;
}
bool outside(const std::array<Vertex, 3>& c, int x, int y) {
  const double px = x + 0.5, py = y + 0.5;
  bool positive = false, negative = false;
  for (std::size_t i = 0; i < 3; ++i) {
    const Vertex& a = c[i];
    const Vertex& b = c[(i + 1) % 3];
    const double side =
        (double(b.x) - double(a.x)) * (py - double(a.y)) - (double(b.y) - double(a.y)) * (px - double(a.x));
    positive = positive || side > 1e-4;
    negative = negative || side < -1e-4;
  }
  return positive && negative;
}

TEST(Blend, triangles_cover_exactly_the_pixels_whose_middle_they_hold) {
  const Atlas atlas = white_atlas();
  std::uint32_t seed = 1;
  const auto random = [&] {
    seed = seed * 1'664'525 + 1'013'904'223;
    return static_cast<float>(seed >> 8) / static_cast<float>(1U << 24) * 52 - 6;
  };
  for (int round = 0; round < 300; ++round) {
    Picture picture(40, 40);
    const std::array<Vertex, 3> corners = {at(random(), random()), at(random(), random()), at(random(), random())};
    blend_triangle(picture, atlas, {0, 0, 40, 40}, corners,
                   {colour(255, 0, 0, 255), colour(255, 0, 0, 255), colour(255, 0, 0, 255)});
    for (int y = 0; y < 40; ++y)
      for (int x = 0; x < 40; ++x) {
        const bool in = inside(corners, x, y);
        if (!in && !outside(corners, x, y)) continue;  // on an edge: either will do
        ASSERT_EQ(picture.at(x, y), in ? 0xFF0000U : 0U) << round << " " << x << "," << y;
      }
  }
}

TEST(Blend, neighbours_share_an_edge_without_gap_or_overlap) {
  const Atlas atlas = white_atlas();
  Picture picture(64, 64);
  const std::uint32_t half = colour(255, 255, 255, 128);
  const Vertex hub = at(31.3F, 30.7F);
  constexpr int spokes = 17;
  const auto rim = [&](int i) {
    const float angle = static_cast<float>(i % spokes) / spokes * 6.2831853F;
    return at(hub.x + 40 * std::cos(angle), hub.y + 40 * std::sin(angle));
  };
  for (int i = 0; i < spokes; ++i)
    blend_triangle(picture, atlas, {0, 0, 64, 64}, {hub, rim(i), rim(i + 1)}, {half, half, half});
  for (int y = 15; y < 46; ++y)
    for (int x = 15; x < 46; ++x) ASSERT_EQ(picture.at(x, y), 0x808080U) << x << "," << y;
}

TEST(Blend, rectangles_over_each_other) {
  const Atlas atlas = white_atlas();
  Picture picture(10, 10);
  blend_rectangle(picture, atlas, {0, 0, 10, 10}, at(2, 3), at(7, 8), colour(200, 100, 50, 255));
  EXPECT_EQ(picture.at(2, 3), 0xC86432U);
  EXPECT_EQ(picture.at(6, 7), 0xC86432U);
  EXPECT_EQ(picture.at(7, 7), 0U);
  EXPECT_EQ(picture.at(1, 3), 0U);
  blend_rectangle(picture, atlas, {4, 4, 2, 2}, at(0, 0), at(10, 10), colour(0, 0, 0, 255));
  EXPECT_EQ(picture.at(4, 4), 0U);
  EXPECT_EQ(picture.at(3, 4), 0xC86432U);  // outside the clip
}

TEST(Blend, a_glyph_is_copied_texel_by_pixel) {
  Atlas atlas = white_atlas();
  for (int i = 0; i < 64; ++i) atlas.coverage[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(i * 4);
  Picture picture(8, 8);
  blend_rectangle(picture, atlas, {0, 0, 8, 8}, {1, 1, 2, 3}, {4, 4, 5, 6}, colour(255, 255, 255, 255));
  for (int y = 0; y < 3; ++y)
    for (int x = 0; x < 3; ++x) {
      const std::uint32_t level = static_cast<std::uint32_t>(((3 + y) * 8 + 2 + x) * 4);
      EXPECT_EQ(picture.at(1 + x, 1 + y), level << 16 | level << 8 | level);
    }
}

// One ImGui frame with a square at x; what the rasteriser says has changed.
std::vector<PixelRect> frame(Rasteriser& rasteriser, Picture& picture, float x) {
  ImGuiIO& io = ImGui::GetIO();
  io.DisplaySize = ImVec2(256, 128);
  ImGui::NewFrame();
  ImGui::GetBackgroundDrawList()->AddRectFilled({0, 0}, {256, 128}, IM_COL32(10, 20, 30, 255));
  ImGui::GetBackgroundDrawList()->AddRectFilled({x, 10}, {x + 20, 30}, IM_COL32(255, 255, 255, 255));
  ImGui::Render();
  return rasteriser.paint(*ImGui::GetDrawData(), white_atlas(), picture);
}

TEST(Rasteriser, paints_only_tiles_that_changed) {
  ImGuiContext* const context = ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.DeltaTime = 1;
  unsigned char* pixels = nullptr;
  int w = 0, h = 0;
  io.Fonts->GetTexDataAsAlpha8(&pixels, &w, &h);
  io.Fonts->TexUvWhitePixel = ImVec2(1.5F, 1.5F);
  Rasteriser rasteriser;
  Picture picture(256, 128);
  EXPECT_EQ(frame(rasteriser, picture, 10), (std::vector<PixelRect>{{0, 0, 256, 64}, {0, 64, 256, 64}}));
  EXPECT_EQ(picture.at(15, 15), 0xFFFFFFU);
  EXPECT_EQ(picture.at(100, 100), 0x0A141EU);
  EXPECT_TRUE(frame(rasteriser, picture, 10).empty());
  EXPECT_EQ(frame(rasteriser, picture, 140), (std::vector<PixelRect>{{0, 0, 64, 64}, {128, 0, 64, 64}}));
  EXPECT_EQ(picture.at(15, 15), 0x0A141EU);
  EXPECT_EQ(picture.at(145, 15), 0xFFFFFFU);
  // Painted by parts it is the same picture as painted whole.
  Rasteriser fresh;
  Picture whole(256, 128);
  frame(fresh, whole, 140);
  EXPECT_EQ(picture.pixels, whole.pixels);
  ImGui::DestroyContext(context);
}

}  // namespace
}  // namespace pilotlight::screens
