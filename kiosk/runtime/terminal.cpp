#include "kiosk/runtime/terminal.h"

#include <utility>

#include "kiosk/base/check.h"

namespace pilotlight {

Terminal::Terminal(core::State state, Clock& clock, Ids ids, RecordSink& journal, World& world)
    : state_(std::move(state)), clock_(clock), ids_(std::move(ids)), journal_(journal), world_(world) {}

void Terminal::take(core::Fact fact) {
  const Moment at = clock_.now();
  const core::Event event{at, ids_(at.wall_ms), std::move(fact)};
  if (watch_) watch_(event);
  core::Step step = core::step(std::move(state_), event);
  state_ = std::move(step.state);
  if (state_.devices
          .journal_failed) {  // what waited for a record will never be done; what the core asks now needs none
    CHECK(step.records.empty());
    waiting_.clear();
    for (const core::Effect& effect : step.effects) world_.perform(effect);
    return;
  }
  if (!step.records.empty()) journal_.append(++batch_, std::move(step.records), at.wall_ms);
  for (core::Effect& effect : step.effects) waiting_.push_back({batch_, std::move(effect)});
  release();
}

void Terminal::durable(std::uint64_t batch) {
  CHECK(batch <= batch_ && batch >= durable_);
  durable_ = batch;
  release();
}

void Terminal::look_at_clock() {
  const auto due = deadline_ms();
  if (due && clock_.now().steady_ms >= *due) take(core::TimePassed{});
}

void Terminal::release() {
  while (!waiting_.empty() && waiting_.front().needs <= durable_) {
    const core::Effect effect = std::move(waiting_.front().effect);
    waiting_.pop_front();
    world_.perform(effect);
  }
}

}  // namespace pilotlight
