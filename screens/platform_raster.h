// Draws Dear ImGui's triangles into a picture on the CPU: identical pixels on every machine, no GPU in the trusted
// base. Texture coordinates are texels of the atlas. The picture is divided into tiles of 64 px; a tile is painted
// again only when what is drawn on it has changed.
#pragma once

#include <cstdint>
#include <vector>

#include "screens/platform_picture.h"

struct ImDrawData;

namespace pilotlight::screens {

class Rasteriser {
 public:
  // Paints what changed since the last call with a picture of this size, and returns the changed rectangles (whole
  // tiles, joined along rows, inside the picture).
  std::vector<PixelRect> paint(const ImDrawData& data, const Atlas& atlas, Picture& picture);

  // Everything is painted anew next time (the picture was lost, or the atlas was emptied).
  void forget() { hashes_.clear(); }

 private:
  struct Corner {
    float x, y, u, v;
    std::uint32_t colour;
  };
  struct Shape {
    Corner corner[3];  // of a rectangle: top left, bottom right
    PixelRect clip;
    bool rectangle;
  };

  void collect(const ImDrawData& data, const Picture& picture);
  void bin(const Picture& picture);
  static bool read_rectangle(const Corner (&corners)[4], Shape& shape);

  int columns_ = 0;
  int rows_ = 0;
  std::vector<Shape> shapes_;
  std::vector<std::vector<std::uint32_t>> bins_;
  std::vector<std::uint64_t> next_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace pilotlight::screens
