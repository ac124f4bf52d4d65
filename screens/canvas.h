// What a screen is drawn on: shapes, text and touch targets in reference units, put into Dear ImGui's draw list. It
// notes every text and target it is given: the trace and the layout tests read them there. One thread, one frame.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "screens/geometry.h"
#include "screens/platform_glyphs.h"

struct ImDrawList;

namespace pilotlight::screens {

enum class Align { Left, Centre, Right };
enum class Settle { Top, Middle, Bottom };

struct TextStyle {
  float size = 36;
  Weight weight = Weight::Regular;
  Colour colour{};
  Align align = Align::Left;
  Settle settle = Settle::Top;
  int lines = 1;         // at most; more than one: wraps
  float least_size = 0;  // may shrink to this to fit; 0: may not shrink
  float line_height = 1.36F;

  TextStyle bold() const { return with(&TextStyle::weight, Weight::Bold); }
  TextStyle in(Colour c) const { return with(&TextStyle::colour, c); }
  TextStyle centred() const { return with(&TextStyle::align, Align::Centre); }
  TextStyle right() const { return with(&TextStyle::align, Align::Right); }
  TextStyle middle() const { return with(&TextStyle::settle, Settle::Middle); }
  TextStyle wrapped(int most) const { return with(&TextStyle::lines, most); }
  TextStyle shrinking(float least) const { return with(&TextStyle::least_size, least); }

 private:
  template <class T>
  TextStyle with(T TextStyle::*member, T value) const {
    TextStyle copy = *this;
    copy.*member = value;
    return copy;
  }
};

struct DrawnText {
  std::string text;
  Rect ink;          // what the lines cover
  bool fits = true;  // in the space and lines it was given
  float size = 0;
};

struct DrawnTarget {
  std::string id;
  std::string label;
  Rect rect;
};

class Canvas {
 public:
  // `touchable` false: targets are neither noted nor hit (a page under an overlay).
  Canvas(ImDrawList& list, GlyphCache& glyphs, int width, int height, std::int64_t now_ms);

  Rect bounds() const { return bounds_; }
  bool landscape() const { return landscape_; }
  float scale() const { return scale_; }
  std::int64_t now_ms() const { return now_ms_; }
  // Position 0..1 in a repeating movement, and whether anything on this frame moves.
  float cycle(std::int64_t period_ms);
  bool moving() const { return moving_; }

  void fill(const Rect& rect, Colour colour, float radius = 0);
  void gradient(const Rect& rect, Colour top, Colour bottom, float radius = 0);
  void outline(const Rect& rect, Colour colour, float thickness, float radius = 0);
  void shadow(const Rect& rect, float radius, std::uint8_t strength, float drop = 10);
  void circle(Point centre, float radius, Colour colour);
  // An arc, clockwise; fraction 0..1 of the circle, from `start` (0: twelve o'clock).
  void ring(Point centre, float radius, float thickness, float fraction, Colour colour, float start = 0);
  void line(Point from, Point to, float thickness, Colour colour);
  void shape(const Shape& shape, const Rect& box, Colour colour);
  void clip(const Rect& rect);
  void unclip();

  // Returns the height used. Text that does not fit is drawn all the same and noted as not fitting.
  float text(std::string_view words, const Rect& box, const TextStyle& style);
  struct Measure {
    float width = 0, height = 0;
    int lines = 0;
  };
  Measure measure(std::string_view words, float width, const TextStyle& style);

  // A place to touch: true in the pass in which a touch that began on it ended on it.
  bool target(const std::string& id, const std::string& label, const Rect& rect);
  // A touch lies on it now.
  bool pressed(const std::string& id) const;
  void touchable(bool on) { touchable_ = on; }

  // Everything drawn from `from` on moves by dx and fades: for a page that slides in.
  int mark() const;
  void slide(int from, float dx, float opacity);

  const std::vector<DrawnText>& texts() const { return texts_; }
  const std::vector<DrawnTarget>& targets() const { return targets_; }

 private:
  struct Line {
    std::string_view words;
    float width;
  };
  std::vector<Line> break_lines(std::string_view words, float width, const TextStyle& style, int pixels);
  float advance(std::string_view words, Weight weight, int pixels);
  void draw_line(std::string_view words, float x, float baseline, Weight weight, int pixels, Colour colour);
  int pixels(float size) const;

  ImDrawList& list_;
  GlyphCache& glyphs_;
  float scale_ = 1;
  Rect bounds_;
  bool landscape_ = false;
  bool touchable_ = true;
  bool moving_ = false;
  std::int64_t now_ms_ = 0;
  std::vector<DrawnText> texts_;
  std::vector<DrawnTarget> targets_;
};

}  // namespace pilotlight::screens
