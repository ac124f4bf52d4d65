#include "screens/scenes.h"
#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

void draw_sign(Canvas& canvas, const Rect& rect, const NoticeView& view) {
  const ToneColours colours = colours_of(view.tone);
  const float radius = std::min({rect.h / 2, rect.w / 2, 150.0F});
  canvas.circle(rect.centre(), radius, colours.mist);
  const bool amber = view.tone == Tone::Caution;
  draw_badge(canvas, view.icon, rect.centre(), radius * 0.72F, amber ? colours.bright : colours.strong,
             amber ? theme::ink : theme::card);
}

void draw_todo(Canvas& canvas, const Rect& rect, const NoticeView& view) {
  draw_card(canvas, rect);
  Rect rest = rect.inset(40, 28);
  canvas.text(view.todo_heading, rest.take_top(64, 8), label_text().middle());
  const float each = rest.h / static_cast<float>(std::max<std::size_t>(1, view.todo.size()));
  int number = 0;
  for (const std::string& line : view.todo) {
    Rect row = rest.take_top(each);
    const Rect sign = row.take_left(64, theme::gap);
    canvas.circle(sign.centre(), 32, theme::blue);
    canvas.text(std::to_string(++number), sign, body_text().bold().in(theme::card).centred().middle());
    TextStyle words = body_text().middle().wrapped(2).shrinking(theme::caption);
    words.size = theme::lead;
    canvas.text(line, row, words);
  }
}

}  // namespace

Taken draw_notice(Canvas& canvas, const Rect& area, const NoticeView& view) {
  Taken taken;
  Rect rest = area;
  const bool wide = canvas.landscape();
  Rect left = wide ? rest.take_left(rest.w * 0.44F, 56) : rest;
  Rect& top = wide ? left : rest;
  if (wide) top.take_top(40);
  draw_sign(canvas, top.take_top(wide ? 320 : 310, 28), view);
  top.take_top(draw_headline(canvas, top, view.heading, view.lead, true), 28);
  if (!view.money.empty()) draw_banner(canvas, top.take_top(92, 24), Tone::Good, Icon::Check, view.money);
  if (view.go_on)
    take(taken, draw_button(canvas, *view.go_on, rest.take_bottom(theme::button, 28), ButtonKind::Primary),
         *view.go_on);
  draw_hotline(canvas, rest.take_bottom(112, 24).inset(16, 0), view.hotline_label, view.hotline);
  if (!view.todo.empty()) {
    const float height = std::min(rest.h, 128 + 148 * static_cast<float>(view.todo.size()));
    draw_todo(canvas, rest.take_top(height), view);
  }
  return taken;
}

}  // namespace pilotlight::screens
