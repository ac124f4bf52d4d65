// The face of the real program: the display, and the trace of what it shows (demo mode only).
#pragma once

#include <memory>
#include <string>

#include "kiosk/runtime/shell.h"

namespace pilotlight {

struct FaceOptions {
  int width = 0;  // pixels; 0: of the screen
  int height = 0;
  bool windowed = false;
  std::string ui_trace;  // file; empty: none
};

// Refuses a trace unless the configuration says mode = "demo": it holds everything a customer sees.
Result<std::unique_ptr<Face>, Message> open_display_face(const KioskConfig& config, const FaceOptions& options);

}  // namespace pilotlight
