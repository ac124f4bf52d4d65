// The trace of the screens: one line of JSON for what one pass showed (demo mode; DESIGN.md section 5).
#pragma once

#include <string>

#include "screens/painter.h"

namespace pilotlight::screens {

// {"screen":"cash","overlay":"","language":"zh","size":[1080,1920],
//  "targets":[{"id":"cash.finish","label":"...","rect":[x,y,w,h]}],"texts":["..."]}; rectangles in whole pixels.
std::string trace_line(const View& view, const Pass& pass, int width, int height);

// "InsertCard" -> "insert_card"
std::string snake_case(std::string_view name);

}  // namespace pilotlight::screens
