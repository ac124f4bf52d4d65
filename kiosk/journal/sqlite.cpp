#include "kiosk/journal/sqlite.h"

namespace pilotlight::sqlite {

Message message(sqlite3* db, std::string_view doing) {
  return Message{std::string(doing) + ": " + (db == nullptr ? "out of memory" : sqlite3_errmsg(db))};
}

Result<Connection, Message> connect(const std::string& path, int flags, const std::string& vfs) {
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, vfs.empty() ? nullptr : vfs.c_str());
  Connection db(raw);
  if (code != SQLITE_OK) return fail(message(raw, "opening " + path));
  sqlite3_busy_timeout(raw, 5000);
  return db;
}

Result<void, Message> execute(sqlite3* db, const char* sql) {
  if (sqlite3_exec(db, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return fail(message(db, sql));
  return {};
}

Result<Statement, Message> prepare(sqlite3* db, const char* sql) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(db, sql, -1, &raw, nullptr) != SQLITE_OK) return fail(message(db, sql));
  return Statement(raw);
}

void bind(sqlite3_stmt* statement, int index, std::int64_t value) { sqlite3_bind_int64(statement, index, value); }

void bind(sqlite3_stmt* statement, int index, std::string_view text) {
  sqlite3_bind_text(statement, index, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}

void bind(sqlite3_stmt* statement, int index, ByteView bytes) {
  sqlite3_bind_blob(statement, index, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
}

std::string column_text(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  if (text == nullptr) return {};
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

Bytes column_bytes(sqlite3_stmt* statement, int column) {
  const auto* bytes = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
  if (bytes == nullptr) return {};
  return {bytes, bytes + sqlite3_column_bytes(statement, column)};
}

}  // namespace pilotlight::sqlite
