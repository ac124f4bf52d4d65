#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

bool draw_key(Canvas& canvas, const Rect& rect, const Action& key) {
  const bool confirm = key.id == "keypad.ok";
  if (confirm) return draw_button(canvas, key, rect, ButtonKind::Primary);
  const bool touched = key.ready && canvas.target(key.id, key.label, rect);
  const bool pressed = key.ready && canvas.pressed(key.id);
  const bool quiet = key.icon == Icon::Erase;
  canvas.shadow(rect, theme::radius, theme::shadow_low, 6);
  canvas.fill(rect, pressed ? theme::blue_mist : quiet ? theme::sunken : theme::card, theme::radius);
  if (pressed) canvas.outline(rect, theme::blue, 4, theme::radius);
  if (quiet) {
    draw_icon(canvas, key.icon, Rect{rect.x, rect.y, rect.w, rect.h - 40}.middle(60, 60),
              key.ready ? theme::ink : theme::ink_soft);
    canvas.text(key.label, {rect.x, rect.centre().y + 18, rect.w, 44},
                body_text().in(key.ready ? theme::ink : theme::ink_soft).centred().middle().shrinking(theme::caption));
  } else {
    canvas.text(key.label, rect, title_text().centred().middle());
  }
  return touched;
}

void draw_display(Canvas& canvas, const Rect& rect, const KeypadView& view) {
  draw_card(canvas, rect);
  canvas.outline(rect, theme::blue, 4, theme::radius);
  Rect rest = rect.inset(32, 20);
  const Rect below = rest.take_bottom(60);
  draw_figure(canvas, rest, view.typed, view.unit, theme::amount, view.empty ? theme::ink_soft : theme::ink,
              Align::Centre);
  canvas.text(view.buys, below, label_text().in(theme::blue).centred().middle().shrinking(theme::caption));
}

}  // namespace

Taken draw_keypad(Canvas& canvas, const Rect& area, const KeypadView& view) {
  Taken taken;
  Rect rest = area;
  const bool wide = canvas.landscape();
  Rect info = wide ? rest.take_left(rest.w * 0.45F, 56) : rest.take_top(520, 36);
  canvas.text(view.heading, info.take_top(96, 20),
              (wide ? title_text() : title_text().centred()).middle().shrinking(theme::heading));
  draw_display(canvas, info.take_top(wide ? 300 : 264, 24), view);
  const TextStyle limits = body_text().in(theme::ink_soft).wrapped(2).middle().shrinking(theme::caption);
  canvas.text(view.limits, info.take_top(100, 16), wide ? limits : limits.centred());
  if (wide) {
    for (const std::string& note : view.notes)
      draw_banner(canvas, info.take_top(104, 16), Tone::Caution, Icon::Info, note);
  } else {
    draw_banner(canvas, rest.take_bottom(100, 16), Tone::Caution, Icon::Info, view.notes.back());
    draw_banner(canvas, rest.take_bottom(88, 28), Tone::Caution, Icon::Info, view.notes.front());
  }
  for (int i = 0; i < static_cast<int>(view.keys.size()); ++i) {
    const Action& key = view.keys[static_cast<std::size_t>(i)];
    take(taken, draw_key(canvas, rest.cell(3, 4, i, 20), key), key);
  }
  return taken;
}

}  // namespace pilotlight::screens
