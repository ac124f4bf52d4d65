#include "kiosk/journal/delivery_log.h"

#include "kiosk/journal/sqlite.h"

namespace pilotlight {
namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS confirmed (
  id INTEGER PRIMARY KEY CHECK (id = 1), last_contiguous INTEGER NOT NULL, epoch INTEGER NOT NULL, wall_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS parked (seq INTEGER PRIMARY KEY, reason TEXT NOT NULL, wall_ms INTEGER NOT NULL) STRICT;
)";

}  // namespace

struct DeliveryLog::Store {
  sqlite::Connection db;
};

DeliveryLog::DeliveryLog(std::unique_ptr<Store> store) : store_(std::move(store)) {}
DeliveryLog::DeliveryLog(DeliveryLog&&) noexcept = default;
DeliveryLog& DeliveryLog::operator=(DeliveryLog&&) noexcept = default;
DeliveryLog::~DeliveryLog() = default;

Result<DeliveryLog, Message> DeliveryLog::open(const std::string& path) {
  auto db = sqlite::connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, "");
  if (!db) return fail(db.error());
  for (const char* sql : {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = OFF", schema})
    if (auto done = sqlite::execute(db->get(), sql); !done) return fail(done.error());
  auto store = std::make_unique<Store>();
  store->db = std::move(*db);
  return DeliveryLog(std::move(store));
}

Delivered DeliveryLog::last() const {
  auto select = sqlite::prepare(store_->db.get(), "SELECT epoch, last_contiguous FROM confirmed");
  if (!select || sqlite3_step(select->get()) != SQLITE_ROW) return {};
  return Delivered{static_cast<std::uint64_t>(sqlite3_column_int64(select->get(), 0)),
                   static_cast<std::uint64_t>(sqlite3_column_int64(select->get(), 1))};
}

void DeliveryLog::confirm(const Delivered& delivered, std::int64_t wall_ms) {
  auto put = sqlite::prepare(store_->db.get(), "INSERT OR REPLACE INTO confirmed VALUES (1, ?, ?, ?)");
  if (!put) return;
  sqlite::bind(put->get(), 1, static_cast<std::int64_t>(delivered.last_contiguous));
  sqlite::bind(put->get(), 2, static_cast<std::int64_t>(delivered.epoch));
  sqlite::bind(put->get(), 3, wall_ms);
  sqlite3_step(put->get());
}

void DeliveryLog::park(std::uint64_t seq, const std::string& reason, std::int64_t wall_ms) {
  auto put = sqlite::prepare(store_->db.get(), "INSERT OR IGNORE INTO parked VALUES (?, ?, ?)");
  if (!put) return;
  sqlite::bind(put->get(), 1, static_cast<std::int64_t>(seq));
  sqlite::bind(put->get(), 2, std::string_view(reason));
  sqlite::bind(put->get(), 3, wall_ms);
  sqlite3_step(put->get());
}

std::uint64_t DeliveryLog::parked_count() const {
  auto select = sqlite::prepare(store_->db.get(), "SELECT count(*) FROM parked");
  if (!select || sqlite3_step(select->get()) != SQLITE_ROW) return 0;
  return static_cast<std::uint64_t>(sqlite3_column_int64(select->get(), 0));
}

}  // namespace pilotlight
