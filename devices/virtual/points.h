// The named protocol points of the cabinet (CONTROL.md, "Points"). A peer says when it reaches one; commands armed
// there are carried out on the peer's own thread before reached() returns, so a fault happens exactly there.
// Thread-safe.
//
// A peer calls reached() WITHOUT holding its own lock (an armed command may come back into the same peer) and looks at
// its state again afterwards: the card may be out, the power off.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace pilotlight::cabinet {

class Points {
 public:
  // Carries out one command line; set once before the peers start.
  using Execute = std::function<void(const std::string& command)>;
  void set_execute(Execute execute);

  // Makes a point known; only known points can be armed or waited for. A peer declares its points when it is made.
  void declare(std::string_view point);
  // A family "printer.byte-" stands for printer.byte-1, printer.byte-2, … up to most_of_family.
  void declare_family(std::string_view prefix);
  static constexpr std::size_t most_of_family = 1 << 20;

  // Counts the point and runs the commands armed there, in the order they were armed, each once. Aborts on a point that
  // was not declared (a slip of the peer's author).
  void reached(std::string_view point);
  // The same for number n of a family; numbers beyond most_of_family are not counted.
  void reached(std::string_view prefix, std::size_t n);

  // False if the point is not known or 64 commands wait there already.
  bool arm(std::string_view point, std::string command);
  bool known(std::string_view point) const;
  std::uint64_t count(std::string_view point) const;

  // Waits until the point was reached at least n times since start; false when the time is over or stop() was called.
  bool wait(std::string_view point, std::uint64_t n, std::chrono::milliseconds timeout);
  // Ends all waits, now and later: the cabinet is closing.
  void stop();

  // All declared points with their counts, by name; a family as "printer.byte-N" with its highest number reached.
  std::vector<std::pair<std::string, std::uint64_t>> all() const;

 private:
  struct Family {
    std::string prefix;
    std::vector<std::uint32_t> counts;  // counts[n] of number n
  };
  const Family* family_of(std::string_view point, std::size_t& n) const;
  std::uint64_t count_locked(std::string_view point) const;
  std::vector<std::string> take_armed(std::string_view point);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Execute execute_;
  std::map<std::string, std::uint64_t, std::less<>> counts_;
  std::vector<Family> families_;
  std::map<std::string, std::vector<std::string>, std::less<>> armed_;
  bool stopped_ = false;
};

}  // namespace pilotlight::cabinet
