#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

void draw_rows(Canvas& canvas, const Rect& rect, const std::string& heading, const std::vector<Row>& rows) {
  draw_card(canvas, rect);
  Rect rest = rect.inset(40, 24);
  if (!heading.empty()) canvas.text(heading, rest.take_top(64), label_text().middle());
  const float each = rest.h / static_cast<float>(std::max<std::size_t>(1, rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) draw_row(canvas, rows[i], rest.take_top(each), i + 1 < rows.size());
}

void draw_person(Canvas& canvas, const Rect& rect, const AccountView& view) {
  canvas.shadow(rect, theme::radius, theme::shadow_low);
  canvas.gradient(rect, theme::blue_bright, theme::blue_deep, theme::radius);
  Rect rest = rect.inset(44, 11);
  draw_badge(canvas, Icon::Person, rest.take_left(140, 36).centre(), 68, theme::card.with_alpha(38), theme::on_dark);
  Rect block = rest.middle(rest.w, 174);
  canvas.text(view.greeting, block.take_top(50), body_text().in(theme::on_dark_soft).middle());
  canvas.text(view.name, {block.x, block.y, block.w, 74},
              heading_text().in(theme::on_dark).middle().shrinking(theme::caption));
  block.take_top(72);
  canvas.text(view.address, block, body_text().in(theme::on_dark_soft).middle().shrinking(theme::caption));
}

void draw_arrears(Canvas& canvas, const Rect& rect, const AccountView& view) {
  draw_mist(canvas, rect, Tone::Caution);
  Rect rest = rect.inset(32, 20);
  draw_icon(canvas, Icon::Warning, rest.take_left(64, 24).middle(64, 64), theme::amber);
  rest = rest.middle(rest.w, 104);
  canvas.text(view.arrears_heading, rest.take_top(56),
              body_text().bold().in(theme::amber).middle().shrinking(theme::caption));
  canvas.text(view.arrears, rest, body_text().middle().shrinking(theme::caption));
}

}  // namespace

Taken draw_account(Canvas& canvas, const Rect& area, const AccountView& view) {
  Taken taken;
  Rect rest = area;
  const bool wide = canvas.landscape();
  Rect second = wide ? rest.take_right(rest.w * 0.46F, 48) : rest;
  Rect& lower = wide ? second : rest;
  take(taken, draw_button(canvas, view.go_on, lower.take_bottom(theme::button + 12, 36), ButtonKind::Primary),
       view.go_on);
  if (!view.arrears_heading.empty()) draw_arrears(canvas, lower.take_bottom(144, theme::gap), view);
  draw_person(canvas, rest.take_top(wide ? 216 : 196, theme::gap), view);
  // Portrait: both lists share the height that is left, line by line.
  const auto lines = static_cast<float>(view.rows.size() + (wide ? 0 : view.prices.size()));
  const float extra = wide || view.prices.empty() ? 48 : 48 + 112 + theme::gap;
  const float each = std::min(96.0F, (rest.h - extra) / lines);
  draw_rows(canvas, rest.take_top(each * static_cast<float>(view.rows.size()) + 48, theme::gap), "", view.rows);
  if (view.prices.empty()) return taken;
  const float price = wide ? 84 : each;
  draw_rows(canvas, lower.take_top(std::min(lower.h, price * static_cast<float>(view.prices.size()) + 112)),
            view.price_heading, view.prices);
  return taken;
}

}  // namespace pilotlight::screens
