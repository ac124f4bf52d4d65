// Pictures of what came out of the printer.
#pragma once

#include <filesystem>

#include "devices/virtual/escpos_bitmap.h"

namespace pilotlight::cabinet {

// Writes the dots as thermal paper: off-white with a margin, the dots nearly black. Written beside and renamed, so that
// whoever sees the file sees all of it. Throws std::runtime_error if the file cannot be written.
void write_paper_png(const Bitmap& dots, std::size_t margin, const std::filesystem::path& file);

}  // namespace pilotlight::cabinet
