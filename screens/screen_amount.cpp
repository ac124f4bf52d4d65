#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

bool draw_goal(Canvas& canvas, const Rect& rect, const Goal& goal) {
  const bool touched = canvas.target(goal.action.id, goal.action.label, rect);
  const bool pressed = canvas.pressed(goal.action.id);
  canvas.shadow(rect, theme::radius, theme::shadow_low);
  canvas.fill(rect, pressed ? theme::blue_mist : theme::card, theme::radius);
  canvas.outline(rect, pressed ? theme::blue : theme::line, pressed ? 5.0F : 2.0F, theme::radius);
  const Rect block = rect.middle(rect.w - 24, 150);
  draw_figure(canvas, {block.x, block.y, block.w, 92}, goal.amount, goal.unit, 84, theme::blue, Align::Centre);
  TextStyle buys = body_text().in(theme::ink_soft).centred().middle();
  buys.size = theme::caption;
  canvas.text(goal.buys, {block.x, block.y + 100, block.w, 50}, buys);
  return touched;
}

// A wide tile with an icon: "same as last time", "another amount".
bool draw_wide_tile(Canvas& canvas, const Rect& rect, const Action& action, bool strong) {
  const bool touched = canvas.target(action.id, action.label, rect);
  const bool pressed = canvas.pressed(action.id);
  canvas.shadow(rect, theme::radius, theme::shadow_low);
  canvas.fill(rect, pressed ? theme::line : strong ? theme::blue_mist : theme::card, theme::radius);
  if (strong) canvas.outline(rect, theme::blue, 3, theme::radius);
  Rect rest = rect.inset(32, 12);
  draw_badge(canvas, action.icon, rest.take_left(84, 28).centre(), 42, strong ? theme::blue : theme::blue_mist,
             strong ? theme::card : theme::blue);
  draw_icon(canvas, Icon::Right, rest.take_right(48).middle(44, 44), theme::blue);
  const float note = action.note.empty() ? 0 : 48;
  Rect block = rest.middle(rest.w, 60 + note);
  canvas.text(action.label, block.take_top(60), label_text().middle().shrinking(theme::caption));
  if (note > 0) canvas.text(action.note, block, body_text().in(theme::ink_soft).middle().shrinking(theme::caption));
  return touched;
}

void draw_notice_card(Canvas& canvas, const Rect& rect, const AmountView& view) {
  draw_mist(canvas, rect, Tone::Caution);
  Rect rest = rect.inset(36, 24);
  canvas.text(view.notice_heading, rest.take_top(60, 4), label_text().in(theme::amber).middle());
  const float each = rest.h / static_cast<float>(std::max<std::size_t>(1, view.notice.size()));
  for (const IconLine& line : view.notice) draw_icon_line(canvas, line, rest.take_top(each), theme::card, theme::amber);
}

}  // namespace

Taken draw_amount(Canvas& canvas, const Rect& area, const AmountView& view) {
  Taken taken;
  Rect rest = area;
  const bool wide = canvas.landscape();
  Rect side = wide ? rest.take_right(rest.w * 0.4F, 48) : Rect{};
  if (wide) {
    canvas.text(view.heading, rest.take_top(92, 20), title_text().middle().shrinking(theme::heading));
  } else {
    rest.take_top(draw_headline(canvas, rest, view.heading, view.lead, true), 28);
    draw_notice_card(canvas, rest.take_bottom(380), view);
    rest.h -= 32;
  }
  const auto keypad = [&](const Rect& rect) {
    take(taken, draw_wide_tile(canvas, rect, view.keypad, false), view.keypad);
  };
  const auto repeat = [&](const Rect& rect) {
    take(taken, draw_wide_tile(canvas, rect, *view.repeat, true), *view.repeat);
  };
  if (wide) {
    side.take_top(8);
    if (view.repeat) repeat(side.take_top(148, 24));
    keypad(side.take_top(148, 24));
    draw_notice_card(canvas, side, view);
  } else {
    keypad(rest.take_bottom(140, 24));
    if (view.repeat) repeat(rest.take_bottom(140, 24));
  }
  const int count = static_cast<int>(view.goals.size());
  const int rows = (count + 2) / 3;
  const float height = std::min(rest.h, wide ? rest.h : 236.0F * static_cast<float>(rows) + 24);
  const Rect grid{rest.x, rest.y, rest.w, height};
  for (int i = 0; i < count; ++i) {
    const Goal& goal = view.goals[static_cast<std::size_t>(i)];
    take(taken, draw_goal(canvas, grid.cell(3, std::max(1, rows), i, 24), goal), goal.action);
  }
  return taken;
}

}  // namespace pilotlight::screens
