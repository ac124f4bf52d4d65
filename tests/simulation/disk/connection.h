// A SQLite connection to a memory disk, as tests of the disk use it.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>

#include "tests/simulation/disk/memory_disk.h"

namespace pilotlight::simulation {

class Connection {
 public:
  explicit Connection(const std::string& path, int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) {
    opened = sqlite3_open_v2(path.c_str(), &db_, flags | SQLITE_OPEN_NOMUTEX, MemoryDisk::vfs_name());
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { EXPECT_EQ(sqlite3_close(db_), SQLITE_OK); }

  // SQLITE_OK, or the first code that is not.
  int run(const std::string& sql) { return sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr); }

  // The first column of the first row as text; "error: …" if there is none.
  std::string ask(const std::string& sql) {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v2(db_, sql.c_str(), -1, &statement, nullptr);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    std::string answer = std::string("error: ") + sqlite3_errmsg(db_);
    if (code == SQLITE_ROW) answer = reinterpret_cast<const char*>(sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return answer;
  }

  int opened = SQLITE_ERROR;

 private:
  sqlite3* db_ = nullptr;
};

constexpr const char* wal_full = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

}  // namespace pilotlight::simulation
