#include "screens/trace.h"

#include <boost/json.hpp>
#include <cmath>

namespace pilotlight::screens {

std::string snake_case(std::string_view name) {
  std::string out;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !out.empty()) out += '_';
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

std::string trace_line(const View& view, const Pass& pass, int width, int height) {
  boost::json::object line;
  line["screen"] = snake_case(enum_name(view.page));
  line["overlay"] = view.overlay == core::Overlay::None ? std::string() : snake_case(enum_name(view.overlay));
  line["language"] = view.language == core::Language::English ? "en" : "zh";
  line["size"] = boost::json::array{width, height};
  boost::json::array targets;
  const auto pixel = [&](float v) { return static_cast<int>(std::lround(v * pass.scale)); };
  for (const DrawnTarget& t : pass.targets) {
    boost::json::object target;
    target["id"] = t.id;
    target["label"] = t.label;
    target["rect"] = boost::json::array{pixel(t.rect.x), pixel(t.rect.y), pixel(t.rect.w), pixel(t.rect.h)};
    targets.push_back(std::move(target));
  }
  line["targets"] = std::move(targets);
  boost::json::array texts;
  for (const DrawnText& t : pass.texts) texts.emplace_back(t.text);
  line["texts"] = std::move(texts);
  return boost::json::serialize(line);
}

}  // namespace pilotlight::screens
