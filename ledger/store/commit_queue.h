// Group commit: whoever finds nobody committing takes everything that waits (at most 1000) into one durable
// transaction; the others wait for it. No thread of its own and no timer: batches form by themselves, and one caller
// alone never waits for company.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "ledger/store/database.h"

namespace pilotlight::ledger {

class CommitQueue {
 public:
  // `before_commit` runs once at the end of every transaction, inside it.
  CommitQueue(Database& database, std::function<void()> before_commit)
      : database_(database), before_commit_(std::move(before_commit)) {}

  // Returns when `work` is durable; false: storage failed and nothing of it was done. `work` may be run more than once
  // (when a neighbour's failure rolled the batch back) and must leave its result as the last run says.
  bool run(const std::function<void()>& work);

  std::uint64_t commits() const { return commits_; }

 private:
  struct Waiting {
    const std::function<void()>* work = nullptr;
    bool done = false;
    bool durable = false;
  };
  void commit(const std::vector<Waiting*>& batch);
  bool transact(const std::vector<Waiting*>& batch);

  Database& database_;
  std::function<void()> before_commit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting*> queue_;
  bool committing_ = false;
  std::atomic<std::uint64_t> commits_ = 0;
};

}  // namespace pilotlight::ledger
