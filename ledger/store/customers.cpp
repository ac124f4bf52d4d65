#include "ledger/store/customers.h"

#include "ledger/rules/calendar.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

struct Tariff {
  Volume per_sale;
  std::vector<rules::TariffStep> steps;
};

Tariff find_tariff(Database& db, const std::string& name) {
  Tariff tariff;
  Query rows(db,
             "SELECT t.per_sale_litres, s.upto_litres, s.price_fen FROM tariffs t JOIN tariff_steps s USING (tariff) "
             "WHERE t.tariff = ?1 ORDER BY s.step",
             name);
  while (rows.next()) {
    tariff.per_sale = rows.volume(0);
    tariff.steps.push_back(rules::TariffStep{rows.volume(1), rows.money(2)});
  }
  return tariff;
}

wire::Quote promise_now(Work& work, const Account& account) {
  wire::Quote quote;
  quote.business_date = rules::business_date(work.now_ms);
  quote.scale = rules::card_scale;
  const Tariff tariff = find_tariff(work.db, account.tariff);
  if (tariff.steps.empty()) return quote;  // only when the database failed
  const Volume used = year_volume(work.db, account.account, rules::year_of(quote.business_date));
  quote.tiers = rules::open_tiers(tariff.steps, used);
  quote.maximum = rules::maximum_tender(tariff.per_sale, quote.tiers, quote.scale);
  return quote;
}

}  // namespace

std::optional<Account> find_account(Database& db, const std::string& account) {
  Query row(
      db,
      "SELECT name, address, class, tariff, open, safety_hold, supply_stopped, arrears_fen, due_date FROM accounts "
      "WHERE account = ?1",
      account);
  if (!row.next()) return std::nullopt;
  Account found{account, row.text(0), row.text(1), row.text(3), {}};
  found.standing.customer_class = static_cast<rules::CustomerClass>(row.integer(2));
  found.standing.open = row.integer(4) != 0;
  found.standing.safety_hold = row.integer(5) != 0;
  found.standing.supply_stopped = row.integer(6) != 0;
  found.standing.arrears = row.money(7);
  found.standing.due_date = row.text(8);
  return found;
}

bool account_exists(Database& db, const std::string& account) {
  Query row(db, "SELECT 1 FROM accounts WHERE account = ?1", account);
  return row.next();
}

std::optional<Card> find_card(Database& db, const std::string& card_number) {
  Query row(db, "SELECT account, purchase_number, replacement_count, blocked FROM cards WHERE card_number = ?1",
            card_number);
  if (!row.next()) return std::nullopt;
  return Card{card_number, row.text(0), row.u32(1), static_cast<std::uint8_t>(row.integer(2)), row.integer(3) != 0};
}

void raise_card_number(Database& db, const std::string& card_number, std::uint32_t number) {
  db.run("UPDATE cards SET purchase_number = ?2 WHERE card_number = ?1 AND purchase_number < ?2", card_number, number);
}

Volume year_volume(Database& db, const std::string& account, int year) {
  Query row(db, "SELECT litres FROM year_volumes WHERE account = ?1 AND year = ?2", account, year);
  return row.next() ? row.volume(0) : Volume{0};
}

void add_year_volume(Database& db, const std::string& account, int year, Volume volume) {
  db.run("INSERT INTO year_volumes (account, year, litres) VALUES (?1, ?2, 0) ON CONFLICT DO NOTHING", account, year);
  db.run("UPDATE year_volumes SET litres = litres + ?3 WHERE account = ?1 AND year = ?2", account, year, volume);
}

wire::Quote quote_for(Work& work, const Id& session, const Account& account) {
  wire::Quote now = promise_now(work, account);
  {
    Query rows(work.db, "SELECT body FROM quotes WHERE session = ?1 AND account = ?2", session, account.account);
    while (rows.next()) {
      const auto earlier = wire::from_json<wire::Quote>(rows.text(0));
      if (earlier && same_promise(*earlier, now)) return *earlier;
    }
  }
  now.id = make_id(work.now_ms, (*work.random)());
  remember_quote(work, session, account.account, now);
  return now;
}

std::optional<wire::Quote> find_quote(Database& db, const Id& quote, const Id& session, const std::string& account) {
  Query row(db, "SELECT body FROM quotes WHERE quote = ?1 AND session = ?2 AND account = ?3", quote, session, account);
  if (!row.next()) return std::nullopt;
  const auto found = wire::from_json<wire::Quote>(row.text(0));
  if (!found) return std::nullopt;
  return *found;
}

void remember_quote(Work& work, const Id& session, const std::string& account, const wire::Quote& quote) {
  work.db.run("INSERT INTO quotes (quote, session, account, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
              quote.id, session, account, wire::to_json(quote));
}

bool same_promise(const wire::Quote& a, const wire::Quote& b) {
  return a.tiers == b.tiers && a.scale == b.scale && a.maximum == b.maximum;
}

}  // namespace pilotlight::ledger
