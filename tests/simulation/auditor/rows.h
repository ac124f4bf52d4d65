// Reading rows of somebody else's database.
#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <string_view>

#include "tests/simulation/auditor/key.h"

namespace pilotlight::audit {

// A prepared statement of one connection. Must go before the connection is closed.
class Rows {
 public:
  Rows() = default;
  Rows(sqlite3* database, const char* sql) {
    if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr) != SQLITE_OK)
      statement_ = nullptr;
  }
  ~Rows() { sqlite3_finalize(statement_); }
  Rows(Rows&& other) noexcept : statement_(other.statement_) { other.statement_ = nullptr; }
  Rows& operator=(Rows&& other) noexcept {
    sqlite3_stmt* mine = statement_;
    statement_ = other.statement_;
    other.statement_ = mine;
    return *this;
  }

  Rows& from(std::int64_t number) {
    start();
    sqlite3_bind_int64(statement_, 1, number);
    return *this;
  }
  Rows& of(const Key& key) {
    start();
    for (int i = 0; i < 8; ++i) {
      bytes_[i] = static_cast<std::uint8_t>(key.high >> (56 - 8 * i));
      bytes_[8 + i] = static_cast<std::uint8_t>(key.low >> (56 - 8 * i));
    }
    sqlite3_bind_blob(statement_, 1, bytes_, 16, SQLITE_STATIC);
    return *this;
  }
  Rows& of(std::string_view text) {  // valid until the rows are read
    start();
    sqlite3_bind_text(statement_, 1, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    return *this;
  }
  Rows& and_number(std::int64_t number) {
    sqlite3_bind_int64(statement_, 2, number);
    return *this;
  }
  Rows& all() {
    start();
    return *this;
  }

  // False at the end; good() tells whether that was the end or a failure of the disk.
  bool next() {
    result_ = statement_ == nullptr ? SQLITE_ERROR : sqlite3_step(statement_);
    if (result_ == SQLITE_ROW) return true;
    if (statement_ != nullptr) sqlite3_reset(statement_);
    return false;
  }
  // A row that is looked up alone, and whose columns are read before this object is asked again.
  bool good() const { return result_ == SQLITE_DONE || result_ == SQLITE_ROW; }
  void done() {
    if (statement_ != nullptr) sqlite3_reset(statement_);
  }

  std::int64_t number(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const {
    const auto* bytes = sqlite3_column_text(statement_, column);
    if (bytes == nullptr) return {};
    return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  std::string_view blob(int column) const {
    const void* bytes = sqlite3_column_blob(statement_, column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(bytes), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
  }
  Key key(int column) const {
    const std::string_view bytes = blob(column);
    return key_of_bytes(bytes.data(), static_cast<int>(bytes.size()));
  }

 private:
  void start() {
    if (statement_ != nullptr) sqlite3_reset(statement_);
  }
  sqlite3_stmt* statement_ = nullptr;
  int result_ = SQLITE_DONE;
  std::uint8_t bytes_[16] = {};
};

}  // namespace pilotlight::audit
