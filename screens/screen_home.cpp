#include "screens/scenes.h"
#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

// The one big thing on this page: all of it is the button.
bool draw_main_tile(Canvas& canvas, const Rect& rect, const HomeView& view) {
  const bool touched = canvas.target(view.top_up.id, view.top_up.label, rect);
  const bool pressed = canvas.pressed(view.top_up.id);
  canvas.shadow(rect, theme::radius_l, theme::shadow_high, 14);
  canvas.fill(rect, pressed ? theme::blue_mist : theme::card, theme::radius_l);
  Rect rest = rect.inset(48, 40);
  Rect button = rest.take_bottom(140, 24);
  const float picture = std::min(rest.h, rest.w * 0.46F);
  draw_scene(canvas, Scene::InsertCard, rest.take_right(rest.w * 0.46F).middle(rest.w * 0.84F, picture), Tone::Calm,
             false);
  rest.w -= 16;
  TextStyle title = title_text().wrapped(2).shrinking(theme::heading);
  title.line_height = 1.2F;
  const TextStyle note = lead_text().wrapped(3).shrinking(theme::caption);
  const float block = canvas.measure(view.top_up.label, rest.w, title).height + 16 +
                      canvas.measure(view.top_up.note, rest.w, note).height;
  rest.take_top(std::max(0.0F, (rest.h - block) / 2));
  rest.take_top(canvas.text(view.top_up.label, rest, title), 16);
  canvas.text(view.top_up.note, rest, note);
  canvas.shadow(button, 70, theme::shadow_high, 12);
  canvas.gradient(button, theme::blue_bright, theme::blue, 70);
  const TextStyle words = heading_text().in(theme::on_dark);
  const float width = canvas.measure(view.button, button.w, words).width;
  Rect line = button.middle(width + 24 + 56, button.h);
  canvas.text(view.button, line.take_left(width + 1, 24), words.middle());
  draw_icon(canvas, Icon::Right, line.middle(56, 56), theme::on_dark);
  return touched;
}

void draw_bring(Canvas& canvas, const Rect& rect, const HomeView& view) {
  draw_card(canvas, rect);
  Rect rest = rect.inset(40, 22);
  canvas.text(view.bring_heading, rest.take_top(62, 4), label_text().middle());
  const float height = rest.h / static_cast<float>(view.bring.size());
  for (const IconLine& line : view.bring)
    draw_icon_line(canvas, line, rest.take_top(height), theme::blue_mist, theme::blue);
}

void draw_steps(Canvas& canvas, const Rect& rect, const HomeView& view) {
  draw_card(canvas, rect);
  Rect rest = rect.inset(40, 28);
  canvas.text(view.steps_heading, rest.take_top(64, 8), label_text().middle());
  const int count = static_cast<int>(view.steps.size());
  constexpr Icon icons[4] = {Icon::Card, Icon::Keypad, Icon::Note, Icon::Receipt};
  for (int i = 0; i < count; ++i) {
    const Rect cell = rest.cell(count, 1, i, 8);
    const Rect block = cell.middle(cell.w, std::min(cell.h, 172.0F));
    draw_badge(canvas, icons[i % 4], {block.centre().x, block.y + 52}, 50, theme::blue_mist, theme::blue);
    canvas.text(view.steps[static_cast<std::size_t>(i)], {block.x, block.y + 112, block.w, 56},
                body_text().bold().centred().middle().shrinking(theme::caption));
    if (i + 1 < count) draw_icon(canvas, Icon::Right, Rect{cell.right() - 16, block.y + 32, 40, 40}, theme::off);
  }
}

}  // namespace

Taken draw_home(Canvas& canvas, const Rect& area, const HomeView& view) {
  Taken taken;
  Rect rest = area;
  TextStyle greeting = title_text().in(theme::on_dark).middle().shrinking(theme::heading);
  greeting.size = theme::display - 8;
  if (canvas.landscape()) {
    rest.y -= 16;
    rest.h += 16;
    Rect left = rest.take_left(960, 56);
    canvas.text(view.greeting, left.take_top(104), greeting);
    canvas.text(view.lead, left.take_top(60, 24),
                label_text().in(theme::on_dark_soft).middle().shrinking(theme::caption));
    take(taken, draw_main_tile(canvas, left, view), view.top_up);
    rest.take_top(44);
    draw_steps(canvas, rest.take_top(300, 28), view);
    draw_bring(canvas, rest, view);
  } else {
    canvas.text(view.greeting, rest.take_top(112), greeting);
    canvas.text(view.lead, rest.take_top(64, 36),
                label_text().in(theme::on_dark_soft).middle().shrinking(theme::caption));
    take(taken, draw_main_tile(canvas, rest.take_top(476, 28), view), view.top_up);
    draw_steps(canvas, rest.take_top(292, 28), view);
    draw_tip(canvas, view.tip, rest.take_bottom(136, 24));
    draw_bring(canvas, rest, view);
  }
  return taken;
}

}  // namespace pilotlight::screens
