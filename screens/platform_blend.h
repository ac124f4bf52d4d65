// Pixels of one rectangle or triangle, blended into a picture inside a clip rectangle. Colours are ImGui's: bytes R, G,
// B, A from the lowest. A pixel belongs to a shape when its middle lies inside; shapes that share an edge neither
// overlap nor leave a gap.
#pragma once

#include <array>
#include <cstdint>

#include "screens/platform_picture.h"

namespace pilotlight::screens {

struct Vertex {
  float x, y;  // pixels
  float u, v;  // texels
};

void blend_clear(Picture& picture, const PixelRect& clip);
void blend_rectangle(Picture& picture, const Atlas& atlas, const PixelRect& clip, const Vertex& top_left,
                     const Vertex& bottom_right, std::uint32_t colour);
void blend_triangle(Picture& picture, const Atlas& atlas, const PixelRect& clip, const std::array<Vertex, 3>& corners,
                    const std::array<std::uint32_t, 3>& colours);

}  // namespace pilotlight::screens
