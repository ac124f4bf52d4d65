#include "tests/simulation/faults.h"

namespace pilotlight::simulation {

std::optional<std::set<Fault>> parse_faults(std::string_view list) {
  std::set<Fault> faults;
  if (list == "none") return faults;
  if (list == "all") {
    for (std::size_t i = 0; i < fault_count; ++i) faults.insert(static_cast<Fault>(i));
    return faults;
  }
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const auto fault = enum_value<Fault>(list.substr(0, end));
    if (!fault) return std::nullopt;
    faults.insert(*fault);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return faults;
}

}  // namespace pilotlight::simulation
