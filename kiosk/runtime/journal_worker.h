// The journal's own thread: a slow disk never stops a touch, and "durable" is an event.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "kiosk/journal/journal.h"
#include "kiosk/runtime/terminal.h"

namespace pilotlight {

class JournalWorker final : public RecordSink {
 public:
  // Both are called on the worker's thread. After `failed` nothing is made durable any more.
  struct Reports {
    std::function<void(std::uint64_t batch)> durable;
    std::function<void(std::string why)> failed;
  };

  JournalWorker(Journal journal, Reports reports);
  ~JournalWorker() override;  // writes what is still waiting

  void append(std::uint64_t batch, std::vector<wire::Record> records, std::int64_t wall_ms) override;

 private:
  struct Batch {
    std::uint64_t number;
    std::vector<wire::Record> records;
    std::int64_t wall_ms;
  };
  void run();

  Journal journal_;
  const Reports reports_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Batch> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pilotlight
