#include "devices/virtual/escpos_printer.h"

#include <algorithm>

namespace pilotlight::cabinet {
namespace {

constexpr std::uint8_t ht = 0x09;
constexpr std::uint8_t lf = 0x0A;
constexpr std::uint8_t cr = 0x0D;
constexpr std::uint8_t dle = 0x10;
constexpr std::uint8_t esc = 0x1B;
constexpr std::uint8_t fs = 0x1C;
constexpr std::uint8_t gs = 0x1D;
constexpr std::size_t most_unknown = 20;
constexpr std::size_t most_tabs = 32;

std::size_t word(ByteView bytes, std::size_t at) { return bytes[at] | static_cast<std::size_t>(bytes[at + 1]) << 8; }

PrintStep used(std::size_t bytes) {
  PrintStep step;
  step.used = bytes;
  return step;
}

// Parameters after ESC x; nothing if ESC x is not known here. ESC D is apart: its list ends with NUL.
std::optional<std::size_t> escape_parameters(std::uint8_t code) {
  switch (code) {
    case '@':
    case '2':
      return 0;
    case 't':
    case 'R':
    case 'a':
    case 'E':
    case '-':
    case 'M':
    case '!':
    case '3':
    case 'd':
    case 'J':
    case ' ':
    case 'G':
    case 'V':
    case '{':
    case 'r':
      return 1;
    case '$':
    case '\\':
    case 'c':
      return 2;
    case 'p':
      return 3;
    default:
      return std::nullopt;
  }
}

std::optional<std::size_t> group_parameters(std::uint8_t code) {
  switch (code) {
    case '!':
    case 'B':
    case 'h':
    case 'w':
    case 'H':
    case 'f':
    case 'a':
    case 'r':
    case 'b':
      return 1;
    case 'L':
    case 'W':
    case 'P':
      return 2;
    default:
      return std::nullopt;
  }
}

std::optional<std::size_t> chinese_parameters(std::uint8_t code) {
  switch (code) {
    case '&':
    case '.':
      return 0;
    case '!':
    case 'W':
    case '-':
    case 'C':
      return 1;
    case 'S':
      return 2;
    default:
      return std::nullopt;
  }
}

bool cuts_after_feed(std::uint8_t m) { return m == 'A' || m == 'B'; }
bool cuts_at_once(std::uint8_t m) { return m == 0 || m == 1 || m == '0' || m == '1'; }

}  // namespace

EscposPrinter::EscposPrinter(const PrinterConfig& config, Paper& paper)
    : config_(config), paper_(paper), font_(config), line_(paper), style_(fresh_style()) {}

Style EscposPrinter::fresh_style() const {
  Style style;
  style.area = full_area();
  return style;
}

void EscposPrinter::reset() {
  line_.clear();
  style_ = fresh_style();
  tabs_.clear();
  raster_.reset();
  collecting_.reset();
  qr_data_.clear();
  stored_graphics_.reset();
}

PrintStep EscposPrinter::step(ByteView bytes) {
  if (bytes.empty()) return {};
  if (raster_) return raster_rows(bytes);
  if (collecting_) return collect(bytes);
  return command(bytes);
}

bool EscposPrinter::next_is_cut(ByteView bytes) const {
  if (raster_ || collecting_ || bytes.size() < 3 || bytes[0] != gs || bytes[1] != 'V') return false;
  return line_.empty() && (cuts_at_once(bytes[2]) || (cuts_after_feed(bytes[2]) && bytes.size() >= 4));
}

PrintStep EscposPrinter::command(ByteView bytes) {
  switch (bytes[0]) {
    case esc:
      return bytes.size() < 2 ? PrintStep{} : escape(bytes);
    case gs:
      return bytes.size() < 2 ? PrintStep{} : group(bytes);
    case fs:
      return bytes.size() < 2 ? PrintStep{} : chinese_command(bytes);
    case dle: {
      if (bytes.size() < 3) return {};
      PrintStep step = used(bytes[1] == 0x04 || bytes[1] == 0x05 ? 3 : 1);
      step.real_time = step.used == 3;
      return step;
    }
    case lf: {
      PrintStep step = used(1);
      burn_line(step);
      return step;
    }
    case ht:
      tab();
      return used(1);
    case cr:
    case 0x00:
      return used(1);
    default:
      return character(bytes);
  }
}

PrintStep EscposPrinter::escape(ByteView bytes) {
  const std::uint8_t code = bytes[1];
  if (code == 'D') {
    const auto end = std::find(bytes.begin() + 2, bytes.end(), 0);
    const auto length = static_cast<std::size_t>(end - bytes.begin());
    if (end == bytes.end()) return length > most_tabs + 2 ? not_known(bytes, 2) : PrintStep{};
    tabs_.assign(bytes.begin() + 2, end);
    return used(length + 1);
  }
  const auto parameters = escape_parameters(code);
  if (!parameters) return not_known(bytes, 2);
  if (bytes.size() < 2 + *parameters) return {};
  PrintStep step = used(2 + *parameters);
  const ByteView values = bytes.subspan(2, *parameters);
  if (escape_style(code, values)) return step;
  switch (code) {
    case '@':
      reset();
      step.initialised = true;
      break;
    case 'd':
      if (!line_.empty()) burn_line(step);
      paper_.feed(values[0] * style_.line_spacing);
      step.rows += values[0] * style_.line_spacing;
      break;
    case 'J':
      if (!line_.empty()) burn_line(step);
      paper_.feed(values[0]);
      step.rows += values[0];
      break;
    case '$':
      line_.move_to(word(values, 0));
      break;
    case '\\':
      line_.move_to(line_.position() + word(values, 0));
      break;
    default:
      break;  // code page, national set, drawer, rotation: nothing that shows on this paper
  }
  return step;
}

bool EscposPrinter::escape_style(std::uint8_t code, ByteView values) {
  switch (code) {
    case 'a':
      style_.align = line_.empty() ? values[0] & 0x0F : style_.align;
      return true;
    case 'E':
    case 'G':
      style_.bold = values[0] & 1;
      return true;
    case '-':
      style_.underline = values[0] & 0x0F;
      return true;
    case 'M':
      style_.font_b = values[0] & 1;
      return true;
    case ' ':
      style_.gap = values[0];
      return true;
    case '2':
      style_.line_spacing = Style{}.line_spacing;
      return true;
    case '3':
      style_.line_spacing = values[0];
      return true;
    case '!':
      style_.font_b = values[0] & 0x01;
      style_.bold = values[0] & 0x08;
      style_.high = values[0] & 0x10 ? 2 : 1;
      style_.wide = values[0] & 0x20 ? 2 : 1;
      style_.underline = values[0] & 0x80 ? 1 : 0;
      return true;
    default:
      return false;
  }
}

PrintStep EscposPrinter::group(ByteView bytes) {
  const std::uint8_t code = bytes[1];
  if (code == 'V') return cut(bytes);
  if (code == 'v') return raster_begin(bytes);
  if (code == 'k') return barcode(bytes);
  if (code == '(') {
    if (bytes.size() < 5) return {};
    const std::size_t size = word(bytes, 3);
    const auto then = bytes[2] == 'k'   ? &EscposPrinter::symbol
                      : bytes[2] == 'L' ? &EscposPrinter::graphics
                                        : &EscposPrinter::skip;
    return collect_from(5, size, then);
  }
  if (code == '8') {
    if (bytes.size() < 7) return {};
    if (bytes[2] != 'L') return not_known(bytes, 3);
    return collect_from(7, word(bytes, 3) | word(bytes, 5) << 16, &EscposPrinter::graphics);
  }
  const auto parameters = group_parameters(code);
  if (!parameters) return not_known(bytes, 2);
  if (bytes.size() < 2 + *parameters) return {};
  PrintStep step = used(2 + *parameters);
  const ByteView values = bytes.subspan(2, *parameters);
  if (group_style(code, values)) return step;
  if (code == 'a') step.asb = values[0];
  if (code == 'r') step.ask_status = values[0];
  return step;
}

bool EscposPrinter::group_style(std::uint8_t code, ByteView values) {
  switch (code) {
    case '!':
      style_.wide = (values[0] >> 4 & 7u) + 1;
      style_.high = (values[0] & 7u) + 1;
      return true;
    case 'B':
      style_.reverse = values[0] & 1;
      return true;
    case 'h':
      barcode_height_ = std::max<std::size_t>(values[0], 1);
      return true;
    case 'w':
      barcode_module_ = std::clamp<std::size_t>(values[0], 2, 6);
      return true;
    case 'H':
      barcode_text_ = values[0] & 3;
      return true;
    case 'L':
      if (line_.empty()) style_.left_margin = std::min(word(values, 0), full_area() - 24);
      style_.area = std::min(style_.area, full_area() - style_.left_margin);
      return true;
    case 'W':
      if (line_.empty()) style_.area = std::clamp<std::size_t>(word(values, 0), 24, full_area() - style_.left_margin);
      return true;
    default:
      return false;
  }
}

PrintStep EscposPrinter::chinese_command(ByteView bytes) {
  const auto parameters = chinese_parameters(bytes[1]);
  if (!parameters) return not_known(bytes, 2);
  if (bytes.size() < 2 + *parameters) return {};
  const std::uint8_t value = *parameters > 0 ? bytes[2] : 0;
  switch (bytes[1]) {
    case '&':
      style_.chinese = true;
      break;
    case '.':
      style_.chinese = false;
      break;
    case 'W':
      style_.chinese_wide = style_.chinese_high = value & 1 ? 2 : 1;
      break;
    case '-':
      style_.chinese_underline = value & 3;
      break;
    case '!':
      style_.chinese_wide = value & 0x04 ? 2 : 1;
      style_.chinese_high = value & 0x08 ? 2 : 1;
      style_.chinese_underline = value & 0x80;
      break;
    default:
      break;
  }
  return used(2 + *parameters);
}

PrintStep EscposPrinter::character(ByteView bytes) {
  if (!style_.chinese || bytes[0] < 0x80) {
    if (bytes[0] >= 0x20) put_character(tables_.western(bytes[0]), false);
    return used(1);
  }
  const std::size_t length = chinese_length(bytes);
  if (length != 0) put_character(tables_.chinese(bytes.first(length)), length > 1);
  return used(length);
}

void EscposPrinter::put_character(char32_t c, bool full_width) {
  const std::size_t wide = std::max(style_.wide, full_width ? style_.chinese_wide : 1);
  const std::size_t high = std::max(style_.high, full_width ? style_.chinese_high : 1);
  const bool small = style_.font_b && !full_width;
  const std::size_t width = (full_width ? 24u : small ? 9u : 12u) * wide;
  const std::size_t height = (small ? 17u : 24u) * high;
  Bitmap cell = full_width && !config_.chinese_font ? missing_glyph(width, height)
                                                    : font_.glyph(c, width, height, full_width, style_.bold);
  const std::size_t underline = full_width ? (style_.chinese_underline ? 2 : style_.underline) : style_.underline;
  for (std::size_t row = 0; row < std::min<std::size_t>(underline, 2); ++row)
    std::fill_n(cell.dots.end() - static_cast<std::ptrdiff_t>((row + 1) * width), width, std::uint8_t{1});
  if (style_.reverse) cell.invert();
  std::string text;
  append_utf8(text, c);
  line_.put(std::move(cell), text, style_.gap * style_.wide, style_);
}

void EscposPrinter::tab() {
  const std::size_t column = (style_.font_b ? 9u : 12u) * style_.wide;
  for (const std::size_t stop : tabs_)
    if (stop * column > line_.position()) return line_.move_to(stop * column);
  if (tabs_.empty()) line_.move_to((line_.position() / (8 * column) + 1) * 8 * column);
}

PrintStep EscposPrinter::cut(ByteView bytes) {
  if (bytes.size() < 3) return {};
  const bool feeds = cuts_after_feed(bytes[2]);
  if (!feeds && !cuts_at_once(bytes[2])) return not_known(bytes, 3);
  if (feeds && bytes.size() < 4) return {};
  PrintStep step = used(feeds ? 4 : 3);
  if (!line_.empty()) return not_known(bytes, step.used);  // a cut counts only at the start of a line
  if (feeds) paper_.feed(bytes[3]);
  paper_.cut();
  step.cut = true;
  return step;
}

PrintStep EscposPrinter::not_known(ByteView bytes, std::size_t size) {
  unknown_.push_back(to_hex(bytes.first(std::min(size, bytes.size()))));
  if (unknown_.size() > most_unknown) unknown_.erase(unknown_.begin());
  return used(size);
}

void EscposPrinter::burn_line(PrintStep& step) { step.rows += line_.burn(style_); }

}  // namespace pilotlight::cabinet
