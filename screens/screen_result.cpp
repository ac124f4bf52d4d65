#include "screens/scenes.h"
#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

void draw_outcome(Canvas& canvas, Rect area, const ResultView& view) {
  const ToneColours colours = colours_of(view.tone);
  const bool figure = !view.figure.empty();
  const float picture = std::min(240.0F, area.h * 0.34F);
  draw_scene(canvas, view.picture, area.take_top(picture, 24), view.tone, false);
  area.take_top(draw_headline(canvas, area, view.heading, view.lead, true), 8);
  if (figure)
    draw_figure(canvas, area.take_top(std::min(area.h, 170.0F)), view.figure, view.figure_unit, theme::amount,
                colours.strong, Align::Centre);
}

}  // namespace

Taken draw_result(Canvas& canvas, const Rect& area, const ResultView& view) {
  Taken taken;
  Rect rest = area;
  const bool wide = canvas.landscape();
  // Portrait: the outcome gets what rows, banners and button leave.
  const float below = theme::button + 24 + 2 * 112 + (view.countdown ? 124.0F : 0.0F) +
                      (view.rows.empty() ? 0.0F : 76 * static_cast<float>(view.rows.size()) + 40);
  Rect left = wide ? rest.take_left(rest.w * 0.46F, 56)
                   : rest.take_top(std::min(rest.h - below - 24, view.figure.empty() ? 560.0F : 680.0F), 24);
  if (wide && view.countdown) draw_countdown(canvas, *view.countdown, left.take_bottom(120, 8), Tone::Calm);
  if (wide) {
    const float used = view.figure.empty() ? 560 : 720;
    left = left.middle(left.w, std::min(left.h, used));
  }
  draw_outcome(canvas, left, view);
  take(taken, draw_button(canvas, view.finish, rest.take_bottom(theme::button, 24), ButtonKind::Primary), view.finish);
  if (!wide && view.countdown) draw_countdown(canvas, *view.countdown, rest.take_bottom(108, 16), Tone::Calm);
  draw_banner(canvas, rest.take_bottom(92, 20), Tone::Calm, Icon::Info, view.next);
  draw_banner(canvas, rest.take_bottom(92, 20), view.slip_tone, Icon::Receipt, view.slip);
  if (view.rows.empty()) return taken;
  const float height = std::min(rest.h, 88 * static_cast<float>(view.rows.size()) + 40);
  const Rect card = rest.take_top(height);
  draw_card(canvas, card);
  Rect rows = card.inset(40, 20);
  const float each = rows.h / static_cast<float>(view.rows.size());
  for (std::size_t i = 0; i < view.rows.size(); ++i)
    draw_row(canvas, view.rows[i], rows.take_top(each), i + 1 < view.rows.size());
  return taken;
}

}  // namespace pilotlight::screens
