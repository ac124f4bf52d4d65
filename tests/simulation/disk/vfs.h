// The one SQLite VFS behind all memory disks.
#pragma once

#include <cstdint>
#include <functional>

namespace pilotlight::simulation::vfs {

constexpr const char* name = "memory_disk";

void add();           // registers it, once
void make_default();  // and makes it SQLite's default
void set_random(std::function<std::uint64_t()> random);
void set_clock(std::function<std::int64_t()> wall_ms);

}  // namespace pilotlight::simulation::vfs
