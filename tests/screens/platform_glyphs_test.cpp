#include "screens/platform_glyphs.h"

#include <gtest/gtest.h>

namespace pilotlight::screens {
namespace {

std::unique_ptr<GlyphCache> cache() {
  auto opened = GlyphCache::open({});
  EXPECT_TRUE(opened) << opened.error().text;
  return opened ? std::move(*opened) : nullptr;
}

int ink(const GlyphCache& glyphs, const Glyph& g) {
  int sum = 0;
  for (int y = 0; y < g.height; ++y)
    for (int x = 0; x < g.width; ++x) sum += glyphs.atlas().at(g.u + x, g.v + y);
  return sum;
}

TEST(Glyphs, any_character_also_beyond_the_basic_plane) {
  const auto glyphs = cache();
  ASSERT_TRUE(glyphs);
  for (const char32_t c : {U'王', U'气', U'A', U'³', U'\U00020BB7' /* 𠮷 */, U'\U0002CB4E' /* 𬭎 */}) {
    EXPECT_TRUE(glyphs->has(c)) << static_cast<unsigned>(c);
    const Glyph& g = glyphs->glyph(Weight::Bold, 48, c);
    EXPECT_GT(ink(*glyphs, g), 255) << static_cast<unsigned>(c);
  }
  EXPECT_NEAR(glyphs->glyph(Weight::Regular, 40, U'\U00020BB7').advance, 40, 0.01);
}

TEST(Glyphs, are_rasterised_once) {
  const auto glyphs = cache();
  ASSERT_TRUE(glyphs);
  const Glyph* const first = &glyphs->glyph(Weight::Regular, 40, U'卡');
  EXPECT_EQ(first, &glyphs->glyph(Weight::Regular, 40, U'卡'));
  EXPECT_NE(first->u, glyphs->glyph(Weight::Bold, 40, U'卡').u);
}

TEST(Glyphs, figures_are_as_wide_as_each_other) {
  const auto glyphs = cache();
  ASSERT_TRUE(glyphs);
  for (const Weight weight : {Weight::Regular, Weight::Bold})
    for (char32_t digit = U'1'; digit <= U'9'; ++digit)
      EXPECT_EQ(glyphs->glyph(weight, 64, digit).advance, glyphs->glyph(weight, 64, U'0').advance);
}

TEST(Glyphs, a_full_atlas_says_so_and_starts_again) {
  const auto glyphs = cache();
  ASSERT_TRUE(glyphs);
  char32_t c = 0x4E00;
  for (int i = 0; i < 4000 && !glyphs->full(); ++i) glyphs->glyph(Weight::Bold, 200, c++);
  ASSERT_TRUE(glyphs->full());
  EXPECT_LE(glyphs->atlas().coverage.size(), std::size_t{16} << 20);
  glyphs->empty();
  EXPECT_FALSE(glyphs->full());
  EXPECT_GT(ink(*glyphs, glyphs->glyph(Weight::Bold, 48, U'气')), 255);
}

TEST(Glyphs, a_missing_font_is_named) {
  FontFiles files;
  files.bold = "/nowhere/font.ttc";
  const auto opened = GlyphCache::open(files);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().text, "cannot read the font /nowhere/font.ttc (Debian package fonts-noto-cjk)");
}

TEST(Glyphs, a_filled_and_a_stroked_shape) {
  const auto glyphs = cache();
  ASSERT_TRUE(glyphs);
  static const Shape square{"M6 6 H18 V18 H6 Z", 24, 0};
  const Glyph& filled = glyphs->shape(square, 48);
  EXPECT_EQ(filled.left, 12);
  EXPECT_EQ(-filled.top, 12);
  EXPECT_EQ(filled.width, 24);
  EXPECT_EQ(ink(*glyphs, filled), 24 * 24 * 255);
  static const Shape outline{"M6 6 H18 V18 H6 Z", 24, 2};
  const Glyph& stroked = glyphs->shape(outline, 48);
  EXPECT_EQ(stroked.width, 28);
  EXPECT_NEAR(ink(*glyphs, stroked) / 255, 28 * 28 - 20 * 20, 8);
}

TEST(Utf8, characters_and_what_is_none) {
  std::string_view text = "a\xE6\xB0\x94\xF0\xA0\xAE\xB7\xFF\xC0\x80\xE6\xB0";
  std::u32string read;
  while (!text.empty()) read += take_character(text);
  EXPECT_EQ(read, U"a\u6C14\U00020BB7\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD");
}

}  // namespace
}  // namespace pilotlight::screens
