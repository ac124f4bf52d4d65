// A whole town from one seed: customers with cards and meters, terminals, the network, the ledger, and everything that
// goes wrong between them; judged after every step by the auditor.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/auditor/auditor.h"
#include "tests/simulation/faults.h"
#include "tests/simulation/ledger_site.h"
#include "tests/simulation/terminal_site.h"

namespace pilotlight::simulation {

struct TownOptions {
  std::uint64_t seed = 0;
  unsigned terminals = 2;
  unsigned households = 5;
  unsigned visits = 40;
  std::set<Fault> faults;
  unsigned faulty_percent = 60;  // visits that bring one along
  bool told = false;             // the story on stdout
  bool lying_disks = false;      // terminals' disks forget what they said was synced: the auditor must see it
  std::set<unsigned> left_out;   // planned faults, by their number, that are not carried out (for --minimise)
};

struct TownReport {
  std::optional<audit::Violation> violation;
  std::int64_t at_ms = 0;
  std::uint64_t hash = 0;
  std::uint64_t sessions = 0;  // in which a card was read
  std::uint64_t visits = 0;
  std::array<std::uint64_t, enum_count<wire::Ending>()> endings{};
  FaultCounts faults;
  unsigned planned_faults = 0;
  std::vector<std::string> fault_words;  // of planned ones, in order
  // [page][fact]: how often
  std::array<std::array<std::uint64_t, std::variant_size_v<core::Fact>>, enum_count<core::Page>()> pairs{};
  audit::Auditor::Counts audited;
};

TownReport play(const TownOptions& options);

}  // namespace pilotlight::simulation
