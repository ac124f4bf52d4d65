// The drawn icons, on a grid of 24 with lines 2 wide.
#pragma once

#include "screens/platform_shape.h"
#include "screens/view_model.h"

namespace pilotlight::screens {

// Nothing is drawn for Icon::None.
const Shape& shape_of(Icon icon);

// The logo: a pilot flame, its bright heart, and the tip of amber.
extern const Shape flame_outer;
extern const Shape flame_middle;
extern const Shape flame_heart;

}  // namespace pilotlight::screens
