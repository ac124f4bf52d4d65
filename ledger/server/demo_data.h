// A town for demonstrations and tests: a few hundred customers with cards and meters, always the same for the same
// count and year. Nobody in it exists. The first ones have names under which their cards lie in the virtual cabinet
// (demo_people).
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace pilotlight::server {

struct DemoTown {
  std::string tariffs_csv;
  std::string accounts_csv;
  std::string cards_csv;
  std::string cabinet_toml;  // [[card]] and [[meter]] of the named people
};

// 20 to 100,000 accounts; what they bought since January is of `year`.
DemoTown make_demo_town(unsigned accounts, int year);

// A card that lies in the virtual cabinet under a name of its own, and what its owner is there to show.
struct DemoPerson {
  std::string_view name;  // of the card in the cabinet
  std::string_view what;
  std::string_view chinese_name;
  std::string_view tariff = "residential";
  bool open = true;
  bool safety_hold = false;
  bool supply_stopped = false;
  std::string_view arrears_yuan = "0.00";
  bool overdue = false;  // since last November
  std::string_view year_m3 = "118.40";
  bool at_ledger = true;
  bool blocked = false;
  unsigned ledger_number = 3;  // last purchase by the ledger
  unsigned card_number = 3;    // by the card
  unsigned card_litres = 0;    // bought and not yet in the meter
};
std::span<const DemoPerson> demo_people();

}  // namespace pilotlight::server
