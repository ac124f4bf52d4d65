// The screen of the terminal: a window, touches, voice. Owned and called by the main thread; only wake() may come from
// others. It holds no money and no rule: it shows a state and says what was touched.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/base/clock.h"
#include "kiosk/base/result.h"
#include "kiosk/core/intent.h"
#include "kiosk/core/state.h"
#include "screens/platform_glyphs.h"

namespace pilotlight::screens {

struct DisplayOptions {
  int width = 0;  // pixels; 0: of the screen
  int height = 0;
  bool windowed = false;         // with a frame and a cursor, for playing by hand
  bool motion = true;            // pages slide in, guidance moves
  std::filesystem::path assets;  // holds strings/ and safety/
  std::filesystem::path sounds;  // holds zh/*.wav and en/*.wav (assets/sounds/make); nothing there: silent
  FontFiles fonts;
  // Demo mode only: gets one line of JSON, without its end, each time the screen at rest shows other texts or targets.
  std::function<void(const std::string&)> trace;
};

class Display {
 public:
  // Fails without a video driver, fonts or strings.
  static Result<std::unique_ptr<Display>, Message> open(DisplayOptions options);
  ~Display();
  Display(const Display&) = delete;
  Display& operator=(const Display&) = delete;

  // Shows the state if its picture has changed, then waits for a touch, wake(), the next frame of something that moves,
  // or `timeout_ms` (0: does not wait), and returns what was touched, oldest first. Call it again at once with the new
  // state and time: nothing moves between two calls.
  std::vector<core::Intent> turn(const core::State& state, const Moment& now, std::int64_t timeout_ms);

  // Ends a wait of turn(), now or the next one. Any thread, any time while the display lives.
  void wake();

  // The window was closed (windowed), or the system asks the program to end.
  bool closed() const;

 private:
  Display();
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace pilotlight::screens
