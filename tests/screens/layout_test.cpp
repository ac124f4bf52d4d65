// Every page, in both languages, on both orientations: nothing clipped, overlapping, too small or out of the window.
#include <cmath>

#include "screens/icons.h"
#include "tests/screens/screens_fixture.h"

namespace pilotlight::screens {
namespace {

struct Case {
  std::string name;
  View view;
  Pass pass;
  Rect window;
};

// Calls check for every exhibit in both languages on a window of this size.
template <class Check>
void for_each_page(int width, int height, Check&& check) {
  auto painter = Painter::open({}, width, height);
  ASSERT_TRUE(painter) << painter.error().text;
  for (Exhibit& e : exhibits())
    for (const core::Language language : {core::Language::Chinese, core::Language::English}) {
      e.state.talk.language = language;
      const View view = view_of(e.state);
      Case c{e.name + (language == core::Language::English ? "-en" : "-zh"), view, (*painter)->pass(view, {}, 0), {}};
      c.window = {0, 0, static_cast<float>(width) / c.pass.scale, static_cast<float>(height) / c.pass.scale};
      check(c);
    }
}

class Layout : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(Layout, texts_fit_and_are_large_enough) {
  for_each_page(GetParam().first, GetParam().second, [](const Case& c) {
    for (const DrawnText& t : c.pass.texts) {
      EXPECT_TRUE(t.fits) << c.name << ": \"" << t.text << "\" at size " << t.size;
      EXPECT_TRUE(c.window.holds(t.ink, 1)) << c.name << ": \"" << t.text << "\" leaves the window";
      EXPECT_GE(t.size, 32) << c.name << ": \"" << t.text << "\"";
    }
  });
}

TEST_P(Layout, targets_are_large_and_apart) {
  for_each_page(GetParam().first, GetParam().second, [](const Case& c) {
    EXPECT_GE(c.pass.targets.size(), 4U) << c.name;
    for (std::size_t i = 0; i < c.pass.targets.size(); ++i) {
      const DrawnTarget& a = c.pass.targets[i];
      EXPECT_GE(a.rect.w, 88) << c.name << " " << a.id;
      EXPECT_GE(a.rect.h, 88) << c.name << " " << a.id;
      EXPECT_FALSE(a.label.empty()) << c.name << " " << a.id;
      EXPECT_TRUE(c.window.holds(a.rect, 1)) << c.name << " " << a.id;
      for (std::size_t k = i + 1; k < c.pass.targets.size(); ++k) {
        const DrawnTarget& b = c.pass.targets[k];
        EXPECT_NE(a.id, b.id) << c.name;
        EXPECT_FALSE(a.rect.inset(-7.5F).overlaps(b.rect.inset(-7.5F))) << c.name << ": " << a.id << " and " << b.id;
      }
    }
  });
}

TEST_P(Layout, texts_do_not_lie_on_each_other) {
  for_each_page(GetParam().first, GetParam().second, [](const Case& c) {
    if (c.view.overlay != core::Overlay::None) return;  // the page lies under the overlay
    for (std::size_t i = 0; i < c.pass.texts.size(); ++i)
      for (std::size_t k = i + 1; k < c.pass.texts.size(); ++k) {
        const DrawnText& a = c.pass.texts[i];
        const DrawnText& b = c.pass.texts[k];
        EXPECT_FALSE(a.ink.inset(0, a.size * 0.2F).overlaps(b.ink.inset(0, b.size * 0.2F)))
            << c.name << ": \"" << a.text << "\" and \"" << b.text << "\"";
      }
  });
}

INSTANTIATE_TEST_SUITE_P(Sizes, Layout,
                         testing::Values(std::pair{1080, 1920}, std::pair{1920, 1080}, std::pair{540, 960},
                                         std::pair{1366, 768}),
                         [](const auto& size) {
                           return std::to_string(size.param.first) + "x" + std::to_string(size.param.second);
                         });

// --- touches ---

TEST(Touches, a_touch_is_an_intent_where_it_began_and_ended) {
  auto painter = Painter::open({}, 1080, 1920);
  ASSERT_TRUE(painter);
  const View view = view_of(exhibit("amount"));
  const Pass first = (*painter)->pass(view, {}, 0);
  const auto centre = [&](const std::string& id) {
    for (const DrawnTarget& t : first.targets)
      if (t.id == id) return t.rect.centre();
    ADD_FAILURE() << id;
    return Point{};
  };
  const Point quick = centre("amount.quick.15000");
  EXPECT_FALSE((*painter)->pass(view, {true, quick.x, quick.y}, 0).touch.intent);
  const Pass up = (*painter)->pass(view, {false, quick.x, quick.y}, 0);
  ASSERT_TRUE(up.touch.intent);
  EXPECT_EQ(*up.touch.intent, (core::Intent{core::Wish::ChooseAmount, yuan(150)}));
  // Slid off: nothing.
  const Point help = centre("common.help");
  (*painter)->pass(view, {true, quick.x, quick.y}, 0);
  EXPECT_FALSE((*painter)->pass(view, {false, help.x, help.y}, 0).touch.intent);
  // Repeat is not the core's matter.
  const Point repeat = centre("common.repeat");
  (*painter)->pass(view, {true, repeat.x, repeat.y}, 0);
  const Pass again = (*painter)->pass(view, {false, repeat.x, repeat.y}, 0);
  EXPECT_FALSE(again.touch.intent);
  EXPECT_TRUE(again.touch.repeat_voice);
}

TEST(Touches, every_target_of_every_page_answers) {
  auto painter = Painter::open({}, 1080, 1920);
  ASSERT_TRUE(painter);
  for (const Exhibit& e : exhibits()) {
    const View view = view_of(e.state);
    const Pass first = (*painter)->pass(view, {}, 0);
    for (const DrawnTarget& t : first.targets) {
      const Point p = t.rect.centre();
      (*painter)->pass(view, {true, p.x, p.y}, 0);
      const Pass up = (*painter)->pass(view, {false, p.x, p.y}, 0);
      EXPECT_TRUE(up.touch.intent || up.touch.repeat_voice) << e.name << " " << t.id;
    }
  }
}

TEST(Touches, a_page_under_an_overlay_is_out_of_reach) {
  auto painter = Painter::open({}, 1080, 1920);
  ASSERT_TRUE(painter);
  const Pass pass = (*painter)->pass(view_of(exhibit("overlay-cancel")), {}, 0);
  for (const DrawnTarget& t : pass.targets)
    EXPECT_TRUE(t.id.rfind("common.", 0) == 0 || t.id.rfind("overlay.", 0) == 0) << t.id;
}

// --- icons ---

TEST(Icons, every_path_is_read_to_its_end) {
  for (int i = 1; i <= static_cast<int>(Icon::Wall); ++i) {
    bool complete = false;
    const Shape& shape = shape_of(static_cast<Icon>(i));
    EXPECT_FALSE(read_path(shape.path, &complete).empty()) << i;
    EXPECT_TRUE(complete) << i << ": " << shape.path;
  }
}

}  // namespace
}  // namespace pilotlight::screens
