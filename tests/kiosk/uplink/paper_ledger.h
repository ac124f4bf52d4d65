// A ledger that keeps nothing but the contract of POST /v1/facts and /v1/heartbeat (WIRE.md): what it has in a row,
// what it parks, what it had already. A test may make it answer nonsense.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "kiosk/uplink/https_client.h"
#include "ledger/wire/json.h"

namespace pilotlight {

class PaperLedger final : public LedgerLine {
 public:
  using Answer = Result<std::string, LineError>;
  std::uint64_t epoch = 1;
  std::map<std::uint64_t, wire::Fact> book;
  std::set<std::uint64_t> parks;      // these facts contradict the book
  std::set<std::uint64_t> chokes_on;  // a request with one of these is answered 400
  std::size_t most_facts = 100;       // a longer request is answered 413
  bool may_trade = true;
  std::deque<Answer> instead;        // given before anything is looked at
  bool deaf_after_booking = false;   // books, and the answer is lost
  std::vector<std::size_t> batches;  // sizes of the requests that came
  std::uint64_t told_last_seq = 0;

  std::uint64_t last_contiguous() const {
    std::uint64_t seq = 0;
    while (book.contains(seq + 1)) ++seq;
    return seq;
  }

  Answer post(const std::string& path, const std::string& body, std::int64_t) override {
    if (!instead.empty()) {
      Answer answer = std::move(instead.front());
      instead.pop_front();
      return answer;
    }
    if (path == "/v1/heartbeat") return heartbeat(body);
    if (path == "/v1/facts") return facts(body);
    return fail(LineError{LineFailure::Status, 404, "HTTP 404"});
  }

  static LineError status(long code) { return {LineFailure::Status, code, "HTTP " + std::to_string(code)}; }

 private:
  Answer heartbeat(const std::string& body) {
    const auto request = wire::from_json<wire::HeartbeatRequest>(body);
    if (!request) return fail(status(400));
    told_last_seq = request->last_seq;
    const bool behind = request->last_seq < last_contiguous();
    return wire::to_json(wire::HeartbeatAnswer{epoch, last_contiguous(), 1, may_trade && !behind, false});
  }

  Answer facts(const std::string& body) {
    const auto request = wire::from_json<wire::FactsRequest>(body);
    if (!request || request->facts.empty() || request->facts.size() > 100) return fail(status(400));
    batches.push_back(request->facts.size());
    if (request->facts.size() > most_facts) return fail(status(413));
    for (const wire::Fact& fact : request->facts)
      if (chokes_on.contains(fact.seq)) return fail(status(400));
    wire::FactsAnswer answer;
    for (const wire::Fact& fact : request->facts) {
      if (fact.seq > last_contiguous() + 1) break;  // a gap: nothing behind it is taken
      const bool known = !book.emplace(fact.seq, fact).second;
      wire::FactResult result{fact.seq, known ? wire::FactStatus::Duplicate : wire::FactStatus::Applied, ""};
      if (parks.contains(fact.seq)) result = {fact.seq, wire::FactStatus::Parked, "contradicts the book"};
      answer.results.push_back(result);
    }
    answer.epoch = epoch;
    answer.last_contiguous = last_contiguous();
    if (deaf_after_booking) return fail(LineError{LineFailure::TimedOut, 0, "no answer in time"});
    return wire::to_json(answer);
  }
};

}  // namespace pilotlight
