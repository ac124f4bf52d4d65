#include "screens/scenes.h"
#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

void draw_total(Canvas& canvas, const Rect& rect, const CashView& view) {
  draw_card(canvas, rect);
  Rect rest = rect.inset(44, 24);
  if (!view.goal.empty()) {
    const Rect track = rest.take_bottom(20, 8);
    canvas.fill(track, theme::sunken, 10);
    if (view.part > 0)
      canvas.fill({track.x, track.y, std::max(20.0F, track.w * view.part), track.h},
                  view.part >= 1 ? theme::green_bright : theme::blue, 10);
    canvas.text(view.goal, rest.take_bottom(52), body_text().in(theme::ink_soft).middle().shrinking(theme::caption));
  }
  Rect right = rest.take_right(rest.w * 0.42F, theme::gap);
  const TextStyle label = body_text().in(theme::ink_soft).middle().shrinking(theme::caption);
  canvas.text(view.total_label, rest.take_top(52), label);
  draw_figure(canvas, rest, view.total, view.unit, theme::amount, theme::ink, Align::Left);
  canvas.text(view.buys_label, right.take_top(52), label.right());
  canvas.text(view.buys, right, heading_text().in(theme::blue).right().middle().shrinking(theme::caption));
}

// Small plates in a row that breaks: what is accepted, what has come in.
float draw_plates(Canvas& canvas, Rect area, const std::vector<std::string>& words, Colour ground, Colour ink) {
  const TextStyle style = body_text().bold().in(ink).centred().middle().shrinking(theme::caption);
  constexpr float gap = 14;
  // A row that would break by a little is set closer instead.
  float padding = 36;
  float whole = -gap;
  for (const std::string& word : words) whole += canvas.measure(word, area.w, style).width + padding + gap;
  if (whole > area.w) padding = std::max(16.0F, padding - (whole - area.w) / static_cast<float>(words.size()) - 1);
  float x = area.x;
  float y = area.y;
  for (const std::string& word : words) {
    const float width = std::max(84.0F, canvas.measure(word, area.w, style).width + padding);
    if (x > area.x && x + width > area.right()) {
      x = area.x;
      y += 76;
    }
    canvas.fill({x, y, width, 64}, ground, 32);
    canvas.text(word, {x, y, width, 64}, style);
    x += width + gap;
  }
  return y + 64 - area.y;
}

void draw_plate_group(Canvas& canvas, Rect& rest, const std::string& label, const std::vector<std::string>& words,
                      Colour ground, Colour ink) {
  canvas.text(label, rest.take_top(52, 6), body_text().in(theme::ink_soft).middle());
  rest.take_top(draw_plates(canvas, rest, words, ground, ink), 20);
}

void draw_feeding(Canvas& canvas, const Rect& rect, const CashView& view) {
  const ToneColours colours = colours_of(view.call_tone);
  canvas.fill(rect, colours.mist, theme::radius_l);
  Rect rest = rect.inset(28, 24);
  Rect call = rest.take_bottom(124, 16);
  draw_scene(canvas, Scene::FeedNotes, rest, view.call_tone, true);
  canvas.fill(call, theme::card, theme::radius);
  call = call.inset(28, 8);
  draw_icon(canvas, view.call_icon, call.take_left(64, 24).middle(60, 60), colours.strong);
  canvas.text(view.call, call, label_text().in(colours.strong).middle().wrapped(2).shrinking(theme::caption));
}

}  // namespace

Taken draw_cash(Canvas& canvas, const Rect& area, const CashView& view) {
  Taken taken;
  Rect rest = area;
  const bool wide = canvas.landscape();
  Rect left = wide ? rest.take_left(rest.w * 0.46F, 48) : rest.take_top(rest.h - 752, 24);
  TextStyle heading = title_text().middle().shrinking(theme::heading);
  canvas.text(view.heading, left.take_top(88, 16), wide ? heading : heading.centred());
  draw_feeding(canvas, left, view);

  Rect buttons = rest.take_bottom(theme::button, 24);
  const Rect cancel = buttons.take_left(buttons.w * 0.42F, 24);
  take(taken, draw_button(canvas, view.cancel, cancel, ButtonKind::Secondary), view.cancel);
  take(taken, draw_button(canvas, view.finish, buttons, ButtonKind::Primary), view.finish);
  draw_banner(canvas, rest.take_bottom(88, 24), Tone::Caution, Icon::Info, view.rule);

  draw_total(canvas, rest.take_top(view.goal.empty() ? 244 : 324, 20), view);
  std::vector<std::string> fed;
  for (const NoteChip& chip : view.fed) fed.push_back(chip.text);
  if (fed.empty())
    draw_plate_group(canvas, rest, view.accepts_label, view.accepts, theme::card, theme::ink);
  else
    draw_plate_group(canvas, rest, view.fed_label, fed, theme::green_mist, theme::green);
  return taken;
}

}  // namespace pilotlight::screens
