// A terminal's journal arrives: never refused, in order, once.
#include "ledger/store/terminals.h"
#include "tests/ledger/store/town.h"

namespace pilotlight::ledger {
namespace {

using wire::FactStatus;

class FactsTest : public Town {
 protected:
  wire::NoteStacked stacked(const Id& session, int value) const {
    return {session, fresh_id(), yuan(value), wire::NoteEvidence::CreditEvent};
  }
  wire::SessionEnded ended(const Id& session, const std::string& account, Money tendered) const {
    wire::SessionEnded fact;
    fact.session = session;
    fact.ending = wire::Ending::Credited;
    fact.account = account;
    fact.tendered = fact.credited = tendered;
    return fact;
  }
  std::string alert_codes() {
    std::string codes;
    for (const auto& alert : ledger_->alerts()) codes += alert.code + " ";
    return codes;
  }
};

TEST_F(FactsTest, AppliedOnceHoweverOftenTheyCome) {
  const Id session = fresh_id();
  wire::FactsRequest request;
  request.facts.push_back(fact("T0001", wire::SessionOpened{session}));
  request.facts.push_back(fact("T0001", stacked(session, 100)));
  const auto first = ledger_->facts("T0001", request).value();
  EXPECT_EQ(first.last_contiguous, 2U);
  EXPECT_EQ(first.epoch, 1U);
  for (const auto& result : first.results) EXPECT_EQ(result.status, FactStatus::Applied);
  const auto second = ledger_->facts("T0001", request).value();
  EXPECT_EQ(second.last_contiguous, 2U);
  for (const auto& result : second.results) EXPECT_EQ(result.status, FactStatus::Duplicate);
  EXPECT_EQ(book("cash:T0001"), -10'000);
  expect_lawful();
}

TEST_F(FactsTest, NothingAfterAGapIsTaken) {
  const Id session = fresh_id();
  const auto one = fact("T0001", wire::SessionOpened{session});
  const auto two = fact("T0001", stacked(session, 100));
  const auto three = fact("T0001", stacked(session, 50));
  const auto answer = ledger_->facts("T0001", {{one, three}}).value();
  EXPECT_EQ(answer.last_contiguous, 1U);
  ASSERT_EQ(answer.results.size(), 1U);
  EXPECT_EQ(book("cash:T0001"), 0);
  EXPECT_EQ(ledger_->facts("T0001", {{three}})->last_contiguous, 1U);
  EXPECT_EQ(ledger_->facts("T0001", {{two, three}})->last_contiguous, 3U);
  EXPECT_EQ(book("cash:T0001"), -15'000);
  expect_lawful();
}

TEST_F(FactsTest, OneBadItemIsParkedAndNotTheQueueBehindIt) {
  const Id session = fresh_id();
  auto garbage = fact("T0001", wire::SessionOpened{session});
  garbage.kind = "Nonsense";
  garbage.hash = fact_hash(Bytes(32), garbage);
  journals_["T0001"].hash = garbage.hash;
  auto broken = fact("T0001", wire::SessionOpened{session});
  broken.body = "{]";
  broken.hash = fact_hash(garbage.hash, broken);
  journals_["T0001"].hash = broken.hash;
  const auto good = fact("T0001", stacked(session, 100));
  const auto answer = ledger_->facts("T0001", {{garbage, broken, good}}).value();
  EXPECT_EQ(answer.results[0].status, FactStatus::Parked);
  EXPECT_EQ(answer.results[1].status, FactStatus::Parked);
  EXPECT_EQ(answer.results[2].status, FactStatus::Applied);
  EXPECT_FALSE(answer.results[0].reason.empty());
  EXPECT_EQ(answer.last_contiguous, 3U);
  expect_lawful();
}

TEST_F(FactsTest, AWrongHashIsParkedAndTheChainGoesOnFromIt) {
  const Id session = fresh_id();
  auto altered = fact("T0001", stacked(session, 100));
  altered.body = wire::record_body(stacked(session, 50));
  const auto next = fact("T0001", stacked(session, 20));
  const auto answer = ledger_->facts("T0001", {{altered, next}}).value();
  EXPECT_EQ(answer.results[0].status, FactStatus::Parked);
  EXPECT_EQ(answer.results[1].status, FactStatus::Applied);
  EXPECT_EQ(book("cash:T0001"), -2'000);
  EXPECT_EQ(ledger_->alerts().at(0).code, "ChainBroken");
}

TEST_F(FactsTest, AnotherFactUnderATakenNumberIsKeptAndStopsTheTerminal) {
  const Id session = fresh_id();
  tell("T0001", stacked(session, 100));
  journals_["T0001"] = {};  // the terminal was restored from an older copy
  const auto other = fact("T0001", stacked(session, 50));
  EXPECT_EQ(ledger_->facts("T0001", {{other}})->results.at(0).status, FactStatus::Parked);
  EXPECT_EQ(ledger_->facts("T0001", {{other}})->results.at(0).status, FactStatus::Duplicate);
  EXPECT_EQ(ledger_->terminal("T0001")->state, TerminalState::Behind);
  EXPECT_EQ(visit("T0001", card(wang_card)).identification.refusal, wire::Refusal::OutOfService);
  EXPECT_EQ(book("cash:T0001"), -10'000);
}

TEST_F(FactsTest, ATerminalThatHasForgottenIsPutOutOfService) {
  tell("T0001", wire::SessionOpened{fresh_id()});
  tell("T0001", wire::SessionOpened{fresh_id()});
  EXPECT_TRUE(ledger_->heartbeat("T0001", {1, "1", "in_service"})->may_trade);  // facts may overtake a heartbeat
  clock_.at.wall_ms += 31'000;
  const auto answer = ledger_->heartbeat("T0001", {1, "1", "in_service"}).value();
  EXPECT_FALSE(answer.may_trade);
  EXPECT_EQ(answer.last_contiguous, 2U);
  EXPECT_EQ(ledger_->terminal("T0001")->state, TerminalState::Behind);
  EXPECT_FALSE(ledger_->heartbeat("T0001", {2, "1", "in_service"})->may_trade);  // until staff confirm
  ASSERT_TRUE(ledger_->enable_terminal("T0001"));
  EXPECT_TRUE(ledger_->heartbeat("T0001", {2, "1", "in_service"})->may_trade);
}

TEST_F(FactsTest, TooManyAreRefusedAsAWhole) {
  wire::FactsRequest request;
  for (int i = 0; i < 101; ++i) request.facts.push_back(fact("T0001", wire::Incident{"X", "y"}));
  EXPECT_EQ(ledger_->facts("T0001", request).error(), Trouble::TooMany);
}

TEST_F(FactsTest, LeftMoneyGoesToTheAccountOrToSuspense) {
  const Visit named = visit("T0001", card(wang_card));
  tell("T0001", stacked(named.session, 100));
  tell("T0001", ended(named.session, wang, yuan(100)));
  EXPECT_EQ(ledger_->account(wang)->wallet, yuan(100));
  const Id nobody = fresh_id();
  tell("T0001", stacked(nobody, 20));
  tell("T0001", ended(nobody, "", yuan(20)));
  EXPECT_EQ(book("suspense:T0001"), 2'000);
  ASSERT_EQ(ledger_->suspense().size(), 1U);
  EXPECT_EQ(ledger_->suspense()[0].id, nobody);
  tell("T0001", ended(nobody, wang, yuan(20)));  // once
  EXPECT_EQ(book("suspense:T0001"), 2'000);
  expect_lawful();
}

TEST_F(FactsTest, ANoteThatComesToLightLateFollowsItsSession) {
  const Visit named = visit("T0001", card(wang_card));
  tell("T0001", ended(named.session, wang, yuan(0)));
  tell("T0001", stacked(named.session, 50));
  EXPECT_EQ(ledger_->account(wang)->wallet, yuan(50));
  const Id nobody = fresh_id();
  tell("T0001", ended(nobody, "", yuan(0)));
  tell("T0001", stacked(nobody, 10));
  EXPECT_EQ(book("suspense:T0001"), 1'000);
  EXPECT_EQ(ledger_->suspense().size(), 1U);
  expect_lawful();
}

TEST_F(FactsTest, DoubtStandsAsideUntilItIsSettled) {
  const Id session = fresh_id();
  const wire::NoteInDoubt one{session, fresh_id(), yuan(100)};
  const wire::NoteInDoubt two{session, fresh_id(), yuan(50)};
  tell("T0001", one);
  tell("T0001", one);
  tell("T0001", two);
  EXPECT_EQ(book("cash:T0001"), 0);
  EXPECT_EQ(ledger_->audit()->in_doubt, yuan(150));
  EXPECT_EQ(ledger_->suspense().size(), 2U);
  expect_lawful();
  tell("T0001", wire::NoteStacked{session, one.note, yuan(100), wire::NoteEvidence::Staff});
  tell("T0001", wire::NoteReturned{session, two.note, yuan(50), wire::NoteEvidence::Staff});
  EXPECT_EQ(book("cash:T0001"), -10'000);
  EXPECT_EQ(ledger_->audit()->in_doubt, Money{0});
  EXPECT_TRUE(ledger_->suspense().empty());
  expect_lawful();
}

TEST_F(FactsTest, AFoundNoteIsSuspenseWithItsEvidence) {
  tell("T0001", wire::NoteFound{fresh_id(), yuan(50), wang, "cleared to cashbox at power-up"});
  tell("T0001", wire::NoteFound{fresh_id(), Money{0}, "", "counter went up by one"});
  EXPECT_EQ(book("suspense:T0001"), 5'000);
  const auto items = ledger_->suspense();
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(ledger_->account(wang)->wallet, Money{0});
  expect_lawful();
}

TEST_F(FactsTest, AReturnedNoteIsNeverCredited) {
  const Id session = fresh_id();
  const Id note = fresh_id();
  tell("T0001", wire::NoteReturned{session, note, yuan(100), wire::NoteEvidence::PowerUpEvent});
  EXPECT_EQ(tell("T0001", wire::NoteStacked{session, note, yuan(100), wire::NoteEvidence::CreditEvent}).status,
            FactStatus::Parked);
  EXPECT_EQ(book("cash:T0001"), 0);
  EXPECT_NE(alert_codes().find("NoteContradicted"), std::string::npos);
}

TEST_F(FactsTest, M7DifferentAmountsAreAnAlertNotARefusal) {
  const Visit named = visit("T0001", card(wang_card));
  tell("T0001", stacked(named.session, 100));
  EXPECT_EQ(tell("T0001", ended(named.session, wang, yuan(120))).status, FactStatus::Applied);
  EXPECT_EQ(ledger_->account(wang)->wallet, yuan(100));
  EXPECT_EQ(alert_codes(), "AmountsDiffer AmountsDiffer ");
  EXPECT_FALSE(ledger_->audit()->violations.empty());
}

TEST_F(FactsTest, AmountsOutOfRangeDoNoHarm) {
  const Id session = fresh_id();
  for (const std::int64_t fen :
       {std::int64_t{0}, std::int64_t{-100}, std::int64_t{INT64_MAX}, std::int64_t{INT64_MIN}}) {
    wire::NoteStacked note{session, fresh_id(), Money{fen}, wire::NoteEvidence::CreditEvent};
    EXPECT_EQ(tell("T0001", note).status, FactStatus::Parked);
    wire::SessionEnded end = ended(fresh_id(), "", Money{fen});
    end.delivered = end.pending = end.in_doubt = Money{INT64_MAX};
    EXPECT_EQ(tell("T0001", end).status, FactStatus::Applied);
  }
  EXPECT_EQ(book("cash:T0001"), 0);
}

TEST_F(FactsTest, WriteReportsThatCannotBeTrueAreParked) {
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  const auto request = request_for(here);
  ASSERT_EQ(ledger_->authorise("T0001", request)->refusal, wire::Refusal::None);
  EXPECT_EQ(tell("T0001", wire::WriteVerified{here.session, request.top_up, card(wang_card, 3)}).status,
            FactStatus::Parked);
  EXPECT_EQ(tell("T0001", wire::WriteVerified{here.session, request.top_up, card(li_card, 4)}).status,
            FactStatus::Parked);
  EXPECT_EQ(tell("T0001", wire::WriteVerified{here.session, fresh_id(), card(wang_card, 4)}).status,
            FactStatus::Parked);
  EXPECT_EQ(ledger_->top_up(request.top_up)->state, "Pending");
}

class DocumentTest : public FactsTest {
 protected:
  wire::Document document(std::uint32_t number, std::uint32_t replaces = 0) const {
    wire::Document made;
    made.number = number;
    made.replaces = replaces;
    made.kind = wire::DocumentKind::CreditSlip;
    made.session = fresh_id();
    return made;
  }
  std::string laws() {
    std::string text;
    const Audit audit = ledger_->audit().value();
    for (const auto& violation : audit.violations) text += violation.law + " ";
    return text;
  }
};

TEST_F(DocumentTest, M8ASpoiledOneIsVoidedAndReplaced) {
  tell("T0001", wire::DocumentIntended{document(1)});
  expect_lawful();  // the newest may still be in the printer
  tell("T0001", wire::DocumentVoided{1, "paper out"});
  tell("T0001", wire::DocumentIntended{document(2, 1)});
  tell("T0001", wire::DocumentPrinted{2});
  expect_lawful();
  EXPECT_TRUE(ledger_->document("T0001", 1)->voided);
  EXPECT_EQ(ledger_->document("T0001", 1)->replaced_by, 2U);
  EXPECT_TRUE(ledger_->document("T0001", 2)->printed);
  EXPECT_FALSE(ledger_->document("T0001", 3));
  EXPECT_FALSE(ledger_->document("T0002", 1));
}

TEST_F(DocumentTest, M8GapsDoublesAndLooseEndsAreFound) {
  tell("T0001", wire::DocumentIntended{document(1)});
  tell("T0001", wire::DocumentIntended{document(3, 1)});
  EXPECT_EQ(laws(), "M8 M8 M8 ");  // 1 is open, 2 is missing, 3 replaces one that is not voided
  tell("T0001", wire::DocumentIntended{document(3)});
  EXPECT_NE(alert_codes().find("DocumentTwice"), std::string::npos);
}

TEST_F(DocumentTest, M7AReceiptMustSayWhatWasBooked) {
  wire::Document receipt = document(1);
  receipt.kind = wire::DocumentKind::TopUpReceipt;
  receipt.cost = yuan(5);
  tell("T0001", wire::DocumentIntended{receipt});
  tell("T0001", wire::DocumentPrinted{1});
  EXPECT_EQ(laws(), "M7 ");
}

}  // namespace
}  // namespace pilotlight::ledger
