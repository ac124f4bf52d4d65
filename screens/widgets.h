// The parts all screens are composed of. Each draws into the rectangle it is given.
#pragma once

#include <optional>

#include "screens/canvas.h"
#include "screens/theme.h"
#include "screens/view_model.h"

namespace pilotlight::screens {

struct ToneColours {
  Colour strong;  // ground for white text, or text on mist
  Colour bright;  // rings and signs
  Colour mist;    // tinted ground
};
ToneColours colours_of(Tone tone);

// --- type ---
TextStyle body_text();
TextStyle lead_text();
TextStyle label_text();
TextStyle heading_text();
TextStyle title_text();

// The words to read first on a page, and the sentence below; returns the height used.
float draw_headline(Canvas& canvas, const Rect& area, std::string_view heading, std::string_view lead, bool centred,
                    Colour colour = theme::ink);

// --- grounds ---
void draw_card(Canvas& canvas, const Rect& rect, Colour colour = theme::card, float radius = theme::radius);
void draw_mist(Canvas& canvas, const Rect& rect, Tone tone);
void draw_icon(Canvas& canvas, Icon icon, const Rect& box, Colour colour);
// An icon on a round ground.
void draw_badge(Canvas& canvas, Icon icon, Point centre, float radius, Colour ground, Colour colour);
void draw_logo(Canvas& canvas, const Rect& box);

// --- things to touch; true when touched ---
enum class ButtonKind { Primary, Secondary, Quiet };
bool draw_button(Canvas& canvas, const Action& action, const Rect& rect, ButtonKind kind);

// --- information ---
// One line: icon, words. Returns false when it does not fit.
void draw_icon_line(Canvas& canvas, const IconLine& line, const Rect& rect, Colour ground, Colour colour);
void draw_row(Canvas& canvas, const Row& row, const Rect& rect, bool ruled);
void draw_banner(Canvas& canvas, const Rect& rect, Tone tone, Icon icon, std::string_view words);
void draw_countdown(Canvas& canvas, const Countdown& countdown, const Rect& rect, Tone tone);
void draw_tip(Canvas& canvas, const Tip& tip, const Rect& rect);
// A number and its unit on one base line, centred or from the left, shrinking to fit.
void draw_figure(Canvas& canvas, const Rect& rect, std::string_view figure, std::string_view unit, float size,
                 Colour colour, Align align);
void draw_hotline(Canvas& canvas, const Rect& rect, std::string_view label, std::string_view number);

}  // namespace pilotlight::screens
