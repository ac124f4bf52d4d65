#include "tests/simulation/disk/open_file.h"

#include <algorithm>
#include <cstring>

namespace pilotlight::simulation {
namespace {

OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file); }

bool survives(const OpenFile& file, OperationKind kind, std::size_t at, std::size_t size) {
  return !file.platter || file.platter->survives(kind, file.content->name, at, size);
}

int read(sqlite3_file* f, void* to, int count, sqlite3_int64 offset) {
  const OpenFile& file = of(f);
  if (file.dead()) return SQLITE_IOERR_READ;
  const auto size = static_cast<std::size_t>(count);
  const auto at = static_cast<std::size_t>(offset);
  const std::size_t there = at >= file.content->size() ? 0 : std::min(size, file.content->size() - at);
  if (there != 0) std::memcpy(to, file.content->data() + at, there);
  if (there == size) return SQLITE_OK;
  std::memset(static_cast<std::uint8_t*>(to) + there, 0, size - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* f, const void* from, int count, sqlite3_int64 offset) {
  const OpenFile& file = of(f);
  if (file.dead()) return SQLITE_IOERR_WRITE;
  const auto size = static_cast<std::size_t>(count);
  const auto at = static_cast<std::size_t>(offset);
  if (file.platter) {
    if (file.platter->full && at + size > file.content->size()) return SQLITE_FULL;
    ++file.platter->counters.writes;
    file.platter->counters.bytes += size;
  }
  file.content->write(static_cast<const std::uint8_t*>(from), size, at);
  return survives(file, OperationKind::Write, at, size) ? SQLITE_OK : SQLITE_IOERR_WRITE;
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
  const OpenFile& file = of(f);
  if (file.dead()) return SQLITE_IOERR_TRUNCATE;
  const auto bytes = static_cast<std::size_t>(size);
  if (file.platter && file.platter->full && bytes > file.content->size()) return SQLITE_FULL;
  file.content->truncate(bytes);
  return survives(file, OperationKind::Truncate, bytes, 0) ? SQLITE_OK : SQLITE_IOERR_TRUNCATE;
}

int sync(sqlite3_file* f, int) {
  OpenFile& file = of(f);
  if (file.dead()) return SQLITE_IOERR_FSYNC;
  if (!file.platter) return SQLITE_OK;
  Platter& platter = *file.platter;
  if (!survives(file, OperationKind::Sync, 0, 0)) return SQLITE_IOERR_FSYNC;
  if (platter.failing_syncs > 0) {
    --platter.failing_syncs;
    return SQLITE_IOERR_FSYNC;
  }
  ++platter.counters.syncs;
  if (!platter.lying_syncs) file.content->make_durable();
  if (file.syncs_folder) platter.make_folder_durable();
  file.syncs_folder = false;
  return SQLITE_OK;
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  const OpenFile& file = of(f);
  if (file.dead()) return SQLITE_IOERR_FSTAT;
  *size = static_cast<sqlite3_int64>(file.content->size());
  return SQLITE_OK;
}

// The five states of a database lock, as sqlite3.h and "File Locking And Concurrency In SQLite Version 3" have them.
int lock(sqlite3_file* f, int wanted) {
  OpenFile& file = of(f);
  if (file.dead()) return SQLITE_IOERR_LOCK;
  if (file.lock >= wanted) return SQLITE_OK;
  Content& content = *file.content;
  const bool others_writing = content.writer != nullptr && content.writer != &file;
  if (wanted == SQLITE_LOCK_SHARED) {
    if (content.pending) return SQLITE_BUSY;
    ++content.readers;
    file.lock = wanted;
    return SQLITE_OK;
  }
  if (others_writing) return SQLITE_BUSY;
  content.writer = &file;
  if (wanted == SQLITE_LOCK_EXCLUSIVE) {
    content.pending = true;
    if (content.readers > 1) {
      file.lock = SQLITE_LOCK_PENDING;
      return SQLITE_BUSY;
    }
  }
  file.lock = wanted;
  return SQLITE_OK;
}

void release(OpenFile& file, int kept) {
  if (file.lock <= kept) return;
  Content& content = *file.content;
  if (file.lock > SQLITE_LOCK_SHARED) {
    content.writer = nullptr;
    content.pending = false;
  }
  if (kept == SQLITE_LOCK_NONE) --content.readers;
  file.lock = kept;
}

int unlock(sqlite3_file* f, int kept) {
  OpenFile& file = of(f);
  if (file.dead()) return SQLITE_IOERR_UNLOCK;
  release(file, kept);
  return SQLITE_OK;
}

int check_reserved_lock(sqlite3_file* f, int* held) {
  const OpenFile& file = of(f);
  if (file.dead()) return SQLITE_IOERR_CHECKRESERVEDLOCK;
  *held = file.content->writer != nullptr ? 1 : 0;
  return SQLITE_OK;
}

int map_shared_memory(sqlite3_file* f, int region, int size, int extend, void volatile** memory) {
  OpenFile& file = of(f);
  *memory = nullptr;
  if (file.dead()) return SQLITE_IOERR_SHMMAP;
  if (!file.shared_memory) {
    file.shared_memory = file.content->shared_memory.lock();
    if (!file.shared_memory) file.content->shared_memory = file.shared_memory = std::make_shared<SharedMemory>();
  }
  auto& regions = file.shared_memory->regions;
  const auto index = static_cast<std::size_t>(region);
  while (extend != 0 && regions.size() <= index)
    regions.push_back(std::make_unique<std::uint8_t[]>(static_cast<std::size_t>(size)));
  if (index < regions.size()) *memory = regions[index].get();
  return SQLITE_OK;
}

int lock_shared_memory(sqlite3_file* f, int first, int count, int flags) {
  OpenFile& file = of(f);
  if (file.dead() || !file.shared_memory) return SQLITE_IOERR_SHMLOCK;
  SharedMemory& memory = *file.shared_memory;
  const unsigned mask = ((1U << count) - 1U) << first;
  if ((flags & SQLITE_SHM_UNLOCK) != 0) {
    for (int i = first; i < first + count; ++i) {
      if ((file.shared_locks & 1U << i) != 0) --memory.shared[i];
      if ((file.exclusive_locks & 1U << i) != 0) memory.exclusive[i] = false;
    }
    file.shared_locks &= ~mask;
    file.exclusive_locks &= ~mask;
    return SQLITE_OK;
  }
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (int i = first; i < first + count; ++i) {
    const unsigned bit = 1U << i;
    if (memory.exclusive[i] && (file.exclusive_locks & bit) == 0) return SQLITE_BUSY;
    if (exclusive && memory.shared[i] > ((file.shared_locks & bit) != 0 ? 1 : 0)) return SQLITE_BUSY;
  }
  for (int i = first; i < first + count; ++i) {
    if (exclusive) memory.exclusive[i] = true;
    if (!exclusive && (file.shared_locks & 1U << i) == 0) ++memory.shared[i];
  }
  (exclusive ? file.exclusive_locks : file.shared_locks) |= mask;
  return SQLITE_OK;
}

int unmap_shared_memory(sqlite3_file* f, int) {
  OpenFile& file = of(f);
  if (!file.shared_memory) return SQLITE_OK;
  for (int i = 0; i < SharedMemory::locks; ++i) {
    if ((file.shared_locks & 1U << i) != 0) --file.shared_memory->shared[i];
    if ((file.exclusive_locks & 1U << i) != 0) file.shared_memory->exclusive[i] = false;
  }
  file.shared_locks = file.exclusive_locks = 0;
  file.shared_memory.reset();
  return SQLITE_OK;
}

int close(sqlite3_file* f) {
  OpenFile& file = of(f);
  unmap_shared_memory(f, 0);
  if (!file.dead()) release(file, SQLITE_LOCK_NONE);
  file.~OpenFile();
  return SQLITE_OK;
}

sqlite3_io_methods all_methods() {
  sqlite3_io_methods methods{};
  methods.iVersion = 2;
  methods.xClose = close;
  methods.xRead = read;
  methods.xWrite = write;
  methods.xTruncate = truncate;
  methods.xSync = sync;
  methods.xFileSize = file_size;
  methods.xLock = lock;
  methods.xUnlock = unlock;
  methods.xCheckReservedLock = check_reserved_lock;
  methods.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
  methods.xSectorSize = [](sqlite3_file*) { return static_cast<int>(Content::sector); };
  methods.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; };
  methods.xShmMap = map_shared_memory;
  methods.xShmLock = lock_shared_memory;
  methods.xShmBarrier = [](sqlite3_file*) {};
  methods.xShmUnmap = unmap_shared_memory;
  return methods;
}

}  // namespace

const sqlite3_io_methods* open_file_methods() {
  static const sqlite3_io_methods all = all_methods();
  return &all;
}

}  // namespace pilotlight::simulation
