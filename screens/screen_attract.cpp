#include "screens/scenes.h"
#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

void draw_slide(Canvas& canvas, Rect area, const AttractView& view) {
  const TextStyle chip = label_text().in(theme::blue_night).centred().middle();
  const float chip_width = canvas.measure(view.lesson, 400, chip).width + 72;
  const float picture = std::min(area.h * 0.52F, 560.0F);
  const float used = picture + 40 + 76 + 24 + 124 + 130 + 60;
  area.take_top(std::max(0.0F, (area.h - used) / 2));
  draw_lesson(canvas, view.icon, area.take_top(picture, 40));
  const Rect tag = area.take_top(76, 24).middle(chip_width, 76);
  canvas.fill(tag, theme::flame_core, 38);
  canvas.text(view.lesson, tag, chip);
  TextStyle heading = title_text().in(theme::on_dark).centred().middle().shrinking(theme::heading);
  heading.size = theme::display;
  canvas.text(view.slide_heading, area.take_top(124), heading);
  canvas.text(view.slide_text, area.take_top(130),
              label_text().in(theme::on_dark_soft).centred().wrapped(2).shrinking(theme::body));
  const Rect dots = area.take_top(40).middle(36 * static_cast<float>(view.slides), 40);
  for (int i = 0; i < view.slides; ++i) {
    const float x = dots.x + 36 * static_cast<float>(i) + 18;
    const bool now = i == view.slide;
    canvas.fill({x - (now ? 15.0F : 8.0F), dots.y + 12, now ? 30.0F : 16.0F, 16},
                theme::card.with_alpha(now ? 255 : 110), 8);
  }
}

void draw_invitation(Canvas& canvas, const Rect& card, const AttractView& view) {
  canvas.shadow(card, theme::radius_l, theme::shadow_high, 16);
  canvas.fill(card, theme::card, theme::radius_l);
  Rect rest = card.inset(48, 40);
  Rect phones = rest.take_bottom(104, 28);
  TextStyle title = title_text().centred().middle().shrinking(theme::heading);
  title.size = 76;
  const float block = 104 + 12 + 56 + 36 + 148;
  rest.take_top(std::max(0.0F, (rest.h - block) / 2));
  canvas.text(view.invitation, rest.take_top(104, 12), title);
  canvas.text(view.how, rest.take_top(56, 36), lead_text().centred().middle().shrinking(theme::caption));
  const Rect button = rest.take_top(148);
  const bool pressed = canvas.pressed(view.start.id);
  canvas.shadow(button, 74, theme::shadow_high, 12);
  canvas.gradient(button, pressed ? theme::blue_deep : theme::blue_bright, pressed ? theme::blue_deep : theme::blue,
                  74);
  canvas.text(view.start.label, button, heading_text().in(theme::on_dark).centred().middle());
  canvas.fill({phones.x, phones.y - 14, phones.w, 2}, theme::line);
  const Rect left = phones.take_left(phones.w * 0.58F);
  draw_hotline(canvas, left, view.hotline_label, view.hotline);
  Rect right = phones;
  draw_badge(canvas, Icon::Flame, right.take_left(88, theme::gap).centre(), 44, theme::red_mist, theme::red);
  canvas.text(view.emergency_label, {right.x, right.y, right.w, 50},
              body_text().in(theme::ink_soft).shrinking(theme::caption));
  canvas.text(view.emergency, {right.x, right.y + 44, right.w, 72}, heading_text().in(theme::red));
}

}  // namespace

Taken draw_attract(Canvas& canvas, const Rect& area, const AttractView& view) {
  Taken taken;
  Rect all = canvas.bounds();
  const float bar = canvas.landscape() ? theme::bar_landscape : theme::bar_portrait;
  all.h -= bar + theme::target_distance;
  take(taken, canvas.target(view.start.id, view.start.label, all), view.start);
  Rect rest = area;
  if (canvas.landscape()) {
    const Rect card = rest.take_right(820, 56);
    draw_slide(canvas, rest, view);
    draw_invitation(canvas, card.middle(card.w, 640), view);
  } else {
    draw_invitation(canvas, rest.take_bottom(560, 24), view);
    draw_slide(canvas, rest, view);
  }
  return taken;
}

}  // namespace pilotlight::screens
