#include "screens/scenes.h"
#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

void draw_stage(Canvas& canvas, const Rect& rect, const Stage& stage, int number) {
  Rect rest = rect;
  const Rect sign = rest.take_left(72, theme::gap).middle(64, 64);
  const bool now = stage.at == Stage::At::Now;
  if (stage.at == Stage::At::Done) {
    draw_badge(canvas, Icon::Check, sign.centre(), 32, theme::green, theme::card);
  } else {
    canvas.circle(sign.centre(), 32, now ? theme::blue : theme::off);
    canvas.text(std::to_string(number), sign, body_text().bold().in(now ? theme::card : theme::ink).centred().middle());
  }
  TextStyle words = (now ? label_text() : body_text()).middle().wrapped(2).shrinking(theme::caption);
  canvas.text(stage.text, rest, now ? words : words.in(theme::ink_soft));
}

void draw_stages(Canvas& canvas, const Rect& rect, const std::vector<Stage>& stages) {
  draw_card(canvas, rect);
  Rect rest = rect.inset(40, 24);
  const float each = rest.h / static_cast<float>(stages.size());
  int number = 0;
  for (const Stage& stage : stages) draw_stage(canvas, rest.take_top(each), stage, ++number);
}

}  // namespace

Taken draw_progress(Canvas& canvas, const Rect& area, const ProgressView& view) {
  Rect rest = area;
  const bool wide = canvas.landscape();
  const float stages = view.stages.empty() ? 0 : 48 + 100 * static_cast<float>(view.stages.size());
  if (wide) {
    Rect left = rest.take_left(rest.w * 0.44F, 56);
    if (view.countdown) draw_countdown(canvas, *view.countdown, left.take_bottom(150, 16), view.tone);
    draw_scene(canvas, view.picture, left, view.tone, true);
  } else {
    // The picture gets what the words leave.
    float words = 290 + 174 + stages;
    if (view.countdown) words += 140;
    if (!view.money.empty()) words += 120;
    const float picture = std::min(std::max(240.0F, rest.h - words), 620.0F);
    draw_scene(canvas, view.picture, rest.take_top(picture, 16), view.tone, true);
  }
  rest.take_top(draw_headline(canvas, rest, view.heading, view.lead, !wide), 28);
  draw_tip(canvas, view.tip, rest.take_bottom(150, 24));
  if (!wide && view.countdown) draw_countdown(canvas, *view.countdown, rest.take_bottom(120, 20), view.tone);
  if (!view.money.empty()) draw_banner(canvas, rest.take_bottom(96, 24), Tone::Good, Icon::Check, view.money);
  if (!view.stages.empty()) draw_stages(canvas, rest.take_top(std::min(rest.h, stages)), view.stages);
  return std::nullopt;
}

}  // namespace pilotlight::screens
