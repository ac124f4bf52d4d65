// The life of a top-up, seen from a terminal.
#include "tests/ledger/store/town.h"

namespace pilotlight::ledger {
namespace {

using wire::Refusal;

class TopUpTest : public Town {
 protected:
  // Identified, 150 yuan put in, authorised.
  struct Paid {
    Visit visit;
    wire::AuthoriseRequest request;
    wire::Authorisation answer;
  };
  Paid pay(const std::string& terminal = "T0001", std::vector<int> notes = {100, 50}) {
    Paid paid{visit(terminal, card(wang_card)), {}, {}};
    put_in(paid.visit, std::move(notes));
    paid.request = request_for(paid.visit);
    paid.answer = ledger_->authorise(terminal, paid.request).value();
    return paid;
  }
  wire::CardState written(const Paid& paid) const {
    wire::CardState state = card(wang_card, paid.answer.record.purchase_number);
    state.volume = paid.answer.record.volume;
    state.total = paid.answer.record.total;
    state.sequence = 7;
    return state;
  }
  wire::SessionEnded ended(const Paid& paid, wire::Ending ending) const {
    wire::SessionEnded fact;
    fact.session = paid.visit.session;
    fact.ending = ending;
    fact.account = wang;
    fact.tendered = paid.request.amount;
    if (ending == wire::Ending::Delivered) {
      fact.delivered = paid.answer.record.cost;
      fact.credited = paid.answer.record.change;
    } else if (ending == wire::Ending::Credited) {
      fact.credited = paid.request.amount;
    } else if (ending == wire::Ending::PendingOnCard) {
      fact.pending = paid.request.amount;  // the whole of it, its change too
    }
    return fact;
  }
};

TEST_F(TopUpTest, FromNotesToRevenueAndWallet) {
  const Paid paid = pay();
  ASSERT_EQ(paid.answer.refusal, Refusal::None);
  EXPECT_EQ(paid.answer.record, (wire::TopUpRecord{4, Volume{57'030}, Volume{177'030}, Money{14'998}, Money{2}}));
  EXPECT_EQ(paid.answer.seal.attempt, 1U);
  ASSERT_EQ(paid.answer.seal.command.size(), 5U + 24U + 4U);
  EXPECT_EQ(to_hex(paid.answer.seal.command).substr(0, 50), "04d695181c0000000700000004000016470000452720261124");
  EXPECT_EQ(book("cash:T0001"), -15'000);
  EXPECT_EQ(book("pending:" + to_string(paid.request.top_up)), 15'000);
  EXPECT_EQ(ledger_->account(wang)->year_volume, Volume{57'030});  // pending counts for the tiers
  expect_lawful();

  EXPECT_EQ(tell("T0001", wire::WriteVerified{paid.visit.session, paid.request.top_up, written(paid)}).status,
            wire::FactStatus::Applied);
  EXPECT_EQ(tell("T0001", ended(paid, wire::Ending::Delivered)).status, wire::FactStatus::Applied);
  EXPECT_EQ(book("revenue:gas"), 14'998);
  EXPECT_EQ(ledger_->account(wang)->wallet, Money{2});
  EXPECT_EQ(ledger_->account(wang)->cards[0].purchase_number, 4U);
  EXPECT_EQ(ledger_->top_up(paid.request.top_up)->state, "Written");
  EXPECT_TRUE(ledger_->alerts().empty());
  expect_lawful();
}

TEST_F(TopUpTest, M5RepeatedRequestsReturnTheFirstOutcome) {
  const Paid paid = pay();
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ledger_->authorise("T0001", paid.request).value(), paid.answer);
  reopen();
  EXPECT_EQ(ledger_->authorise("T0001", paid.request).value(), paid.answer);
  EXPECT_EQ(book("cash:T0001"), -15'000);
  // also after it has been written, and from another life of the terminal
  tell("T0001", wire::WriteVerified{paid.visit.session, paid.request.top_up, written(paid)});
  EXPECT_EQ(ledger_->authorise("T0001", paid.request).value(), paid.answer);
  expect_lawful();
}

TEST_F(TopUpTest, M5OtherContentIsRefusedAndChangesNothing) {
  const Paid paid = pay();
  auto other = paid.request;
  other.volume = Volume{other.volume.litres + 10};
  EXPECT_EQ(ledger_->authorise("T0001", other)->refusal, Refusal::ContentChanged);
  other = paid.request;
  other.notes.push_back({fresh_id(), yuan(10)});
  other.amount += yuan(10);
  EXPECT_EQ(ledger_->authorise("T0001", other)->refusal, Refusal::ContentChanged);
  EXPECT_EQ(ledger_->authorise("T0001", paid.request).value(), paid.answer);
  EXPECT_EQ(book("cash:T0001"), -15'000);
}

TEST_F(TopUpTest, ANewChallengeGetsANewSealOfTheSameRecord) {
  const Paid paid = pay();
  auto again = paid.request;
  again.challenge = fresh_challenge();
  again.card.sequence = 8;
  const auto second = ledger_->authorise("T0001", again).value();
  EXPECT_EQ(second.refusal, Refusal::None);
  EXPECT_EQ(second.record, paid.answer.record);
  EXPECT_EQ(second.seal.attempt, 2U);
  EXPECT_NE(second.seal.command, paid.answer.seal.command);
  EXPECT_EQ(ledger_->authorise("T0001", again).value(), second);
  EXPECT_EQ(ledger_->authorise("T0001", paid.request).value(), paid.answer);
  expect_lawful();
}

TEST_F(TopUpTest, SealsAreIdempotentByTheirId) {
  const Paid paid = pay();
  wire::SealRequest request{fresh_id(), paid.request.top_up, paid.visit.card, fresh_challenge()};
  const auto first = ledger_->seal("T0002", request).value();  // any terminal
  EXPECT_EQ(first.refusal, Refusal::None);
  EXPECT_EQ(first.seal.attempt, 2U);
  EXPECT_EQ(first.record, paid.answer.record);
  EXPECT_EQ(ledger_->seal("T0002", request).value(), first);
  request.challenge = fresh_challenge();
  EXPECT_EQ(ledger_->seal("T0002", request)->refusal, Refusal::ContentChanged);
  request.seal = fresh_id();
  EXPECT_EQ(ledger_->seal("T0002", request)->seal.attempt, 3U);
  expect_lawful();
}

// The answer was lost, and meanwhile the terminal may not trade any more (or the card shows something new): a refusal
// now would give the money back a second time.
TEST_F(TopUpTest, ARepeatedAuthoriseNeverRefusesWhatIsPaid) {
  const Paid paid = pay();
  auto again = paid.request;
  again.challenge = fresh_challenge();
  ASSERT_TRUE(ledger_->disable_terminal("T0001", "being looked after"));
  const auto answer = ledger_->authorise("T0001", again).value();
  EXPECT_EQ(answer.refusal, Refusal::None);
  EXPECT_EQ(answer.record, paid.answer.record);
  EXPECT_TRUE(answer.seal.command.empty());
  EXPECT_EQ(ledger_->seal("T0001", {fresh_id(), again.top_up, card(wang_card), fresh_challenge()})->refusal,
            Refusal::OutOfService);
  expect_lawful();
}

TEST_F(TopUpTest, SealRefusesWhatTheCardContradicts) {
  const Paid paid = pay();
  const auto ask = [&](const wire::CardState& state) {
    return ledger_->seal("T0001", {fresh_id(), paid.request.top_up, state, fresh_challenge()})->refusal;
  };
  EXPECT_EQ(ask(card(li_card)), Refusal::UnknownCard);
  EXPECT_EQ(ask(written(paid)), Refusal::AlreadyWritten);
  EXPECT_EQ(ask(card(wang_card, 5)), Refusal::NumberAhead);
  EXPECT_EQ(ask(card(wang_card, 2)), Refusal::NumberBehind);
  EXPECT_EQ(ledger_->seal("T0001", {fresh_id(), fresh_id(), card(wang_card), fresh_challenge()})->refusal,
            Refusal::UnknownTopUp);
  EXPECT_EQ(ledger_->seal("T0001", {fresh_id(), fresh_id(), card(wang_card), {1, 2, 3}}).error(), Trouble::TooMany);
  ASSERT_TRUE(ledger_->block_card(wang_card, "lost"));
  EXPECT_EQ(ask(card(wang_card)), Refusal::BlockedCard);
}

TEST_F(TopUpTest, APendingTopUpIsResolvedAtAnyTerminal) {
  const Paid paid = pay();
  tell("T0001", ended(paid, wire::Ending::PendingOnCard));
  // card still at n
  Visit later = visit("T0002", card(wang_card));
  EXPECT_EQ(later.identification.refusal, Refusal::PendingTopUp);
  ASSERT_TRUE(later.identification.pending);
  EXPECT_EQ(later.identification.pending->record, paid.answer.record);
  EXPECT_EQ(later.identification.pending->highest_attempt, 1U);
  EXPECT_FALSE(later.identification.quote);
  // card at n + 1
  later = visit("T0002", written(paid));
  EXPECT_EQ(later.identification.refusal, Refusal::PendingTopUp);
  ASSERT_TRUE(later.identification.pending);
  tell("T0002", wire::WriteVerified{later.session, paid.request.top_up, written(paid)});
  EXPECT_EQ(ledger_->top_up(paid.request.top_up)->state, "Written");
  auto loaded = written(paid);
  loaded.volume = Volume{0};
  EXPECT_EQ(visit("T0002", loaded).identification.refusal, Refusal::None);
  EXPECT_EQ(visit("T0002", written(paid)).identification.refusal, Refusal::NotLoaded);  // G1
  expect_lawful();
}

TEST_F(TopUpTest, TwoTerminalsWithTheSameCardMakeOnePending) {
  const Paid first = pay("T0001");
  Visit other{"T0002", fresh_id(), card(wang_card), first.visit.identification, {}};
  put_in(other, {100});
  const auto request = request_for(other);
  EXPECT_EQ(ledger_->authorise("T0002", request)->refusal, Refusal::PendingTopUp);
  EXPECT_EQ(book("tender:" + to_string(other.session)), 10'000);  // the notes are booked all the same
  EXPECT_EQ(book("cash:T0002"), -10'000);
  EXPECT_EQ(ledger_->authorise("T0002", request)->refusal, Refusal::PendingTopUp);
  wire::SessionEnded end;
  end.session = other.session;
  end.ending = wire::Ending::Credited;
  end.account = wang;
  end.tendered = end.credited = yuan(100);
  tell("T0002", end);
  EXPECT_EQ(ledger_->account(wang)->wallet, yuan(100));
  expect_lawful();
}

TEST_F(TopUpTest, AVoidGivesTheMoneyBackToTheOpenSession) {
  const Paid paid = pay();
  const wire::VoidRequest request{paid.request.top_up, paid.visit.session, 1, card(wang_card)};
  EXPECT_EQ(ledger_->void_top_up("T0001", request)->refusal, Refusal::None);
  EXPECT_EQ(ledger_->void_top_up("T0001", request)->refusal, Refusal::None);
  EXPECT_EQ(book("tender:" + to_string(paid.visit.session)), 15'000);
  EXPECT_EQ(ledger_->account(wang)->year_volume, Volume{0});
  EXPECT_EQ(ledger_->seal("T0001", {fresh_id(), paid.request.top_up, card(wang_card), fresh_challenge()})->refusal,
            Refusal::Abandoned);
  tell("T0001", wire::WriteDisproved{paid.visit.session, paid.request.top_up, 1, card(wang_card)});
  tell("T0001", wire::TopUpVoided{paid.visit.session, paid.request.top_up});
  tell("T0001", ended(paid, wire::Ending::Credited));
  EXPECT_EQ(ledger_->account(wang)->wallet, yuan(150));
  EXPECT_TRUE(ledger_->alerts().empty());
  expect_lawful();
}

TEST_F(TopUpTest, AVoidAfterTheSessionGoesToTheWallet) {
  const Paid paid = pay();
  tell("T0001", ended(paid, wire::Ending::PendingOnCard));
  EXPECT_EQ(ledger_->void_top_up("T0002", {paid.request.top_up, fresh_id(), 1, card(wang_card)})->refusal,
            Refusal::None);
  EXPECT_EQ(ledger_->account(wang)->wallet, yuan(150));
  expect_lawful();
}

TEST_F(TopUpTest, AVoidMustNameTheHighestAttemptAndACardThatProvesIt) {
  const Paid paid = pay();
  ledger_->seal("T0002", {fresh_id(), paid.request.top_up, card(wang_card), fresh_challenge()}).value();
  const auto ask = [&](std::uint32_t attempt, const wire::CardState& state) {
    return ledger_->void_top_up("T0001", {paid.request.top_up, paid.visit.session, attempt, state})->refusal;
  };
  EXPECT_EQ(ask(1, card(wang_card)), Refusal::NotHighestAttempt);
  EXPECT_EQ(ask(3, card(wang_card)), Refusal::NotHighestAttempt);
  EXPECT_EQ(ask(2, card(li_card)), Refusal::UnknownCard);
  EXPECT_EQ(ask(2, written(paid)), Refusal::AlreadyWritten);
  // a disproof of the lower attempt is a fact, and changes nothing
  EXPECT_EQ(tell("T0001", wire::WriteDisproved{paid.visit.session, paid.request.top_up, 1, card(wang_card)}).status,
            wire::FactStatus::Applied);
  EXPECT_EQ(ledger_->top_up(paid.request.top_up)->state, "Pending");
  tell("T0001", wire::WriteVerified{paid.visit.session, paid.request.top_up, written(paid)});
  EXPECT_EQ(ask(2, card(wang_card)), Refusal::AlreadyWritten);
  EXPECT_EQ(ledger_->void_top_up("T0001", {fresh_id(), fresh_id(), 1, card(wang_card)})->refusal,
            Refusal::UnknownTopUp);
  expect_lawful();
}

TEST_F(TopUpTest, WrittenIsFinalEvenAfterAVoid) {
  const Paid paid = pay();
  ASSERT_EQ(ledger_->void_top_up("T0001", {paid.request.top_up, paid.visit.session, 1, card(wang_card)})->refusal,
            Refusal::None);
  tell("T0002", wire::WriteVerified{fresh_id(), paid.request.top_up, written(paid)});
  EXPECT_EQ(ledger_->top_up(paid.request.top_up)->state, "Written");
  EXPECT_EQ(ledger_->account(wang)->cards[0].purchase_number, 4U);
  EXPECT_EQ(book("receivable:610100000001"), -14'998);
  EXPECT_EQ(ledger_->alerts().at(0).code, "WrittenAfterVoid");
  const auto audit = ledger_->audit().value();
  ASSERT_EQ(audit.violations.size(), 1U);  // gas without money is never absorbed
  EXPECT_EQ(audit.violations[0].law, "M3");
}

TEST_F(TopUpTest, AbandonFirstWins) {
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100, 50});
  const auto request = request_for(here);
  const wire::AbandonRequest give_up{request.top_up, here.session};
  const auto abandoned = ledger_->abandon("T0001", give_up).value();
  EXPECT_TRUE(abandoned.abandoned);
  EXPECT_FALSE(abandoned.pending);
  EXPECT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::Abandoned);
  EXPECT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::Abandoned);
  EXPECT_EQ(ledger_->abandon("T0001", give_up).value(), abandoned);
  EXPECT_EQ(book("tender:" + to_string(here.session)), 15'000);
  tell("T0001", wire::TopUpAbandoned{here.session, request.top_up});
  wire::SessionEnded end;
  end.session = here.session;
  end.ending = wire::Ending::Credited;
  end.account = wang;
  end.tendered = end.credited = yuan(150);
  tell("T0001", end);
  EXPECT_EQ(ledger_->account(wang)->wallet, yuan(150));
  EXPECT_TRUE(ledger_->alerts().empty());
  expect_lawful();
}

TEST_F(TopUpTest, AuthoriseFirstWins) {
  const Paid paid = pay();
  const wire::AbandonRequest give_up{paid.request.top_up, paid.visit.session};
  const auto answer = ledger_->abandon("T0001", give_up).value();
  EXPECT_FALSE(answer.abandoned);
  ASSERT_TRUE(answer.pending);
  EXPECT_EQ(answer.pending->record, paid.answer.record);
  tell("T0001", wire::WriteVerified{paid.visit.session, paid.request.top_up, written(paid)});
  EXPECT_EQ(ledger_->abandon("T0001", give_up).value(), answer);
  expect_lawful();
}

TEST_F(TopUpTest, ARefusedTopUpIsAbandonedAsWell) {
  Visit here = visit("T0001", card(wang_card));
  put_in(here, {100});
  auto request = request_for(here);
  request.cost += Money{1};
  ASSERT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::AmountMismatch);
  EXPECT_TRUE(ledger_->abandon("T0001", {request.top_up, here.session})->abandoned);
  EXPECT_EQ(ledger_->authorise("T0001", request)->refusal, Refusal::AmountMismatch);
  expect_lawful();
}

TEST_F(TopUpTest, MoneyThatCameBackByAVoidCanBeSpentAgain) {
  const Paid paid = pay();
  ledger_->void_top_up("T0001", {paid.request.top_up, paid.visit.session, 1, card(wang_card)}).value();
  const auto again = request_for(paid.visit);
  const auto answer = ledger_->authorise("T0001", again).value();
  EXPECT_EQ(answer.refusal, Refusal::None);
  EXPECT_EQ(answer.record.purchase_number, 4U);
  EXPECT_EQ(book("cash:T0001"), -15'000);
  expect_lawful();
}

}  // namespace
}  // namespace pilotlight::ledger
