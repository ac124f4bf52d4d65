// Canvas: measuring, breaking and drawing text.
#include <imgui/imgui.h>

#include <cmath>

#include "screens/canvas.h"

namespace pilotlight::screens {

namespace {

bool is_wide(char32_t c) { return c >= 0x2E80; }

// Marks that never begin a line, and those that never end one.
bool may_not_begin(char32_t c) {
  // Full-width , ; : ? ! ) % and 。 、 》 」 』 】 ” ’ … beside the plain ones; and the unit after a number.
  constexpr std::u32string_view marks =
      U"\uFF0C\uFF1B\uFF1A\uFF1F\uFF01\uFF09\uFF05\u3002\u3001\u300B\u300D\u300F\u3011\u201D\u2019\u2026,.;:?!)%\u5143";
  return marks.find(c) != std::u32string_view::npos;
}
bool may_not_end(char32_t c) {
  constexpr std::u32string_view marks = U"\uFF08\u300A\u300C\u300E\u3010\u201C\u2018(\u00A5";
  return marks.find(c) != std::u32string_view::npos;
}

// Between `before` and `after`: may a line end here?
bool may_break(char32_t before, char32_t after) {
  if (before == ' ') return !may_not_begin(after);
  if (may_not_begin(after) || may_not_end(before)) return false;
  return is_wide(before) || is_wide(after);
}

}  // namespace

int Canvas::pixels(float size) const { return std::max(1, static_cast<int>(std::lround(size * scale_))); }

float Canvas::advance(std::string_view words, Weight weight, int px) {
  float width = 0;
  while (!words.empty()) width += glyphs_.glyph(weight, px, take_character(words)).advance;
  return width;
}

std::vector<Canvas::Line> Canvas::break_lines(std::string_view words, float width, const TextStyle& style, int px) {
  std::vector<Line> lines;
  while (!words.empty()) {
    std::string_view rest = words;
    float used = 0;
    float used_at_break = 0;
    std::size_t break_at = 0;
    char32_t before = 0;
    bool over = false;
    while (!rest.empty()) {
      const std::size_t at = words.size() - rest.size();
      const char32_t c = take_character(rest);
      if (c == '\n') {
        break_at = at;
        used_at_break = used;
        over = true;
        break;
      }
      if (before != 0 && may_break(before, c)) {
        break_at = at;
        used_at_break = used;
      }
      const float step = glyphs_.glyph(style.weight, px, c).advance;
      if (style.lines > 1 && used + step > width && break_at > 0 && c != ' ') {
        over = true;
        break;
      }
      used += step;
      before = c;
    }
    if (!over) {
      lines.push_back({words, used});
      break;
    }
    std::string_view line = words.substr(0, break_at);
    while (!line.empty() && line.back() == ' ') {
      line.remove_suffix(1);
      used_at_break -= glyphs_.glyph(style.weight, px, U' ').advance;
    }
    lines.push_back({line, used_at_break});
    words.remove_prefix(break_at);
    while (!words.empty() && (words.front() == ' ' || words.front() == '\n')) {
      const bool ended = words.front() == '\n';
      words.remove_prefix(1);
      if (ended) break;
    }
  }
  return lines;
}

Canvas::Measure Canvas::measure(std::string_view words, float width, const TextStyle& style) {
  const std::vector<Line> lines = break_lines(words, width * scale_, style, pixels(style.size));
  Measure m;
  for (const Line& l : lines) m.width = std::max(m.width, l.width / scale_);
  m.lines = static_cast<int>(lines.size());
  m.height = static_cast<float>(m.lines) * style.size * style.line_height;
  return m;
}

void Canvas::draw_line(std::string_view words, float x, float baseline, Weight weight, int px, Colour colour) {
  const ImU32 ink = IM_COL32(colour.r, colour.g, colour.b, colour.a);
  float pen = x;
  while (!words.empty()) {
    const Glyph& g = glyphs_.glyph(weight, px, take_character(words));
    if (g.width > 0) {
      const ImVec2 a(std::round(pen) + static_cast<float>(g.left), baseline - static_cast<float>(g.top));
      list_.PrimReserve(6, 4);
      list_.PrimRectUV(a, {a.x + static_cast<float>(g.width), a.y + static_cast<float>(g.height)},
                       {static_cast<float>(g.u), static_cast<float>(g.v)},
                       {static_cast<float>(g.u + g.width), static_cast<float>(g.v + g.height)}, ink);
    }
    pen += g.advance;
  }
}

float Canvas::text(std::string_view words, const Rect& box, const TextStyle& wanted) {
  if (words.empty()) return 0;
  TextStyle style = wanted;
  Measure m = measure(words, box.w, style);
  const auto fits = [&] { return m.lines <= style.lines && m.width <= box.w + 1 && m.height <= box.h + 1; };
  while (!fits() && style.least_size > 0 && style.size - 2 >= style.least_size) {
    style.size -= 2;
    m = measure(words, box.w, style);
  }
  const int px = pixels(style.size);
  const float step = style.size * style.line_height;
  float y = box.y;
  if (style.settle == Settle::Middle) y += (box.h - m.height) / 2;
  if (style.settle == Settle::Bottom) y += box.h - m.height;
  float left = box.right();
  int row = 0;
  for (const Line& line : break_lines(words, box.w * scale_, style, px)) {
    const float width = line.width / scale_;
    float x = box.x;
    if (style.align == Align::Centre) x += (box.w - width) / 2;
    if (style.align == Align::Right) x += box.w - width;
    left = std::min(left, x);
    // Noto's capitals and Chinese characters sit in the middle of the line when the base line is 0.36 em below it.
    const float baseline = std::round((y + step * static_cast<float>(row) + step / 2 + style.size * 0.36F) * scale_);
    draw_line(line.words, std::round(x * scale_), baseline, style.weight, px, style.colour);
    ++row;
  }
  texts_.push_back({std::string(words), {left, y, m.width, m.height}, fits(), style.size});
  return m.height;
}

}  // namespace pilotlight::screens
