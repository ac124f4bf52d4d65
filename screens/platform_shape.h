// A drawn icon: a path in a small language and how it is inked. Paths use SVG's commands M L H V C Q Z (absolute) and
// l h v c q (relative), and two of our own: "O cx cy r" a circle, "R x y w h r" a rectangle with round corners.
#pragma once

#include <string_view>
#include <vector>

namespace pilotlight::screens {

struct Shape {
  std::string_view path;  // must outlive the program: shapes are known by its address
  float box = 24;         // the path's coordinates run from 0 to box, y downwards
  float stroke = 0;       // 0: filled; else width of a line with round ends, in the path's units
};

// The path as contours of cubic curves; control points in path units.
struct Contour {
  std::vector<float> points;  // x, y of: start, then three points per curve
  bool closed = false;
};

// Stops at the first thing that is not path language (tests hold every icon against that).
std::vector<Contour> read_path(std::string_view path, bool* complete = nullptr);

}  // namespace pilotlight::screens
