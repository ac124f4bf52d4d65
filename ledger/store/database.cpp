#include "ledger/store/database.h"

#include <sqlite3.h>

#include <algorithm>

#include "kiosk/base/check.h"

namespace pilotlight::ledger {
namespace {

Message cannot(const std::string& path, const std::string& what) { return Message{path + ": " + what}; }

// Asked of SQLite's own view of files, which a simulation replaces.
bool is_there(const std::string& path) {
  sqlite3_vfs* const files = sqlite3_vfs_find(nullptr);
  int there = 0;
  return files->xAccess(files, path.c_str(), SQLITE_ACCESS_EXISTS, &there) == SQLITE_OK && there != 0;
}

}  // namespace

Result<std::unique_ptr<Database>, Message> Database::open(const std::string& path, Mode mode) {
  const bool exists = is_there(path);
  if (mode == Mode::Create && exists) return fail(cannot(path, "exists already; a ledger is made only once"));
  if (mode != Mode::Create && !exists) return fail(cannot(path, "not found; make it with 'pilotlight-ledger init'"));
  std::unique_ptr<Database> database(new Database);
  const int flags = mode == Mode::Create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE;
  if (sqlite3_open_v2(path.c_str(), &database->connection_, flags | SQLITE_OPEN_NOMUTEX, nullptr) != SQLITE_OK)
    return fail(cannot(path, sqlite3_errmsg(database->connection_)));
  sqlite3_busy_timeout(database->connection_, 10'000);
  sqlite3_limit(database->connection_, SQLITE_LIMIT_LENGTH, 64 << 20);
  database->execute(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF;"
      "PRAGMA cell_size_check = ON; PRAGMA cache_size = -32768;");
  if (mode == Mode::Read) database->execute("PRAGMA query_only = ON");
  if (database->failed()) return fail(cannot(path, database->failure()));
  return database;
}

Database::~Database() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(connection_);
}

void Database::execute(const char* sql) {
  if (failed()) return;
  if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) remember(sql);
}

std::int64_t Database::last_row() const { return sqlite3_last_insert_rowid(connection_); }

std::int64_t Database::changed_rows() const { return failed() ? 0 : sqlite3_changes64(connection_); }

sqlite3_stmt* Database::prepared(std::string_view sql) {
  if (failed()) return nullptr;
  const auto found = statements_.find(sql);
  if (found != statements_.end()) {
    CHECK(sqlite3_stmt_busy(found->second) == 0);
    return found->second;
  }
  sqlite3_stmt* statement = nullptr;
  const int length = static_cast<int>(sql.size());
  if (sqlite3_prepare_v3(connection_, sql.data(), length, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    remember(std::string(sql).c_str());
    return nullptr;
  }
  statements_.emplace(sql, statement);
  return statement;
}

void Database::remember(const char* doing) {
  if (!failed()) failure_ = std::string(sqlite3_errmsg(connection_)) + " in: " + std::string(doing).substr(0, 200);
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Query::next() {
  if (statement_ == nullptr || database_.failed()) return false;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.remember(sqlite3_sql(statement_));
  return false;
}

std::int64_t Query::integer(int column) const { return sqlite3_column_int64(statement_, column); }

bool Query::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::string Query::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Bytes Query::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement_, column));
  if (data == nullptr) return {};
  return {data, data + sqlite3_column_bytes(statement_, column)};
}

Id Query::id(int column) const {
  const Bytes bytes = blob(column);
  Id id;
  if (bytes.size() == id.bytes.size()) std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

int Query::columns() const { return sqlite3_column_count(statement_); }

Bytes Query::raw(int column) const {
  const int type = sqlite3_column_type(statement_, column);
  Bytes out{static_cast<std::uint8_t>(type)};
  const Bytes content = blob(column);  // of an integer: its decimal text
  const auto size = static_cast<std::uint32_t>(content.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::uint8_t>(size >> shift));
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

void Query::bind_integer(int index, std::int64_t value) {
  if (statement_ != nullptr) sqlite3_bind_int64(statement_, index, value);
}

void Query::bind_text(int index, std::string_view value) {
  if (statement_ == nullptr) return;
  const char* data = value.data() == nullptr ? "" : value.data();
  sqlite3_bind_text64(statement_, index, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

void Query::bind_blob(int index, ByteView value) {
  if (statement_ == nullptr) return;
  static constexpr std::uint8_t nothing = 0;
  const std::uint8_t* data = value.data() == nullptr ? &nothing : value.data();
  sqlite3_bind_blob64(statement_, index, data, value.size(), SQLITE_TRANSIENT);
}

}  // namespace pilotlight::ledger
