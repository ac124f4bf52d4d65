// A small window to play the cabinet by hand: buttons that say and do what the control socket's commands do, the state
// beside them and the last slip.
#pragma once

#include <span>

#include "devices/virtual/command.h"
#include "devices/virtual/config.h"

namespace pilotlight::cabinet {

// Shows the window on the calling thread until it is closed or one of the descriptors becomes readable. Without a
// usable display or font it says so on stderr and only waits for the descriptors.
void show_window(const Config& config, Commands& commands, std::span<const int> ends);

}  // namespace pilotlight::cabinet
