#include "devices/card_reader/pcsc_reader.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "devices/card_reader/card_session.h"
#include "devices/card_reader/slot_state.h"
#include "devices/card_reader/status_watch.h"
#include "kiosk/base/check.h"

namespace pilotlight::devices {
namespace {

using SteadyClock = std::chrono::steady_clock;

// What has come in and has not been looked at. Threads that were left behind may still write to it.
struct Inbox {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<CardCommand> commands;
  std::optional<SlotState> slot;  // the latest only: what lies between is told by its counters
  std::optional<CardOutcome> finished;
  bool stopping = false;
};

class PcscReader : public CardReader {
 public:
  PcscReader(std::string name, std::unique_ptr<GasCard> card, Report report, const ReaderLimits& limits)
      : limits_(limits),
        report_(std::move(report)),
        inbox_(std::make_shared<Inbox>()),
        slot_view_(std::make_shared<SlotView>()),
        session_(slot_view_, std::move(card), limits,
                 [inbox = inbox_](CardOutcome outcome) {
                   const std::lock_guard lock(inbox->mutex);
                   inbox->finished = std::move(outcome);
                   inbox->changed.notify_all();
                 }),
        watch_(std::move(name), limits,
               [inbox = inbox_, view = slot_view_](const SlotState& slot) {
                 view->put(slot);
                 const std::lock_guard lock(inbox->mutex);
                 inbox->slot = slot;
                 inbox->changed.notify_all();
               }),
        thread_([this] { run(); }) {}

  ~PcscReader() override {
    {
      const std::lock_guard lock(inbox_->mutex);
      inbox_->stopping = true;
      inbox_->changed.notify_all();
    }
    thread_.join();
  }

  void read() override { put(ReadCommand{}); }
  void challenge() override { put(ChallengeCommand{}); }
  void write(Bytes sealed_command, std::string card_number, std::uint32_t purchase_number) override {
    put(WriteCommand{std::move(sealed_command), std::move(card_number), purchase_number});
  }
  void release() override { put(ReleaseCommand{}); }

 private:
  struct Running {
    CardCommand command;
    SteadyClock::time_point deadline;
  };

  void put(CardCommand command) {
    const std::lock_guard lock(inbox_->mutex);
    CHECK(inbox_->commands.size() < kMostCommands);
    inbox_->commands.push_back(std::move(command));
    inbox_->changed.notify_all();
  }

  void run() {
    while (true) {
      std::optional<SlotState> slot;
      std::optional<CardOutcome> finished;
      std::optional<CardCommand> command;
      {
        std::unique_lock lock(inbox_->mutex);
        wait(lock);
        if (inbox_->stopping) return;
        slot = std::exchange(inbox_->slot, std::nullopt);
        finished = std::exchange(inbox_->finished, std::nullopt);
        if (may_take_command(finished.has_value()) && !inbox_->commands.empty()) {
          command = std::move(inbox_->commands.front());
          inbox_->commands.pop_front();
        }
      }
      if (finished) take_outcome(*finished);
      if (running_ && !hanging_ && SteadyClock::now() >= running_->deadline) give_up();
      if (slot) slot_ = *slot;
      report_slot();
      if (command) start(std::move(*command));
    }
  }

  void wait(std::unique_lock<std::mutex>& lock) {
    const auto due = [this] {
      return inbox_->stopping || inbox_->slot || inbox_->finished ||
             (may_take_command(false) && !inbox_->commands.empty());
    };
    if (running_ && !hanging_)
      inbox_->changed.wait_until(lock, running_->deadline, due);
    else
      inbox_->changed.wait(lock, due);
  }

  // While a call hangs, commands are taken to be refused.
  bool may_take_command(bool running_has_finished) const { return !running_ || running_has_finished || hanging_; }

  void start(CardCommand command) {
    if (running_ && hanging_) return report(failed_outcome(command));
    if (running_) return put_back(std::move(command));
    running_ = Running{command, SteadyClock::now() + limits_.command};
    session_.begin(std::move(command));
  }

  void put_back(CardCommand command) {
    const std::lock_guard lock(inbox_->mutex);
    inbox_->commands.push_front(std::move(command));
  }

  void take_outcome(const CardOutcome& outcome) {
    const bool told_already = hanging_;
    hanging_ = false;
    running_.reset();
    if (!told_already) report(outcome);
  }

  void give_up() {
    hanging_ = true;
    report(failed_outcome(running_->command));
  }

  // What happens to the card during a command is told after the command's own report.
  void report_slot() {
    if (running_ && !hanging_) return;
    SlotState now = slot_;
    now.ready = now.ready && !hanging_;
    for (const ReaderEvent& event : slot_events(reported_, now)) {
      if (std::holds_alternative<CardAbsent>(event) || std::holds_alternative<ReaderLost>(event)) stale_card_ = true;
      report_(event);
    }
    reported_ = now;
    if (!stale_card_ || running_) return;
    stale_card_ = false;
    start(ReleaseCommand{});
  }

  void report(const CardOutcome& outcome) {
    if (const auto* read = std::get_if<CardReadReport>(&outcome)) report_(*read);
    if (const auto* challenge = std::get_if<ChallengeReport>(&outcome)) report_(*challenge);
    if (const auto* write = std::get_if<CardWriteReport>(&outcome)) report_(*write);
  }

  const ReaderLimits limits_;
  const Report report_;
  const std::shared_ptr<Inbox> inbox_;
  const std::shared_ptr<SlotView> slot_view_;

  // Of the thread alone.
  SlotState slot_;      // as the watch sees it
  SlotState reported_;  // as the terminal was told
  std::optional<Running> running_;
  bool hanging_ = false;     // running_ is over its time and reported as failed
  bool stale_card_ = false;  // the connection may be to a card that has left

  CardSession session_;
  StatusWatch watch_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<CardReader> open_pcsc_reader(std::string reader_name, std::unique_ptr<GasCard> card,
                                             CardReader::Report report, const ReaderLimits& limits) {
  return std::make_unique<PcscReader>(std::move(reader_name), std::move(card), std::move(report), limits);
}

std::unique_ptr<CardReader> open_pcsc_reader(std::string reader_name, std::unique_ptr<GasCard> card,
                                             CardReader::Report report) {
  return open_pcsc_reader(std::move(reader_name), std::move(card), std::move(report), ReaderLimits{});
}

}  // namespace pilotlight::devices
