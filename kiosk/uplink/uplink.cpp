#include "kiosk/uplink/uplink.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "kiosk/base/check.h"
#include "kiosk/uplink/delivery_pace.h"
#include "kiosk/uplink/identity.h"
#include "ledger/wire/json.h"

namespace pilotlight {
namespace {

constexpr std::size_t questions_maximum = 32;
constexpr std::int64_t renew_days = 10;

Moment now() {
  const auto ms = [](auto since) { return std::chrono::duration_cast<std::chrono::milliseconds>(since).count(); };
  return {ms(std::chrono::steady_clock::now().time_since_epoch()),
          ms(std::chrono::system_clock::now().time_since_epoch())};
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

  void deliver_journal() {
    const auto line = open_https(options_.https);
    std::optional<Delivery> delivery = open_delivery();
    std::minstd_rand jitter{std::random_device{}()};
    DeliveryPace pace([&] { return static_cast<std::uint32_t>(jitter()); });
    for (;;) {
      if (!delivery) delivery = open_delivery();
      DeliveryPace::Turn turn{{}, false, now().steady_ms + 1000, false};
      if (delivery) turn = pace.turn(*delivery, *line, now());
      if (turn.heard && turn.heard->up) renew_when_due(*line);
      if (turn.changed) report_(core::UplinkChanged{turn.heard->up, turn.heard->may_trade});
      std::unique_lock lock(mutex_);
      const auto wait = std::chrono::milliseconds(std::max<std::int64_t>(0, turn.next_ms - now().steady_ms));
      changed_.wait_for(lock, wait, [&] { return stopping_ || (grew_ && turn.on_growth) || doubt_; });
      if (stopping_) return;
      if (std::exchange(doubt_, false)) pace.doubt();
      if (turn.on_growth) grew_ = false;
    }
  }

  void renew_when_due(LedgerLine& line) {
    const auto days = certificate_days_left(options_.state_dir, now().wall_ms);
    if (days && *days < renew_days) static_cast<void>(renew(options_.state_dir, line));
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
