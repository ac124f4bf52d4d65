// The files of one simulated disk and what happens to all of them at once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/disk/content.h"

namespace pilotlight::simulation {

class Platter {
 public:
  std::shared_ptr<Content> find(std::string_view file) const;  // nullptr: not there
  std::shared_ptr<Content> create(std::string_view file);      // it is not there
  void remove(std::string_view file);
  void make_folder_durable();

  // Tells the hook. False: the power was cut meanwhile, as every handle of before sees by `life`.
  bool survives(OperationKind kind, std::string_view file, std::size_t at, std::size_t size);

  void crash(Chance& chance, Crash how);
  MemoryDisk::Files visible() const;
  MemoryDisk::Files durable() const;
  void restore(const MemoryDisk::Files& files);

  std::uint64_t life = 1;  // handles of an earlier life are dead
  std::function<void(const Operation&)> hook;
  bool full = false;
  int failing_syncs = 0;
  bool lying_syncs = false;
  DiskCounters counters;

 private:
  // What the name has stood for since the folder was durable; the first is durable, the last is what programs see.
  struct Name {
    std::string file;
    std::vector<std::shared_ptr<Content>> history;
  };
  Name& name(std::string_view file);

  std::vector<Name> names_;  // a handful: looked through one by one, in the order of their making
};

// The disk of this thread that holds `path`, and the file's name on it; nullptr: none.
std::shared_ptr<Platter> platter_of(std::string_view path, std::string_view& file);
void attach(const std::string& folder, const std::shared_ptr<Platter>& platter);
void detach(const Platter* platter);

}  // namespace pilotlight::simulation
