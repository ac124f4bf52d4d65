#include "screens/scenes.h"
#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

Taken draw_guide(Canvas& canvas, const Rect& area, const GuideView& view) {
  const ToneColours colours = colours_of(view.tone);
  Rect rest = area;
  Rect picture = canvas.landscape() ? rest.take_left(rest.w * 0.5F, 56) : rest.take_top(rest.h * 0.5F, 36);
  canvas.fill(picture, colours.mist, theme::radius_l);
  if (view.tone != Tone::Calm && view.tone != Tone::Good) canvas.outline(picture, colours.bright, 6, theme::radius_l);
  draw_scene(canvas, view.picture, picture.inset(40, 40), view.tone, true);
  const bool centred = !canvas.landscape();
  const float line = centred ? 100 : 112;
  const float hints = view.hints.empty() ? 0 : line * static_cast<float>(view.hints.size()) + 48;
  if (!centred) rest.take_top(std::max(0.0F, (rest.h - 190 - hints - (view.countdown ? 200.0F : 0.0F)) / 2));
  rest.take_top(draw_headline(canvas, rest, view.heading, view.lead, centred,
                              view.tone == Tone::Danger ? theme::red : theme::ink),
                32);
  if (view.countdown) draw_countdown(canvas, *view.countdown, rest.take_bottom(150, 24), view.tone);
  if (view.hints.empty()) return std::nullopt;
  const Rect card = rest.take_top(std::min(rest.h, hints));
  draw_card(canvas, card);
  Rect lines = card.inset(36, 24);
  const float each = lines.h / static_cast<float>(view.hints.size());
  for (const IconLine& hint : view.hints)
    draw_icon_line(canvas, hint, lines.take_top(each), colours.mist, colours.strong);
  return std::nullopt;
}

}  // namespace pilotlight::screens
