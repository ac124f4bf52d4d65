// One SQLite connection. Statements are prepared once. A failure of the disk or database is remembered until
// clear_failure(): everything after it does nothing, and the transaction around it is rolled back as a whole, so
// callers need not look after each step. One thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "kiosk/base/bytes.h"
#include "kiosk/base/id.h"
#include "kiosk/base/money.h"
#include "kiosk/base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pilotlight::ledger {

class Database {
 public:
  enum class Mode { Create, Write, Read };
  // WAL, synchronous FULL, foreign keys on. Create refuses an existing file.
  static Result<std::unique_ptr<Database>, Message> open(const std::string& path, Mode mode);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  // Several statements without parameters.
  void execute(const char* sql);
  // One statement that returns no rows; how many rows it changed.
  template <class... Arguments>
  std::int64_t run(std::string_view sql, const Arguments&... arguments);
  std::int64_t last_row() const;

  bool failed() const { return !failure_.empty(); }
  const std::string& failure() const { return failure_; }
  void clear_failure() { failure_.clear(); }

 private:
  friend class Query;
  Database() = default;
  sqlite3_stmt* prepared(std::string_view sql);
  void remember(const char* doing);
  std::int64_t changed_rows() const;

  sqlite3* connection_ = nullptr;
  std::unordered_map<std::string_view, sqlite3_stmt*> statements_;  // keyed by the literal's text
  std::string failure_;
};

// One run of a statement: bound on construction, reset on destruction. Columns count from 0. The text of `sql` must
// live as long as the database (a literal).
class Query {
 public:
  template <class... Arguments>
  Query(Database& database, std::string_view sql, const Arguments&... arguments)
      : database_(database), statement_(database.prepared(sql)) {
    [[maybe_unused]] int index = 0;
    (bind(++index, arguments), ...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  bool next();  // false: no more rows, or a failure
  std::int64_t integer(int column) const;
  bool is_null(int column) const;
  std::string text(int column) const;
  Bytes blob(int column) const;
  Id id(int column) const;  // CHECK: 16 bytes or NULL (the empty id)
  Money money(int column) const { return Money{integer(column)}; }
  Volume volume(int column) const { return Volume{integer(column)}; }
  std::uint32_t u32(int column) const { return static_cast<std::uint32_t>(integer(column)); }
  std::uint64_t u64(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  // What the value is, for digests: type tag and content.
  int columns() const;
  Bytes raw(int column) const;

 private:
  friend class Database;
  template <class T>
  void bind(int index, const T& value) {
    if constexpr (std::is_same_v<T, Money>) {
      bind_integer(index, value.fen);
    } else if constexpr (std::is_same_v<T, Volume>) {
      bind_integer(index, value.litres);
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      bind_integer(index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<T, Id>) {
      bind_blob(index, value.bytes);
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      bind_text(index, value);
    } else {
      bind_blob(index, ByteView(value));
    }
  }
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  void bind_blob(int index, ByteView value);

  Database& database_;
  sqlite3_stmt* statement_;
};

template <class... Arguments>
std::int64_t Database::run(std::string_view sql, const Arguments&... arguments) {
  Query query(*this, sql, arguments...);
  query.next();
  return changed_rows();
}

}  // namespace pilotlight::ledger
