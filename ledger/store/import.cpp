#include "ledger/store/import.h"

#include <algorithm>
#include <map>
#include <set>

#include "ledger/rules/calendar.h"
#include "ledger/store/csv.h"
#include "ledger/store/customers.h"

namespace pilotlight::ledger {
namespace {

Message bad(const char* file, std::size_t line, const std::string& what) {
  return Message{std::string(file) + " line " + std::to_string(line) + ": " + what};
}

// Takes the fields of one row in order and remembers the first that is wrong.
class Fields {
 public:
  explicit Fields(const CsvRow& row) : row_(row) {}

  const std::string& text(std::size_t maximum, bool may_be_empty = false) {
    const std::string& field = row_.fields[at_++];
    if (field.empty() && !may_be_empty) fail_once("field " + std::to_string(at_) + " is empty");
    if (field.size() > maximum) fail_once("field " + std::to_string(at_) + " is too long");
    return field;
  }
  template <class T, class... More>
  T take(Result<T, Message> (*parse)(std::string_view, More...), More... more) {
    const auto value = parse(row_.fields[at_++], more...);
    if (!value) fail_once(value.error().text);
    return value ? *value : T{};
  }
  void require(bool condition, const std::string& what) {
    if (!condition) fail_once(what);
  }
  const std::string& wrong() const { return wrong_; }

 private:
  void fail_once(const std::string& what) {
    if (wrong_.empty()) wrong_ = what;
  }
  const CsvRow& row_;
  std::size_t at_ = 0;
  std::string wrong_;
};

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool row_exists(Database& db, std::string_view sql, const std::string& key) {
  Query row(db, sql, key);
  return row.next();
}

bool tariff_exists(Database& db, const std::string& tariff) {
  return row_exists(db, "SELECT 1 FROM tariffs WHERE tariff = ?1", tariff);
}

struct AccountRow {
  Account account;
  int base_year = 0;
  Volume base_volume;
};

AccountRow read_account(Database& db, Fields& fields) {
  AccountRow row;
  Account& account = row.account;
  account.account = fields.text(32);
  account.name = fields.text(100);
  account.address = fields.text(300);
  const std::string& customer_class = fields.text(20);
  account.tariff = fields.text(50);
  account.standing.open = fields.take(parse_yes_no);
  account.standing.safety_hold = fields.take(parse_yes_no);
  account.standing.supply_stopped = fields.take(parse_yes_no);
  account.standing.arrears = fields.take(parse_yuan);
  account.standing.due_date = fields.text(10, true);
  row.base_year = static_cast<int>(fields.take(parse_count, std::uint32_t{9999}));
  row.base_volume = fields.take(parse_cubic_metres);
  fields.require(all_digits(account.account), "an account number has digits only, not '" + account.account + "'");
  fields.require(customer_class == "residential" || customer_class == "public",
                 "the class is residential or public, not '" + customer_class + "'");
  fields.require(tariff_exists(db, account.tariff),
                 "tariff '" + account.tariff + "' is not known; import tariffs first");
  fields.require(account.standing.due_date.empty() || rules::day_number(account.standing.due_date).has_value(),
                 "a date such as 2026-11-20 is expected, not '" + account.standing.due_date + "'");
  account.standing.customer_class =
      customer_class == "public" ? rules::CustomerClass::Public : rules::CustomerClass::Residential;
  return row;
}

// The volume bought before this ledger is taken once; later imports leave it alone.
void write_account(Database& db, const AccountRow& row, ImportCounts& counts) {
  const Account& account = row.account;
  const rules::Standing& standing = account.standing;
  if (account_exists(db, account.account)) {
    counts.changed += 1;
    db.run(
        "UPDATE accounts SET name = ?2, address = ?3, class = ?4, tariff = ?5, open = ?6, safety_hold = ?7, "
        "supply_stopped = ?8, arrears_fen = ?9, due_date = ?10 WHERE account = ?1",
        account.account, account.name, account.address, standing.customer_class, account.tariff, standing.open,
        standing.safety_hold, standing.supply_stopped, standing.arrears, standing.due_date);
    return;
  }
  counts.added += 1;
  db.run("INSERT INTO accounts VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)", account.account,
         account.name, account.address, standing.customer_class, account.tariff, standing.open, standing.safety_hold,
         standing.supply_stopped, standing.arrears, standing.due_date, row.base_year, row.base_volume);
  add_year_volume(db, account.account, row.base_year, row.base_volume);
}

struct CardRow {
  Card card;
  bool known = false;
};

CardRow read_card(Database& db, Fields& fields) {
  CardRow row;
  Card& card = row.card;
  card.card_number = fields.text(16);
  card.account = fields.text(32);
  card.purchase_number = fields.take(parse_count, std::uint32_t{999'999'999});
  card.replacement_count = static_cast<std::uint8_t>(fields.take(parse_count, std::uint32_t{255}));
  const std::string& state = fields.text(10);
  card.blocked = state == "blocked";
  fields.require(card.card_number.size() == 16 && all_digits(card.card_number),
                 "a card number has 16 digits, not '" + card.card_number + "'");
  fields.require(state == "active" || state == "blocked", "the state is active or blocked, not '" + state + "'");
  fields.require(account_exists(db, card.account),
                 "account '" + card.account + "' is not known; import accounts first");
  if (const auto known = find_card(db, card.card_number)) {
    row.known = true;
    fields.require(known->account == card.account, "this card belongs to account " + known->account);
  }
  return row;
}

}  // namespace

Result<ImportCounts, Message> import_accounts_csv(Work& work, std::string_view csv) {
  static constexpr const char* file = "accounts.csv";
  const auto rows = parse_csv(csv, {"account", "name", "address", "class", "tariff", "open", "safety_hold",
                                    "supply_stopped", "arrears_yuan", "due_date", "year", "year_m3"});
  if (!rows) return fail(Message{std::string(file) + " " + rows.error().text});
  std::vector<AccountRow> accounts;
  std::set<std::string> seen;
  for (const CsvRow& row : *rows) {
    Fields fields(row);
    accounts.push_back(read_account(work.db, fields));
    fields.require(seen.insert(accounts.back().account.account).second, "this account stands in the file twice");
    if (!fields.wrong().empty()) return fail(bad(file, row.line, fields.wrong()));
  }
  ImportCounts counts;
  for (const AccountRow& row : accounts) write_account(work.db, row, counts);
  return counts;
}

Result<ImportCounts, Message> import_cards_csv(Work& work, std::string_view csv) {
  static constexpr const char* file = "cards.csv";
  const auto rows = parse_csv(csv, {"card_number", "account", "purchase_number", "replacement_count", "state"});
  if (!rows) return fail(Message{std::string(file) + " " + rows.error().text});
  std::vector<CardRow> cards;
  std::set<std::string> seen;
  for (const CsvRow& row : *rows) {
    Fields fields(row);
    cards.push_back(read_card(work.db, fields));
    fields.require(seen.insert(cards.back().card.card_number).second, "this card stands in the file twice");
    if (!fields.wrong().empty()) return fail(bad(file, row.line, fields.wrong()));
  }
  ImportCounts counts;
  for (const auto& [card, known] : cards) {
    (known ? counts.changed : counts.added) += 1;
    // A known card keeps its numbers: from its first import on, this ledger alone issues them (M3).
    work.db.run(
        "INSERT INTO cards (card_number, account, base_number, purchase_number, replacement_count, blocked, reason) "
        "VALUES (?1, ?2, ?3, ?3, ?4, ?5, ?6) ON CONFLICT DO UPDATE SET blocked = excluded.blocked, reason = "
        "excluded.reason",
        card.card_number, card.account, card.purchase_number, card.replacement_count, card.blocked,
        card.blocked ? "import" : "");
  }
  return counts;
}

Result<ImportCounts, Message> import_tariffs_csv(Work& work, std::string_view csv) {
  static constexpr const char* file = "tariffs.csv";
  const auto rows = parse_csv(csv, {"tariff", "upto_m3", "price_yuan", "per_sale_m3"});
  if (!rows) return fail(Message{std::string(file) + " " + rows.error().text});
  struct Tariff {
    std::size_t line = 0;
    Volume per_sale;
    std::vector<rules::TariffStep> steps;
  };
  std::map<std::string, Tariff> tariffs;
  for (const CsvRow& row : *rows) {
    Fields fields(row);
    const std::string name = fields.text(50);
    const bool last = row.fields[1].empty();
    const Volume upto = last ? Volume{(void(fields.text(0, true)), 0)} : fields.take(parse_cubic_metres);
    const Money price = fields.take(parse_yuan);
    const Volume per_sale = fields.take(parse_cubic_metres);
    Tariff& tariff = tariffs[name];
    if (tariff.steps.empty()) tariff.per_sale = per_sale;
    fields.require(price.fen > 0, "a price is more than 0");
    fields.require(per_sale >= rules::card_scale, "per_sale_m3 is at least 0.01");
    fields.require(per_sale == tariff.per_sale, "per_sale_m3 differs within this tariff");
    fields.require(last || upto.litres > 0, "upto_m3 is more than 0; the last step leaves it empty");
    fields.require(tariff.steps.empty() || tariff.steps.back().upto.litres != 0,
                   "a step after the last one of its tariff");
    fields.require(last || tariff.steps.empty() || upto > tariff.steps.back().upto, "the steps must rise");
    if (!fields.wrong().empty()) return fail(bad(file, row.line, fields.wrong()));
    tariff.line = row.line;
    tariff.steps.push_back({upto, price});
  }
  for (const auto& [name, tariff] : tariffs)
    if (tariff.steps.back().upto.litres != 0)
      return fail(bad(file, tariff.line, "the last step of '" + name + "' must leave upto_m3 empty"));
  ImportCounts counts;
  for (const auto& [name, tariff] : tariffs) {
    (tariff_exists(work.db, name) ? counts.changed : counts.added) += 1;
    work.db.run(
        "INSERT INTO tariffs (tariff, per_sale_litres) VALUES (?1, ?2) "
        "ON CONFLICT DO UPDATE SET per_sale_litres = excluded.per_sale_litres",
        name, tariff.per_sale);
    work.db.run("DELETE FROM tariff_steps WHERE tariff = ?1", name);
    for (std::size_t step = 0; step < tariff.steps.size(); ++step)
      work.db.run("INSERT INTO tariff_steps (tariff, step, upto_litres, price_fen) VALUES (?1, ?2, ?3, ?4)", name, step,
                  tariff.steps[step].upto, tariff.steps[step].price_per_m3);
  }
  return counts;
}

}  // namespace pilotlight::ledger
