// CHECK states what must be true for money to be safe. A failed CHECK is a bug, never an expected failure: the program
// stops at once (and restarts into recovery) rather than go on with a state nobody has thought about.
#pragma once

namespace pilotlight {

// Prints file, line and the broken condition to stderr and aborts. Thread-safe.
[[noreturn]] void check_failed(const char* file, int line, const char* condition);

}  // namespace pilotlight

#define CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::pilotlight::check_failed(__FILE__, __LINE__, #condition))
