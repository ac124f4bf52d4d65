#include "screens/scenes.h"

#include <cmath>
#include <numbers>

#include "screens/icons.h"
#include "screens/theme.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

// A drawing of 480 x 360 inside an area.
class Sketch {
 public:
  Sketch(Canvas& canvas, const Rect& area) : canvas_(canvas) {
    k_ = std::min(area.w / 480, area.h / 360);
    box_ = area.middle(480 * k_, 360 * k_);
  }
  Rect at(float x, float y, float w, float h) const { return {box_.x + x * k_, box_.y + y * k_, w * k_, h * k_}; }
  Point point(float x, float y) const { return {box_.x + x * k_, box_.y + y * k_}; }
  float len(float v) const { return v * k_; }
  void fill(float x, float y, float w, float h, Colour c, float r = 0) { canvas_.fill(at(x, y, w, h), c, r * k_); }
  void gradient(float x, float y, float w, float h, Colour a, Colour b, float r) {
    canvas_.gradient(at(x, y, w, h), a, b, r * k_);
  }
  void line(float x0, float y0, float x1, float y1, float t, Colour c) {
    canvas_.line(point(x0, y0), point(x1, y1), t * k_, c);
  }
  void clip(float x, float y, float w, float h) { canvas_.clip(at(x, y, w, h)); }
  Canvas& canvas() { return canvas_; }

 private:
  Canvas& canvas_;
  float k_ = 1;
  Rect box_;
};

// A chevron pointing up (card goes in) or down, three in a row, lit one after the other.
void draw_chevrons(Sketch& s, float x, float y, bool up, float progress) {
  static const Shape chevron_up{"M4 16 L12 8 L20 16", 24, 4};
  static const Shape chevron_down{"M4 8 L12 16 L20 8", 24, 4};
  for (int i = 0; i < 3; ++i) {
    const float order = up ? static_cast<float>(2 - i) : static_cast<float>(i);
    const float lit = 0.5F + 0.5F * std::cos((progress - order / 3) * 2 * std::numbers::pi_v<float>);
    const auto alpha = static_cast<std::uint8_t>(70 + 185 * lit);
    s.canvas().shape(up ? chevron_up : chevron_down, s.at(x - 30, y + 30 * static_cast<float>(i), 60, 60),
                     theme::blue_bright.with_alpha(alpha));
  }
}

void draw_gas_card(Sketch& s, float x, float y) {
  s.canvas().shadow(s.at(x, y, 150, 216), 16, theme::shadow_high, 8);
  s.gradient(x, y, 150, 216, theme::flame, theme::blue_bright, 18);
  s.fill(x + 50, y + 22, 50, 42, theme::ember, 8);
  s.line(x + 50, y + 43, x + 100, y + 43, 3, theme::amber);
  s.line(x + 67, y + 22, x + 67, y + 64, 3, theme::amber);
  s.line(x + 84, y + 22, x + 84, y + 64, 3, theme::amber);
  s.canvas().shape(flame_outer, s.at(x + 44, y + 104, 62, 62), theme::card);
  s.canvas().shape(flame_middle, s.at(x + 44, y + 104, 62, 62), theme::flame);
  s.fill(x + 28, y + 182, 94, 10, theme::card.with_alpha(150), 5);
}

// The front of the cabinet with a slot at height 70; what is in the slot is drawn between back and front.
void draw_slot_back(Sketch& s, Colour light) {
  s.canvas().shadow(s.at(70, 6, 340, 120), 26, theme::shadow_high, 8);
  s.gradient(70, 6, 340, 120, theme::steel_light, theme::steel, 26);
  s.fill(122, 68, 236, 34, theme::steel_dark, 14);
  s.fill(130, 74, 220, 22, light, 10);
  s.fill(138, 79, 204, 12, theme::steel_dark, 6);
}

void draw_slot_front(Sketch& s) {
  s.gradient(84, 16, 312, 50, theme::steel_light, theme::steel, 18);
  for (int i = 0; i < 3; ++i)
    s.canvas().circle(s.point(112 + 22 * static_cast<float>(i), 40), s.len(5),
                      theme::flame.with_alpha(static_cast<std::uint8_t>(90 + 80 * i)));
}

void draw_card_scene(Sketch& s, bool inwards, Tone tone, float progress) {
  draw_slot_back(s, tone == Tone::Danger ? theme::red : tone == Tone::Caution ? theme::amber_bright : theme::flame);
  const float ease = 0.5F - 0.5F * std::cos(progress * 2 * std::numbers::pi_v<float>);
  const float y = 88 + (inwards ? 28 * (1 - ease) : 28 * ease);
  s.clip(0, 86, 480, 274);
  draw_gas_card(s, 165, y);
  s.canvas().unclip();
  draw_slot_front(s);
  draw_chevrons(s, 400, 170, inwards, progress);
  draw_chevrons(s, 80, 170, inwards, progress);
}

void draw_bank_note(Sketch& s, float x, float y) {
  s.canvas().shadow(s.at(x, y, 176, 250), 10, theme::shadow_high, 8);
  s.gradient(x, y, 176, 250, theme::note_red, theme::note_red_dark, 8);
  s.fill(x + 12, y + 12, 152, 226, theme::card.with_alpha(46), 6);
  s.canvas().ring(s.point(x + 88, y + 110), s.len(44), s.len(6), 1, theme::card.with_alpha(210));
  static const Shape yuan_sign{"M5 3 L12 11 L19 3 M12 11 V21 M6.4 12.4 H17.6 M6.4 16.6 H17.6", 24, 2.4F};
  s.canvas().shape(yuan_sign, s.at(x + 60, y + 82, 56, 56), theme::card);
  s.fill(x + 30, y + 186, 116, 10, theme::card.with_alpha(160), 5);
  s.fill(x + 30, y + 206, 74, 10, theme::card.with_alpha(160), 5);
}

void draw_notes_scene(Sketch& s, Tone tone, float progress) {
  draw_slot_back(s, tone == Tone::Caution ? theme::amber_bright : theme::green_bright);
  const float ease = 0.5F - 0.5F * std::cos(progress * 2 * std::numbers::pi_v<float>);
  s.clip(0, 86, 480, 274);
  draw_bank_note(s, 152, 96 + 30 * (1 - ease));
  s.canvas().unclip();
  draw_slot_front(s);
  draw_chevrons(s, 408, 170, true, progress);
  draw_chevrons(s, 72, 170, true, progress);
}

void draw_receipt_scene(Sketch& s, float progress) {
  draw_slot_back(s, theme::flame);
  static const Shape paper{
      "M0 0 H24 V33 L22 31.4 L20 33 L18 31.4 L16 33 L14 31.4 L12 33 L10 31.4 L8 33 L6 31.4 L4 33 L2 31.4 L0 33 Z", 34,
      0};
  s.clip(0, 86, 480, 274);
  const float y = 60 + 24 * progress;
  s.canvas().shape(paper, s.at(158, y, 240, 240), theme::card);
  s.fill(186, y + 60, 112, 12, theme::ink, 6);
  s.fill(186, y + 88, 80, 10, theme::off, 5);
  s.fill(186, y + 110, 100, 10, theme::off, 5);
  s.canvas().unclip();
  draw_slot_front(s);
}

void draw_sign(Sketch& s, Tone tone, Icon icon) {
  const ToneColours colours = colours_of(tone);
  s.canvas().circle(s.point(240, 180), s.len(170), colours.mist);
  const bool amber = tone == Tone::Caution;
  s.canvas().circle(s.point(240, 180), s.len(124), amber ? colours.bright : colours.strong);
  draw_icon(s.canvas(), icon, s.at(170, 110, 140, 140), amber ? theme::ink : theme::card);
}

void draw_waiting(Sketch& s, Tone tone, Icon icon, float progress) {
  const ToneColours colours = colours_of(tone);
  s.canvas().circle(s.point(240, 180), s.len(126), colours.mist);
  s.canvas().ring(s.point(240, 180), s.len(150), s.len(14), 1, theme::line);
  s.canvas().ring(s.point(240, 180), s.len(150), s.len(14), 0.28F, colours.bright, progress);
  draw_icon(s.canvas(), icon, s.at(170, 110, 140, 140), colours.strong);
}

}  // namespace

void draw_scene(Canvas& canvas, Scene scene, const Rect& area, Tone tone, bool moving) {
  Sketch s(canvas, area);
  const float progress = moving ? canvas.cycle(theme::guide_cycle) : 0.25F;
  switch (scene) {
    case Scene::InsertCard:
      return draw_card_scene(s, true, tone, progress);
    case Scene::TakeCard:
      return draw_card_scene(s, false, tone, progress);
    case Scene::FeedNotes:
      return draw_notes_scene(s, tone, progress);
    case Scene::Receipt:
      return draw_receipt_scene(s, progress);
    case Scene::Success:
      return draw_sign(s, tone, Icon::Check);
    case Scene::Caution:
      return draw_sign(s, tone, Icon::Receipt);
    case Scene::Waiting:
      return draw_waiting(s, tone, Icon::Cloud, progress);
    case Scene::ReadingCard:
      return draw_waiting(s, tone, Icon::Card, progress);
  }
}

void draw_lesson(Canvas& canvas, Icon icon, const Rect& area) {
  Sketch s(canvas, area);
  s.canvas().circle(s.point(240, 180), s.len(178), theme::card.with_alpha(22));
  s.canvas().circle(s.point(240, 180), s.len(146), theme::card.with_alpha(34));
  s.canvas().circle(s.point(240, 180), s.len(112), theme::card);
  draw_icon(canvas, icon, s.at(172, 112, 136, 136), theme::blue);
}

}  // namespace pilotlight::screens
