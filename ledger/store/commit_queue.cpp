#include "ledger/store/commit_queue.h"

namespace pilotlight::ledger {
namespace {

constexpr std::size_t batch_maximum = 1000;

}  // namespace

bool CommitQueue::run(const std::function<void()>& work) {
  Waiting mine{&work};
  std::unique_lock lock(mutex_);
  queue_.push_back(&mine);
  while (!mine.done) {
    if (committing_) {
      changed_.wait(lock);
      continue;
    }
    committing_ = true;
    std::vector<Waiting*> batch;
    while (!queue_.empty() && batch.size() < batch_maximum) {
      batch.push_back(queue_.front());
      queue_.pop_front();
    }
    lock.unlock();
    commit(batch);
    lock.lock();
    for (Waiting* waiting : batch) waiting->done = true;
    committing_ = false;
    changed_.notify_all();
  }
  return mine.durable;
}

// A failure poisons only its own work: the batch is then repeated one by one.
void CommitQueue::commit(const std::vector<Waiting*>& batch) {
  if (transact(batch)) {
    for (Waiting* waiting : batch) waiting->durable = true;
    return;
  }
  if (batch.size() == 1) return;
  for (Waiting* waiting : batch) waiting->durable = transact({waiting});
}

bool CommitQueue::transact(const std::vector<Waiting*>& batch) {
  database_.clear_failure();
  database_.execute("BEGIN IMMEDIATE");
  for (const Waiting* waiting : batch)
    if (!database_.failed()) (*waiting->work)();
  if (!database_.failed()) before_commit_();
  database_.execute("COMMIT");
  if (!database_.failed()) {
    ++commits_;
    return true;
  }
  database_.clear_failure();
  database_.execute("ROLLBACK");
  database_.clear_failure();
  return false;
}

}  // namespace pilotlight::ledger
