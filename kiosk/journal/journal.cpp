#include "kiosk/journal/journal.h"

#include <openssl/evp.h>

#include <array>

#include "kiosk/base/check.h"
#include "kiosk/journal/sqlite.h"
#include "ledger/wire/json.h"

namespace pilotlight {
namespace {

constexpr const char* schema = R"(
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS records (
  seq INTEGER PRIMARY KEY, wall_ms INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS records_kept BEFORE DELETE ON records BEGIN SELECT RAISE(ABORT, 'records stay'); END;
CREATE TRIGGER IF NOT EXISTS records_fixed BEFORE UPDATE ON records BEGIN SELECT RAISE(ABORT, 'records stay'); END;
)";

std::array<std::uint8_t, 8> big_endian(std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes{};
  for (unsigned i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(value >> (56 - 8 * i));
  return bytes;
}

wire::Fact row_of(sqlite3_stmt* statement) {
  return wire::Fact{static_cast<std::uint64_t>(sqlite3_column_int64(statement, 0)), sqlite3_column_int64(statement, 1),
                    sqlite::column_text(statement, 2), sqlite::column_text(statement, 3),
                    sqlite::column_bytes(statement, 4)};
}

}  // namespace

Bytes chain_hash(ByteView previous, std::uint64_t seq, std::int64_t wall_ms, std::string_view kind,
                 std::string_view body) {
  CHECK(previous.size() == 32);
  const auto seq_bytes = big_endian(seq);
  const auto time_bytes = big_endian(static_cast<std::uint64_t>(wall_ms));
  const std::uint8_t separator = 0;
  Bytes hash(32);
  unsigned size = 0;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  CHECK(context != nullptr && EVP_DigestInit_ex(context, EVP_sha256(), nullptr) == 1);
  EVP_DigestUpdate(context, previous.data(), previous.size());
  EVP_DigestUpdate(context, seq_bytes.data(), seq_bytes.size());
  EVP_DigestUpdate(context, time_bytes.data(), time_bytes.size());
  EVP_DigestUpdate(context, kind.data(), kind.size());
  EVP_DigestUpdate(context, &separator, 1);
  EVP_DigestUpdate(context, body.data(), body.size());
  CHECK(EVP_DigestFinal_ex(context, hash.data(), &size) == 1 && size == 32);
  EVP_MD_CTX_free(context);
  return hash;
}

struct Journal::Store {
  sqlite::Connection db;
  sqlite::Statement insert;
  std::uint64_t last_seq = 0;
  std::int64_t last_wall_ms = 0;
  Bytes last_hash = Bytes(32);

  Result<void, Message> read_tail() {
    auto tail =
        sqlite::prepare(db.get(), "SELECT seq, wall_ms, kind, body, hash FROM records ORDER BY seq DESC LIMIT 1");
    if (!tail) return fail(tail.error());
    if (sqlite3_step(tail->get()) != SQLITE_ROW) return {};
    const wire::Fact row = row_of(tail->get());
    if (row.hash.size() != 32) return fail(Message{"journal: record " + std::to_string(row.seq) + " has no hash"});
    last_seq = row.seq;
    last_wall_ms = row.wall_ms;
    last_hash = row.hash;
    return {};
  }

  Result<void, Message> claim(const std::string& terminal) {
    auto put = sqlite::prepare(db.get(), "INSERT OR IGNORE INTO meta VALUES ('format', '1'), ('terminal', ?)");
    if (!put) return fail(put.error());
    sqlite::bind(put->get(), 1, std::string_view(terminal));
    if (sqlite3_step(put->get()) != SQLITE_DONE) return fail(sqlite::message(db.get(), "journal: meta"));
    auto get = sqlite::prepare(db.get(), "SELECT value FROM meta WHERE key = 'terminal'");
    if (!get) return fail(get.error());
    const bool there = sqlite3_step(get->get()) == SQLITE_ROW;
    const std::string owner = there ? sqlite::column_text(get->get(), 0) : "";
    if (owner != terminal)
      return fail(Message{"journal: belongs to terminal " + owner + ", not " + terminal +
                          "; give this terminal its own state_dir"});
    return {};
  }

  Result<void, Message> insert_row(const wire::Record& record, std::int64_t wall_ms) {
    const std::string_view kind = wire::kind_of(record);
    const std::string body = wire::record_body(record);
    const Bytes hash = chain_hash(last_hash, last_seq + 1, wall_ms, kind, body);
    sqlite3_reset(insert.get());
    sqlite::bind(insert.get(), 1, static_cast<std::int64_t>(last_seq + 1));
    sqlite::bind(insert.get(), 2, wall_ms);
    sqlite::bind(insert.get(), 3, kind);
    sqlite::bind(insert.get(), 4, std::string_view(body));
    sqlite::bind(insert.get(), 5, ByteView(hash));
    if (sqlite3_step(insert.get()) != SQLITE_DONE) return fail(sqlite::message(db.get(), "journal: append"));
    last_seq += 1;
    last_hash = hash;
    last_wall_ms = wall_ms;
    return {};
  }
};

Journal::Journal(std::unique_ptr<Store> store) : store_(std::move(store)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

Result<Journal, Message> Journal::open(const std::string& path, const std::string& terminal, const std::string& vfs) {
  auto db = sqlite::connect(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs);
  if (!db) return fail(db.error());
  // Checkpoints are made in idle moments (checkpoint()), so that a commit on the money path costs one sync.
  for (const char* sql :
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA wal_autocheckpoint = 0", schema})
    if (auto done = sqlite::execute(db->get(), sql); !done) return fail(done.error());
  auto store = std::make_unique<Store>();
  store->db = std::move(*db);
  if (auto claimed = store->claim(terminal); !claimed) return fail(claimed.error());
  if (auto tail = store->read_tail(); !tail) return fail(tail.error());
  auto insert = sqlite::prepare(store->db.get(), "INSERT INTO records VALUES (?, ?, ?, ?, ?)");
  if (!insert) return fail(insert.error());
  store->insert = std::move(*insert);
  return Journal(std::move(store));
}

Result<Journal, Message> Journal::open_readonly(const std::string& path) {
  auto db = sqlite::connect(path, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, "");
  if (!db) return fail(db.error());
  auto store = std::make_unique<Store>();
  store->db = std::move(*db);
  if (auto tail = store->read_tail(); !tail) return fail(tail.error());
  return Journal(std::move(store));
}

Result<std::uint64_t, Message> Journal::append(const std::vector<wire::Record>& records, std::int64_t wall_ms) {
  Store& s = *store_;
  CHECK(s.insert != nullptr);
  const auto seq = s.last_seq;
  const auto time = s.last_wall_ms;
  const auto hash = s.last_hash;
  const auto undo = [&](const Message& why) {
    sqlite3_reset(s.insert.get());
    sqlite3_exec(s.db.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    s.last_seq = seq;
    s.last_wall_ms = time;
    s.last_hash = hash;
    return fail(why);
  };
  if (auto begun = sqlite::execute(s.db.get(), "BEGIN IMMEDIATE"); !begun) return undo(begun.error());
  for (const wire::Record& record : records)
    if (auto row = s.insert_row(record, wall_ms); !row) return undo(row.error());
  sqlite3_reset(s.insert.get());
  if (auto done = sqlite::execute(s.db.get(), "COMMIT"); !done) return undo(done.error());
  return s.last_seq;
}

std::uint64_t Journal::last_seq() const { return store_->last_seq; }
std::uint64_t Journal::newest_seq() const {
  auto select = sqlite::prepare(store_->db.get(), "SELECT coalesce(max(seq), 0) FROM records");
  if (!select || sqlite3_step(select->get()) != SQLITE_ROW) return store_->last_seq;
  return static_cast<std::uint64_t>(sqlite3_column_int64(select->get(), 0));
}
std::int64_t Journal::last_wall_ms() const { return store_->last_wall_ms; }

Result<std::vector<wire::Fact>, Message> Journal::read_after(std::uint64_t seq, std::size_t limit) const {
  auto select = sqlite::prepare(
      store_->db.get(), "SELECT seq, wall_ms, kind, body, hash FROM records WHERE seq > ? ORDER BY seq LIMIT ?");
  if (!select) return fail(select.error());
  sqlite::bind(select->get(), 1, static_cast<std::int64_t>(seq));
  sqlite::bind(select->get(), 2, static_cast<std::int64_t>(limit));
  std::vector<wire::Fact> rows;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(select->get())) == SQLITE_ROW) rows.push_back(row_of(select->get()));
  if (code != SQLITE_DONE) return fail(sqlite::message(store_->db.get(), "journal: read"));
  return rows;
}

Result<std::uint64_t, Message> Journal::follow_chain(const std::function<void(const wire::Record&)>& see) const {
  Bytes previous(32);
  std::uint64_t expected = 0;
  for (;;) {
    auto rows = read_after(expected, 1000);
    if (!rows) return fail(rows.error());
    if (rows->empty()) return expected;
    for (const wire::Fact& row : *rows) {
      const std::string name = "journal: record " + std::to_string(row.seq);
      if (row.seq != ++expected) return fail(Message{name + ": record " + std::to_string(expected) + " is missing"});
      if (chain_hash(previous, row.seq, row.wall_ms, row.kind, row.body) != row.hash)
        return fail(Message{name + ": altered, or not the one that followed"});
      const auto record = wire::record_from(row.kind, row.body);
      if (!record) return fail(Message{name + ": " + record.error().text});
      see(*record);
      previous = row.hash;
    }
  }
}

Result<core::MoneyState, Message> Journal::replay() const {
  core::MoneyState money;
  const auto followed = follow_chain([&](const wire::Record& record) { core::apply(money, record); });
  if (!followed) return fail(followed.error());
  return money;
}

Result<std::uint64_t, Message> Journal::verify() const {
  return follow_chain([](const wire::Record&) {});
}

void Journal::checkpoint() {
  sqlite3_wal_checkpoint_v2(store_->db.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace pilotlight
