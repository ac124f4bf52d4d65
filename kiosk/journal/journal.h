// The electronic journal on SQLite (FORMAT.md): append-only, hash-chained, one durable transaction per batch.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kiosk/base/result.h"
#include "kiosk/core/money_state.h"
#include "ledger/wire/records.h"

namespace pilotlight {

// SHA-256 over the chain rule of FORMAT.md. `previous` and the result are 32 bytes.
Bytes chain_hash(ByteView previous, std::uint64_t seq, std::int64_t wall_ms, std::string_view kind,
                 std::string_view body);

// One connection; not thread-safe. Several journals may read one file while one of them writes it.
class Journal {
 public:
  // Creates the file on first use. `vfs` names a SQLite VFS (tests and simulation); empty: the system's.
  static Result<Journal, Message> open(const std::string& path, const std::string& terminal,
                                       const std::string& vfs = "");
  // For printing and checking only: the file must exist, whichever terminal's it is.
  static Result<Journal, Message> open_readonly(const std::string& path);
  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  // Appends the records as one transaction and returns when it is durable: the sequence number of the last one.
  Result<std::uint64_t, Message> append(const std::vector<wire::Record>& records, std::int64_t wall_ms);

  std::uint64_t last_seq() const;    // as far as this connection has written or found on opening
  std::uint64_t newest_seq() const;  // as the file stands now, whoever wrote it
  std::int64_t last_wall_ms() const;

  // Up to `limit` rows after `seq`, in order.
  Result<std::vector<wire::Fact>, Message> read_after(std::uint64_t seq, std::size_t limit) const;

  // Folds the whole journal (law: the money state is this and nothing else). A broken chain is an error that names the
  // row: money is not reckoned from a journal that somebody, or a dying disk, has altered.
  Result<core::MoneyState, Message> replay() const;

  // Recomputes the chain and parses every record: the number of rows, or what is wrong with which row.
  Result<std::uint64_t, Message> verify() const;

  // Moves the write-ahead log into the file. Costs syncs: for idle moments only.
  void checkpoint();

 private:
  struct Store;
  explicit Journal(std::unique_ptr<Store> store);
  Result<std::uint64_t, Message> follow_chain(const std::function<void(const wire::Record&)>& see) const;
  std::unique_ptr<Store> store_;
};

}  // namespace pilotlight
