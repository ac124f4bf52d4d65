#include "devices/virtual/window.h"

#include <SDL.h>
#include <png.h>
#include <poll.h>

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "devices/virtual/escpos_font.h"

namespace pilotlight::cabinet {
namespace {

constexpr int window_width = 1040;
constexpr int window_height = 760;
constexpr int button_width = 148;
constexpr int button_height = 40;
constexpr int gap = 8;
constexpr int columns = 3;
constexpr int state_left = gap + columns * (button_width + gap) + gap;
constexpr int state_width = 250;
constexpr int slip_left = state_left + state_width + gap;
constexpr int refresh_ms = 250;
constexpr std::size_t most_names = 6;  // cards and meters with a button of their own
constexpr std::uint32_t cabinet_grey = 0x2B2F36;
constexpr std::uint32_t button_grey = 0x454C58;
constexpr std::uint32_t heading_blue = 0x9CC4FF;
constexpr std::uint32_t text_white = 0xF2F4F8;

struct Button {
  std::string label;
  std::string command;  // empty: a heading
  SDL_Rect area;
};

std::vector<Button> make_buttons(const Config& config) {
  std::vector<Button> buttons;
  int column = 0;
  int y = gap;
  const auto heading = [&](const char* text) {
    if (column != 0) y += button_height + gap;
    column = 0;
    buttons.push_back({text, "", {gap, y, columns * button_width, 24}});
    y += 28;
  };
  const auto button = [&](const std::string& label, const std::string& command) {
    buttons.push_back({label, command, {gap + column * (button_width + gap), y, button_width, button_height}});
    column = (column + 1) % columns;
    if (column == 0) y += button_height + gap;
  };
  if (config.validator) {
    heading("纸币 Notes");
    for (const std::uint32_t value : config.validator->channels)
      button("¥" + std::to_string(value), "note insert " + std::to_string(value));
    button("取回 take", "note take");
    button("断电 off", "validator power off");
    button("通电 on", "validator power on");
    button("卡币 jam", "validator jam");
    button("排除 unjam", "validator unjam");
    button("拔线 cut", "validator line cut");
    button("插线 plug", "validator line plug");
  }
  if (config.card_slot) {
    heading("燃气卡 Cards");
    for (std::size_t i = 0; i < std::min(config.cards.size(), most_names); ++i)
      button("插入 " + config.cards[i].name, "card insert " + config.cards[i].name);
    button("取卡 remove", "card remove");
    button("读卡器拔 pull", "reader unplug");
    button("读卡器插 plug", "reader plug");
    for (std::size_t i = 0; i < std::min(config.meters.size(), most_names); ++i)
      button("表 " + config.meters[i].name, "meter load " + config.meters[i].name);
  }
  if (config.printer) {
    heading("打印机 Printer");
    button("缺纸 out", "printer paper out");
    button("将尽 low", "printer paper near-end");
    button("有纸 ok", "printer paper ok");
    button("开盖 open", "printer cover open");
    button("合盖 close", "printer cover close");
    button("断电 off", "printer power off");
    button("通电 on", "printer power on");
  }
  return buttons;
}

char32_t next_character(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<char32_t>(static_cast<unsigned char>(text[i])); };
  const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) < 0xE0 ? 2 : byte(0) < 0xF0 ? 3 : 4;
  char32_t c = length == 1 ? byte(0) : byte(0) & (0x7Fu >> length);
  for (std::size_t i = 1; i < std::min(length, text.size()); ++i) c = c << 6 | (byte(i) & 0x3F);
  text.remove_prefix(std::min(length, text.size()));
  return c;
}

class Window {
 public:
  Window(const Config& config, Commands& commands)
      : commands_(commands), buttons_(make_buttons(config)), font_(config.printer.value_or(PrinterConfig{})) {
    window_ = SDL_CreateWindow("Pilotlight cabinet", SDL_WINDOWPOS_UNDEFINED, SDL_WINDOWPOS_UNDEFINED, window_width,
                               window_height, 0);
  }
  ~Window() {
    if (window_) SDL_DestroyWindow(window_);
  }
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  bool open() const { return window_ != nullptr; }

  void click(int x, int y) {
    const SDL_Point point{x, y};
    for (const Button& button : buttons_) {
      if (button.command.empty() || !SDL_PointInRect(&point, &button.area)) continue;
      said_ = button.command + ": " + boost::json::serialize(commands_.execute(button.command));
    }
  }

  // Draws only when something has changed: the cabinet idles beside the terminal.
  void refresh(bool force) {
    std::string state = said_ + boost::json::serialize(commands_.execute("state"));
    if (!force && state == drawn_) return;
    drawn_ = std::move(state);
    surface_ = SDL_GetWindowSurface(window_);
    if (surface_ == nullptr) return;
    fill({0, 0, window_width, window_height}, cabinet_grey);
    for (const Button& button : buttons_) {
      if (!button.command.empty()) fill(button.area, button_grey);
      text(button.label, button.area.x + (button.command.empty() ? 0 : gap), button.area.y + (button.area.h - 20) / 2,
           button.command.empty() ? heading_blue : text_white, button.area.w - gap);
    }
    draw_state();
    draw_slip();
    text(said_, gap, window_height - 24, heading_blue, window_width - 2 * gap);
    SDL_UpdateWindowSurface(window_);
  }

 private:
  void fill(const SDL_Rect& area, std::uint32_t rgb) {
    SDL_FillRect(surface_, &area,
                 SDL_MapRGB(surface_->format, static_cast<Uint8>(rgb >> 16), static_cast<Uint8>(rgb >> 8),
                            static_cast<Uint8>(rgb)));
  }

  void text(std::string_view text, int x, int y, std::uint32_t rgb, int width) {
    const int end = x + width;
    while (!text.empty()) {
      const char32_t c = next_character(text);
      const bool wide = c >= 0x2E80;
      const int advance = wide ? 20 : 10;
      if (x + advance > end) return;
      const Bitmap cell = font_.glyph(c, static_cast<std::size_t>(advance), 20, wide, false);
      for (int row = 0; row < 20; ++row)
        for (int column = 0; column < advance; ++column)
          if (cell.at(static_cast<std::size_t>(column), static_cast<std::size_t>(row)))
            fill({x + column, y + row, 1, 1}, rgb);
      x += advance;
    }
  }

  void draw_state() {
    const boost::json::object state = commands_.execute("state");
    int y = gap;
    for (const auto& [part, value] : state) {
      if (!value.is_object() || y > window_height - 60) continue;
      text(part, state_left, y, heading_blue, state_width);
      y += 24;
      for (const auto& [key, inner] : value.as_object()) {
        if (y > window_height - 60) break;
        const bool nothing = inner.is_null() || (inner.is_array() && inner.as_array().empty());
        if (nothing) continue;
        const std::string shown =
            inner.is_array() ? std::to_string(inner.as_array().size()) + " items" : boost::json::serialize(inner);
        text(std::string(key) + " " + shown, state_left + gap, y, text_white, state_width - gap);
        y += 22;
      }
    }
  }

  void draw_slip() {
    const boost::json::object last = commands_.execute("printer last");
    if (!last.contains("png")) return;
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (!png_image_begin_read_from_file(&image, last.at("png").as_string().c_str())) return;
    image.format = PNG_FORMAT_BGRA;
    std::vector<std::uint8_t> pixels(PNG_IMAGE_SIZE(image));
    if (!png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr)) return;
    const int width = static_cast<int>(image.width);
    const int height = static_cast<int>(image.height);
    SDL_Surface* slip =
        SDL_CreateRGBSurfaceWithFormatFrom(pixels.data(), width, height, 32, width * 4, SDL_PIXELFORMAT_ARGB8888);
    if (slip == nullptr) return;
    const double scale = std::min(double(window_width - slip_left - gap) / width, double(window_height - 48) / height);
    SDL_Rect area{slip_left, gap, static_cast<int>(width * scale), static_cast<int>(height * scale)};
    SDL_Surface* same = SDL_ConvertSurface(slip, surface_->format, 0);  // stretching wants one format
    if (same != nullptr) SDL_SoftStretchLinear(same, nullptr, surface_, &area);
    SDL_FreeSurface(same);
    SDL_FreeSurface(slip);
  }

  Commands& commands_;
  std::vector<Button> buttons_;
  DotFont font_;
  SDL_Window* window_ = nullptr;
  SDL_Surface* surface_ = nullptr;
  std::string said_;
  std::string drawn_;
};

bool ended(std::span<const int> ends, int timeout_ms) {
  std::vector<pollfd> watched;
  for (const int fd : ends) watched.push_back({fd, POLLIN, 0});
  return ::poll(watched.data(), watched.size(), timeout_ms) > 0;
}

void run(const Config& config, Commands& commands, std::span<const int> ends) {
  Window window(config, commands);
  if (!window.open()) {
    std::fprintf(stderr, "pilotlight-cabinet: no window: %s\n", SDL_GetError());
    while (!ended(ends, -1)) continue;
    return;
  }
  bool force = true;
  while (!ended(ends, 0)) {
    window.refresh(force);
    force = false;
    SDL_Event event;
    if (!SDL_WaitEventTimeout(&event, refresh_ms)) continue;
    do {
      if (event.type == SDL_QUIT) return;
      if (event.type == SDL_MOUSEBUTTONDOWN) window.click(event.button.x, event.button.y);
      if (event.type == SDL_WINDOWEVENT) force = true;
    } while (SDL_PollEvent(&event));
  }
}

}  // namespace

void show_window(const Config& config, Commands& commands, std::span<const int> ends) {
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
  if (SDL_Init(SDL_INIT_VIDEO) != 0) {
    std::fprintf(stderr, "pilotlight-cabinet: no window: %s\n", SDL_GetError());
    while (!ended(ends, -1)) continue;
    return;
  }
  run(config, commands, ends);
  SDL_Quit();
}

}  // namespace pilotlight::cabinet
