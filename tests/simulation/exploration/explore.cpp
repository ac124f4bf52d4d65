#include "tests/simulation/exploration/explore.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "tests/simulation/exploration/course.h"
#include "tests/simulation/exploration/coverage.h"
#include "tests/simulation/exploration/graph.h"

namespace pilotlight::exploration {
namespace {

core::Settings settings() {
  core::Settings s;
  s.terminal = "T0042";
  s.denominations = {yuan(50), yuan(100)};
  s.quick_amounts = {yuan(150)};
  s.ledger_answer_ms = 2'500;  // two retries instead of twenty: a third one changes nothing but the clock
  return s;
}

// Walks a path again, from the first world, and says what happens in it.
std::vector<std::string> tell(const Bounds& bounds, const StepFunction& step, const std::vector<Move>& path) {
  std::vector<std::string> lines;
  World world = first_world(bounds);
  for (const Move& move : path) {
    std::string line = words_of(world, move, bounds);
    const Outcome outcome = make(world, move, bounds, step);
    lines.push_back(line + " -> " + class_name(class_of(world.state)) +
                    (outcome.law.empty() ? "" : " ** " + outcome.law));
  }
  return lines;
}

class Search;
const Search* running = nullptr;

// What stands before and after the death of the core: a CHECK in it aborts.
void on_abort(int);

class Search {
 public:
  Search(const Bounds& bounds, const StepFunction& step) : bounds_(bounds), step_(step) {}

  Report run() {
    running = this;
    auto* const before = std::signal(SIGABRT, on_abort);
    const World first = first_world(bounds_);
    graph_.add(key_of(first), nowhere, {});
    std::vector<World> level = {first};
    std::uint32_t number = 0;
    bool whole = true;
    while (!level.empty() && report_.law.empty() && whole) {
      std::vector<World> next;
      report_.widest_level = std::max<std::uint64_t>(report_.widest_level, level.size());
      for (World& world : level) {
        expand(world, number++, next);
        world = World{};
        whole = graph_.size() < bounds_.states_maximum;
        if (!report_.law.empty() || !whole) break;
      }
      report_.depth += next.empty() ? 0 : 1;
      level = std::move(next);
    }
    report_.complete = whole && report_.law.empty();
    if (report_.complete) look_for_exits();
    finish();
    std::signal(SIGABRT, before);
    running = nullptr;
    return std::move(report_);
  }

  void say_how_it_died() const {
    std::fprintf(stderr, "the core stopped itself after:\n");
    for (const std::string& line : tell(bounds_, step_, graph_.path_to(now_)))
      std::fprintf(stderr, "  %s\n", line.c_str());
    World world = first_world(bounds_);
    for (const Move& move : graph_.path_to(now_)) make(world, move, bounds_, step_);
    std::fprintf(stderr, "  %s\n", words_of(world, move_, bounds_).c_str());
  }

 private:
  void expand(const World& world, std::uint32_t number, std::vector<World>& next) {
    now_ = number;
    const bool over = is_over(world, bounds_);
    const bool rest = over || at_rest(world);
    if (rest) graph_.rests(number);
    if (over || all_ended(world)) graph_.ended(number);
    if (over) return;
    const std::vector<Move> moves = moves_of(world, bounds_);
    if (moves.empty() && !rest) return fail("M6: nothing can happen any more", number, nullptr);
    for (Move move : moves) {
      const Outcome outcome = go(world, move, next);
      if (!report_.law.empty()) return;
      if (outcome.may_repeat) {
        move.repeat = true;
        go(world, move, next);
        move.repeat = false;
      }
      if (outcome.recorded && world.left.slow_records > 0 && !world.disk.behind) {
        move.slow = true;
        go(world, move, next);
      }
      if (!report_.law.empty()) return;
    }
  }

  Outcome go(const World& from, const Move& move, std::vector<World>& next) {
    move_ = move;
    World world = from;
    Outcome outcome = make(world, move, bounds_, step_);
    for (const Seen& seen : outcome.seen) coverage_.see(seen);
    if (!outcome.law.empty()) {
      fail(outcome.law, now_, &move);
      return outcome;
    }
    const auto [state, fresh] = graph_.add(key_of(world), now_, move);
    graph_.edge(now_, state, move.act == Act::Time);
    if (fresh) next.push_back(std::move(world));
    return outcome;
  }

  void look_for_exits() {
    const std::uint32_t stuck = graph_.without_exit();
    if (stuck != nowhere) return fail("M6: no event leads to the end of the session", stuck, nullptr);
    const std::uint32_t waits = graph_.without_exit_by_time();
    if (waits != nowhere) fail("M6: time alone does not end the session", waits, nullptr);
  }

  void fail(const std::string& law, std::uint32_t state, const Move* last) {
    std::vector<Move> path = graph_.path_to(state);
    if (last != nullptr) path.push_back(*last);
    report_.law = law;
    report_.path = tell(bounds_, step_, path);
  }

  void finish() {
    report_.states = graph_.size();
    report_.transitions = graph_.edges();
    report_.resting_states = graph_.resting();
    coverage_.list(report_.pairs_reached, report_.pairs_not_reached);
    std::sort(report_.pairs_reached.begin(), report_.pairs_reached.end());
    std::sort(report_.pairs_not_reached.begin(), report_.pairs_not_reached.end());
  }

  const Bounds& bounds_;
  const StepFunction& step_;
  Graph graph_;
  Coverage coverage_;
  Report report_;
  std::uint32_t now_ = 0;
  Move move_;
};

void on_abort(int) {
  std::signal(SIGABRT, SIG_DFL);
  if (running != nullptr) running->say_how_it_died();
}

}  // namespace

World first_world(const Bounds& bounds) {
  World world;
  for (const std::int64_t value : bounds.notes_yuan) world.notes.push_back({.value = yuan(value)});
  world.left = {bounds.returned_notes,  bounds.unreadable_notes, bounds.card_insertions,   bounds.card_removals,
                bounds.crashes,         bounds.lost_messages,    bounds.repeated_messages, bounds.slow_records,
                bounds.uplink_losses,   bounds.printer_losses,   bounds.failed_writes,     bounds.failed_prints,
                bounds.changed_quotes,  bounds.acceptor_faults,  bounds.acceptor_restarts, bounds.reader_losses,
                bounds.journal_failures};
  world.left.card_insertions += 1;  // the one that opens the session
  world.state = core::initial_state(settings(), {});
  world.state.now.steady_ms = model_now_ms;
  const StepFunction real = core::step;
  Course course{world, real, false, {}};
  course.take(core::Started{"model"});
  course.take(core::UplinkChanged{true, true});
  course.take(core::ReaderReady{});
  course.take(core::PrinterChanged{true, false, false, false});
  course.take(core::AcceptorReady{"1873452", bounds.acceptor_counts ? 0 : core::no_count});
  course.take(core::TimePassed{}, *next_change_ms(world.state) - model_now_ms);
  return world;
}

Report explore(const Bounds& bounds, const StepFunction& step) { return Search(bounds, step).run(); }

std::string to_text(const Report& report, bool with_pairs) {
  std::string text = report.complete ? "the whole space: " : "NOT the whole space: ";
  text += std::to_string(report.states) + " states, " + std::to_string(report.transitions) + " transitions, depth " +
          std::to_string(report.depth) + ", widest level " + std::to_string(report.widest_level) + ", " +
          std::to_string(report.resting_states) + " at rest\n" + std::to_string(report.pairs_reached.size()) +
          " pairs of state class and event reached\n";
  if (!report.law.empty()) {
    text += "BROKEN: " + report.law + "\n";
    for (const std::string& line : report.path) text += "  " + line + "\n";
  }
  if (!with_pairs) return text;
  for (const std::string& pair : report.pairs_reached) text += "reached " + pair + "\n";
  for (const std::string& pair : report.pairs_not_reached) text += "never " + pair + "\n";
  return text;
}

}  // namespace pilotlight::exploration
