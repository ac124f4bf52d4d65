#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kiosk/core/scripted_terminal.h"

namespace pilotlight::core {
namespace {

using testing::ElementsAre;

TEST(TopUp, CleanOne) {
  ScriptedTerminal t;
  t.start();
  EXPECT_EQ(t.state.talk.page, Page::Home);
  t.to_writing();
  EXPECT_THAT(t.kinds(), ElementsAre("TopUpAuthorised", "WriteIntended"));
  ASSERT_NE(t.effect<WriteCard>(), nullptr);
  t.on(CardWritten{WriteOutcome::Verified, t.written_card()});
  EXPECT_THAT(t.kinds(), ElementsAre("WriteVerified", "DocumentIntended", "SessionEnded"));
  EXPECT_EQ(t.state.talk.page, Page::Result);
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Delivered);
  const auto* ended = t.last_record<wire::SessionEnded>();
  EXPECT_EQ(ended->tendered, yuan(150));
  EXPECT_EQ(ended->delivered, Money{14997});
  EXPECT_EQ(ended->credited, Money{3});
  t.on(PrintEnded{1, PrintOutcome::Printed});
  EXPECT_EQ(t.state.talk.slip, SlipState::Printed);
  t.touch(Wish::Continue);
  EXPECT_EQ(t.state.talk.page, Page::TakeCard);
  t.on(CardRemoved{});
  EXPECT_EQ(t.state.talk.page, Page::Home);
  EXPECT_TRUE(t.state.money.sessions.empty());
  EXPECT_EQ(t.state.money.box_total, yuan(150));
}

TEST(TopUp, TheIntentionToStackComesBeforeTheCommand) {
  ScriptedTerminal t;
  t.start().to_cash();
  t.on(NoteEscrowed{yuan(100)});
  EXPECT_THAT(t.kinds(), ElementsAre("NoteStacking"));
  ASSERT_NE(t.effect<StackNote>(), nullptr);
}

TEST(TopUp, NotesThatAreNotWantedComeBack) {
  ScriptedTerminal t;
  t.start();
  t.on(NoteEscrowed{yuan(100)});  // nobody asked for it
  EXPECT_NE(t.effect<ReturnNote>(), nullptr);
  t.to_cash();
  t.on(NoteEscrowed{yuan(2)});
  EXPECT_NE(t.effect<ReturnNote>(), nullptr);
  EXPECT_EQ(t.state.talk.note_refusal, NoteRefusal::NotAccepted);
  for (int i = 0; i < 10; ++i) t.note(100);
  t.on(NoteEscrowed{yuan(1)});
  EXPECT_EQ(t.state.talk.note_refusal, NoteRefusal::OverLimit);
  EXPECT_NE(t.effect<ReturnNote>(), nullptr);
}

TEST(TopUp, CancelWithANoteInEscrowGivesItBack) {
  ScriptedTerminal t;
  t.start().to_cash();
  t.on(NoteReading{});
  t.touch(Wish::Cancel);
  EXPECT_NE(t.effect<DisableAcceptor>(), nullptr);
  t.on(NoteEscrowed{yuan(100)});
  EXPECT_NE(t.effect<ReturnNote>(), nullptr);
  t.on(NoteRejected{});
  t.on(AcceptorAtRest{0});
  EXPECT_EQ(t.state.talk.page, Page::TakeCard);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::NothingTendered);
}

TEST(TopUp, CancelAfterANoteAsksAndThenCreditsTheAccount) {
  ScriptedTerminal t;
  t.start().to_cash().note(100);
  t.touch(Wish::Cancel);
  EXPECT_EQ(t.state.talk.overlay, Overlay::CancelQuestion);
  t.touch(Wish::Cancel);
  t.on(AcceptorAtRest{1});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Credited);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->credited, yuan(100));
  EXPECT_EQ(t.last_record<wire::DocumentIntended>()->document.kind, wire::DocumentKind::CreditSlip);
}

TEST(TopUp, CardPulledDuringTheWriteAndBroughtBackUnwritten) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(CardRemoved{});
  t.on(CardWritten{WriteOutcome::Unknown, {}});
  EXPECT_EQ(t.state.talk.page, Page::CardOut);
  t.on(CardInserted{});
  ASSERT_NE(t.effect<ReadCard>(), nullptr);
  t.on(CardRead{CardTrouble::None, t.card(3)});
  EXPECT_THAT(t.kinds(), ElementsAre("WriteDisproved"));
  ASSERT_NE(t.effect<AskChallenge>(), nullptr);
  t.on(ChallengeGiven{CardTrouble::None, {5, 6, 7, 8}});
  ASSERT_NE(t.effect<AskSeal>(), nullptr);
  t.on(SealAnswered{t.top_up_id(), true, {wire::Refusal::None, t.record(), {2, {0x04}}}});
  EXPECT_THAT(t.kinds(), ElementsAre("WriteIntended"));
  t.on(CardWritten{WriteOutcome::Verified, t.card(4)});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Delivered);
}

TEST(TopUp, CardPulledDuringTheWriteAndBroughtBackWritten) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(CardRemoved{}).on(CardWritten{WriteOutcome::Unknown, {}}).on(CardInserted{});
  t.on(CardRead{CardTrouble::None, t.card(4)});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Delivered);
}

TEST(TopUp, AnotherCardIsRefusedWhileTheRightOneIsAwaited) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(CardRemoved{}).on(CardWritten{WriteOutcome::Unknown, {}}).on(CardInserted{});
  wire::CardState other = t.card(4);
  other.card_number = "6101000000000099";
  t.on(CardRead{CardTrouble::None, other});
  EXPECT_EQ(t.state.talk.page, Page::CardOut);
  EXPECT_NE(t.effect<ReleaseCard>(), nullptr);
}

TEST(TopUp, CardNotBroughtBackIsPending) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(CardRemoved{}).on(CardWritten{WriteOutcome::Unknown, {}});
  t.wait(61'000);
  EXPECT_EQ(t.state.talk.ending, wire::Ending::PendingOnCard);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->pending, yuan(150));
}

TEST(TopUp, AnswerLostIsAskedAgainUnderTheSameIdAndThenAbandoned) {
  ScriptedTerminal t;
  t.start().to_authorising();
  const Id id = t.top_up_id();
  t.on(AuthoriseAnswered{id, false, {}});
  t.wait(1000);
  ASSERT_NE(t.effect<AskChallenge>(), nullptr);
  t.on(ChallengeGiven{CardTrouble::None, {9, 9, 9, 9}});
  ASSERT_NE(t.effect<AskAuthorise>(), nullptr);
  EXPECT_EQ(t.effect<AskAuthorise>()->request.top_up, id);
  t.wait(20'000);
  EXPECT_NE(t.last_record<wire::AbandonIntended>(), nullptr);
  t.on(AbandonAnswered{id, true, {true, {}}});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Credited);
}

TEST(TopUp, AbandonThatCameSecondGoesOnToWrite) {
  ScriptedTerminal t;
  t.start().to_authorising();
  const Id id = t.top_up_id();
  const wire::TopUpRecord record = t.record();
  t.wait(21'000);
  t.on(AbandonAnswered{id, true, {false, wire::PendingTopUp{id, record, 1}}});
  EXPECT_NE(t.effect<AskChallenge>(), nullptr);
  t.on(ChallengeGiven{CardTrouble::None, {1, 1, 1, 1}});
  t.on(SealAnswered{id, true, {wire::Refusal::None, record, {2, {0x04}}}});
  t.on(CardWritten{WriteOutcome::Verified, t.card(4)});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Delivered);
}

TEST(TopUp, LedgerSilentForMinutesEndsInAClaim) {
  ScriptedTerminal t;
  t.start().to_authorising();
  t.wait(60'000);
  EXPECT_EQ(t.state.talk.ending, wire::Ending::HandedToStaff);
  EXPECT_EQ(t.last_record<wire::DocumentIntended>()->document.kind, wire::DocumentKind::ClaimSlip);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->pending, yuan(150));
}

TEST(TopUp, ChangedQuoteIsShownAndConfirmedAgain) {
  ScriptedTerminal t;
  t.start().to_authorising();
  wire::Authorisation a;
  a.refusal = wire::Refusal::QuoteChanged;
  a.new_quote = t.quote();
  a.new_quote->tiers = {{Money{400}, Volume{0}}};
  t.on(AuthoriseAnswered{t.top_up_id(), true, a});
  EXPECT_EQ(t.state.talk.page, Page::Confirm);
  EXPECT_TRUE(t.state.talk.quote_changed);
  EXPECT_EQ(purchase_now(t.state)->volume, Volume{37'500});
  t.touch(Wish::Confirm);
  t.on(ChallengeGiven{CardTrouble::None, {1, 2, 3, 4}});
  EXPECT_EQ(t.effect<AskAuthorise>()->request.volume, Volume{37'500});
}

TEST(TopUp, ThreeFailedWritesAreVoidedAndOnlyThenCredited) {
  ScriptedTerminal t;
  t.start().to_writing();
  for (std::uint32_t attempt = 2; attempt <= 3; ++attempt) {
    t.on(CardWritten{WriteOutcome::Disproved, t.card(3)});
    t.on(ChallengeGiven{CardTrouble::None, {1, 2, 3, 4}});
    t.on(SealAnswered{t.top_up_id(), true, {wire::Refusal::None, t.record(), {attempt, {0x04}}}});
  }
  t.on(CardWritten{WriteOutcome::Disproved, t.card(3)});
  ASSERT_NE(t.effect<AskVoid>(), nullptr);
  EXPECT_EQ(t.effect<AskVoid>()->request.attempt, 3U);
  EXPECT_EQ(t.last_record<wire::SessionEnded>(), nullptr);
  t.on(VoidAnswered{t.top_up_id(), true, {}});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Credited);
}

TEST(TopUp, PendingFromAnotherTerminalComesFirst) {
  ScriptedTerminal t;
  t.start();
  t.on(CardInserted{}).on(CardRead{CardTrouble::None, t.card(3)});
  wire::Identification i = t.identified();
  i.quote.reset();
  i.refusal = wire::Refusal::PendingTopUp;
  i.pending = wire::PendingTopUp{test_id(77), {4, Volume{42'850}, Volume{162'850}, Money{14997}, Money{3}}, 1};
  t.on(IdentifyAnswered{t.state.talk.session, true, i});
  ASSERT_NE(t.effect<AskChallenge>(), nullptr);
  t.on(ChallengeGiven{CardTrouble::None, {1, 2, 3, 4}});
  t.on(SealAnswered{test_id(77), true, {wire::Refusal::None, i.pending->record, {2, {0x04}}}});
  ASSERT_NE(t.effect<WriteCard>(), nullptr);
  t.on(CardWritten{WriteOutcome::Verified, t.card(4)});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Delivered);
  const auto* ended = t.last_record<wire::SessionEnded>();
  EXPECT_EQ(ended->tendered, Money{});
  EXPECT_EQ(ended->delivered, Money{});
}

TEST(TopUp, PaperOutHalfWayIsReplacedWhenPaperIsBack) {
  ScriptedTerminal t;
  t.start().to_writing().on(CardWritten{WriteOutcome::Verified, t.written_card()});
  t.on(PrinterChanged{false, true, false, false});
  t.on(PrintEnded{1, PrintOutcome::PartPrinted});
  EXPECT_EQ(t.state.talk.slip, SlipState::Failed);
  t.on(PrinterChanged{true, false, false, false});
  EXPECT_THAT(t.kinds(), ElementsAre("DocumentIntended", "DocumentVoided"));
  EXPECT_EQ(t.last_record<wire::DocumentIntended>()->document.replaces, 1U);
  t.on(PrintEnded{2, PrintOutcome::Printed});
  EXPECT_EQ(t.state.talk.slip, SlipState::Printed);
  EXPECT_TRUE(t.state.money.sessions.empty());
}

TEST(TopUp, PrinterNotReadyAtTheEndPrintsTheSlipOnceItIs) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(PrinterChanged{false, true, false, false});
  t.on(CardWritten{WriteOutcome::Verified, t.written_card()});
  EXPECT_THAT(t.kinds(), ElementsAre("WriteVerified", "DocumentIntended", "SessionEnded"));
  EXPECT_EQ(t.effect<PrintDocument>(), nullptr);
  EXPECT_EQ(t.state.talk.slip, SlipState::Waiting);
  t.on(PrinterChanged{true, false, false, false});
  ASSERT_NE(t.effect<PrintDocument>(), nullptr);
  EXPECT_EQ(t.effect<PrintDocument>()->document.number, 1U);
  t.on(PrintEnded{1, PrintOutcome::Printed});
  EXPECT_EQ(t.state.talk.slip, SlipState::Printed);
  EXPECT_TRUE(t.state.money.sessions.empty());
}

TEST(TopUp, ANumberWhosePaperNeverCameIsVoidedWhenTheCustomerLeaves) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(PrinterChanged{false, true, false, false});
  t.on(CardWritten{WriteOutcome::Verified, t.written_card()});
  t.touch(Wish::Continue);
  EXPECT_THAT(t.kinds(), ElementsAre("DocumentVoided"));
  t.on(PrinterChanged{true, false, false, false});
  EXPECT_EQ(t.effect<PrintDocument>(), nullptr);
  EXPECT_TRUE(t.state.money.sessions.empty());
}

TEST(TopUp, GasAdviceStaysOverPageChangesAndGoesWithItsReader) {
  ScriptedTerminal t;
  t.start().to_cash();
  t.touch(Wish::SmellGas);
  t.on(CardRemoved{}).on(AcceptorAtRest{0});
  EXPECT_EQ(t.state.talk.page, Page::Home);
  EXPECT_EQ(t.state.talk.overlay, Overlay::SmellGas);
  t.wait(60'000);
  EXPECT_EQ(t.state.talk.page, Page::Attract);
  EXPECT_EQ(t.state.talk.overlay, Overlay::None);
  t.touch(Wish::SmellGas).touch(Wish::SwitchLanguage).wait(60'000);
  EXPECT_EQ(t.state.talk.overlay, Overlay::None);
  EXPECT_EQ(t.state.talk.language, Language::Chinese);
  EXPECT_EQ(deadline(t.state), std::nullopt);
}

TEST(TopUp, AChallengeThatFailsDuringAWriteDisprovesNothing) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(ChallengeGiven{CardTrouble::Unreadable, {}});
  EXPECT_EQ(t.state.talk.page, Page::Working);
  EXPECT_TRUE(t.records.empty());
  t.on(CardWritten{WriteOutcome::Verified, t.written_card()});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Delivered);
}

TEST(TopUp, ACardBackBeforeTheReaderMissedItIsReadAgain) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(CardWritten{WriteOutcome::Unknown, {}});
  ASSERT_EQ(t.state.talk.page, Page::CardOut);
  ASSERT_NE(t.effect<ReadCard>(), nullptr);
  t.on(CardRead{CardTrouble::Gone, {}});
  t.wait(1000);
  ASSERT_NE(t.effect<ReadCard>(), nullptr);
  t.on(CardRead{CardTrouble::None, t.written_card()});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Delivered);
}

TEST(TopUp, UplinkLostWhileTenderingWaitsAndCredits) {
  ScriptedTerminal t;
  t.start().to_cash().note(100);
  t.on(UplinkChanged{false, true});
  EXPECT_NE(t.effect<DisableAcceptor>(), nullptr);
  t.on(AcceptorAtRest{1});
  EXPECT_EQ(t.state.talk.page, Page::UplinkWait);
  EXPECT_EQ(countdown_seconds(t.state), 60);
  t.wait(60'000);
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Credited);
}

TEST(TopUp, UplinkBackInTimeGoesOn) {
  ScriptedTerminal t;
  t.start().to_cash().note(100).on(UplinkChanged{false, true}).on(AcceptorAtRest{1}).wait(30'000);
  t.on(UplinkChanged{true, true});
  EXPECT_EQ(t.state.talk.page, Page::Confirm);
}

TEST(TopUp, NobodyThereCountsDownAndCredits) {
  ScriptedTerminal t;
  t.start().to_cash().note(100);
  t.wait(60'000);
  EXPECT_EQ(t.state.talk.overlay, Overlay::StillThere);
  EXPECT_EQ(countdown_seconds(t.state), 15);
  t.wait(15'000);
  t.on(AcceptorAtRest{1});
  EXPECT_EQ(t.state.talk.ending, wire::Ending::Credited);
}

TEST(TopUp, ForgottenCardRaisesAnAlarm) {
  ScriptedTerminal t;
  t.start().identify();
  t.touch(Wish::Cancel);
  EXPECT_EQ(t.state.talk.page, Page::TakeCard);
  t.wait(30'000);
  EXPECT_TRUE(t.state.talk.card_forgotten);
  EXPECT_EQ(t.state.talk.announcement.call, Call::CardForgotten);
  t.on(CardRemoved{});
  EXPECT_EQ(t.state.talk.page, Page::Home);
}

}  // namespace
}  // namespace pilotlight::core
