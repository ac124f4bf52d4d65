// A SQLite VFS over the system's own that counts what reaches the disk for sure (xSync) and can run out of space.
#pragma once

#include <sqlite3.h>

#include <cstring>

namespace pilotlight {

struct CountingVfs {
  static inline int syncs = 0;
  static inline bool full = false;        // writes fail with SQLITE_FULL
  static inline bool sync_fails = false;  // xSync fails with SQLITE_IOERR_FSYNC

  static const char* name() {
    static const bool there = add();
    return there ? "counting" : nullptr;
  }

 private:
  struct File {
    sqlite3_file base;
    sqlite3_file* real;
  };
  static sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<File*>(file)->real; }

  static int sync(sqlite3_file* file, int flags) {
    ++syncs;
    if (sync_fails) return SQLITE_IOERR_FSYNC;
    return real(file)->pMethods->xSync(real(file), flags);
  }
  static int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 at) {
    if (full) return SQLITE_FULL;
    return real(file)->pMethods->xWrite(real(file), data, size, at);
  }

  template <auto Method, class... Arguments>
  static auto pass(sqlite3_file* file, Arguments... arguments) {
    return (real(file)->pMethods->*Method)(real(file), arguments...);
  }

  static const sqlite3_io_methods* methods() {
    using M = sqlite3_io_methods;
    static const M all = [] {
      M m{};
      m.iVersion = 2;
      m.xClose = [](sqlite3_file* f) {
        const int code = pass<&M::xClose>(f);
        sqlite3_free(real(f));
        return code;
      };
      m.xRead = [](sqlite3_file* f, void* to, int n, sqlite3_int64 at) { return pass<&M::xRead>(f, to, n, at); };
      m.xWrite = write;
      m.xTruncate = [](sqlite3_file* f, sqlite3_int64 n) { return pass<&M::xTruncate>(f, n); };
      m.xSync = sync;
      m.xFileSize = [](sqlite3_file* f, sqlite3_int64* n) { return pass<&M::xFileSize>(f, n); };
      m.xLock = [](sqlite3_file* f, int n) { return pass<&M::xLock>(f, n); };
      m.xUnlock = [](sqlite3_file* f, int n) { return pass<&M::xUnlock>(f, n); };
      m.xCheckReservedLock = [](sqlite3_file* f, int* n) { return pass<&M::xCheckReservedLock>(f, n); };
      m.xFileControl = [](sqlite3_file* f, int op, void* a) { return pass<&M::xFileControl>(f, op, a); };
      m.xSectorSize = [](sqlite3_file* f) { return pass<&M::xSectorSize>(f); };
      m.xDeviceCharacteristics = [](sqlite3_file* f) { return pass<&M::xDeviceCharacteristics>(f); };
      m.xShmMap = [](sqlite3_file* f, int a, int b, int c, void volatile** d) {
        return pass<&M::xShmMap>(f, a, b, c, d);
      };
      m.xShmLock = [](sqlite3_file* f, int a, int b, int c) { return pass<&M::xShmLock>(f, a, b, c); };
      m.xShmBarrier = [](sqlite3_file* f) { pass<&M::xShmBarrier>(f); };
      m.xShmUnmap = [](sqlite3_file* f, int a) { return pass<&M::xShmUnmap>(f, a); };
      return m;
    }();
    return &all;
  }

  static sqlite3_vfs* system() { return sqlite3_vfs_find(nullptr); }
  static int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
    auto* mine = reinterpret_cast<File*>(file);
    mine->base.pMethods = nullptr;
    mine->real = static_cast<sqlite3_file*>(sqlite3_malloc(system()->szOsFile));
    std::memset(mine->real, 0, static_cast<std::size_t>(system()->szOsFile));
    const int code = system()->xOpen(system(), path, mine->real, flags, out);
    if (code == SQLITE_OK)
      mine->base.pMethods = methods();
    else
      sqlite3_free(mine->real);
    return code;
  }
  static bool add() {
    static sqlite3_vfs vfs = *system();
    vfs.zName = "counting";
    vfs.szOsFile = sizeof(File);
    vfs.pNext = nullptr;
    vfs.xOpen = open;
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }
};

}  // namespace pilotlight
