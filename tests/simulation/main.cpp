// pilotlight-simulate: plays towns from seeds and judges them (tests/simulation/README.md).
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "tests/simulation/campaign.h"
#include "tests/simulation/terminal_site.h"

int main(int argc, char** argv) {
  using namespace pilotlight::simulation;
  CLI::App app(
      "Plays whole towns of terminals, customers and faults under virtual time, and judges them after every step.");
  Orders orders;
  std::string seeds = "0..99", faults = "all", assets = "assets";
  std::optional<std::uint64_t> one, shrink;
  bool exhaustive = false;
  app.add_option("--seeds", seeds, "A..B, both included")->capture_default_str();
  app.add_option("--seed", one, "one seed");
  app.add_flag("--trace", orders.trace, "tells the story of one seed");
  app.add_option("--minimise", shrink, "the shortest way this seed still fails");
  app.add_option("--faults", faults, "names, all or none")->capture_default_str();
  app.add_option("--visits", orders.visits, "visits a town")->capture_default_str();
  app.add_option("--jobs", orders.jobs, "processes at once")->capture_default_str();
  app.add_flag("--exhaustive", exhaustive,
               "walks every order of events of bounded sessions instead (exploration/README.md)");
  app.add_flag("--coverage", orders.coverage, "lists what was never reached");
  app.add_option("--assets", assets, "the folder of that name in the source tree")->capture_default_str();
  app.add_flag("--each-fault", orders.each_fault, "every kind of fault by itself as well");
  CLI11_PARSE(app, argc, argv);
  const auto chosen = parse_faults(faults);
  const auto range = parse_seeds(one ? std::to_string(*one) : shrink ? std::to_string(*shrink) : seeds);
  if (!chosen || !range) {
    std::fprintf(stderr,
                 "pilotlight-simulate: --faults takes names of --coverage's list, all or none; --seeds takes A..B\n");
    return 2;
  }
  orders.faults = *chosen;
  orders.first = range->first;
  orders.last = range->second;
  if (exhaustive) return exhaust(orders);
  prepare_process();
  if (const auto loaded = load_receipts(assets); !loaded) {
    std::fprintf(stderr, "pilotlight-simulate: %s; run it from the top folder or give --assets\n",
                 loaded.error().text.c_str());
    return 2;
  }
  if (shrink) return minimise(orders);
  return run(orders);
}
