// The disk of one simulated computer: SQLite files in memory that lose, at a power cut, what was not synced.
//
//   MemoryDisk::make_default();                 // once per process: SQLite's default VFS finds disks by folder
//   MemoryDisk disk("T0001");                   // holds every file of the folder /T0001
//   auto journal = Journal::open("/T0001/journal.db", "T0001");
//   disk.crash(chance);                         // open connections are dead; the next open() sees what survived
//
// One VFS serves all disks and picks the disk by the folder of the path. A path on no disk cannot be opened: nothing of
// a simulation lands on the real disk unseen. Disks, clock and random source belong to the thread that made them, so
// several worlds may run in one process, each on its thread. (SQLite's own generator is one per process: the bytes of a
// WAL repeat exactly only where one world runs at a time. Nothing but those bytes depends on it.)
//
// The model. A file is what readers see, plus the changes since its last xSync. A write is a number of sectors of 512
// bytes. At a power cut every changed sector survives or does not, in any combination, and a surviving one may be torn:
// the first bytes new, the others as they were. Bytes outside of a write are never harmed (what SQLite calls
// powersafe overwrite and assumes of the real disk). Truncations and, of each name, creations and deletions survive as
// far as chance says; as on Unix, the first sync of a new journal or WAL makes the folder durable, as does a deletion
// that asks for it. What is not synced for long is written back by the system, oldest first.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/chance.h"

namespace pilotlight::simulation {

class Platter;

enum class Crash {
  LoseAll,  // the power is cut and nothing that was not synced is there
  KeepAll,  // the process is killed: the system's cache survives
  Random,   // the power is cut: see the model
};

enum class OperationKind { Write, Sync, Truncate, Delete };

// Something a program asks of the disk that a power cut could come into.
struct Operation {
  OperationKind kind = OperationKind::Write;
  std::string_view file;     // without folder: "journal.db-wal"
  std::uint64_t number = 0;  // 1, 2, … over the whole life of the disk
  std::uint64_t at = 0;      // Write: offset; Truncate: the new size
  std::uint64_t size = 0;    // Write: bytes
};

struct DiskCounters {
  std::uint64_t operations = 0;
  std::uint64_t writes = 0;
  std::uint64_t syncs = 0;
  std::uint64_t bytes = 0;  // written
  std::uint64_t crashes = 0;
};

class MemoryDisk {
 public:
  using Files = std::map<std::string, std::vector<std::uint8_t>, std::less<>>;

  // `folder`: the files' folder without the first slash ("T0001", or "tmp/x/ledger"); no other disk of this thread may
  // have it (CHECK). A disk that goes while connections are open leaves them dead, as a crash does.
  explicit MemoryDisk(std::string folder);
  MemoryDisk(const MemoryDisk&) = delete;
  MemoryDisk& operator=(const MemoryDisk&) = delete;
  ~MemoryDisk();

  static const char* vfs_name();  // for sqlite3_open_v2 and Journal::open, where it is not the default
  static void make_default();     // of the process, from now on
  // Of this thread. The first also starts SQLite's own generator again, which the default VFS seeds.
  static void set_random(std::function<std::uint64_t()> random);
  static void set_clock(std::function<std::int64_t()> wall_ms);  // milliseconds since 1970

  std::string path(std::string_view file) const;  // "/T0001/journal.db"

  // Every connection is dead from here on: each call on it gives SQLITE_IOERR, closing it works. Locks and the shared
  // memory of WALs are gone. May be called inside `before`.
  void crash(Chance& chance, Crash how = Crash::Random);

  // Called while an operation is under way, before it is answered. If it crashes the disk, the operation gives
  // SQLITE_IOERR; a write, truncation or deletion is then one more of those that chance lets survive, a sync has
  // brought no more than chance says. It must not use connections of this disk.
  void before(std::function<void(const Operation&)> hook);

  void full(bool is_full);      // what would make a file larger gives SQLITE_FULL
  void sync_fails(int times);   // the next syncs give SQLITE_IOERR_FSYNC; their changes wait for a later sync
  void lying_syncs(bool lies);  // syncs say OK and do nothing: a disk on which committed work is lost
  const DiskCounters& counters() const;

  Files visible() const;             // what programs see now
  Files durable() const;             // what is there for sure after a power cut
  void restore(const Files& files);  // the disk holds these, durable, and nothing else; connections are dead

 private:
  std::string folder_;
  std::shared_ptr<Platter> platter_;
};

}  // namespace pilotlight::simulation
