// The ledger comes back from an older copy: epoch, catching up, and building again what was forgotten.
#include "tests/ledger/store/town.h"

namespace pilotlight::ledger {
namespace {

using wire::Refusal;

class RestoreTest : public Town {
 protected:
  void keep_copy() {
    ledger_.reset();
    std::filesystem::copy_file(dir_ + "/ledger.db", dir_ + "/backup.db");
    reopen();
  }
  void restore() {
    ledger_.reset();
    std::filesystem::copy_file(dir_ + "/backup.db", dir_ + "/ledger.db",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::remove(dir_ + "/ledger.db-wal");
    std::filesystem::remove(dir_ + "/ledger.db-shm");
    reopen();
    EXPECT_EQ(ledger_->declare_restored().value(), 2U);
  }
  // What the paying terminal's journal says of a visit, up to the payment.
  std::vector<wire::Fact> paid(const Visit& here, const wire::AuthoriseRequest& request,
                               const wire::TopUpRecord& record) {
    std::vector<wire::Fact> facts;
    const auto add = [&](const wire::Record& said) { facts.push_back(fact(here.terminal, said)); };
    add(wire::SessionOpened{here.session});
    add(wire::CustomerIdentified{here.session, wang, "王*", here.card, *here.identification.quote});
    for (const auto& note : here.notes)
      add(wire::NoteStacked{here.session, note.note, note.value, wire::NoteEvidence::CreditEvent});
    add(wire::AuthoriseIntended{request});
    add(wire::TopUpAuthorised{here.session, request.top_up, record});
    return facts;
  }
  void expect_applied(const std::string& terminal, const std::vector<wire::Fact>& facts) {
    const auto answer = ledger_->facts(terminal, {facts}).value();
    for (const auto& result : answer.results) EXPECT_EQ(result.status, wire::FactStatus::Applied) << result.reason;
  }
};

TEST_F(RestoreTest, TheTerminalsJournalBringsBackWhatWasForgotten) {
  keep_copy();
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100, 50});
  const auto request = request_for(here);
  const auto answer = ledger_->authorise("T0001", request).value();
  ASSERT_EQ(answer.refusal, Refusal::None);
  std::vector<wire::Fact> facts = paid(here, request, answer.record);
  facts.push_back(fact("T0001", wire::WriteIntended{here.session, request.top_up, 2, 4}));
  facts.push_back(fact("T0001", wire::WriteVerified{here.session, request.top_up, card(wang_card, 4)}));
  ASSERT_EQ(ledger_->facts("T0001", {facts})->last_contiguous, facts.size());
  const auto before = ledger_->trial_balance();

  restore();
  // nothing is sold or written meanwhile
  EXPECT_FALSE(ledger_->heartbeat("T0001", {facts.size(), "1", "in_service"})->may_trade);
  EXPECT_EQ(visit("T0001", card(li_card)).identification.refusal, Refusal::OutOfService);
  EXPECT_EQ(ledger_->abandon("T0001", {request.top_up, here.session}).error(), Trouble::CatchingUp);
  EXPECT_EQ(ledger_->void_top_up("T0001", {request.top_up, here.session, 1, here.card}).error(), Trouble::CatchingUp);
  EXPECT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::OutOfService);
  // the terminal sends again from where the ledger stands
  const auto caught_up = ledger_->facts("T0001", {facts}).value();
  EXPECT_EQ(caught_up.epoch, 2U);
  EXPECT_EQ(caught_up.last_contiguous, facts.size());
  for (const auto& result : caught_up.results) EXPECT_EQ(result.status, wire::FactStatus::Applied) << result.reason;
  // Another terminal may hold a purchase for any card: nobody sells before all have sent.
  EXPECT_FALSE(ledger_->heartbeat("T0001", {facts.size(), "1", "in_service"})->may_trade);
  EXPECT_EQ(visit("T0001", card(li_card)).identification.refusal, Refusal::OutOfService);
  EXPECT_TRUE(ledger_->heartbeat("T0002", {0, "1", "in_service"})->may_trade);
  EXPECT_TRUE(ledger_->heartbeat("T0001", {facts.size(), "1", "in_service"})->may_trade);

  const auto after = ledger_->trial_balance();
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].account, after[i].account);
    EXPECT_EQ(before[i].debit, after[i].debit) << before[i].account;
    EXPECT_EQ(before[i].credit, after[i].credit) << before[i].account;
  }
  EXPECT_EQ(ledger_->account(wang)->cards[0].purchase_number, 4U);
  EXPECT_EQ(ledger_->top_up(request.top_up)->highest_attempt, 2U);
  // and the authorise is known again under its id
  EXPECT_EQ(ledger_->authorise("T0001", request)->record, answer.record);
  auto other = request;
  other.cost += Money{1};
  EXPECT_EQ(ledger_->authorise("T0001", other)->refusal, Refusal::ContentChanged);
  expect_lawful();
}

// Paid at T0001, written at T0002; after the restore T0002's journal comes first.
TEST_F(RestoreTest, WhatAnotherTerminalWroteWaitsForTheOneThatWasPaid) {
  keep_copy();
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  const auto request = request_for(here);
  const auto answer = ledger_->authorise("T0001", request).value();
  const std::vector<wire::Fact> payment = paid(here, request, answer.record);
  Visit there = visit("T0002", card(wang_card));
  std::vector<wire::Fact> written;
  written.push_back(fact("T0002", wire::SessionOpened{there.session}));
  written.push_back(fact("T0002", wire::TopUpAuthorised{there.session, request.top_up, answer.record}));
  written.push_back(fact("T0002", wire::WriteIntended{there.session, request.top_up, 2, 4}));
  written.push_back(fact("T0002", wire::WriteVerified{there.session, request.top_up, card(wang_card, 4)}));

  restore();
  expect_applied("T0002", written);
  EXPECT_FALSE(ledger_->heartbeat("T0002", {written.size(), "1", "in_service"})->may_trade);
  expect_applied("T0001", payment);
  EXPECT_EQ(ledger_->top_up(request.top_up)->state, "Written");
  EXPECT_EQ(ledger_->top_up(request.top_up)->highest_attempt, 2U);
  EXPECT_EQ(ledger_->account(wang)->cards[0].purchase_number, 4U);
  EXPECT_TRUE(ledger_->heartbeat("T0001", {payment.size(), "1", "in_service"})->may_trade);
  expect_lawful();
}

// Two purchases of one card at two terminals; after the restore the later one comes first, or second.
TEST_F(RestoreTest, OfTwoForgottenPurchasesTheLowerNumberWasWritten) {
  for (const bool later_first : {true, false}) {
    TearDown();
    journals_.clear();
    SetUp();
    keep_copy();
    std::map<std::string, std::vector<wire::Fact>> sent;
    std::vector<Id> top_ups;
    std::uint32_t number = 3;
    for (const std::string terminal : {"T0001", "T0002"}) {
      Visit here = visit(terminal, card(wang_card, number++));
      put_in(here, {100});
      const auto request = request_for(here);
      const auto answer = ledger_->authorise(terminal, request).value();
      ASSERT_EQ(answer.refusal, Refusal::None);
      auto& facts = sent[terminal];
      facts = paid(here, request, answer.record);
      if (terminal == "T0001") {
        facts.push_back(fact(terminal, wire::WriteIntended{here.session, request.top_up, 1, number}));
        facts.push_back(fact(terminal, wire::WriteVerified{here.session, request.top_up, card(wang_card, number)}));
        ASSERT_TRUE(ledger_->facts(terminal, {facts}));
      }
      top_ups.push_back(request.top_up);
    }
    restore();
    for (const std::string terminal : {later_first ? "T0002" : "T0001", later_first ? "T0001" : "T0002"})
      expect_applied(terminal, sent[terminal]);
    EXPECT_EQ(ledger_->top_up(top_ups[0])->state, "Written");
    EXPECT_EQ(ledger_->top_up(top_ups[1])->state, "Pending");
    expect_lawful();
  }
}

// A journal that names a purchase without the money for it must not settle another one on its way to being parked.
TEST_F(RestoreTest, AHigherNumberWithoutMoneyPostsNothing) {
  keep_copy();
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  const auto request = request_for(here);
  const auto answer = ledger_->authorise("T0001", request).value();
  const auto payment = paid(here, request, answer.record);
  restore();
  expect_applied("T0001", payment);
  Visit there = visit("T0002", card(wang_card));
  there.identification.quote = here.identification.quote;
  there.identification.quote->id = fresh_id();
  auto claim = request;
  claim.quote = there.identification.quote->id;
  claim.top_up = fresh_id();
  claim.session = there.session;
  claim.notes.clear();
  auto record = answer.record;
  record.purchase_number += 1;
  const auto told = ledger_->facts("T0002", {paid(there, claim, record)}).value();
  EXPECT_EQ(told.results.back().status, wire::FactStatus::Parked);
  EXPECT_EQ(told.results.back().reason, "its session does not hold the money");
  EXPECT_EQ(ledger_->top_up(request.top_up)->state, "Pending");
  EXPECT_EQ(ledger_->account(wang)->cards[0].purchase_number, 3U);
}

// Out of service does not mean that its journal holds nothing: what it has not sent yet still counts for itself.
TEST_F(RestoreTest, ADisabledTerminalCatchesUpBeforeItVoids) {
  keep_copy();
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  const auto request = request_for(here);
  const auto answer = ledger_->authorise("T0001", request).value();
  auto facts = paid(here, request, answer.record);
  facts.push_back(fact("T0001", wire::WriteIntended{here.session, request.top_up, 2, 4}));
  restore();
  ASSERT_TRUE(ledger_->disable_terminal("T0001", "door"));
  ASSERT_TRUE(ledger_->heartbeat("T0002", {0, "1", "in_service"})->may_trade);  // staff took T0001 out: no waiting
  EXPECT_EQ(ledger_->void_top_up("T0001", {request.top_up, here.session, 1, here.card}).error(), Trouble::CatchingUp);
  expect_applied("T0001", facts);
  EXPECT_EQ(ledger_->top_up(request.top_up)->highest_attempt, 2U);
  expect_lawful();
}

TEST_F(RestoreTest, GasThatNobodyPaidForIsToldToStaffOnceAllHaveSent) {
  keep_copy();
  restore();
  const Visit there = visit("T0002", card(wang_card));
  const Id top_up = fresh_id();
  EXPECT_EQ(tell("T0002", wire::WriteVerified{there.session, top_up, card(wang_card, 4)}).status,
            wire::FactStatus::Applied);
  ASSERT_TRUE(ledger_->heartbeat("T0002", {1, "1", "in_service"}));
  const auto told = [&] {
    const auto alerts = ledger_->alerts();
    return std::count_if(alerts.begin(), alerts.end(), [](const AlertView& a) { return a.code == "WrittenUnknown"; });
  };
  EXPECT_EQ(told(), 0);
  ASSERT_TRUE(ledger_->heartbeat("T0001", {0, "1", "in_service"})->may_trade);
  EXPECT_EQ(told(), 1);
}

TEST_F(RestoreTest, AJournalAloneNeverMakesGas) {
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  auto request = request_for(here);
  tell("T0001", wire::AuthoriseIntended{request});
  tell("T0001", wire::NoteStacked{here.session, here.notes[0].note, yuan(100), wire::NoteEvidence::CreditEvent});
  const wire::TopUpRecord record{4, Volume{500'000}, Volume{620'000}, yuan(100), Money{0}};
  EXPECT_EQ(tell("T0001", wire::TopUpAuthorised{here.session, request.top_up, record}).status,
            wire::FactStatus::Parked);
  EXPECT_EQ(ledger_->seal("T0001", {fresh_id(), request.top_up, here.card, fresh_challenge()})->refusal,
            Refusal::UnknownTopUp);
  ASSERT_TRUE(ledger_->declare_restored());  // not even then, at another price than its quote's
  request.top_up = fresh_id();
  tell("T0001", wire::AuthoriseIntended{request});
  EXPECT_EQ(tell("T0001", wire::TopUpAuthorised{here.session, request.top_up, record}).status,
            wire::FactStatus::Parked);
  EXPECT_FALSE(ledger_->top_up(request.top_up));
}

TEST_F(RestoreTest, QuotesOfAJournalAreCheckedBeforeTheyAreBelieved) {
  ASSERT_TRUE(ledger_->declare_restored());
  const Id session = fresh_id();
  wire::Quote quote{fresh_id(), "not a date", {{Money{1}, Volume{0}}}, Volume{10}, yuan(1)};
  EXPECT_EQ(tell("T0001", wire::CustomerIdentified{session, wang, "", card(wang_card), quote}).status,
            wire::FactStatus::Applied);
  auto request = request_for({"T0001", session, card(wang_card), {}, {{fresh_id(), yuan(1)}}});
  request.account = wang;
  request.quote = quote.id;
  tell("T0001", wire::AuthoriseIntended{request});
  EXPECT_EQ(tell("T0001", wire::TopUpAuthorised{session, request.top_up, {4, Volume{100'000}, Volume{0}, yuan(1), {}}})
                .status,
            wire::FactStatus::Parked);
}

TEST_F(RestoreTest, AForgottenVoidIsMadeAgainAndOnlyThen) {
  const auto pay = [&](const char* number) {
    Visit here = visit("T0001", card(number));
    put_in(here, {100});
    auto request = request_for(here);
    EXPECT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::None);
    return request;
  };
  const auto never_voided = pay(wang_card);
  const auto forgotten = pay(li_card);
  tell("T0001", wire::TopUpVoided{never_voided.session, never_voided.top_up});
  EXPECT_EQ(ledger_->top_up(never_voided.top_up)->state, "Pending");
  EXPECT_EQ(ledger_->alerts().at(0).code, "TopUpContradicted");
  ASSERT_TRUE(ledger_->declare_restored());
  tell("T0001", wire::TopUpVoided{forgotten.session, forgotten.top_up});
  EXPECT_EQ(ledger_->top_up(forgotten.top_up)->state, "Voided");
}

}  // namespace
}  // namespace pilotlight::ledger
