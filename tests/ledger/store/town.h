// A small town for tests: one ledger on a private directory, three accounts with cards, two terminals, a clock that
// moves only when told, and a terminal's side of the conversation (journal chain, sessions, notes).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ledger/store/ledger.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {

struct TestClock final : Clock {
  Moment at{0, 1'795'500'000'000};  // 2026-11-24 14:00 in Shanghai
  Moment now() override { return at; }
};

// Fresh ids and challenges that are the same in every run.
Id fresh_id();
Bytes fresh_challenge();

inline constexpr const char* wang = "610100000001";     // card ...0017, tariff home
inline constexpr const char* li = "610100000002";       // card ...0025
inline constexpr const char* factory = "610100000003";  // public, card ...0033
inline constexpr const char* wang_card = "6101000000000017";
inline constexpr const char* li_card = "6101000000000025";
inline constexpr const char* factory_card = "6101000000000033";

class Town : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;
  void reopen();

  // --- the customer's side ---
  wire::CardState card(const std::string& number, std::uint32_t purchase_number = 3) const;
  struct Visit {
    std::string terminal;
    Id session;
    wire::CardState card;
    wire::Identification identification;
    std::vector<wire::TenderedNote> notes;
  };
  Visit visit(const std::string& terminal, const wire::CardState& card);
  void put_in(Visit& visit, std::vector<int> yuan_notes) const;
  // As the terminal would ask: buys for all notes under the visit's quote.
  wire::AuthoriseRequest request_for(const Visit& visit) const;

  // --- the terminal's journal ---
  wire::Fact fact(const std::string& terminal, const wire::Record& record);
  wire::FactResult tell(const std::string& terminal, const wire::Record& record);  // one fact, sent
  void expect_lawful();
  std::int64_t book(const std::string& account);  // credit minus debit

  std::string dir_;
  TestClock clock_;
  std::unique_ptr<keys::CardKeys> keys_;
  std::unique_ptr<Ledger> ledger_;
  struct Journal {
    std::uint64_t seq = 0;
    Bytes hash = Bytes(32);
  };
  std::map<std::string, Journal> journals_;
};

}  // namespace pilotlight::ledger
