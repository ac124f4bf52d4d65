#include "kiosk/runtime/journal_worker.h"

#include <algorithm>
#include <chrono>

#include "kiosk/base/check.h"

namespace pilotlight {
namespace {

constexpr std::size_t batches_maximum = 1000;  // more waiting than that is a disk that has stopped
constexpr auto idle_before_checkpoint = std::chrono::seconds(20);

bool ends_session(const std::vector<wire::Record>& records) {
  return std::any_of(records.begin(), records.end(),
                     [](const wire::Record& record) { return std::holds_alternative<wire::SessionEnded>(record); });
}

}  // namespace

JournalWorker::JournalWorker(Journal journal, Reports reports)
    : journal_(std::move(journal)), reports_(std::move(reports)), thread_([this] { run(); }) {}

JournalWorker::~JournalWorker() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void JournalWorker::append(std::uint64_t batch, std::vector<wire::Record> records, std::int64_t wall_ms) {
  {
    const std::lock_guard lock(mutex_);
    CHECK(waiting_.size() < batches_maximum);
    waiting_.push_back({batch, std::move(records), wall_ms});
  }
  changed_.notify_all();
}

// The write-ahead log is folded into the file once a session has ended and the terminal is idle, never on the money
// path.
void JournalWorker::run() {
  bool failed = false;
  bool checkpoint_due = false;
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto woken = [&] { return stopping_ || !waiting_.empty(); };
    if (checkpoint_due) {
      if (!changed_.wait_for(lock, idle_before_checkpoint, woken)) {
        journal_.checkpoint();
        checkpoint_due = false;
        continue;
      }
    } else {
      changed_.wait(lock, woken);
    }
    if (waiting_.empty()) return;
    const Batch batch = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    if (!failed) {
      const auto done = journal_.append(batch.records, batch.wall_ms);
      failed = !done;
      if (done)
        reports_.durable(batch.number);
      else
        reports_.failed(done.error().text);
      checkpoint_due = checkpoint_due || ends_session(batch.records);
    }
    lock.lock();
  }
}

}  // namespace pilotlight
