#include "tests/simulation/disk/memory_disk.h"

#include "tests/simulation/disk/platter.h"
#include "tests/simulation/disk/vfs.h"

namespace pilotlight::simulation {

MemoryDisk::MemoryDisk(std::string folder) : folder_(std::move(folder)), platter_(std::make_shared<Platter>()) {
  vfs::add();
  attach(folder_, platter_);
}

MemoryDisk::~MemoryDisk() {
  ++platter_->life;
  platter_->hook = nullptr;
  detach(platter_.get());
}

const char* MemoryDisk::vfs_name() { return vfs::name; }
void MemoryDisk::make_default() { vfs::make_default(); }
void MemoryDisk::set_random(std::function<std::uint64_t()> random) { vfs::set_random(std::move(random)); }
void MemoryDisk::set_clock(std::function<std::int64_t()> wall_ms) { vfs::set_clock(std::move(wall_ms)); }

std::string MemoryDisk::path(std::string_view file) const { return "/" + folder_ + "/" + std::string(file); }

void MemoryDisk::crash(Chance& chance, Crash how) { platter_->crash(chance, how); }
void MemoryDisk::before(std::function<void(const Operation&)> hook) { platter_->hook = std::move(hook); }
void MemoryDisk::full(bool is_full) { platter_->full = is_full; }
void MemoryDisk::sync_fails(int times) { platter_->failing_syncs = times; }
void MemoryDisk::lying_syncs(bool lies) { platter_->lying_syncs = lies; }
const DiskCounters& MemoryDisk::counters() const { return platter_->counters; }
MemoryDisk::Files MemoryDisk::visible() const { return platter_->visible(); }
MemoryDisk::Files MemoryDisk::durable() const { return platter_->durable(); }
void MemoryDisk::restore(const Files& files) { platter_->restore(files); }

}  // namespace pilotlight::simulation
