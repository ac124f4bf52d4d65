// One file of a simulated disk: what readers see, and the way back to what is durable.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/disk/memory_disk.h"

namespace pilotlight::simulation {

// The shared memory of a WAL and its eight locks (SQLITE_SHM_NLOCK). Connections that died keep theirs until they
// close.
struct SharedMemory {
  static constexpr int locks = 8;
  std::vector<std::unique_ptr<std::uint8_t[]>> regions;
  int shared[locks] = {};      // connections that hold it so
  bool exclusive[locks] = {};  // one connection does
};

class Content {
 public:
  static constexpr std::size_t sector = 512;
  static constexpr std::size_t most_changes = 4096;  // above it, the system writes the older half back

  explicit Content(std::string file) : name(std::move(file)) {}

  std::size_t size() const { return now_.size(); }
  const std::uint8_t* data() const { return now_.data(); }
  void write(const std::uint8_t* from, std::size_t size, std::size_t at);
  void truncate(std::size_t size);
  void make_durable();

  void crash(Chance& chance, Crash how);
  std::vector<std::uint8_t> durable() const;
  const std::vector<std::uint8_t>& visible() const { return now_; }
  void fill(const std::vector<std::uint8_t>& bytes);  // durable

  const std::string name;
  // Locks of the file (SQLITE_LOCK_*): who holds them are handles, known by address.
  int readers = 0;
  const void* writer = nullptr;  // holds RESERVED or more
  bool pending = false;          // the writer waits for the readers to leave: no new ones
  std::weak_ptr<SharedMemory> shared_memory;

 private:
  struct Change {
    std::size_t at;        // of a write; of a truncation the new size
    std::size_t size;      // of a write
    std::size_t kept;      // bytes on the undo stack
    std::size_t old_size;  // of the file
    bool truncation;
  };
  struct Survival {
    unsigned percent;  // of the sectors
    bool tears;        // some of those
  };
  void remember(const Change& change);
  void write_back_older_half();
  static void undo(const Change& change, std::vector<std::uint8_t>& file, const std::uint8_t* kept);
  void survive(const Change& change, const std::uint8_t* bytes, Survival survival, Chance& chance);
  void put(const std::uint8_t* from, std::size_t size, std::size_t at);

  std::vector<std::uint8_t> now_;
  std::vector<Change> changes_;     // since the last sync, oldest first
  std::vector<std::uint8_t> undo_;  // what they overwrote: a stack
};

}  // namespace pilotlight::simulation
