// The parts of the town and how they are tied together (town.h is what callers see).
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/town.h"
#include "tests/simulation/visit.h"

namespace pilotlight::simulation {

class TownWorld {
 public:
  explicit TownWorld(const TownOptions& options);
  TownReport run();

 private:
  // One terminal's corner of the town.
  struct Corner {
    std::unique_ptr<TerminalSite> terminal;
    std::unique_ptr<Visit> visit;
    std::vector<std::pair<unsigned, PlannedFault>> planned;  // with their numbers
    std::uint32_t steps = 0;
    std::array<std::optional<std::uint32_t>, enum_count<Trigger>()> triggered{};  // at which step
    // the network to the ledger
    bool cut = false;
    bool request_lost = false, request_twice = false, request_late = false;
    bool reply_lost = false, reply_garbage = false, reply_status = false;
    std::pair<Id, std::uint32_t> shown;  // session and document of the result page last told
  };

  void build();
  TerminalSite::Watch eyes(std::size_t index);
  Network network(std::size_t index);
  Network::Delivery post(std::size_t index, const std::string& path, const std::string& body);
  Network::Delivery mishap(Corner& corner, const std::string& path, const std::string& body);

  void next_visit(std::size_t index);
  void begin_visit(std::size_t index, Household& household, Temper temper);
  void turn_visit(std::size_t index);
  void plan_faults(Corner& corner);
  void at_home(Household& household);
  bool busy(const Household& household) const;

  void stepped(std::size_t index);
  void inject(std::size_t index, const PlannedFault& fault);
  bool inject_terminal(Corner& corner, const PlannedFault& fault);
  bool inject_validator(Corner& corner, const PlannedFault& fault);
  bool inject_cabinet(Corner& corner, const PlannedFault& fault);
  bool inject_network(Corner& corner, const PlannedFault& fault);
  bool inject_ledger(Corner& corner, const PlannedFault& fault);
  void later(std::int64_t least, std::int64_t most, Schedule::Action action);
  Phase phase(const Corner& corner) const;

  bool run_until(std::int64_t until);
  void judge();
  void heal();
  void read_every_card();
  void tell_card(const Household& household);

  const TownOptions options_;
  Chance chance_;
  Schedule schedule_;
  Story story_;
  audit::Auditor auditor_;
  TownReport report_;
  std::vector<std::unique_ptr<Household>> households_;
  std::unique_ptr<LedgerSite> ledger_;
  std::vector<Corner> corners_;
  unsigned visits_left_ = 0;
  unsigned planned_ = 0;
  bool faults_over_ = false;
  std::set<std::string> cards_read_;
  Life life_ = new_life();
};

}  // namespace pilotlight::simulation
