// The terminal's workers on virtual time: the journal's, the one that asks the ledger, the one that delivers.
#include <algorithm>

#include "kiosk/uplink/uplink.h"
#include "tests/simulation/terminal_site.h"

namespace pilotlight::simulation {
namespace {

constexpr std::int64_t idle_before_checkpoint_ms = 20'000;

bool ends_session(const std::vector<wire::Record>& records) {
  return std::any_of(records.begin(), records.end(),
                     [](const wire::Record& record) { return std::holds_alternative<wire::SessionEnded>(record); });
}

bool answered(const core::Fact& fact) {
  return std::visit(
      [](const auto& answer) {
        if constexpr (requires { answer.answered; }) return answer.answered;
        return true;
      },
      fact);
}

}  // namespace

// One blocking post, as the program's workers make it: it is over at once, the time it took is told afterwards.
class TerminalSite::Line final : public LedgerLine {
 public:
  explicit Line(const Network& network) : network_(network) {}
  Result<std::string, LineError> post(const std::string& path, const std::string& body, std::int64_t) override {
    auto delivery = network_.post(path, body);
    back_ms = delivery.back_ms;
    return std::move(delivery.answer);
  }
  std::int64_t back_ms = 0;

 private:
  const Network& network_;
};

void TerminalSite::append(std::uint64_t batch, std::vector<wire::Record> records, std::int64_t wall_ms) {
  for (const wire::Record& record : records) {
    story_.tell(name_, record.index(), [&] { return "journal: " + std::string(wire::kind_of(record)); });
    watch_.recorded(record);
  }
  batches_.push_back({batch, std::move(records), wall_ms});
  if (!writing_) write_next();
}

void TerminalSite::write_next() {
  if (batches_.empty()) return;
  writing_ = true;
  schedule_.in(chance_.between(1, 12), life_, [this] {
    const Batch batch = std::move(batches_.front());
    batches_.pop_front();
    writing_ = false;
    if (!journal_failed_) {
      const auto done = journal_->append(batch.records, batch.wall_ms);
      if (crashed_) return cut_power(Crash::Random);
      journal_failed_ = !done;
      if (done) {
        watch_.committed(eye_);
        terminal_->durable(batch.number);
        settle();
        if (!running()) return;
        grew_ = true;
        if (wants_growth_) delivery_alarm_->set(schedule_.now());
        if (ends_session(batch.records))
          schedule_.in(idle_before_checkpoint_ms, life_, [this] {
            if (batches_.empty()) journal_->checkpoint();
            if (crashed_) cut_power(Crash::Random);
          });
      } else {
        take(core::JournalFailed{done.error().text});
        if (!running()) return;
      }
    }
    if (!writing_) write_next();
  });
}

void TerminalSite::ask(core::Effect question) {
  questions_.push_back(std::move(question));
  if (!asking_) ask_next();
}

// One question at a time, as the program's worker does it: carried out when it has reached the ledger, known here when
// the answer is back or its time is over.
void TerminalSite::ask_next() {
  if (questions_.empty()) return;
  asking_ = true;
  schedule_.in(network_.delay(), life_, [this] {
    Line line(network_);
    auto answer = ask_ledger(line, questions_.front(), 8000);
    questions_.pop_front();
    schedule_.in(line.back_ms, life_, [this, answer = std::move(answer)] {
      asking_ = false;
      const bool known = answered(answer);
      take(answer);
      if (!running()) return;
      if (!known) {
        pace_->doubt();
        delivery_alarm_->set(schedule_.now());
      }
      if (!asking_) ask_next();
    });
  });
}

void TerminalSite::turn_delivery() {
  if (crashed_) return;
  Line line(network_);
  grew_ = false;
  const auto turn = pace_->turn(*delivery_, line, clock_.now());
  if (crashed_) return cut_power(Crash::Random);
  wants_growth_ = false;
  schedule_.in(line.back_ms, life_, [this, turn] {
    if (turn.changed) take(core::UplinkChanged{turn.heard->up, turn.heard->may_trade});
    if (!running()) return;
    wants_growth_ = turn.on_growth;
    const std::int64_t next = turn.next_ms - 1000;
    delivery_alarm_->set(wants_growth_ && grew_ ? schedule_.now() : std::max(next, schedule_.now()));
  });
}

}  // namespace pilotlight::simulation
