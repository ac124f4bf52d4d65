#include "screens/screen.h"
#include "screens/widgets.h"

namespace pilotlight::screens {

namespace {

// The ground of the header; deeper where the page begins in it.
void draw_ground(Canvas& canvas, const View& view, const FrameAreas& areas) {
  const Rect all = canvas.bounds();
  canvas.fill(all, theme::paper);
  if (view.page == core::Page::Attract) {
    canvas.gradient(all, theme::blue_bright, theme::blue_night);
    canvas.circle({all.w * 0.92F, all.h * 0.06F}, all.w * 0.42F, theme::card.with_alpha(12));
    canvas.circle({all.w * 0.02F, all.h * 0.62F}, all.w * 0.36F, theme::card.with_alpha(10));
    return;
  }
  Rect ground = areas.header;
  if (view.page == core::Page::Home) ground.h += canvas.landscape() ? 220.0F : 330.0F;
  canvas.gradient(ground, theme::blue_bright, theme::blue_deep);
  if (view.page != core::Page::Home) return;
  canvas.clip(ground);
  canvas.circle({all.w * 0.9F, ground.h * 0.3F}, 330, theme::card.with_alpha(14));
  canvas.circle({all.w * 0.98F, ground.h * 0.9F}, 240, theme::card.with_alpha(14));
  canvas.circle({all.w * 0.05F, ground.h * 1.1F}, 220, theme::card.with_alpha(10));
  canvas.unclip();
}

Taken draw_body(Canvas& canvas, const Rect& area, const Body& body) {
  struct Visitor {
    Canvas& canvas;
    const Rect& area;
    Taken operator()(const AttractView& v) const { return draw_attract(canvas, area, v); }
    Taken operator()(const HomeView& v) const { return draw_home(canvas, area, v); }
    Taken operator()(const GuideView& v) const { return draw_guide(canvas, area, v); }
    Taken operator()(const ProgressView& v) const { return draw_progress(canvas, area, v); }
    Taken operator()(const NoticeView& v) const { return draw_notice(canvas, area, v); }
    Taken operator()(const AccountView& v) const { return draw_account(canvas, area, v); }
    Taken operator()(const AmountView& v) const { return draw_amount(canvas, area, v); }
    Taken operator()(const KeypadView& v) const { return draw_keypad(canvas, area, v); }
    Taken operator()(const CashView& v) const { return draw_cash(canvas, area, v); }
    Taken operator()(const ConfirmView& v) const { return draw_confirm(canvas, area, v); }
    Taken operator()(const ResultView& v) const { return draw_result(canvas, area, v); }
  };
  return std::visit(Visitor{canvas, area}, body);
}

Taken draw_above(Canvas& canvas, const Rect& area, const Above& above) {
  struct Visitor {
    Canvas& canvas;
    const Rect& area;
    Taken operator()(const std::monostate&) const { return std::nullopt; }
    Taken operator()(const SmellGasView& v) const { return draw_smell_gas(canvas, area, v); }
    Taken operator()(const HelpView& v) const { return draw_help(canvas, area, v); }
    Taken operator()(const DialogView& v) const { return draw_dialog(canvas, area, v); }
  };
  return std::visit(Visitor{canvas, area}, above);
}

}  // namespace

Touch draw(Canvas& canvas, const View& view, float slide, bool forward) {
  const FrameAreas areas = frame_areas(canvas, view);
  const bool covered = view.overlay != core::Overlay::None;
  draw_ground(canvas, view, areas);
  canvas.touchable(!covered);
  const int mark = canvas.mark();
  const Taken taken = draw_body(canvas, areas.content, view.body);
  if (slide < 1) canvas.slide(mark, (1 - slide) * theme::slide_distance * (forward ? 1.0F : -1.0F), slide);
  draw_header(canvas, view.header, areas);
  draw_stepper(canvas, view.header, areas.stepper, canvas.landscape());
  Touch touch;
  touch.intent = taken;
  if (covered) {
    Rect page = canvas.bounds();
    page.h = areas.bar.y;
    canvas.fill(page, theme::veil);
    canvas.touchable(true);
    touch.intent = draw_above(canvas, page.inset(canvas.landscape() ? 56 : theme::margin, canvas.landscape() ? 40 : 72),
                              view.above);
  }
  const Touch bar = draw_bar(canvas, view.bar, areas.bar);
  if (bar.intent) touch.intent = bar.intent;
  touch.repeat_voice = bar.repeat_voice;
  return touch;
}

}  // namespace pilotlight::screens
