// The canonical form of a world and its 128-bit key. Every described field of every struct is in the key; what is left
// out stands in `left_out` and in README.md with its reason.
#pragma once

#include <array>
#include <cstdint>

#include "tests/simulation/exploration/world.h"

namespace pilotlight::exploration {

struct Key {
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  bool operator==(const Key&) const = default;
};

// The same world with its clock set to model_now_ms and what nothing reads any more cleared. step() cannot tell the
// difference: it only compares times with now.
void canonical(World& world);

Key key_of(const World& world);

}  // namespace pilotlight::exploration
