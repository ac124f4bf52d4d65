// The loop around the pure core, without any device in it: one fact in, step, records to the journal, and effects out
// in order - each only after every record made before it is durable (M4). The program and the simulation share it; they
// differ in what stands behind the two seams.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <vector>

#include "kiosk/base/clock.h"
#include "kiosk/core/step.h"

namespace pilotlight {

// Makes batches of records durable, in order, and then says so by Terminal::durable(batch).
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual void append(std::uint64_t batch, std::vector<wire::Record> records, std::int64_t wall_ms) = 0;
};

// Performs effects. Answers come back as facts.
class World {
 public:
  virtual ~World() = default;
  virtual void perform(const core::Effect& effect) = 0;
};

// One owner, one thread.
class Terminal {
 public:
  using Ids = std::function<Id(std::int64_t wall_ms)>;
  // Sees every event before it is stepped (the demo's event log).
  using Watch = std::function<void(const core::Event&)>;

  Terminal(core::State state, Clock& clock, Ids ids, RecordSink& journal, World& world);
  void watch(Watch watch) { watch_ = std::move(watch); }

  void take(core::Fact fact);
  // All batches up to this one are on the disk.
  void durable(std::uint64_t batch);
  // Takes TimePassed if the state's deadline has come.
  void look_at_clock();

  const core::State& state() const { return state_; }
  std::optional<std::int64_t> deadline_ms() const { return core::deadline(state_); }
  // No record waits for the disk: what this state says will still be so after a power cut, and may be shown (M7).
  bool may_show() const { return durable_ == batch_ || state_.devices.journal_failed; }
  // Everything asked for has been made durable and handed out: a good moment to stop.
  bool quiet() const { return waiting_.empty() && durable_ == batch_; }

 private:
  struct Waiting {
    std::uint64_t needs;  // batch
    core::Effect effect;
  };
  void release();

  core::State state_;
  Clock& clock_;
  Ids ids_;
  RecordSink& journal_;
  World& world_;
  Watch watch_;
  std::uint64_t batch_ = 0;
  std::uint64_t durable_ = 0;
  std::deque<Waiting> waiting_;
};

}  // namespace pilotlight
