#include "kiosk/uplink/delivery.h"

#include <algorithm>

#include "ledger/wire/json.h"

namespace pilotlight {
namespace {

constexpr std::size_t batch_maximum = 100;
constexpr std::int64_t timeout_ms = 10'000;

// Statuses that speak about the content of the request; anything else may be the line, a proxy or a passing state.
bool speaks_about_content(long status) { return status == 400 || status == 409 || status == 413 || status == 422; }

}  // namespace

Delivery::Delivery(Journal journal, DeliveryLog log, std::string version)
    : journal_(std::move(journal)), log_(std::move(log)), version_(std::move(version)), delivered_(log_.last()) {}

void Delivery::heard(std::uint64_t epoch, std::uint64_t last_contiguous, std::int64_t wall_ms) {
  const Delivered now{epoch, last_contiguous};
  if (now.epoch == delivered_.epoch && now.last_contiguous == delivered_.last_contiguous) return;
  delivered_ = now;
  log_.confirm(now, wall_ms);
}

LedgerState Delivery::heartbeat(LedgerLine& line, std::int64_t wall_ms) {
  const auto tail = journal_.newest_seq();
  const wire::HeartbeatRequest request{tail, version_, state_.up ? "in_service" : "starting"};
  const auto answer = line.post("/v1/heartbeat", wire::to_json(request), timeout_ms);
  if (!answer) {
    state_.up = false;
    return state_;
  }
  const auto parsed = wire::from_json<wire::HeartbeatAnswer>(*answer);
  if (!parsed) {
    state_.up = false;
    return state_;
  }
  heard(parsed->epoch, parsed->last_contiguous, wall_ms);
  state_ = LedgerState{true, parsed->may_trade, parsed->production};
  return state_;
}

Delivery::Outcome Delivery::deliver(LedgerLine& line, std::int64_t wall_ms) {
  const auto facts = journal_.read_after(delivered_.last_contiguous, batch_);
  if (!facts) return Outcome::Failed;
  if (facts->empty()) return Outcome::Done;
  return send(line, *facts, wall_ms);
}

Delivery::Outcome Delivery::send(LedgerLine& line, const std::vector<wire::Fact>& facts, std::int64_t wall_ms) {
  const auto answer = line.post("/v1/facts", wire::to_json(wire::FactsRequest{facts}), timeout_ms);
  if (!answer) {
    // A refused batch is halved until the fact that offends stands alone. Alone it is repeated like after any other
    // failure: the ledger parks what it cannot book and answers 200, so a lasting refusal is a fault to be seen, not
    // skipped.
    if (speaks_about_content(answer.error().status) && facts.size() > 1) {
      batch_ = std::max<std::size_t>(1, facts.size() / 2);
      return Outcome::More;
    }
    return Outcome::Failed;
  }
  const auto parsed = wire::from_json<wire::FactsAnswer>(*answer);
  if (!parsed) return Outcome::Failed;
  for (const wire::FactResult& result : parsed->results)
    if (result.status == wire::FactStatus::Parked) log_.park(result.seq, result.reason, wall_ms);
  const bool progress = parsed->last_contiguous > delivered_.last_contiguous || parsed->epoch != delivered_.epoch;
  heard(parsed->epoch, parsed->last_contiguous, wall_ms);
  batch_ = std::min(batch_maximum, batch_ * 2);
  return progress ? Outcome::More : Outcome::Failed;
}

}  // namespace pilotlight
