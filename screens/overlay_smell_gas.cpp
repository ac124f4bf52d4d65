#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

Taken draw_smell_gas(Canvas& canvas, const Rect& area, const SmellGasView& view) {
  Taken taken;
  const bool wide = canvas.landscape();
  canvas.shadow(area, theme::radius_l, theme::shadow_high, 14);
  canvas.fill(area, theme::card, theme::radius_l);
  Rect rest = area;
  const Rect head = rest.take_top(wide ? 176 : 244, 32);
  canvas.fill(head, theme::red, theme::radius_l);
  canvas.fill({head.x, head.y + 60, head.w, head.h - 60}, theme::red);
  Rect title = head.inset(48, 20);
  draw_badge(canvas, Icon::Warning, title.take_left(wide ? 120 : 150, 36).centre(), wide ? 56 : 72, theme::card,
             theme::red);
  title = title.middle(title.w, 148);
  canvas.text(view.heading, title.take_top(90), title_text().in(theme::on_dark).middle().shrinking(theme::heading));
  canvas.text(view.lead, title, lead_text().in(theme::on_dark).middle().shrinking(theme::caption));

  rest = rest.inset(48, 0);
  rest.h -= 40;
  take(taken, draw_button(canvas, view.close, rest.take_bottom(wide ? 112 : theme::button, 28), ButtonKind::Quiet),
       view.close);
  Rect phones = wide ? rest.take_right(rest.w * 0.42F, 48) : rest.take_bottom(264, 28);
  canvas.fill(phones, theme::red_mist, theme::radius);
  Rect call = phones.inset(32, 20);
  canvas.text(view.call_label, call.take_top(60, 4), label_text().in(theme::red).middle().shrinking(theme::caption));
  const int count = static_cast<int>(view.numbers.size());
  for (int i = 0; i < count; ++i) {
    Rect cell = (wide ? call.cell(1, count, i, 8) : call.cell(count, 1, i, 24));
    cell = cell.middle(cell.w, std::min(cell.h, 150.0F));
    canvas.text(view.numbers[static_cast<std::size_t>(i)].label, cell.take_top(48), body_text().middle());
    TextStyle number = title_text().in(theme::red).middle().shrinking(theme::caption);
    number.size = theme::display;
    canvas.text(view.numbers[static_cast<std::size_t>(i)].value, cell, number);
  }
  const int steps = static_cast<int>(view.steps.size());
  for (int i = 0; i < steps; ++i) {
    Rect row = rest.cell(1, steps, i, 12);
    const float radius = std::min(64.0F, row.h / 2 - 2);
    draw_badge(canvas, view.steps[static_cast<std::size_t>(i)].icon, row.take_left(radius * 2, 36).centre(), radius,
               theme::red_mist, theme::red);
    TextStyle words = heading_text().middle().wrapped(2).shrinking(theme::body);
    canvas.text(std::to_string(i + 1) + "  " + view.steps[static_cast<std::size_t>(i)].text, row, words);
  }
  return taken;
}

}  // namespace pilotlight::screens
