// Virtual time: what is to happen, in order. One thread; nothing here knows a real clock.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <queue>
#include <utility>
#include <vector>

namespace pilotlight::simulation {

// What dies with a power cut: an action of a life that has ended is not carried out.
using Life = std::shared_ptr<const char>;
inline Life new_life() { return std::make_shared<const char>('\0'); }

class Schedule {
 public:
  using Action = std::function<void()>;

  std::int64_t now() const { return now_; }  // milliseconds since the world began

  void in(std::int64_t delay_ms, Action action) {
    queue_.push({now_ + delay_ms, ++count_, {}, false, std::move(action)});
  }
  void in(std::int64_t delay_ms, std::weak_ptr<const char> life, Action action) {
    queue_.push({now_ + delay_ms, ++count_, std::move(life), true, std::move(action)});
  }

  // Carries out what is next, if it is due by `until`; else time stands at `until` and nothing happens.
  bool step(std::int64_t until) {
    if (queue_.empty() || queue_.top().at > until) {
      now_ = until;
      return false;
    }
    Entry next = std::move(const_cast<Entry&>(queue_.top()));  // it is popped at once
    queue_.pop();
    now_ = next.at;
    if (!next.mortal || !next.life.expired()) next.action();
    return true;
  }

 private:
  struct Entry {
    std::int64_t at;
    std::uint64_t order;  // of those at the same moment: as they were asked for
    std::weak_ptr<const char> life;
    bool mortal;
    Action action;
  };
  struct Later {
    bool operator()(const Entry& a, const Entry& b) const { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  };

  std::int64_t now_ = 0;
  std::uint64_t count_ = 0;
  std::priority_queue<Entry, std::vector<Entry>, Later> queue_;
};

// Calls `due` at the moment last set, and never earlier than the moment before it was last moved on.
class Alarm {
 public:
  Alarm(Schedule& schedule, const Life& life, Schedule::Action due)
      : schedule_(schedule), life_(life), due_(std::move(due)) {}

  void set(std::int64_t at_ms) {
    wanted_ = at_ms;
    if (armed_ && armed_at_ <= at_ms) return;  // it looks again when that one rings
    arm(at_ms);
  }
  void clear() { wanted_ = INT64_MAX; }

 private:
  void arm(std::int64_t at_ms) {
    armed_ = true;
    armed_at_ = at_ms;
    schedule_.in(std::max<std::int64_t>(0, at_ms - schedule_.now()), life_, [this, at_ms] { ring(at_ms); });
  }
  void ring(std::int64_t at_ms) {
    if (!armed_ || armed_at_ != at_ms) return;
    armed_ = false;
    if (wanted_ == INT64_MAX) return;
    if (schedule_.now() < wanted_) return arm(wanted_);
    wanted_ = INT64_MAX;
    due_();
  }

  Schedule& schedule_;
  std::weak_ptr<const char> life_;
  Schedule::Action due_;
  bool armed_ = false;
  std::int64_t armed_at_ = 0;
  std::int64_t wanted_ = INT64_MAX;
};

}  // namespace pilotlight::simulation
