#include "screens/platform_window.h"

#include <SDL.h>

#include <algorithm>
#include <cstring>

namespace pilotlight::screens {

Window::~Window() {
  if (window_ != nullptr) SDL_DestroyWindow(window_);
  SDL_QuitSubSystem(SDL_INIT_VIDEO);
}

Result<void, Message> Window::open(int width, int height, bool windowed) {
  SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0");
  SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
  SDL_SetHint(SDL_HINT_FRAMEBUFFER_ACCELERATION, "0");
  SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
  if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) return fail(Message{std::string("no screen: ") + SDL_GetError()});
  SDL_DisplayMode mode{};
  if (width <= 0 || height <= 0) {
    if (SDL_GetDesktopDisplayMode(0, &mode) != 0) return fail(Message{std::string("no screen: ") + SDL_GetError()});
    width = mode.w;
    height = mode.h;
  }
  const Uint32 flags = windowed ? Uint32{0} : static_cast<Uint32>(SDL_WINDOW_BORDERLESS);
  const int place = windowed ? static_cast<int>(SDL_WINDOWPOS_CENTERED) : 0;
  window_ = SDL_CreateWindow("Pilotlight", place, place, width, height, flags);
  if (window_ == nullptr) return fail(Message{std::string("no window: ") + SDL_GetError()});
  SDL_GetWindowSize(window_, &width_, &height_);
  if (!windowed) SDL_ShowCursor(SDL_DISABLE);
  for (const Uint32 type : {SDL_MOUSEMOTION, SDL_FINGERMOTION, SDL_MOUSEWHEEL, SDL_KEYDOWN, SDL_KEYUP, SDL_TEXTINPUT})
    SDL_EventState(type, SDL_IGNORE);
  SDL_StopTextInput();
  wake_event_ = SDL_RegisterEvents(1);
  return {};
}

void Window::take(const SDL_Event& event, std::vector<TouchEvent>& touches) {
  const auto pixels = [](float part, int whole) { return part * static_cast<float>(whole); };
  switch (event.type) {
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
      if (event.button.button == SDL_BUTTON_LEFT)
        touches.push_back({event.type == SDL_MOUSEBUTTONDOWN, static_cast<float>(event.button.x),
                           static_cast<float>(event.button.y)});
      return;
    case SDL_FINGERDOWN:
      if (held_) return;
      held_ = true;
      finger_ = event.tfinger.fingerId;
      touches.push_back({true, pixels(event.tfinger.x, width_), pixels(event.tfinger.y, height_)});
      return;
    case SDL_FINGERUP:
      if (!held_ || finger_ != event.tfinger.fingerId) return;
      held_ = false;
      touches.push_back({false, pixels(event.tfinger.x, width_), pixels(event.tfinger.y, height_)});
      return;
    case SDL_WINDOWEVENT:
      if (event.window.event == SDL_WINDOWEVENT_SIZE_CHANGED) {
        width_ = std::max(1, event.window.data1);
        height_ = std::max(1, event.window.data2);
        lost_ = true;
      }
      if (event.window.event == SDL_WINDOWEVENT_EXPOSED) lost_ = true;
      return;
    case SDL_QUIT:
      closed_ = true;
      return;
    default:
      if (event.type == wake_event_) wake_sent_ = false;
      return;
  }
}

std::vector<TouchEvent> Window::wait(std::int64_t timeout_ms) {
  std::vector<TouchEvent> touches;
  SDL_Event event;
  const int left = static_cast<int>(std::clamp<std::int64_t>(timeout_ms, 0, 60'000));
  if (SDL_WaitEventTimeout(&event, left) == 0) return touches;
  take(event, touches);
  for (int more = 0; more < 255 && SDL_PollEvent(&event) != 0; ++more) take(event, touches);
  return touches;
}

void Window::wake() {
  if (wake_sent_.exchange(true)) return;
  SDL_Event event{};
  event.type = wake_event_;
  if (SDL_PushEvent(&event) != 1) wake_sent_ = false;
}

bool Window::take_lost() { return std::exchange(lost_, false); }

void Window::show(const Picture& picture, const std::vector<PixelRect>& changed) {
  SDL_Surface* const surface = SDL_GetWindowSurface(window_);
  if (surface == nullptr || surface->format->BytesPerPixel != 4) return;
  std::vector<SDL_Rect> rects;
  for (const PixelRect& r : changed) {
    const int w = std::min(r.w, surface->w - r.x);
    const int h = std::min(r.h, surface->h - r.y);
    if (w <= 0 || h <= 0) continue;
    for (int y = r.y; y < r.y + h; ++y)
      std::memcpy(static_cast<char*>(surface->pixels) + static_cast<std::ptrdiff_t>(y) * surface->pitch +
                      static_cast<std::ptrdiff_t>(r.x) * 4,
                  &picture.pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(picture.width) +
                                  static_cast<std::size_t>(r.x)],
                  static_cast<std::size_t>(w) * 4);
    rects.push_back({r.x, r.y, w, h});
  }
  if (!rects.empty()) SDL_UpdateWindowSurfaceRects(window_, rects.data(), static_cast<int>(rects.size()));
}

}  // namespace pilotlight::screens
