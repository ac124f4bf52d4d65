// The display on SDL's dummy drivers: what it traces, what touches become, what it says.
#include "screens/display.h"

#include <SDL.h>

#include <boost/json.hpp>
#include <thread>

#include "tests/screens/screens_fixture.h"

namespace pilotlight::screens {
namespace {

class DisplayTest : public testing::Test {
 protected:
  void SetUp() override {
    setenv("SDL_VIDEODRIVER", "dummy", 1);
    setenv("SDL_AUDIODRIVER", "dummy", 1);
    DisplayOptions options;
    options.width = 540;
    options.height = 960;
    options.windowed = true;
    options.motion = false;
    options.assets = assets;
    options.trace = [this](const std::string& line) { lines.push_back(boost::json::parse(line).as_object()); };
    auto opened = Display::open(std::move(options));
    ASSERT_TRUE(opened) << opened.error().text;
    display = std::move(*opened);
  }
  void TearDown() override { display.reset(); }

  // A mouse button event as SDL would bring it, in the middle of a traced target.
  void push(const std::string& id, bool down) {
    for (const auto& target : lines.back().at("targets").as_array()) {
      if (target.at("id") != boost::json::value(id)) continue;
      const auto& r = target.at("rect").as_array();
      SDL_Event event{};
      event.type = down ? SDL_MOUSEBUTTONDOWN : SDL_MOUSEBUTTONUP;
      event.button.button = SDL_BUTTON_LEFT;
      event.button.x = static_cast<int>(r[0].as_int64() + r[2].as_int64() / 2);
      event.button.y = static_cast<int>(r[1].as_int64() + r[3].as_int64() / 2);
      SDL_PushEvent(&event);
      return;
    }
    FAIL() << id << " is not on the screen";
  }

  std::unique_ptr<Display> display;
  std::vector<boost::json::object> lines;
  Moment now = exhibit_moment();
};

TEST_F(DisplayTest, traces_each_change_once) {
  const core::State home = exhibit("home");
  display->turn(home, now, 0);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0].at("screen"), "home");
  EXPECT_EQ(lines[0].at("language"), "zh");
  EXPECT_EQ(lines[0].at("size"), (boost::json::array{540, 960}));
  display->turn(home, now, 0);
  EXPECT_EQ(lines.size(), 1U);
  core::State english = home;
  english.talk.language = core::Language::English;
  display->turn(english, now, 0);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1].at("language"), "en");
  display->turn(exhibit("overlay-smell-gas"), now, 0);
  EXPECT_EQ(lines.back().at("overlay"), "smell_gas");
  EXPECT_EQ(lines.back().at("screen"), "home");
}

TEST_F(DisplayTest, touches_become_intents_in_order) {
  const core::State keypad = exhibit("keypad-180");
  display->turn(keypad, now, 0);
  for (const char* key : {"keypad.1", "keypad.5", "keypad.0", "keypad.ok"}) {
    push(key, true);
    push(key, false);
  }
  const auto intents = display->turn(keypad, now, 1000);
  ASSERT_EQ(intents.size(), 4U);
  EXPECT_EQ(intents[0], (core::Intent{core::Wish::Digit, Money{1}}));
  EXPECT_EQ(intents[1], (core::Intent{core::Wish::Digit, Money{5}}));
  EXPECT_EQ(intents[2], (core::Intent{core::Wish::Digit, Money{0}}));
  EXPECT_EQ(intents[3].wish, core::Wish::AcceptTyped);
}

TEST_F(DisplayTest, wake_ends_a_wait) {
  const core::State home = exhibit("home");
  while (!display->turn(home, now, 0).empty()) {
  }
  std::thread other([this] { display->wake(); });
  const auto before = SDL_GetTicks64();
  display->turn(home, now, 30'000);
  EXPECT_LT(SDL_GetTicks64() - before, 20'000U);
  other.join();
}

TEST_F(DisplayTest, all_pages_in_a_row) {
  for (const Exhibit& e : exhibits()) {
    display->turn(e.state, now, 0);
    EXPECT_FALSE(display->closed());
  }
  EXPECT_GT(lines.size(), 40U);
}

TEST(DisplayOpen, says_what_is_missing) {
  setenv("SDL_VIDEODRIVER", "dummy", 1);
  DisplayOptions options;
  options.assets = "/nowhere";
  const auto opened = Display::open(options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().text, "cannot read /nowhere/strings/zh.toml");
}

}  // namespace
}  // namespace pilotlight::screens
