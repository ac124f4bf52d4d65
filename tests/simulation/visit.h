// One customer's visit to one terminal: she looks at the screen and does what people do.
#pragma once

#include <cstdint>

#include "tests/simulation/chance.h"
#include "tests/simulation/terminal_site.h"

namespace pilotlight::simulation {

struct Temper {
  bool calm = false;            // does only what the screen asks for, and waits
  bool looks_only = false;      // reads her card and leaves
  unsigned hasty_percent = 10;  // touches twice, pulls the card, walks off
};

class Visit {
 public:
  Visit(TerminalSite& terminal, Household& household, Temper temper, Chance chance, std::int64_t now);

  // Looks and acts once; milliseconds until she looks again. 0: she has left.
  std::int64_t turn(std::int64_t now);
  Household& household() { return household_; }

 private:
  void touch(core::Wish wish, Money amount = {});
  bool act(std::int64_t now);  // false: she leaves
  bool on_overlay(core::Overlay overlay);
  bool at_money(const core::State& screen);
  void choose(const core::State& screen);
  bool in_the_dark(std::int64_t now);
  bool leave();
  bool hasty() { return !temper_.calm && chance_.percent(temper_.hasty_percent); }
  void random_touch();

  TerminalSite& terminal_;
  Household& household_;
  const Temper temper_;
  Chance chance_;
  const std::int64_t until_;
  std::int64_t fed_ = 0;
  std::int64_t goal_yuan_ = 0;
  bool read_once_ = false;
};

}  // namespace pilotlight::simulation
