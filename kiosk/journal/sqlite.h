// The little of SQLite that journal and delivery need: a connection and prepared statements that close themselves.
#pragma once

#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

#include "kiosk/base/bytes.h"
#include "kiosk/base/result.h"

namespace pilotlight::sqlite {

struct CloseConnection {
  void operator()(sqlite3* db) const { sqlite3_close(db); }
};
struct CloseStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;
using Statement = std::unique_ptr<sqlite3_stmt, CloseStatement>;

Result<Connection, Message> connect(const std::string& path, int flags, const std::string& vfs);
Result<void, Message> execute(sqlite3* db, const char* sql);
Result<Statement, Message> prepare(sqlite3* db, const char* sql);
Message message(sqlite3* db, std::string_view doing);

void bind(sqlite3_stmt* statement, int index, std::int64_t value);
void bind(sqlite3_stmt* statement, int index, std::string_view text);
void bind(sqlite3_stmt* statement, int index, ByteView bytes);
std::string column_text(sqlite3_stmt* statement, int column);
Bytes column_bytes(sqlite3_stmt* statement, int column);

}  // namespace pilotlight::sqlite
