// Contrast of the tokens: 7:1 for body text (WCAG 2.1 1.4.6, EN 301 549 9.1.4.3 asks for less), measured on the values.
#include "screens/theme.h"

#include <gtest/gtest.h>

#include <cmath>

namespace pilotlight::screens::theme {
namespace {

double linear(std::uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}
double luminance(Colour c) { return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b); }
double contrast(Colour a, Colour b) {
  const double x = luminance(a), y = luminance(b);
  return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

struct Pair {
  const char* name;
  Colour words, ground;
};

TEST(Theme, text_is_seven_to_one_on_its_ground) {
  const Pair pairs[] = {{"ink on paper", ink, paper},
                        {"ink on card", ink, card},
                        {"soft ink on paper", ink_soft, paper},
                        {"soft ink on card", ink_soft, card},
                        {"soft ink on sunken", ink_soft, sunken},
                        {"ink on off", ink, off},
                        {"white on blue", on_dark, blue},
                        {"white on bright blue", on_dark, blue_bright},
                        {"white on deep blue", on_dark, blue_deep},
                        {"soft white on deep blue", on_dark_soft, blue_deep},
                        {"blue on card", blue, card},
                        {"deep blue on mist", blue_deep, blue_mist},
                        {"white on red", on_dark, red},
                        {"white on green", on_dark, green},
                        {"amber on its mist", amber, amber_mist},
                        {"ink on amber", ink, amber_bright},
                        {"ink on amber mist", ink, amber_mist}};
  for (const Pair& p : pairs) EXPECT_GE(contrast(p.words, p.ground), 7.0) << p.name;
}

// Large bold words (44 px and more) may have less: 4.5:1 (WCAG 2.1 1.4.6 for large text).
TEST(Theme, large_text_is_four_and_a_half_to_one) {
  const Pair pairs[] = {{"blue on mist", blue, blue_mist},
                        {"blue on paper", blue, paper},
                        {"green on its mist", green, green_mist},
                        {"red on its mist", red, red_mist},
                        {"soft white on bright blue", on_dark_soft, blue_bright}};
  for (const Pair& p : pairs) EXPECT_GE(contrast(p.words, p.ground), 4.5) << p.name;
}

}  // namespace
}  // namespace pilotlight::screens::theme
