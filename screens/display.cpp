#include "screens/display.h"

#include <algorithm>
#include <optional>

#include "screens/painter.h"
#include "screens/platform_voice.h"
#include "screens/platform_window.h"
#include "screens/present.h"
#include "screens/theme.h"
#include "screens/trace.h"

namespace pilotlight::screens {

namespace {

constexpr std::int64_t slide_frame_ms = 16;
constexpr std::int64_t speaking_ms = 300;
constexpr float nowhere = -1e6F;

float eased(float t) { return 1 - (1 - t) * (1 - t) * (1 - t); }

}  // namespace

struct Display::Parts {
  DisplayOptions options;
  Strings strings;
  Window window;
  std::unique_ptr<Painter> painter;
  Voice voice;

  std::optional<View> shown;
  Pointer pointer{false, nowhere, nowhere};
  bool stale = true;    // the picture must be drawn again although the view is the same
  bool moving = false;  // something on the last picture moves
  std::int64_t slide_from_ms = -1;
  bool forward = true;
  std::int64_t drawn_ms = 0;
  std::string traced;

  float slide(std::int64_t now_ms) const {
    if (slide_from_ms < 0 || !options.motion) return 1;
    return eased(
        std::clamp(static_cast<float>(now_ms - slide_from_ms) / static_cast<float>(theme::page_slide), 0.0F, 1.0F));
  }
  bool sliding() const { return slide_from_ms >= 0; }

  void speak(const View& view);
  void note_page_change(const View& view, std::int64_t now_ms);
  void show(const View& view, std::int64_t now_ms);
  void trace(const View& view, const Pass& pass);
  void touch(const TouchEvent& event, std::int64_t now_ms, std::vector<core::Intent>& intents);
  std::int64_t patience(const core::State& state, const Moment& now, std::int64_t timeout_ms);
};

Display::Display() : parts_(std::make_unique<Parts>()) {}
Display::~Display() = default;

Result<std::unique_ptr<Display>, Message> Display::open(DisplayOptions options) {
  std::unique_ptr<Display> display(new Display);
  Parts& p = *display->parts_;
  p.options = std::move(options);
  auto strings = Strings::load(p.options.assets);
  if (!strings) return fail(strings.error());
  p.strings = std::move(*strings);
  if (auto opened = p.window.open(p.options.width, p.options.height, p.options.windowed); !opened)
    return fail(opened.error());
  auto painter = Painter::open(p.options.fonts, p.window.width(), p.window.height());
  if (!painter) return fail(painter.error());
  p.painter = std::move(*painter);
  return display;
}

void Display::wake() { parts_->window.wake(); }
bool Display::closed() const { return parts_->window.closed(); }

// A new prompt cuts off the old one; a note's call goes before the prompt of a page that comes with it.
void Display::Parts::speak(const View& view) {
  const bool prompt = !shown || shown->prompt.key != view.prompt.key;
  const bool call = shown && shown->call_count != view.call_count;
  if (!prompt && !call) return;
  std::vector<std::string> clips;
  if (call) clips = view.call.clips;
  if (prompt && !(call && clips == view.prompt.clips))
    clips.insert(clips.end(), view.prompt.clips.begin(), view.prompt.clips.end());
  voice.say(options.sounds / (view.language == core::Language::English ? "en" : "zh"), clips);
}

void Display::Parts::note_page_change(const View& view, std::int64_t now_ms) {
  if (!shown || shown->page == view.page) return;
  slide_from_ms = now_ms;
  forward = static_cast<int>(view.page) > static_cast<int>(shown->page);
}

void Display::Parts::trace(const View& view, const Pass& pass) {
  if (!options.trace || sliding()) return;
  std::string line = trace_line(view, pass, window.width(), window.height());
  if (line == traced) return;
  options.trace(line);
  traced = std::move(line);
}

void Display::Parts::show(const View& view, std::int64_t now_ms) {
  if (sliding() && (now_ms - slide_from_ms >= theme::page_slide || !options.motion)) slide_from_ms = -1;
  const std::int64_t shown_ms = options.motion ? now_ms : 0;
  const Pass pass = painter->pass(view, pointer, shown_ms, slide(now_ms), forward);
  window.show(painter->picture(), painter->paint());
  moving = options.motion && (pass.moving || sliding());
  drawn_ms = now_ms;
  stale = false;
  trace(view, pass);
}

void Display::Parts::touch(const TouchEvent& event, std::int64_t now_ms, std::vector<core::Intent>& intents) {
  pointer = {event.down, event.x, event.y};
  const Pass pass = painter->pass(*shown, pointer, now_ms);
  if (pass.touch.intent) intents.push_back(*pass.touch.intent);
  if (pass.touch.repeat_voice)
    voice.say(options.sounds / (shown->language == core::Language::English ? "en" : "zh"), shown->prompt.clips);
  if (!event.down) pointer = {false, nowhere, nowhere};
  stale = true;
}

std::int64_t Display::Parts::patience(const core::State& state, const Moment& now, std::int64_t timeout_ms) {
  std::int64_t left = std::max<std::int64_t>(0, timeout_ms);
  left = std::min(left, next_change(state, now) - now.wall_ms);
  if (moving)
    left = std::min(
        left, std::max<std::int64_t>(0, drawn_ms + (sliding() ? slide_frame_ms : theme::guide_frame) - now.steady_ms));
  if (voice.speaking()) left = std::min(left, speaking_ms);
  return left;
}

std::vector<core::Intent> Display::turn(const core::State& state, const Moment& now, std::int64_t timeout_ms) {
  Parts& p = *parts_;
  View view = present(state, p.strings, now);
  if (p.window.take_lost()) {
    p.painter->resize(p.window.width(), p.window.height());
    p.stale = true;
  }
  const bool changed = !p.shown || !(*p.shown == view);
  if (changed) {
    p.speak(view);
    p.note_page_change(view, now.steady_ms);
    p.shown = std::move(view);
  }
  const std::int64_t frame = p.sliding() ? slide_frame_ms : theme::guide_frame;
  if (changed || p.stale || (p.moving && now.steady_ms - p.drawn_ms >= frame)) p.show(*p.shown, now.steady_ms);
  std::vector<core::Intent> intents;
  for (const TouchEvent& event : p.window.wait(p.patience(state, now, timeout_ms)))
    p.touch(event, now.steady_ms, intents);
  return intents;
}

}  // namespace pilotlight::screens
