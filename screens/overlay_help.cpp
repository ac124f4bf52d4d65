#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

Taken draw_help(Canvas& canvas, const Rect& area, const HelpView& view) {
  Taken taken;
  const bool wide = canvas.landscape();
  canvas.shadow(area, theme::radius_l, theme::shadow_high, 14);
  canvas.fill(area, theme::card, theme::radius_l);
  Rect rest = area.inset(56, wide ? 36 : 48);
  canvas.text(view.heading, rest.take_top(104, 12), title_text().middle().shrinking(theme::heading));
  Rect side = wide ? rest.take_right(rest.w * 0.38F, 56) : rest.take_bottom(480, 24);
  take(taken, draw_button(canvas, view.close, side.take_bottom(theme::button, 24), ButtonKind::Secondary), view.close);
  take(taken, draw_button(canvas, view.call_staff, side.take_bottom(theme::button, 24), ButtonKind::Primary),
       view.call_staff);
  draw_mist(canvas, side, Tone::Calm);
  draw_hotline(canvas, side.inset(32, 16), view.hotline_label, view.hotline);
  const int count = static_cast<int>(view.answers.size());
  for (int i = 0; i < count; ++i) {
    const Row& answer = view.answers[static_cast<std::size_t>(i)];
    Rect cell = rest.cell(1, count, i, 8);
    if (i > 0) canvas.fill({cell.x, cell.y - 4, cell.w, 2}, theme::line);
    cell = cell.middle(cell.w, std::min(cell.h, 168.0F));
    const TextStyle words = body_text().wrapped(2).shrinking(theme::caption);
    const float height = 60 + canvas.measure(answer.value, cell.w, words).height;
    cell = cell.middle(cell.w, std::min(cell.h, height));
    canvas.text(answer.label, cell.take_top(60), label_text().middle().shrinking(theme::caption));
    canvas.text(answer.value, cell, words.in(theme::ink_soft));
  }
  return taken;
}

}  // namespace pilotlight::screens
