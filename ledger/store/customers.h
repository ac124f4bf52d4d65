// Accounts, cards, tariffs, and the quote made from them.
#pragma once

#include <optional>
#include <string>

#include "ledger/rules/sale.h"
#include "ledger/store/work.h"

namespace pilotlight::ledger {

struct Account {
  std::string account;
  std::string name;
  std::string address;
  std::string tariff;
  rules::Standing standing;
};
std::optional<Account> find_account(Database& db, const std::string& account);
bool account_exists(Database& db, const std::string& account);

struct Card {
  std::string card_number;
  std::string account;
  std::uint32_t purchase_number = 0;
  std::uint8_t replacement_count = 0;
  bool blocked = false;
};
std::optional<Card> find_card(Database& db, const std::string& card_number);
// The last purchase known to be on the card; never goes down.
void raise_card_number(Database& db, const std::string& card_number, std::uint32_t number);

// Gas bought in that year, pending top-ups included: tiers are yearly per account.
Volume year_volume(Database& db, const std::string& account, int year);
void add_year_volume(Database& db, const std::string& account, int year, Volume volume);

// The price promise that holds for this session now: the earlier one while nothing has changed, else a new one, kept.
wire::Quote quote_for(Work& work, const Id& session, const Account& account);
std::optional<wire::Quote> find_quote(Database& db, const Id& quote, const Id& session, const std::string& account);
// A quote the terminal holds and a restored ledger has forgotten.
void remember_quote(Work& work, const Id& session, const std::string& account, const wire::Quote& quote);
// Same tiers, scale and limit: what the customer was shown still holds.
bool same_promise(const wire::Quote& a, const wire::Quote& b);

}  // namespace pilotlight::ledger
