#include "tests/simulation/disk/vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <new>

#include "kiosk/base/check.h"
#include "tests/simulation/disk/open_file.h"

namespace pilotlight::simulation::vfs {
namespace {

struct Surroundings {
  std::function<std::uint64_t()> random;
  std::function<std::int64_t()> wall_ms;
  Chance without_random{0};
};

Surroundings& surroundings() {
  thread_local Surroundings of_this_thread;
  return of_this_thread;
}

bool begins_journal(int flags) {
  return (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL)) != 0;
}

int open(sqlite3_vfs*, const char* path, sqlite3_file* place, int flags, int* out) {
  place->pMethods = nullptr;
  std::shared_ptr<Platter> platter;
  std::shared_ptr<Content> content;
  bool created = false;
  if (path == nullptr) {
    content = std::make_shared<Content>("");
  } else {
    std::string_view file;
    platter = platter_of(path, file);
    if (!platter) return SQLITE_CANTOPEN;
    content = platter->find(file);
    created = !content && (flags & SQLITE_OPEN_CREATE) != 0;
    if (content && (flags & SQLITE_OPEN_EXCLUSIVE) != 0) return SQLITE_CANTOPEN;
    if (created) content = platter->create(file);
    if (!content) return SQLITE_CANTOPEN;
    if ((flags & SQLITE_OPEN_DELETEONCLOSE) != 0) platter->remove(file);
  }
  auto* file = ::new (static_cast<void*>(place)) OpenFile{};
  file->life = platter ? platter->life : 0;
  file->platter = std::move(platter);
  file->content = std::move(content);
  file->syncs_folder = created && begins_journal(flags);
  file->base.pMethods = open_file_methods();
  if (out != nullptr) *out = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* path, int sync_folder) {
  std::string_view file;
  const std::shared_ptr<Platter> platter = platter_of(path, file);
  if (!platter || !platter->find(file)) return SQLITE_IOERR_DELETE_NOENT;
  platter->remove(file);
  if (!platter->survives(OperationKind::Delete, file, 0, 0)) return SQLITE_IOERR_DELETE;
  if (sync_folder != 0) platter->make_folder_durable();
  return SQLITE_OK;
}

// As on Unix, an empty file counts as none: an empty journal is no hot journal.
int access(sqlite3_vfs*, const char* path, int flags, int* there) {
  std::string_view file;
  const std::shared_ptr<Platter> platter = platter_of(path, file);
  const std::shared_ptr<Content> content = platter ? platter->find(file) : nullptr;
  *there = content && (flags != SQLITE_ACCESS_EXISTS || content->size() > 0) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* to) {
  const std::size_t length = std::strlen(path) + 1;
  if (length > static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(to, path, length);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* to) {
  Surroundings& here = surroundings();
  for (int i = 0; i < size; ++i) to[i] = static_cast<char>(here.random ? here.random() : here.without_random.next());
  return size;
}

// Nobody else runs meanwhile, so waiting would change nothing: time stands still.
int stand_still(sqlite3_vfs*, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs*, sqlite3_int64* julian_ms) {
  constexpr sqlite3_int64 of_1970 = 210'866'760'000'000;  // milliseconds of the Julian day count
  *julian_ms = of_1970 + (surroundings().wall_ms ? surroundings().wall_ms() : 0);
  return SQLITE_OK;
}

int current_day(sqlite3_vfs* self, double* julian_day) {
  sqlite3_int64 ms = 0;
  current_time(self, &ms);
  *julian_day = static_cast<double>(ms) / 86'400'000.0;
  return SQLITE_OK;
}

sqlite3_vfs* the_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs v{};
    v.iVersion = 2;
    v.szOsFile = sizeof(OpenFile);
    v.mxPathname = 512;
    v.zName = name;
    v.xOpen = open;
    v.xDelete = remove;
    v.xAccess = access;
    v.xFullPathname = full_path;
    v.xRandomness = randomness;
    v.xSleep = stand_still;
    v.xCurrentTime = current_day;
    v.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    v.xCurrentTimeInt64 = current_time;
    return v;
  }();
  return &vfs;
}

}  // namespace

void add() {
  static const bool added = sqlite3_vfs_register(the_vfs(), 0) == SQLITE_OK;
  CHECK(added);
}

void make_default() {
  add();
  CHECK(sqlite3_vfs_register(the_vfs(), 1) == SQLITE_OK);
}

void set_random(std::function<std::uint64_t()> random) {
  surroundings().random = std::move(random);
  sqlite3_randomness(0, nullptr);
}

void set_clock(std::function<std::int64_t()> wall_ms) { surroundings().wall_ms = std::move(wall_ms); }

}  // namespace pilotlight::simulation::vfs
