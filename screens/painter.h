// From a view to pixels: one Dear ImGui context, one rasteriser, one glyph cache, without any window. The display wraps
// it; the gallery and the tests use it as it is and get the same pixels. One per process at a time, one thread.
#pragma once

#include <memory>
#include <vector>

#include "screens/canvas.h"
#include "screens/platform_raster.h"
#include "screens/screen.h"

struct ImGuiContext;

namespace pilotlight::screens {

// Where a finger or the mouse is.
struct Pointer {
  bool down = false;
  float x = 0;  // pixels
  float y = 0;
};

// What one pass over a view drew and found.
struct Pass {
  Touch touch;
  std::vector<DrawnText> texts;
  std::vector<DrawnTarget> targets;
  float scale = 1;      // pixels per reference unit
  bool moving = false;  // something on it moves: draw again soon
};

class Painter {
 public:
  static Result<std::unique_ptr<Painter>, Message> open(const FontFiles& fonts, int width, int height);
  ~Painter();
  Painter(const Painter&) = delete;
  Painter& operator=(const Painter&) = delete;

  void resize(int width, int height);

  // One pass of logic: lays the view out, tells what the pointer touched. Draws no pixel.
  Pass pass(const View& view, const Pointer& pointer, std::int64_t now_ms, float slide = 1, bool forward = true);
  // Puts the last pass into the picture; returns what changed.
  std::vector<PixelRect> paint();
  const Picture& picture() const { return picture_; }
  GlyphCache& glyphs() { return *glyphs_; }

 private:
  Painter() = default;
  Pass lay_out(const View& view, const Pointer& pointer, std::int64_t now_ms, float slide, bool forward);

  std::unique_ptr<GlyphCache> glyphs_;
  ImGuiContext* context_ = nullptr;
  Rasteriser rasteriser_;
  Picture picture_;
};

}  // namespace pilotlight::screens
