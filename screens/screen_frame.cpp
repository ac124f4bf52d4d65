// The frame around every page: header with clock, the way through a top-up, the bar that is always there.
#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

FrameAreas frame_areas(const Canvas& canvas, const View& view) {
  FrameAreas areas;
  Rect rest = canvas.bounds();
  areas.header = rest.take_top(canvas.landscape() ? theme::header_landscape : theme::header_portrait);
  areas.bar = rest.take_bottom(canvas.landscape() ? theme::bar_landscape : theme::bar_portrait);
  if (!view.header.steps.empty()) {
    if (canvas.landscape())
      areas.stepper = areas.header.inset(500, 0);
    else
      areas.stepper = rest.take_top(140);
  }
  areas.content = rest.inset(canvas.landscape() ? 56 : theme::margin, canvas.landscape() ? 40 : 36);
  return areas;
}

void draw_header(Canvas& canvas, const Header& header, const FrameAreas& areas) {
  Rect rest = areas.header.inset(canvas.landscape() ? 56 : theme::margin, 0);
  const float logo = canvas.landscape() ? 76 : 92;
  draw_logo(canvas, rest.take_left(logo, 24).middle(logo, logo));
  Rect right = rest.take_right(canvas.landscape() ? 400 : 300, theme::gap);
  const TextStyle clock = heading_text().in(theme::on_dark).right();
  const TextStyle small = body_text().in(theme::on_dark_soft).right().shrinking(theme::caption);
  if (canvas.landscape()) {
    canvas.text(header.clock, right.take_right(150), clock.middle());
    canvas.text(header.date, right, small.middle());
  } else {
    const Rect block = right.middle(right.w, 120);
    canvas.text(header.clock, {block.x, block.y, block.w, 72}, clock.middle());
    canvas.text(header.date, {block.x, block.y + 68, block.w, 50}, small.middle());
  }
  const bool crowded = canvas.landscape() && !header.steps.empty();
  if (crowded) rest.w = areas.stepper.x - rest.x;
  TextStyle words = heading_text().in(theme::on_dark).middle().shrinking(theme::caption);
  canvas.text(header.title, rest, words);
  if (!header.uplink && !crowded) {
    const float width = canvas.measure(header.title, rest.w, words).width;
    Rect sign = Rect{rest.x + width + 28, rest.y, 260, rest.h}.middle(260, 56);
    draw_icon(canvas, Icon::Cloud, sign.take_left(44, 12).middle(44, 44), theme::ember);
    canvas.text(header.offline, sign, body_text().in(theme::on_dark_soft).middle().shrinking(theme::caption));
  }
}

void draw_stepper(Canvas& canvas, const Header& header, const Rect& area, bool on_dark) {
  const int count = static_cast<int>(header.steps.size());
  if (count == 0) return;
  const float radius = on_dark ? 24 : 30;
  const Colour done = on_dark ? theme::flame : theme::green;
  const Colour now = on_dark ? theme::card : theme::blue;
  const Colour later = on_dark ? theme::blue_deep : theme::off;
  const float cell = area.w / static_cast<float>(count);
  const float y = on_dark ? area.y + 36 : area.y + 52;
  for (int i = 0; i + 1 < count; ++i) {
    const float x = area.x + cell * (static_cast<float>(i) + 0.5F);
    canvas.fill({x + radius + 14, y - 3, cell - 2 * radius - 28, 6}, i < header.step ? done : later, 3);
  }
  for (int i = 0; i < count; ++i) {
    const Point centre{area.x + cell * (static_cast<float>(i) + 0.5F), y};
    const Rect label{centre.x - cell / 2, y + radius + (on_dark ? 2.0F : 8.0F), cell, 46};
    const bool is_now = i == header.step;
    const Colour ground = i < header.step ? done : is_now ? now : later;
    canvas.circle(centre, radius, ground);
    const Rect dial{centre.x - radius, centre.y - radius, 2 * radius, 2 * radius};
    if (i < header.step)
      draw_icon(canvas, Icon::Check, dial.inset(radius * 0.4F), on_dark ? theme::blue_night : theme::card);
    else
      canvas.text(std::to_string(i + 1), dial,
                  body_text()
                      .bold()
                      .in(is_now == on_dark ? theme::blue_night
                          : on_dark         ? theme::on_dark
                          : is_now          ? theme::card
                                            : theme::ink)
                      .centred()
                      .middle()
                      .shrinking(theme::caption));
    TextStyle words = body_text().centred().middle().shrinking(theme::caption);
    if (is_now) words = words.bold();
    const Colour ink = on_dark  ? (is_now ? theme::on_dark : theme::on_dark_soft)
                       : is_now ? theme::ink
                                : theme::ink_soft;
    canvas.text(header.steps[static_cast<std::size_t>(i)], label, words.in(ink));
  }
}

namespace {

bool draw_bar_item(Canvas& canvas, const Action& action, const Rect& rect, Colour ground, Colour icon, Colour words) {
  const bool touched = canvas.target(action.id, action.label, rect);
  const bool pressed = canvas.pressed(action.id);
  canvas.fill(rect, pressed ? theme::line : ground, theme::radius_s + 6);
  const TextStyle style = body_text().bold().in(words).shrinking(theme::caption);
  if (canvas.landscape()) {
    const float width = std::min(canvas.measure(action.label, rect.w, style).width, rect.w - 80);
    Rect line = rect.middle(48 + 14 + width, rect.h);
    draw_icon(canvas, action.icon, line.take_left(48, 14).middle(48, 48), icon);
    canvas.text(action.label, {line.x, line.y, rect.right() - line.x, line.h}, style.middle());
  } else {
    const Rect block = rect.middle(rect.w, 112);
    draw_icon(canvas, action.icon, Rect{block.x, block.y, block.w, 56}.middle(56, 56), icon);
    canvas.text(action.label, {block.x, block.y + 64, block.w, 48}, style.centred().middle());
  }
  return touched;
}

}  // namespace

Touch draw_bar(Canvas& canvas, const Bar& bar, const Rect& area) {
  Touch touch;
  canvas.fill(area, theme::card);
  canvas.fill({area.x, area.y, area.w, 2}, theme::line);
  Rect rest = area.inset(canvas.landscape() ? 40 : 24, canvas.landscape() ? 16 : 18);
  const float width = canvas.landscape() ? 222 : 138;
  const float gap = theme::target_distance;
  const auto item = [&](const Action& action, const Rect& rect) {
    if (draw_bar_item(canvas, action, rect, theme::card, theme::blue, theme::ink)) touch.intent = action.intent;
  };
  if (draw_bar_item(canvas, bar.smell_gas, rest.take_right(canvas.landscape() ? 380 : 252, gap), theme::red,
                    theme::on_dark, theme::on_dark))
    touch.intent = bar.smell_gas.intent;
  item(bar.help, rest.take_right(width, gap));
  if (draw_bar_item(canvas, bar.repeat, rest.take_right(width, gap), theme::card, theme::blue, theme::ink))
    touch.repeat_voice = true;
  if (bar.language) item(*bar.language, rest.take_right(width, gap));
  if (bar.back) item(*bar.back, rest.take_left(width, gap));
  if (bar.cancel) item(*bar.cancel, rest.take_left(width, gap));
  if (bar.back || bar.cancel) return touch;
  rest = rest.inset(12, 0);
  const TextStyle label = body_text().in(theme::ink_soft).shrinking(theme::caption);
  const TextStyle number = label_text().in(theme::blue).shrinking(theme::caption);
  if (canvas.landscape()) {
    const float label_width = canvas.measure(bar.hotline_label, rest.w, label).width;
    canvas.text(bar.hotline_label, rest.take_left(label_width + 2, 20), label.middle());
    canvas.text(bar.hotline, rest, number.middle());
    return touch;
  }
  const Rect block = rest.middle(rest.w, 112);
  canvas.text(bar.hotline_label, {block.x, block.y, block.w, 50}, label);
  canvas.text(bar.hotline, {block.x, block.y + 48, block.w, 64}, number);
  return touch;
}

}  // namespace pilotlight::screens
