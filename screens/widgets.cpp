#include "screens/widgets.h"

#include "screens/icons.h"

namespace pilotlight::screens {

ToneColours colours_of(Tone tone) {
  switch (tone) {
    case Tone::Calm:
      return {theme::blue, theme::blue, theme::blue_mist};
    case Tone::Good:
      return {theme::green, theme::green_bright, theme::green_mist};
    case Tone::Caution:
      return {theme::amber, theme::amber_bright, theme::amber_mist};
    case Tone::Danger:
      return {theme::red, theme::red, theme::red_mist};
  }
  return {theme::blue, theme::blue, theme::blue_mist};
}

namespace {

TextStyle style(float size, Weight weight, Colour colour) {
  TextStyle s;
  s.size = size;
  s.weight = weight;
  s.colour = colour;
  s.line_height = theme::line_height;
  return s;
}

}  // namespace

TextStyle body_text() { return style(theme::body, Weight::Regular, theme::ink); }
TextStyle lead_text() { return style(theme::lead, Weight::Regular, theme::ink_soft); }
TextStyle label_text() { return style(theme::label, Weight::Bold, theme::ink); }
TextStyle heading_text() { return style(theme::heading, Weight::Bold, theme::ink); }
TextStyle title_text() { return style(theme::title, Weight::Bold, theme::ink); }

float draw_headline(Canvas& canvas, const Rect& area, std::string_view heading, std::string_view lead, bool centred,
                    Colour colour) {
  TextStyle top = title_text().in(colour).wrapped(2).shrinking(56);
  top.line_height = 1.2F;
  TextStyle below = lead_text().wrapped(2).shrinking(36);
  if (centred) {
    top.align = Align::Centre;
    below.align = Align::Centre;
  }
  Rect rest = area;
  const float used = canvas.text(heading, rest, top);
  rest.take_top(used, theme::gap_s);
  return used + theme::gap_s + canvas.text(lead, rest, below);
}

void draw_card(Canvas& canvas, const Rect& rect, Colour colour, float radius) {
  canvas.shadow(rect, radius, theme::shadow_low);
  canvas.fill(rect, colour, radius);
}

void draw_mist(Canvas& canvas, const Rect& rect, Tone tone) { canvas.fill(rect, colours_of(tone).mist, theme::radius); }

void draw_icon(Canvas& canvas, Icon icon, const Rect& box, Colour colour) {
  if (icon != Icon::None) canvas.shape(shape_of(icon), box, colour);
}

void draw_badge(Canvas& canvas, Icon icon, Point centre, float radius, Colour ground, Colour colour) {
  canvas.circle(centre, radius, ground);
  const float side = radius * 1.15F;
  draw_icon(canvas, icon, {centre.x - side / 2, centre.y - side / 2, side, side}, colour);
}

void draw_logo(Canvas& canvas, const Rect& box) {
  canvas.fill(box, theme::card, box.w * 0.26F);
  const Rect flame = box.inset(box.w * 0.13F);
  canvas.shape(flame_outer, flame, theme::blue_bright);
  canvas.shape(flame_middle, flame, theme::flame);
  canvas.shape(flame_heart, flame, theme::flame_core);
}

namespace {

struct ButtonColours {
  Colour top, bottom, words, rim;
};

ButtonColours button_colours(ButtonKind kind, bool pressed) {
  switch (kind) {
    case ButtonKind::Primary:
      return pressed ? ButtonColours{theme::blue_deep, theme::blue_deep, theme::on_dark, {0, 0, 0, 0}}
                     : ButtonColours{theme::blue_bright, theme::blue, theme::on_dark, {0, 0, 0, 0}};
    case ButtonKind::Secondary:
      return pressed ? ButtonColours{theme::blue_mist, theme::blue_mist, theme::blue_deep, theme::blue}
                     : ButtonColours{theme::card, theme::card, theme::blue, theme::blue};
    case ButtonKind::Quiet:
      return pressed ? ButtonColours{theme::line, theme::line, theme::ink, {0, 0, 0, 0}}
                     : ButtonColours{theme::sunken, theme::sunken, theme::ink, {0, 0, 0, 0}};
  }
  return {};
}

void draw_button_words(Canvas& canvas, const Action& action, const Rect& rect, Colour colour) {
  TextStyle words = label_text().in(colour).shrinking(theme::caption);
  const float icon = action.icon == Icon::None ? 0 : 52;
  const float between = icon > 0 ? 18.0F : 0.0F;
  const float room = rect.w - 48 - icon - between;
  Canvas::Measure m = canvas.measure(action.label, room, words);
  while (m.width > room && words.size > theme::caption) {
    words.size -= 2;
    m = canvas.measure(action.label, room, words);
  }
  const TextStyle second = style(theme::caption, Weight::Regular, colour).shrinking(theme::caption);
  const float note_height = action.note.empty() ? 0 : second.size * second.line_height;
  const float block = m.height + note_height;
  const float note_width = action.note.empty() ? 0 : canvas.measure(action.note, room, second).width;
  const float width = std::max(m.width, note_width);
  Rect line = rect.middle(icon + between + width, block);
  // An arrow that leads on stands behind the words, any other icon before them.
  const bool behind = action.icon == Icon::Right;
  if (icon > 0)
    draw_icon(canvas, action.icon,
              (behind ? line.take_right(icon, between) : line.take_left(icon, between)).middle(icon, icon), colour);
  canvas.text(action.label, {line.x, line.y, width + 1, m.height}, icon > 0 ? words : words.centred());
  if (note_height > 0)
    canvas.text(action.note, {line.x, line.y + m.height, width + 1, note_height}, icon > 0 ? second : second.centred());
}

}  // namespace

bool draw_button(Canvas& canvas, const Action& action, const Rect& rect, ButtonKind kind) {
  const float radius = std::min(theme::radius_l, rect.h / 2);
  if (!action.ready) {
    canvas.fill(rect, theme::sunken, radius);
    canvas.outline(rect, theme::off, 2, radius);
    draw_button_words(canvas, action, rect, theme::ink_soft);
    return false;
  }
  const bool touched = canvas.target(action.id, action.label, rect);
  const bool pressed = canvas.pressed(action.id);
  const ButtonColours colours = button_colours(kind, pressed);
  if (kind == ButtonKind::Primary && !pressed) canvas.shadow(rect, radius, theme::shadow_high, 12);
  canvas.gradient(rect, colours.top, colours.bottom, radius);
  if (colours.rim.a > 0) canvas.outline(rect, colours.rim, 3, radius);
  draw_button_words(canvas, action, rect, colours.words);
  return touched;
}

void draw_icon_line(Canvas& canvas, const IconLine& line, const Rect& rect, Colour ground, Colour colour) {
  Rect rest = rect;
  const Rect badge = rest.take_left(72, theme::gap);
  draw_badge(canvas, line.icon, badge.centre(), 36, ground, colour);
  canvas.text(line.text, rest, body_text().middle().wrapped(2).shrinking(theme::caption));
}

void draw_row(Canvas& canvas, const Row& row, const Rect& rect, bool ruled) {
  const TextStyle value = (row.strong ? label_text() : body_text().bold()).right().middle().shrinking(theme::caption);
  const float value_width = canvas.measure(row.value, rect.w, value).width;
  const float label_width = std::max(rect.w * 0.3F, rect.w - value_width - theme::gap);
  canvas.text(row.label, {rect.x, rect.y, label_width, rect.h},
              body_text().in(theme::ink_soft).middle().wrapped(2).shrinking(theme::caption));
  canvas.text(row.value, {rect.x + rect.w * 0.25F, rect.y, rect.w * 0.75F, rect.h}, value);
  if (ruled) canvas.fill({rect.x, rect.bottom() - 1, rect.w, 2}, theme::line);
}

void draw_banner(Canvas& canvas, const Rect& rect, Tone tone, Icon icon, std::string_view words) {
  const ToneColours colours = colours_of(tone);
  canvas.fill(rect, colours.mist, theme::radius_s + 4);
  Rect rest = rect.inset(theme::gap, 4);
  draw_icon(canvas, icon, rest.take_left(48, 20).middle(48, 48), colours.strong);
  TextStyle text = body_text().bold().in(colours.strong).middle().wrapped(2).shrinking(theme::caption);
  text.line_height = theme::line_height_tight;
  canvas.text(words, rest, text);
}

void draw_countdown(Canvas& canvas, const Countdown& countdown, const Rect& rect, Tone tone) {
  const ToneColours colours = colours_of(tone);
  const TextStyle words = body_text().in(theme::ink_soft).middle().wrapped(2).shrinking(theme::caption);
  const float radius = std::min(rect.h / 2 - 4, 68.0F);
  const float width = std::min(canvas.measure(countdown.label, rect.w - 2 * radius - theme::gap, words).width,
                               rect.w - 2 * radius - theme::gap);
  Rect line = rect.middle(2 * radius + theme::gap + width + 2, rect.h);
  const Rect dial = line.take_left(2 * radius, theme::gap);
  canvas.ring(dial.centre(), radius - 5, 10, 1, theme::line);
  canvas.ring(dial.centre(), radius - 5, 10,
              static_cast<float>(countdown.seconds) / static_cast<float>(countdown.whole), colours.bright);
  canvas.text(std::to_string(countdown.seconds), dial, label_text().centred().middle().shrinking(theme::caption));
  canvas.text(countdown.label, line, words);
}

void draw_tip(Canvas& canvas, const Tip& tip, const Rect& rect) {
  if (tip.heading.empty()) return;
  canvas.fill(rect, theme::blue_mist, theme::radius);
  Rect rest = rect.inset(theme::gap + 8, theme::gap_s);
  draw_badge(canvas, Icon::Info, rest.take_left(80, theme::gap).centre(), 40, theme::card, theme::blue);
  TextStyle top = body_text().bold().in(theme::blue_deep).shrinking(theme::caption);
  TextStyle below = body_text().wrapped(2).shrinking(theme::caption);
  top.line_height = below.line_height = theme::line_height_tight;
  const float heading = canvas.measure(tip.heading, rest.w, top).height;
  if (heading + canvas.measure(tip.text, rest.w, below).height > rest.h) below.size = theme::caption;
  const float height = heading + canvas.measure(tip.text, rest.w, below).height;
  rest.take_top(std::max(0.0F, (rest.h - height) / 2));
  rest.take_top(canvas.text(tip.heading, rest, top));
  canvas.text(tip.text, rest, below);
}

void draw_figure(Canvas& canvas, const Rect& rect, std::string_view figure, std::string_view unit, float size,
                 Colour colour, Align align) {
  TextStyle big = style(size, Weight::Bold, colour);
  TextStyle small = style(size * 0.4F, Weight::Bold, colour);
  big.line_height = small.line_height = 1.1F;
  const float gap = size * 0.12F;
  float width = 0;
  for (;;) {
    width = canvas.measure(figure, rect.w, big).width + gap + canvas.measure(unit, rect.w, small).width;
    if (width <= rect.w || big.size <= 56) break;
    big.size -= 4;
    small.size = std::max(theme::caption, big.size * 0.4F);
  }
  const float x = align == Align::Centre  ? rect.x + (rect.w - width) / 2
                  : align == Align::Right ? rect.right() - width
                                          : rect.x;
  const float figure_width = canvas.measure(figure, rect.w, big).width;
  const float y = rect.y + (rect.h - big.size * 1.1F) / 2;
  canvas.text(figure, {x, y, figure_width + 2, big.size * 1.1F}, big);
  // Same base line: both styles set it 0.36 em below the middle of their line.
  const float baseline = y + big.size * (0.55F + 0.36F);
  canvas.text(unit, {x + figure_width + gap, baseline - small.size * (0.55F + 0.36F), width, small.size * 1.1F}, small);
}

void draw_hotline(Canvas& canvas, const Rect& rect, std::string_view label, std::string_view number) {
  Rect rest = rect;
  draw_badge(canvas, Icon::Phone, rest.take_left(88, theme::gap).centre(), 44, theme::blue_mist, theme::blue);
  const float half = rest.h / 2;
  canvas.text(label, {rest.x, rest.y + half - 52, rest.w, 48},
              body_text().in(theme::ink_soft).shrinking(theme::caption));
  canvas.text(number, {rest.x, rest.y + half - 4, rest.w, 64},
              heading_text().in(theme::blue).shrinking(theme::caption));
}

}  // namespace pilotlight::screens
