#include "ledger/server/demo_data.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <cstdint>

#include "kiosk/base/check.h"

namespace pilotlight::server {

namespace {

constexpr std::string_view tariffs =
    "tariff,upto_m3,price_yuan,per_sale_m3\n"
    "residential,360,3.50,300\n"
    "residential,600,4.20,300\n"
    "residential,,5.25,300\n"
    "public,,4.85,2000\n";

constexpr std::array<DemoPerson, 12> people{{
    {.name = "wang", .what = "nothing special: a clean top-up", .chinese_name = "王秀英"},
    {.name = "li",
     .what = "owes for a bill, which does not stop gas for a household",
     .chinese_name = "李建国",
     .arrears_yuan = "86.40",
     .overdue = true},
    {.name = "zhou", .what = "15 m3 before the second price step", .chinese_name = "周敏", .year_m3 = "345.00"},
    {.name = "chen",
     .what = "a restaurant at the tariff for public buildings",
     .chinese_name = "陈记小吃店",
     .tariff = "public",
     .year_m3 = "2210.00"},
    {.name = "zhao",
     .what = "has not put the last purchase into the meter (G1)",
     .chinese_name = "赵磊",
     .ledger_number = 5,
     .card_number = 5,
     .card_litres = 28'570},
    {.name = "zhang",
     .what = "safety hold: no gas until the check is done (SAFE-4)",
     .chinese_name = "张桂兰",
     .safety_hold = true},
    {.name = "sun",
     .what = "supply stopped after written notice (LATE-8)",
     .chinese_name = "孙涛",
     .supply_stopped = true,
     .arrears_yuan = "412.75",
     .overdue = true},
    {.name = "zheng",
     .what = "public building, more than 15 days overdue (LATE-2)",
     .chinese_name = "郑州路小学",
     .tariff = "public",
     .arrears_yuan = "5230.00",
     .overdue = true},
    {.name = "liu", .what = "card reported lost (CARD-6)", .chinese_name = "刘洋", .blocked = true},
    {.name = "wu", .what = "account closed", .chinese_name = "吴静", .open = false},
    {.name = "tian",
     .what = "the card knows a purchase the ledger does not (G3)",
     .chinese_name = "田野",
     .ledger_number = 4,
     .card_number = 5},
    {.name = "stranger", .what = "a card that is in no ledger", .chinese_name = "", .at_ledger = false},
}};

constexpr std::array<std::string_view, 24> surnames{"王", "李", "张", "刘", "陈",   "杨", "黄", "赵",
                                                    "吴", "周", "徐", "孙", "马",   "朱", "胡", "林",
                                                    "郭", "何", "高", "罗", "欧阳", "郑", "梁", "谢"};
constexpr std::array<std::string_view, 24> given_names{"伟", "芳", "娜",   "敏", "静", "秀英", "丽",   "强",
                                                       "磊", "军", "洋",   "勇", "艳", "杰",   "娟",   "涛",
                                                       "明", "超", "秀兰", "霞", "平", "刚",   "桂英", "建华"};
constexpr std::array<std::string_view, 10> streets{"幸福路", "建设街", "人民路", "和平巷", "解放大道",
                                                   "朝阳街", "滨河路", "文化路", "新华街", "青年路"};

// splitmix64: the same numbers on every machine, which the standard's distributions do not promise.
class Numbers {
 public:
  unsigned below(unsigned bound) {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return static_cast<unsigned>((mixed ^ (mixed >> 31)) % bound);
  }

 private:
  std::uint64_t state_ = 2026;
};

std::string account_number(unsigned index) { return fmt::format("6101{:08}", index + 1); }
std::string card_number(unsigned index) { return fmt::format("61010000{:08}", (index + 1) * 10 + 7); }
std::string_view class_of(std::string_view tariff) { return tariff == "public" ? "public" : "residential"; }
std::string_view yes(bool value) { return value ? "yes" : "no"; }

void add_person(DemoTown& town, const DemoPerson& person, unsigned index, int year) {
  if (person.at_ledger) {
    town.accounts_csv += fmt::format("{},{},{}{}号{}单元{:02}室,{},{},{},{},{},{},{},{},{}\n", account_number(index),
                                     person.chinese_name, streets[index % streets.size()], 8 + index * 3, 1 + index % 4,
                                     101 + index, class_of(person.tariff), person.tariff, yes(person.open),
                                     yes(person.safety_hold), yes(person.supply_stopped), person.arrears_yuan,
                                     person.overdue ? fmt::format("{}-11-20", year - 1) : "", year, person.year_m3);
    town.cards_csv += fmt::format("{},{},{},0,{}\n", card_number(index), account_number(index), person.ledger_number,
                                  person.blocked ? "blocked" : "active");
  }
  const unsigned loaded = person.card_litres > 0 ? person.card_number - 1 : person.card_number;
  constexpr unsigned used = 108'000;
  constexpr unsigned remaining = 12'000;
  town.cabinet_toml += fmt::format(
      "# {}\n[[card]]\nname = \"{}\"\ncard_number = \"{}\"\npurchase_number = {}\nvolume = {}\ntotal = {}\nkind = "
      "\"user\"\nmeter = \"m-{}\"\n\n",
      person.what, person.name, card_number(index), person.card_number, person.card_litres,
      used + remaining + person.card_litres, person.name);
  town.cabinet_toml += fmt::format(
      "[[meter]]\nname = \"m-{}\"\nnumber = \"{:012}\"\ncard_number = \"{}\"\npurchase_number = {}\nremaining = "
      "{}\nused = "
      "{}\n\n",
      person.name, (index + 1) * 10 + 7, card_number(index), loaded, remaining, used);
}

void add_neighbour(DemoTown& town, Numbers& numbers, unsigned index, int year) {
  const bool is_public = numbers.below(20) == 0;
  const bool owes = numbers.below(12) == 0;
  const std::string name = fmt::format("{}{}{}", surnames[numbers.below(surnames.size())],
                                       given_names[numbers.below(given_names.size())], is_public ? "商店" : "");
  const std::string_view street = streets[numbers.below(streets.size())];
  const unsigned house = 1 + numbers.below(180);
  const unsigned entrance = 1 + numbers.below(6);
  const unsigned flat = (1 + numbers.below(18)) * 100 + 1 + numbers.below(4);
  const std::string_view tariff = is_public ? "public" : "residential";
  town.accounts_csv += fmt::format("{},{},{}{}号{}单元{}室,{},{},yes,{},no,{}.{:02},{},{},{}.{:02}\n",
                                   account_number(index), name, street, house, entrance, flat, class_of(tariff), tariff,
                                   yes(numbers.below(100) == 0), owes ? 20 + numbers.below(180) : 0,
                                   owes ? numbers.below(100) : 0, owes ? fmt::format("{}-11-20", year - 1) : "", year,
                                   numbers.below(is_public ? 4000 : 420), numbers.below(100));
  town.cards_csv += fmt::format("{},{},{},{},{}\n", card_number(index), account_number(index), 1 + numbers.below(60),
                                numbers.below(30) == 0 ? 1 : 0, numbers.below(80) == 0 ? "blocked" : "active");
}

}  // namespace

std::span<const DemoPerson> demo_people() { return people; }

DemoTown make_demo_town(unsigned accounts, int year) {
  CHECK(accounts >= 20 && accounts <= 100'000);
  DemoTown town;
  town.tariffs_csv = tariffs;
  town.accounts_csv =
      "account,name,address,class,tariff,open,safety_hold,supply_stopped,arrears_yuan,due_date,year,year_m3\n";
  town.cards_csv = "card_number,account,purchase_number,replacement_count,state\n";
  unsigned index = 0;
  for (const auto& person : people) add_person(town, person, index++, year);
  town.cabinet_toml += "# new from the factory\n[[card]]\nname = \"blank\"\nkind = \"blank\"\n";
  Numbers numbers;
  // One of the named cards is in no ledger, so there is one more number than accounts.
  for (; index <= accounts; ++index) add_neighbour(town, numbers, index, year);
  return town;
}

}  // namespace pilotlight::server
