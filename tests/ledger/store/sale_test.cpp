// Who is sold gas, and at what price: identify and authorise by rule id.
#include "kiosk/base/tariff.h"
#include "ledger/store/questions.h"
#include "tests/ledger/store/town.h"

namespace pilotlight::ledger {
namespace {

using wire::Refusal;

class SaleTest : public Town {
 protected:
  Refusal refusal_of(const wire::CardState& state) { return visit("T0001", state).identification.refusal; }
  void update_account(const std::string& row) {
    const auto counts = ledger_->import_accounts(
        "account,name,address,class,tariff,open,safety_hold,supply_stopped,arrears_yuan,due_date,year,year_m3\n" + row);
    ASSERT_TRUE(counts) << counts.error().text;
    ASSERT_EQ(counts->changed, 1U);
  }
};

TEST_F(SaleTest, IdentifyNamesTheAccountMasked) {
  const auto answer = visit("T0001", card(li_card)).identification;
  EXPECT_EQ(answer.refusal, Refusal::None);
  EXPECT_EQ(answer.account, li);
  EXPECT_EQ(answer.masked_name, "李*");
  EXPECT_EQ(answer.masked_address, "幸福路**号");
  EXPECT_EQ(answer.arrears, Money{3'520});  // shown; they do not stop sales here
  ASSERT_TRUE(answer.quote);
  EXPECT_EQ(answer.quote->business_date, "2026-11-24");
  EXPECT_EQ(answer.quote->scale, Volume{10});
  // 290 m3 were bought before: 10 m3 are left in the first tier
  EXPECT_EQ(answer.quote->tiers,
            (std::vector<Tier>{{Money{263}, Volume{10'000}}, {Money{315}, Volume{200'000}}, {Money{394}, Volume{0}}}));
}

// M2: a terminal that names another one's session gets neither its name nor its money.
TEST_F(SaleTest, ASessionBelongsToTheTerminalThatOpenedIt) {
  Visit mine = visit("T0001", card(wang_card));
  put_in(mine, {100});
  EXPECT_EQ(ledger_->identify("T0002", {mine.session, card(li_card)})->refusal, Refusal::OutOfService);
  EXPECT_EQ(ledger_->authorise("T0002", request_for(mine))->refusal, Refusal::OutOfService);
  EXPECT_EQ(book("tender:" + to_string(mine.session)), 0);
  EXPECT_EQ(ledger_->alerts().at(0).code, "ForeignSession");
  EXPECT_EQ(ledger_->authorise("T0001", request_for(mine))->refusal, Refusal::None);
}

TEST_F(SaleTest, TheOrderOfTheRefusals) {
  EXPECT_EQ(refusal_of(card("9999999999999999")), Refusal::UnknownCard);
  EXPECT_EQ(refusal_of(card(wang_card, 4)), Refusal::NumberAhead);
  EXPECT_EQ(refusal_of(card(wang_card, 2)), Refusal::NumberBehind);
  auto unloaded = card(wang_card);
  unloaded.volume = Volume{10};
  EXPECT_EQ(refusal_of(unloaded), Refusal::NotLoaded);
  update_account("610100000001,王小明,幸福路,residential,home,yes,no,yes,0,,2026,0\n");
  EXPECT_EQ(refusal_of(unloaded), Refusal::SupplyStopped);  // LATE-8
  ASSERT_TRUE(ledger_->set_safety_hold(wang, true, "hose"));
  EXPECT_EQ(refusal_of(card(wang_card, 4)), Refusal::SafetyHold);  // SAFE-4
  update_account("610100000001,王小明,幸福路,residential,home,no,yes,yes,0,,2026,0\n");
  EXPECT_EQ(refusal_of(card(wang_card)), Refusal::AccountClosed);
  ASSERT_TRUE(ledger_->block_card(wang_card, "lost"));
  const auto blocked = visit("T0001", card(wang_card)).identification;
  EXPECT_EQ(blocked.refusal, Refusal::BlockedCard);  // CARD-6
  EXPECT_EQ(blocked.account, "");                    // whoever found the card learns nothing
  EXPECT_EQ(blocked.masked_name, "");
}

TEST_F(SaleTest, Late2StopsAPublicBuildingAfterFifteenDays) {
  update_account("610100000003,东风厂,工业路,public,works,yes,no,no,1000.00,2026-11-09,2026,0\n");
  EXPECT_EQ(refusal_of(card(factory_card)), Refusal::None);  // the 15th day
  update_account("610100000003,东风厂,工业路,public,works,yes,no,no,1000.00,2026-11-08,2026,0\n");
  EXPECT_EQ(refusal_of(card(factory_card)), Refusal::SupplyStopped);
}

TEST_F(SaleTest, WhatIsPaidIsDeliveredWhateverStopsSales) {
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  const auto request = request_for(here);
  ASSERT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::None);
  ASSERT_TRUE(ledger_->set_safety_hold(wang, true, "hose"));
  const auto later = visit("T0002", card(wang_card)).identification;
  EXPECT_EQ(later.refusal, Refusal::SafetyHold);
  ASSERT_TRUE(later.pending);
  EXPECT_EQ(ledger_->seal("T0002", {fresh_id(), request.top_up, card(wang_card), fresh_challenge()})->refusal,
            Refusal::None);
}

TEST_F(SaleTest, TheQuoteHoldsForItsSession) {
  const Visit here = visit("T0001", card(wang_card));
  const auto again = ledger_->identify("T0001", {here.session, here.card}).value();
  EXPECT_EQ(again.quote, here.identification.quote);
  EXPECT_NE(visit("T0001", card(wang_card)).identification.quote->id, here.identification.quote->id);
}

TEST_F(SaleTest, AChangedQuoteIsShownAndConfirmedAgain) {
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  const auto request = request_for(here);
  ASSERT_TRUE(ledger_->import_tariffs("tariff,upto_m3,price_yuan,per_sale_m3\nhome,,3.00,500\n"));
  const auto changed = ledger_->authorise("T0001", request).value();
  EXPECT_EQ(changed.refusal, Refusal::QuoteChanged);
  ASSERT_TRUE(changed.new_quote);
  EXPECT_EQ(changed.new_quote->tiers, (std::vector<Tier>{{Money{300}, Volume{0}}}));
  EXPECT_EQ(ledger_->authorise("T0001", request).value(), changed);
  here.identification.quote = changed.new_quote;
  EXPECT_EQ(ledger_->authorise("T0001", request_for(here))->refusal, Refusal::None);
  EXPECT_EQ(book("cash:T0001"), -10'000);
  expect_lawful();
}

TEST_F(SaleTest, AQuoteOfAnotherSessionIsUnknown) {
  const Visit other = visit("T0001", card(wang_card));
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  auto request = request_for(here);
  request.quote = other.identification.quote->id;
  EXPECT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::QuoteUnknown);
}

TEST_F(SaleTest, EveryAmountMustAgree) {
  const auto refused = [&](const std::function<void(wire::AuthoriseRequest&)>& change) {
    Visit here = visit("T0001", card(wang_card));
    put_in(here, {100, 20});
    auto request = request_for(here);
    change(request);
    return ledger_->authorise("T0001", request)->refusal;
  };
  EXPECT_EQ(refused([](auto& r) { r.cost += Money{1}; }), Refusal::AmountMismatch);
  EXPECT_EQ(refused([](auto& r) { r.volume += Volume{10}; }), Refusal::AmountMismatch);
  EXPECT_EQ(refused([](auto& r) { r.change += Money{1}; }), Refusal::AmountMismatch);
  EXPECT_EQ(refused([](auto& r) { r.amount += yuan(1); }), Refusal::AmountMismatch);
  EXPECT_EQ(refused([](auto& r) { r.notes.pop_back(); }), Refusal::AmountMismatch);
  EXPECT_EQ(refused([](auto& r) { r.notes[1] = r.notes[0]; }), Refusal::AmountMismatch);  // one note twice
  EXPECT_EQ(refused([](auto& r) { r.notes[0].value = Money{-1}; }), Refusal::AmountMismatch);
  EXPECT_EQ(refused([](auto& r) {
              r.amount = yuan(1'000'000);
              r.notes.clear();
            }),
            Refusal::OverLimit);
  EXPECT_EQ(refused([](auto& r) { r.account = li; }), Refusal::UnknownCard);
  EXPECT_EQ(refused([](auto& r) { r.card.total = Volume{INT64_MAX}; }), Refusal::OverLimit);
  EXPECT_EQ(refused([](auto& r) { r.card.total = Volume{INT64_MIN}; }), Refusal::OverLimit);
}

TEST_F(SaleTest, G5BoundsOneSale) {
  const auto quote = visit("T0001", card(wang_card)).identification.quote.value();
  // 300 m3 at 2.63 and 200 m3 at 3.15
  EXPECT_EQ(quote.maximum, Money{78'900 + 63'000});
  EXPECT_EQ(buy(quote.maximum, quote.tiers, quote.scale).volume, Volume{500'000});
}

TEST_F(SaleTest, TiersFollowWhatWasBoughtThisYear) {
  Visit here = visit("T0001", card(li_card));
  put_in(here, {100});
  const auto answer = ledger_->authorise("T0001", request_for(here)).value();
  // 10 m3 at 2.63, the other 73.70 yuan at 3.15
  EXPECT_EQ(answer.record.volume, Volume{10'000 + 23'390});
  EXPECT_EQ(ledger_->account(li)->year_volume, Volume{290'000 + 33'390});
  expect_lawful();
  // the year turns at midnight in Shanghai
  clock_.at.wall_ms += std::int64_t{38} * 24 * 3600 * 1000;
  EXPECT_EQ(ledger_->account(li)->year_volume, Volume{0});
}

TEST_F(SaleTest, AnAmountThatBuysNothingIsNotSold) {
  ASSERT_TRUE(ledger_->import_tariffs("tariff,upto_m3,price_yuan,per_sale_m3\nhome,,99999,500\n"));
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {1});
  EXPECT_EQ(ledger_->authorise("T0001", request_for(here))->refusal, Refusal::AmountMismatch);
}

TEST_F(SaleTest, ANoteBelongsToOneSession) {
  Visit first = visit("T0001", card(wang_card));
  put_in(first, {100});
  ASSERT_EQ(ledger_->authorise("T0001", request_for(first))->refusal, Refusal::None);
  Visit second = visit("T0002", card(li_card));
  second.notes = first.notes;
  EXPECT_EQ(ledger_->authorise("T0002", request_for(second))->refusal, Refusal::AmountMismatch);
  EXPECT_EQ(book("cash:T0001") + book("cash:T0002"), -10'000);
  EXPECT_EQ(ledger_->alerts().at(0).code, "NoteContradicted");
}

TEST_F(SaleTest, WhoMayAsk) {
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  const auto request = request_for(here);
  EXPECT_EQ(ledger_->authorise("T0099", request).error(), Trouble::UnknownTerminal);
  ASSERT_TRUE(ledger_->disable_terminal("T0001", "door"));
  EXPECT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::OutOfService);
  EXPECT_EQ(visit("T0001", card(wang_card)).identification.refusal, Refusal::OutOfService);
  EXPECT_FALSE(ledger_->heartbeat("T0001", {0, "1", "in_service"})->may_trade);
  ASSERT_TRUE(ledger_->enable_terminal("T0001"));
  EXPECT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::None);  // it had not been looked at
  ASSERT_TRUE(ledger_->revoke_terminal("T0001", "stolen"));
  EXPECT_EQ(ledger_->authorise("T0001", request).error(), Trouble::Revoked);
  EXPECT_EQ(ledger_->facts("T0001", {}).error(), Trouble::Revoked);
  EXPECT_FALSE(ledger_->enable_terminal("T0001"));
}

}  // namespace
}  // namespace pilotlight::ledger
