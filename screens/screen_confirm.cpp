#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

Taken draw_confirm(Canvas& canvas, const Rect& area, const ConfirmView& view) {
  Taken taken;
  Rect rest = area;
  const bool wide = canvas.landscape();
  Rect left = wide ? rest.take_left(rest.w * 0.44F, 56) : rest.take_top(view.banner.empty() ? 484 : 600, 32);
  canvas.text(view.heading, left.take_top(96, 20),
              (wide ? title_text() : title_text().centred()).middle().shrinking(theme::heading));
  if (!view.banner.empty()) draw_banner(canvas, left.take_top(100, 24), Tone::Caution, Icon::Warning, view.banner);
  const Rect hero = left;
  canvas.shadow(hero, theme::radius_l, theme::shadow_high, 14);
  canvas.gradient(hero, theme::blue_bright, theme::blue_deep, theme::radius_l);
  Rect block = hero.middle(hero.w - 64, 270);
  canvas.text(view.volume_label, block.take_top(64), label_text().in(theme::on_dark_soft).centred().middle());
  draw_figure(canvas, block, view.volume, view.unit, theme::amount + 36, theme::on_dark, Align::Centre);

  Rect buttons = rest.take_bottom(theme::button + 12, 24);
  if (view.more.ready) {
    const Rect more = buttons.take_left(buttons.w * 0.38F, 24);
    take(taken, draw_button(canvas, view.more, more, ButtonKind::Secondary), view.more);
  }
  take(taken, draw_button(canvas, view.pay, buttons, ButtonKind::Primary), view.pay);
  draw_banner(canvas, rest.take_bottom(96, 28), Tone::Calm, Icon::Card, view.after);
  const float height = std::min(rest.h, 100 * static_cast<float>(view.rows.size()) + 48);
  const Rect card = rest.take_top(height);
  draw_card(canvas, card);
  Rect rows = card.inset(44, 24);
  const float each = rows.h / static_cast<float>(std::max<std::size_t>(1, view.rows.size()));
  for (std::size_t i = 0; i < view.rows.size(); ++i)
    draw_row(canvas, view.rows[i], rows.take_top(each), i + 1 < view.rows.size());
  return taken;
}

}  // namespace pilotlight::screens
