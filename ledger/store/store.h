// What stands behind Ledger: a connection that writes (through the commit queue) and one that reads.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "ledger/store/commit_queue.h"
#include "ledger/store/ledger.h"
#include "ledger/store/work.h"

namespace pilotlight::ledger {

class Ledger::Store {
 public:
  Store(std::string path, std::unique_ptr<Database> writer, std::unique_ptr<Database> reader, OpenOptions options);

  // A terminal's question inside a transaction, after its gate.
  template <class T>
  Answer<T> ask(const std::string& terminal, const std::function<Answer<T>(Work&)>& question) {
    Answer<T> answer = fail(Trouble::Storage);
    const bool durable = queue_.run([&] {
      Work work = work_for(terminal);
      const auto trouble = pass_gate(work);
      answer = trouble ? Answer<T>(fail(*trouble)) : question(work);
    });
    if (!durable) return fail(Trouble::Storage);
    return answer;
  }

  // What staff change. The failure is set by `change`, which must then have changed nothing.
  Result<void, Message> change(const std::function<Result<void, Message>(Work&)>& change);

  // Reads the last committed state, all of it at one moment.
  template <class T>
  T read(const std::function<T(Database&)>& reading) {
    const std::lock_guard lock(read_mutex_);
    reader_->clear_failure();
    reader_->execute("BEGIN");
    T result = reading(*reader_);
    reader_->execute("COMMIT");
    return result;
  }

  const std::string& path() const { return path_; }
  bool production() const { return production_; }
  std::uint64_t commits() const { return queue_.commits(); }
  std::int64_t now_ms() { return options_.clock->now().wall_ms; }

 private:
  Work work_for(const std::string& terminal);
  std::optional<Trouble> pass_gate(Work& work);

  std::string path_;
  std::unique_ptr<Database> writer_;
  std::unique_ptr<Database> reader_;
  std::mutex read_mutex_;
  OpenOptions options_;
  CommitQueue queue_;
  bool production_ = true;
};

}  // namespace pilotlight::ledger
