#include "kiosk/uplink/uplink.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>

#include "kiosk/base/check.h"
#include "kiosk/uplink/delivery.h"
#include "kiosk/uplink/identity.h"
#include "ledger/wire/json.h"

namespace pilotlight {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t questions_maximum = 32;
constexpr std::int64_t renew_days = 10;

std::int64_t wall_now_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

template <class Answer, class Request>
std::optional<Answer> ask(LedgerLine& line, const char* path, const Request& request, std::int64_t timeout_ms) {
  const auto answer = line.post(path, wire::to_json(request), timeout_ms);
  if (!answer) return std::nullopt;
  auto parsed = wire::from_json<Answer>(*answer);
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

struct Ask {
  LedgerLine& line;
  std::int64_t timeout_ms;

  core::Fact operator()(const core::AskIdentify& e) {
    auto answer = ask<wire::Identification>(line, "/v1/identify", e.request, timeout_ms);
    return core::IdentifyAnswered{e.request.session, answer.has_value(), answer.value_or(wire::Identification{})};
  }
  core::Fact operator()(const core::AskAuthorise& e) {
    auto answer = ask<wire::Authorisation>(line, "/v1/authorise", e.request, timeout_ms);
    return core::AuthoriseAnswered{e.request.top_up, answer.has_value(), answer.value_or(wire::Authorisation{})};
  }
  core::Fact operator()(const core::AskSeal& e) {
    auto answer = ask<wire::SealAnswer>(line, "/v1/seal", e.request, timeout_ms);
    return core::SealAnswered{e.request.top_up, answer.has_value(), answer.value_or(wire::SealAnswer{})};
  }
  core::Fact operator()(const core::AskAbandon& e) {
    auto answer = ask<wire::Abandonment>(line, "/v1/abandon", e.request, timeout_ms);
    return core::AbandonAnswered{e.request.top_up, answer.has_value(), answer.value_or(wire::Abandonment{})};
  }
  core::Fact operator()(const core::AskVoid& e) {
    auto answer = ask<wire::VoidAnswer>(line, "/v1/void", e.request, timeout_ms);
    return core::VoidAnswered{e.request.top_up, answer.has_value(), answer.value_or(wire::VoidAnswer{})};
  }
  template <class Other>
  core::Fact operator()(const Other&) {
    CHECK(false && "not a question for the ledger");
    return core::TimePassed{};
  }
};

class Workers : public Uplink {
 public:
  Workers(UplinkOptions options, Report report)
      : options_(std::move(options)),
        report_(std::move(report)),
        asking_([this] { answer_questions(); }),
        delivering_([this] { deliver_journal(); }) {}

  ~Workers() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    asking_.join();
    delivering_.join();
  }

  void ask(core::Effect question) override {
    {
      const std::lock_guard lock(mutex_);
      CHECK(questions_.size() < questions_maximum);
      questions_.push_back(std::move(question));
    }
    changed_.notify_all();
  }

  void journal_grew() override {
    {
      const std::lock_guard lock(mutex_);
      grew_ = true;
    }
    changed_.notify_all();
  }

 private:
  void answer_questions() {
    const auto line = open_https(options_.https);
    for (;;) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return stopping_ || !questions_.empty(); });
      if (stopping_) return;
      const core::Effect question = std::move(questions_.front());
      questions_.pop_front();
      lock.unlock();
      core::Fact answer = ask_ledger(*line, question, options_.question_timeout_ms);
      const bool answered = std::visit(
          [](const auto& fact) {
            if constexpr (requires { fact.answered; }) return fact.answered;
            return true;
          },
          answer);
      report_(std::move(answer));
      if (!answered) {  // find out at once whether the line is down
        const std::lock_guard again(mutex_);
        doubt_ = true;
        changed_.notify_all();
      }
    }
  }

  std::optional<Delivery> open_delivery() {
    auto journal = Journal::open_readonly(options_.state_dir + "/journal.db");
    auto log = DeliveryLog::open(options_.state_dir + "/delivery.db");
    if (!journal || !log) return std::nullopt;
    return Delivery(std::move(*journal), std::move(*log), options_.version);
  }

  // One heartbeat a minute while all is well; after a failure again and again with growing, jittered pauses (a thousand
  // terminals must not come back in the same second). Facts as they come.
  void deliver_journal() {
    const auto line = open_https(options_.https);
    std::optional<Delivery> delivery = open_delivery();
    std::minstd_rand jitter{std::random_device{}()};
    auto pause = 1000ms;
    auto next_heartbeat = std::chrono::steady_clock::now();
    std::optional<LedgerState> told;
    for (;;) {
      if (!delivery) delivery = open_delivery();
      LedgerState state{};
      if (delivery && std::chrono::steady_clock::now() >= next_heartbeat) {
        state = delivery->heartbeat(*line, wall_now_ms());
        if (state.up) renew_when_due(*line);
        if (!told || *told != state) report_(core::UplinkChanged{state.up, state.may_trade});
        told = state;
        pause = state.up ? 1000ms : std::min(pause * 2, std::chrono::milliseconds(15'000));
        next_heartbeat = std::chrono::steady_clock::now() + (state.up ? std::chrono::milliseconds(60'000) : pause) +
                         std::chrono::milliseconds(jitter() % 500);
      }
      bool failed = false;
      if (delivery && told && told->up) {
        Delivery::Outcome outcome = Delivery::Outcome::More;
        while (outcome == Delivery::Outcome::More && !stop_asked()) outcome = delivery->deliver(*line, wall_now_ms());
        failed = outcome == Delivery::Outcome::Failed;
      }
      if (failed) next_heartbeat = std::min(next_heartbeat, std::chrono::steady_clock::now() + 2s);
      std::unique_lock lock(mutex_);
      const auto wake = [&] { return stopping_ || (grew_ && !failed && told && told->up) || doubt_; };
      changed_.wait_until(lock, next_heartbeat, wake);
      if (stopping_) return;
      if (doubt_) next_heartbeat = std::chrono::steady_clock::now();
      doubt_ = false;
      grew_ = false;
    }
  }

  void renew_when_due(LedgerLine& line) {
    const auto days = certificate_days_left(options_.state_dir, wall_now_ms());
    if (days && *days < renew_days) static_cast<void>(renew(options_.state_dir, line));
  }

  bool stop_asked() {
    const std::lock_guard lock(mutex_);
    return stopping_;
  }

  const UplinkOptions options_;
  const Report report_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<core::Effect> questions_;
  bool stopping_ = false;
  bool grew_ = false;
  bool doubt_ = false;
  std::thread asking_;
  std::thread delivering_;
};

}  // namespace

core::Fact ask_ledger(LedgerLine& line, const core::Effect& question, std::int64_t timeout_ms) {
  return std::visit(Ask{line, timeout_ms}, question);
}

std::unique_ptr<Uplink> open_uplink(UplinkOptions options, Uplink::Report report) {
  return std::make_unique<Workers>(std::move(options), std::move(report));
}

}  // namespace pilotlight
