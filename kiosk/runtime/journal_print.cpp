#include "kiosk/runtime/journal_print.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ostream.h>

#include <ctime>

#include "ledger/wire/json.h"

namespace pilotlight {
namespace {

constexpr std::int64_t shanghai_offset_s = 8 * 3600;

std::string local_time(std::int64_t wall_ms) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}",
                     fmt::gmtime(static_cast<std::time_t>(wall_ms / 1000 + shanghai_offset_s))) +
         fmt::format(".{:03}", wall_ms % 1000);
}

}  // namespace

Result<void, Message> print_journal(const Journal& journal, std::ostream& out, bool json) {
  for (std::uint64_t seq = 0;;) {
    const auto rows = journal.read_after(seq, 500);
    if (!rows) return fail(rows.error());
    if (rows->empty()) return {};
    for (const wire::Fact& row : *rows) {
      if (json)
        fmt::print(out, "{}\n", wire::to_json(row));
      else
        fmt::print(out, "{:>8}  {}  {:<19} {}  #{}\n", row.seq, local_time(row.wall_ms), row.kind, row.body,
                   to_hex(row.hash).substr(0, 8));
    }
    seq = rows->back().seq;
  }
}

}  // namespace pilotlight
