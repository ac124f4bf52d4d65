// The commands of the control socket, the window and the fault points. A peer registers its verbs when it is made.
//
// Commands are carried out one at a time (a lock that the same thread may take again), on the thread that asks: the
// control socket's, or a peer's own when the command was armed at a point. A peer takes its own lock inside its action
// and must never call execute() or Points::reached() while it holds that lock.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pilotlight::cabinet {

// The words after the verb: "card insert wang" -> {"insert", "wang"}.
using Words = std::span<const std::string>;

class Commands {
 public:
  using Action = std::function<boost::json::object(Words)>;
  enum class Turn {
    OneAtATime,
    AnyTime,  // for verbs that wait (run, wait): they do not keep others from being carried out
  };

  // The action answers with an object; "ok":true is put in front if it has no "ok". Register before the peers start.
  void add(std::string verb, Action action, Turn turn = Turn::OneAtATime);

  // What "state" answers under that name; called like an action.
  void add_state(std::string name, std::function<boost::json::value()> state);

  // Never throws; an unknown verb, or an exception of an action, is an answer with "ok":false. Any thread.
  boost::json::object execute(std::string_view line);

  bool knows(std::string_view verb) const;

 private:
  struct Verb {
    Action action;
    Turn turn;
  };
  boost::json::object state() const;

  std::map<std::string, Verb, std::less<>> verbs_;
  std::vector<std::pair<std::string, std::function<boost::json::value()>>> states_;
  std::recursive_mutex turn_;
};

// {"ok":false,"error":reason}
boost::json::object refused(std::string_view reason);

// Splits at blanks; a part in double quotes is one word: run "/tmp/my script" 1.
std::vector<std::string> split_words(std::string_view line);

// A decimal number in min..max.
std::optional<long> parse_number(std::string_view word, long min, long max);

}  // namespace pilotlight::cabinet
