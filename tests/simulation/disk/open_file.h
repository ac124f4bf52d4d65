// A file as a SQLite connection has it open, and what SQLite may ask of it.
#pragma once

#include <sqlite3.h>

#include <memory>

#include "tests/simulation/disk/platter.h"

namespace pilotlight::simulation {

struct OpenFile {
  sqlite3_file base;                 // first: SQLite knows the object by this part
  std::shared_ptr<Platter> platter;  // nullptr: a nameless file of this connection alone
  std::shared_ptr<Content> content;
  std::shared_ptr<SharedMemory> shared_memory;
  std::uint64_t life;
  int lock;               // SQLITE_LOCK_*
  unsigned shared_locks;  // of the WAL: a bit each
  unsigned exclusive_locks;
  bool syncs_folder;  // the next sync makes the folder durable

  bool dead() const { return platter && platter->life != life; }
};

const sqlite3_io_methods* open_file_methods();

}  // namespace pilotlight::simulation
