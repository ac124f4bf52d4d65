// The core against worlds that do anything. A broken law names the seed; PILOTLIGHT_WALK=<seed> walks that one alone
// and prints every step.
#include <gtest/gtest.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "tests/kiosk/core/money_witness.h"
#include "tests/kiosk/core/wild_world.h"

namespace pilotlight::core {
namespace {

constexpr std::uint64_t walks = 20'000;
constexpr int steps_of_a_walk = 60;

volatile std::sig_atomic_t seed_under_way = 0;  // for the one who finds the core aborted

void tell_seed(int) {
  std::fprintf(stderr, "random walk aborted with seed %d\n", static_cast<int>(seed_under_way));
  std::signal(SIGABRT, SIG_DFL);
}

class Walk {
 public:
  Walk(std::uint64_t seed, bool told) : world_(seed), told_(told) { begin(); }

  std::string run() {
    for (int step = 0; step < steps_of_a_walk && witness_.broken.empty(); ++step) {
      if (world_.one_in(60)) {
        power_cut();
      } else if (world_.one_in(6)) {
        pass(static_cast<std::int64_t>(world_.below(9000)));
      } else {
        take(world_.next(terminal_));
      }
    }
    if (terminal_.state.devices.journal_failed) power_cut();
    if (witness_.broken.empty()) settle();
    return witness_.broken;
  }
  const std::map<wire::Ending, int>& endings() const { return witness_.endings; }

 private:
  void begin() {
    take(Started{"test"});
    for (Fact fact :
         {Fact{UplinkChanged{true, true}}, Fact{ReaderReady{}}, Fact{PrinterChanged{true, false, false, false}},
          Fact{AcceptorReady{"1873452", terminal_.state.money.acceptor_stacked}}})
      if (!world_.one_in(10)) take(std::move(fact));
    if (!world_.one_in(5)) pass(3000);
  }

  void take(Fact fact) {
    const std::size_t index = fact.index();
    terminal_.on(std::move(fact));
    look(index);
  }

  void look(std::size_t index) {
    witness_.see(terminal_.records, terminal_.effects, terminal_.state);
    world_.hear(terminal_.effects, terminal_);
    if (told_) {
      std::printf("%10lld fact %2zu -> %s", static_cast<long long>(terminal_.at.steady_ms), index,
                  std::string(enum_name(terminal_.state.talk.page)).c_str());
      for (const wire::Record& record : terminal_.records)
        std::printf(" %s", std::string(wire::kind_of(record)).c_str());
      for (const Effect& effect : terminal_.effects) std::printf(" >%zu", effect.index());
      std::printf("\n");
    }
    const Page page = terminal_.state.talk.page;
    const bool needs_session = page == Page::Account || page == Page::Amount || page == Page::Keypad ||
                               page == Page::Cash || page == Page::Settling || page == Page::Confirm ||
                               page == Page::Working || page == Page::CardOut || page == Page::UplinkWait;
    if (needs_session && current_session(terminal_.state) == nullptr && witness_.broken.empty())
      witness_.broken = "a page about money without a session";
  }

  // As the loop does: TimePassed whenever the deadline has come. A deadline that stays in the past would spin.
  void pass(std::int64_t ms) {
    const std::int64_t end = terminal_.at.steady_ms + ms;
    int at_once = 0;
    for (auto due = deadline(terminal_.state); due && *due <= end && witness_.broken.empty();
         due = deadline(terminal_.state)) {
      at_once = *due <= terminal_.at.steady_ms ? at_once + 1 : 0;
      if (at_once > 20) witness_.broken = "time stands still: a deadline stays in the past";
      terminal_.at.wall_ms += std::max<std::int64_t>(0, *due - terminal_.at.steady_ms);
      terminal_.at.steady_ms = std::max(terminal_.at.steady_ms, *due);
      take(TimePassed{});
    }
    terminal_.at.steady_ms = std::max(terminal_.at.steady_ms, end);
  }

  void power_cut() {
    terminal_ = terminal_.reborn();
    world_.forget();
    begin();
  }

  // Nothing answers any more, nobody is there: every session ends within minutes, and no page is left that has no exit.
  void settle() {
    pass(15 * 60'000);
    if (!witness_.broken.empty()) return;
    if (witness_.open_sessions() != 0) witness_.broken = "M6: a session stays open for ever";
    const Page page = terminal_.state.talk.page;
    const bool alarm = page == Page::TakeCard && terminal_.state.talk.card_forgotten;
    if (page != Page::Attract && page != Page::OutOfService && !alarm)
      witness_.broken = "M6: the page " + std::string(enum_name(page)) + " is left alone for ever";
  }

  ScriptedTerminal terminal_;
  WildWorld world_;
  MoneyWitness witness_;
  const bool told_;
};

TEST(RandomWalk, NoSequenceOfEventsBreaksALaw) {
  std::signal(SIGABRT, tell_seed);
  const char* only = std::getenv("PILOTLIGHT_WALK");
  const std::uint64_t first = only == nullptr ? 0 : std::strtoull(only, nullptr, 10);
  const std::uint64_t end = only == nullptr ? walks : first + 1;
  int broken = 0;
  std::map<wire::Ending, int> endings;
  for (std::uint64_t seed = first; seed < end && broken < 5; ++seed) {
    seed_under_way = static_cast<std::sig_atomic_t>(seed);
    Walk walk(seed, only != nullptr);
    const std::string law = walk.run();
    for (const auto& [ending, count] : walk.endings()) endings[ending] += count;
    if (law.empty()) continue;
    ADD_FAILURE() << "seed " << seed << ": " << law;
    ++broken;
  }
  std::signal(SIGABRT, SIG_DFL);
  if (only != nullptr) return;
  for (std::size_t i = 0; i < enum_count<wire::Ending>(); ++i) {  // a walk that gets nowhere proves nothing
    const auto ending = static_cast<wire::Ending>(i);
    EXPECT_GT(endings[ending], 200) << enum_name(ending);
  }
}

}  // namespace
}  // namespace pilotlight::core
