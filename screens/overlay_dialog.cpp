#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

Taken draw_dialog(Canvas& canvas, const Rect& area, const DialogView& view) {
  Taken taken;
  const ToneColours colours = colours_of(view.tone);
  const bool wide = canvas.landscape();
  float height = 96 + 190 + 28 + 190 + 32 + theme::button;
  if (view.countdown) height += 60;
  if (!view.money.empty()) height += 136;
  if (!wide && view.actions.size() > 1) height += theme::button + 24;
  const Rect box = area.middle(std::min(area.w, 1100.0F), std::min(area.h, height));
  canvas.shadow(box, theme::radius_l, theme::shadow_high, 16);
  canvas.fill(box, theme::card, theme::radius_l);
  Rect rest = box.inset(56, 48);
  const Rect sign = rest.take_top(view.countdown ? 250.0F : 190.0F, 28);
  if (view.countdown) {
    canvas.ring(sign.centre(), 112, 18, 1, theme::sunken);
    canvas.ring(sign.centre(), 112, 18,
                static_cast<float>(view.countdown->seconds) / static_cast<float>(view.countdown->whole),
                colours.bright);
    draw_figure(canvas, sign.middle(180, 130), std::to_string(view.countdown->seconds), "", 104, theme::ink,
                Align::Centre);
  } else {
    draw_badge(canvas, view.icon, sign.centre(), 92, colours.mist, colours.strong);
  }
  const int count = static_cast<int>(view.actions.size());
  if (wide && count > 1) {
    Rect row = rest.take_bottom(theme::button, 28);
    for (int i = 0; i < count; ++i)
      take(taken,
           draw_button(canvas, view.actions[static_cast<std::size_t>(i)], row.cell(count, 1, count - 1 - i, 24),
                       i == 0 ? ButtonKind::Primary : ButtonKind::Secondary),
           view.actions[static_cast<std::size_t>(i)]);
  } else {
    for (int i = count - 1; i >= 0; --i)
      take(taken,
           draw_button(canvas, view.actions[static_cast<std::size_t>(i)], rest.take_bottom(theme::button, 24),
                       i == 0 ? ButtonKind::Primary : ButtonKind::Secondary),
           view.actions[static_cast<std::size_t>(i)]);
  }
  if (!view.money.empty()) draw_banner(canvas, rest.take_bottom(108, 24), Tone::Good, Icon::Wallet, view.money);
  std::string lead = view.lead;
  draw_headline(canvas, rest, view.heading, lead, true);
  return taken;
}

}  // namespace pilotlight::screens
