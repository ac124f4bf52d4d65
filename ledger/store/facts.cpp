#include <fmt/format.h>

#include "kiosk/base/check.h"
#include "ledger/store/digest.h"
#include "ledger/store/fact_effects.h"
#include "ledger/store/limits.h"
#include "ledger/store/questions.h"
#include "ledger/store/terminals.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

using wire::Fact;
using wire::FactResult;
using wire::FactStatus;

FactResult parked(const Fact& fact, std::string reason) { return {fact.seq, FactStatus::Parked, std::move(reason)}; }

// A number that is taken: the same fact again, or one from another life of this terminal's journal.
FactResult seen_before(Work& work, const Fact& fact) {
  {
    Query row(work.db, "SELECT hash FROM facts WHERE terminal = ?1 AND number = ?2", work.terminal, fact.seq);
    if (row.next() && row.blob(0) == fact.hash) return {fact.seq, FactStatus::Duplicate, ""};
  }
  const auto added = work.db.run(
      "INSERT INTO strays (terminal, number, wall_ms, kind, body, hash, received_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
      "?7) "
      "ON CONFLICT DO NOTHING",
      work.terminal, fact.seq, fact.wall_ms, fact.kind, fact.body, fact.hash, work.now_ms);
  if (added == 0) return {fact.seq, FactStatus::Duplicate, ""};
  alert(work, "ForkedJournal", fmt::format("fact {} differs from the one received before", fact.seq));
  fall_behind(work, fmt::format("fact {} differs from the one received before", fact.seq));
  return parked(fact, "another fact has this number");
}

std::string carry_out(Work& work, const Fact& fact, bool chained) {
  if (!chained) {
    alert(work, "ChainBroken", fmt::format("the hash of fact {} is wrong", fact.seq));
    return "its hash is wrong";
  }
  const auto record = wire::record_from(fact.kind, fact.body);
  if (!record) {
    alert(work, "FactUnreadable", fmt::format("fact {}: {}", fact.seq, record.error().text));
    return record.error().text;
  }
  return apply(work, *record);
}

FactResult take_next(Work& work, const Fact& fact, const Bytes& previous_hash) {
  const bool chained = fact_hash(previous_hash, fact) == fact.hash;
  const std::string reason = carry_out(work, fact, chained);
  if (!reason.empty()) alert(work, "FactParked", fmt::format("fact {} ({}): {}", fact.seq, fact.kind, reason));
  work.db.run(
      "INSERT INTO facts (terminal, number, wall_ms, kind, body, hash, parked, received_ms) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      work.terminal, fact.seq, fact.wall_ms, fact.kind, fact.body, fact.hash, reason, work.now_ms);
  if (!reason.empty()) return parked(fact, reason);
  return {fact.seq, FactStatus::Applied, ""};
}

}  // namespace

Bytes fact_hash(ByteView previous, const Fact& fact) {
  static constexpr std::uint8_t separator = 0;
  return Digest()
      .add(previous)
      .add_u64(fact.seq)
      .add_u64(static_cast<std::uint64_t>(fact.wall_ms))
      .add(fact.kind)
      .add(ByteView(&separator, 1))
      .add(fact.body)
      .finish();
}

Answer<wire::FactsAnswer> facts(Work& work, const wire::FactsRequest& request) {
  if (request.facts.size() > facts_maximum) return fail(Trouble::TooMany);
  wire::FactsAnswer answer;
  answer.epoch = epoch_of(work.db);
  JournalHead head = journal_head(work.db, work.terminal);
  const std::uint64_t before = head.last_contiguous;
  for (const Fact& fact : request.facts) {
    if (fact.seq > head.last_contiguous + 1) break;  // a gap: the terminal goes on from last_contiguous
    if (fact.seq <= head.last_contiguous) {
      answer.results.push_back(seen_before(work, fact));
      continue;
    }
    answer.results.push_back(take_next(work, fact, head.last_hash));
    head = {fact.seq, fact.hash};
  }
  if (head.last_contiguous != before) keep_journal_head(work.db, work.terminal, head);
  answer.last_contiguous = head.last_contiguous;
  return answer;
}

}  // namespace pilotlight::ledger
