// One function per kind of page: draws a view into its area and returns what was touched. And the frame around them.
#pragma once

#include <optional>

#include "kiosk/core/intent.h"
#include "screens/canvas.h"
#include "screens/view_model.h"

namespace pilotlight::screens {

using Taken = std::optional<core::Intent>;

// What a pass over a view found: the touch that ended, if any.
struct Touch {
  Taken intent;
  bool repeat_voice = false;
};

// The whole picture. `slide` 0..1: how far the page has come in (1: at rest); `forward`: from the right.
Touch draw(Canvas& canvas, const View& view, float slide, bool forward);

// --- frame ---
struct FrameAreas {
  Rect header, stepper, content, bar;
};
FrameAreas frame_areas(const Canvas& canvas, const View& view);
void draw_header(Canvas& canvas, const Header& header, const FrameAreas& areas);
void draw_stepper(Canvas& canvas, const Header& header, const Rect& area, bool on_dark);
Touch draw_bar(Canvas& canvas, const Bar& bar, const Rect& area);

// --- pages ---
Taken draw_attract(Canvas& canvas, const Rect& area, const AttractView& view);
Taken draw_home(Canvas& canvas, const Rect& area, const HomeView& view);
Taken draw_guide(Canvas& canvas, const Rect& area, const GuideView& view);
Taken draw_progress(Canvas& canvas, const Rect& area, const ProgressView& view);
Taken draw_notice(Canvas& canvas, const Rect& area, const NoticeView& view);
Taken draw_account(Canvas& canvas, const Rect& area, const AccountView& view);
Taken draw_amount(Canvas& canvas, const Rect& area, const AmountView& view);
Taken draw_keypad(Canvas& canvas, const Rect& area, const KeypadView& view);
Taken draw_cash(Canvas& canvas, const Rect& area, const CashView& view);
Taken draw_confirm(Canvas& canvas, const Rect& area, const ConfirmView& view);
Taken draw_result(Canvas& canvas, const Rect& area, const ResultView& view);

// --- overlays, over the whole page but the bar ---
Taken draw_smell_gas(Canvas& canvas, const Rect& area, const SmellGasView& view);
Taken draw_help(Canvas& canvas, const Rect& area, const HelpView& view);
Taken draw_dialog(Canvas& canvas, const Rect& area, const DialogView& view);

inline void take(Taken& taken, bool touched, const Action& action) {
  if (touched) taken = action.intent;
}

}  // namespace pilotlight::screens
