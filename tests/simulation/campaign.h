// Many towns: in parallel processes, added up, shrunk, told.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "tests/simulation/town.h"

namespace pilotlight::simulation {

struct Orders {
  std::uint64_t first = 0, last = 0;  // seeds, both included
  std::set<Fault> faults;
  unsigned visits = 40;
  unsigned jobs = 2;
  bool trace = false;
  bool coverage = false;
  bool each_fault = false;
};

// "3..17" or "3"; nothing if it is neither.
std::optional<std::pair<std::uint64_t, std::uint64_t>> parse_seeds(std::string_view text);

// SQLite's settings and the memory disk; before anything else.
void prepare_process();

// Plays all seeds and prints what was reached. 0: no law was broken. Each job is a process of its own.
int run(const Orders& orders);

// Walks the standard runs of the exploration to their ends. 0: every one is complete and breaks no law.
int exhaust(const Orders& orders);

// Prints the fewest visits and faults with which the seed still breaks the same law.
int minimise(const Orders& orders);

}  // namespace pilotlight::simulation
