// The SDL window: touches in, picture out. One per process; main thread, but for wake().
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "kiosk/base/result.h"
#include "screens/platform_picture.h"

struct SDL_Window;
union SDL_Event;

namespace pilotlight::screens {

// A finger (or the mouse) came down or went up; pixels.
struct TouchEvent {
  bool down = false;
  float x = 0;
  float y = 0;
};

class Window {
 public:
  Window() = default;
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;

  // 0 x 0: the whole screen, without a frame.
  Result<void, Message> open(int width, int height, bool windowed);
  int width() const { return width_; }
  int height() const { return height_; }

  // Waits at most this long for something to happen; takes at most 256 events.
  std::vector<TouchEvent> wait(std::int64_t timeout_ms);
  void wake();
  void show(const Picture& picture, const std::vector<PixelRect>& changed);

  // Since the last call: the window has lost its contents, or has another size.
  bool take_lost();
  bool closed() const { return closed_; }

 private:
  void take(const SDL_Event& event, std::vector<TouchEvent>& touches);

  SDL_Window* window_ = nullptr;
  int width_ = 0;
  int height_ = 0;
  bool lost_ = true;
  bool closed_ = false;
  bool held_ = false;  // one finger at a time
  std::int64_t finger_ = 0;
  std::uint32_t wake_event_ = 0;
  std::atomic<bool> wake_sent_ = false;
};

}  // namespace pilotlight::screens
