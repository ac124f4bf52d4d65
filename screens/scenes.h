// The big drawings: where the card goes, how notes are fed, how it ended. Drawn as vectors, made for a box of 4:3 and
// scaled to fit; `progress` 0..1 moves what moves in them.
#pragma once

#include "screens/canvas.h"
#include "screens/view_model.h"

namespace pilotlight::screens {

void draw_scene(Canvas& canvas, Scene scene, const Rect& area, Tone tone, bool moving);
// A safety lesson: its icon, large, in a lit circle.
void draw_lesson(Canvas& canvas, Icon icon, const Rect& area);

}  // namespace pilotlight::screens
