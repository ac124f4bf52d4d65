#include "screens/platform_shape.h"

#include <charconv>
#include <optional>

namespace pilotlight::screens {

namespace {

class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  bool run(std::vector<Contour>& out) {
    for (;;) {
      skip();
      if (text_.empty()) return true;
      if (is_letter(text_.front())) {
        command_ = text_.front();
        text_.remove_prefix(1);
      }
      if (!one(out)) return false;
    }
  }

 private:
  static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
  void skip() {
    while (!text_.empty() && (text_.front() == ' ' || text_.front() == ',' || text_.front() == '\n'))
      text_.remove_prefix(1);
  }
  bool numbers(float* values, int count) {
    for (int i = 0; i < count; ++i) {
      skip();
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), values[i]);
      if (error != std::errc()) return false;
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    }
    return true;
  }

  void start(std::vector<Contour>& out, float x, float y) {
    out.emplace_back();
    out.back().points = {x, y};
    x_ = x;
    y_ = y;
  }
  void curve(Contour& contour, float x1, float y1, float x2, float y2, float x, float y) {
    contour.points.insert(contour.points.end(), {x1, y1, x2, y2, x, y});
    x_ = x;
    y_ = y;
  }
  void line(Contour& contour, float x, float y) {
    curve(contour, x_ + (x - x_) / 3, y_ + (y - y_) / 3, x_ + (x - x_) * 2 / 3, y_ + (y - y_) * 2 / 3, x, y);
  }
  void corner(Contour& contour, float over_x, float over_y, float x, float y) {
    constexpr float k = 0.5523F;  // a quarter circle as one cubic
    curve(contour, x_ + (over_x - x_) * k, y_ + (over_y - y_) * k, x + (over_x - x) * k, y + (over_y - y) * k, x, y);
  }
  void box(std::vector<Contour>& out, float x, float y, float w, float h, float r) {
    start(out, x + r, y);
    Contour& c = out.back();
    if (w > 2 * r) line(c, x + w - r, y);
    corner(c, x + w, y, x + w, y + r);
    if (h > 2 * r) line(c, x + w, y + h - r);
    corner(c, x + w, y + h, x + w - r, y + h);
    if (w > 2 * r) line(c, x + r, y + h);
    corner(c, x, y + h, x, y + h - r);
    if (h > 2 * r) line(c, x, y + r);
    corner(c, x, y, x + r, y);
    c.closed = true;
  }

  bool one(std::vector<Contour>& out) {
    float v[6] = {};
    const bool relative = command_ >= 'a';
    const float ox = relative ? x_ : 0;
    const float oy = relative ? y_ : 0;
    switch (command_) {
      case 'M':
        if (!numbers(v, 2)) return false;
        start(out, v[0], v[1]);
        command_ = 'L';
        return true;
      case 'O':
        if (!numbers(v, 3)) return false;
        box(out, v[0] - v[2], v[1] - v[2], 2 * v[2], 2 * v[2], v[2]);
        return true;
      case 'R':
        if (!numbers(v, 5)) return false;
        box(out, v[0], v[1], v[2], v[3], v[4]);
        return true;
      default:
        break;
    }
    if (out.empty()) return false;
    Contour& contour = out.back();
    switch (command_) {
      case 'L':
      case 'l':
        if (!numbers(v, 2)) return false;
        line(contour, ox + v[0], oy + v[1]);
        return true;
      case 'H':
      case 'h':
        if (!numbers(v, 1)) return false;
        line(contour, ox + v[0], y_);
        return true;
      case 'V':
      case 'v':
        if (!numbers(v, 1)) return false;
        line(contour, x_, oy + v[0]);
        return true;
      case 'C':
      case 'c':
        if (!numbers(v, 6)) return false;
        curve(contour, ox + v[0], oy + v[1], ox + v[2], oy + v[3], ox + v[4], oy + v[5]);
        return true;
      case 'Q':
      case 'q': {
        if (!numbers(v, 4)) return false;
        const float cx = ox + v[0], cy = oy + v[1], x = ox + v[2], y = oy + v[3];
        curve(contour, x_ + (cx - x_) * 2 / 3, y_ + (cy - y_) * 2 / 3, x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3, x,
              y);
        return true;
      }
      case 'Z':
      case 'z':
        contour.closed = true;
        x_ = contour.points[0];
        y_ = contour.points[1];
        command_ = '\0';
        return true;
      default:
        return false;
    }
  }

  std::string_view text_;
  char command_ = '\0';
  float x_ = 0;
  float y_ = 0;
};

}  // namespace

std::vector<Contour> read_path(std::string_view path, bool* complete) {
  std::vector<Contour> contours;
  const bool whole = PathReader(path).run(contours);
  if (complete != nullptr) *complete = whole;
  return contours;
}

}  // namespace pilotlight::screens
