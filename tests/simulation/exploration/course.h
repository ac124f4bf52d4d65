// One move in the making: facts into the core, its records onto the disk, its effects to the devices.
#pragma once

#include "tests/simulation/exploration/moves.h"

namespace pilotlight::exploration {

struct Course {
  World& w;
  const StepFunction& step;
  bool slow = false;
  Outcome out;

  void law(bool holds, const char* name) {
    if (!holds && out.law.empty()) out.law = name;
  }
  void take(core::Fact fact, std::int64_t after_ms = 0);
  void catch_up();  // the disk: everything made is durable now
  void power_cut(std::uint8_t done);

 private:
  void keep(std::vector<wire::Record> records, const core::MoneyState& before);
  void book(const wire::Record& record);
  void perform(core::Effect effect);
  void acceptor_power_cut(std::uint8_t done);
  friend struct Ledgerkeeper;
  friend struct Performance;
};

}  // namespace pilotlight::exploration
