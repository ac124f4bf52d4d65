#include "kiosk/core/step.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kiosk/core/scripted_terminal.h"

namespace pilotlight::core {
namespace {

using testing::IsEmpty;

TEST(Identify, TheSameCardReadTwiceOpensOneSession) {
  ScriptedTerminal t;
  t.start().on(CardInserted{}).on(CardRead{CardTrouble::None, t.card()});
  const Id session = t.state.talk.session;
  t.on(CardRead{CardTrouble::None, t.card()});
  EXPECT_EQ(t.state.talk.session, session);
  EXPECT_EQ(t.state.money.sessions.size(), 1U);
}

TEST(Identify, AQuoteThatCannotBeReckonedWithIsNotSold) {
  for (int wrong = 0; wrong < 5; ++wrong) {
    ScriptedTerminal t;
    t.start().on(CardInserted{}).on(CardRead{CardTrouble::None, t.card()});
    wire::Identification i = t.identified();
    if (wrong == 0) i.quote->tiers[0].price_per_m3 = Money{0};
    if (wrong == 1) i.quote->tiers.insert(i.quote->tiers.begin(), Tier{Money{300}, Volume{-1}});
    if (wrong == 2) i.quote->scale = Volume{0};
    if (wrong == 3) i.quote->maximum = Money{-5};
    if (wrong == 4) i.quote->tiers.clear();
    t.on(IdentifyAnswered{t.state.talk.session, true, i});
    EXPECT_EQ(t.state.talk.page, Page::NotSold) << wrong;
    EXPECT_TRUE(t.state.money.sessions.empty());
  }
}

TEST(TopUpPath, UplinkBackBeforeTheNoteCameToRestIsNotWaitedFor) {
  ScriptedTerminal t;
  t.start().to_cash().note(100).on(UplinkChanged{false, true}).on(UplinkChanged{true, true});
  EXPECT_EQ(t.state.talk.page, Page::Settling);
  t.on(AcceptorAtRest{1});
  EXPECT_EQ(t.state.talk.page, Page::Confirm);
}

TEST(TopUpPath, CardPutBackBeforeItsChallengeFailedIsReadAtOnce) {
  ScriptedTerminal t;
  t.start().to_confirm().touch(Wish::Confirm);
  t.on(CardRemoved{}).on(CardInserted{}).on(ChallengeGiven{CardTrouble::Gone, {}});
  EXPECT_EQ(t.state.talk.page, Page::CardOut);
  ASSERT_NE(t.effect<ReadCard>(), nullptr);
  t.on(CardRead{CardTrouble::None, t.card()});
  EXPECT_EQ(t.state.talk.page, Page::Confirm);
}

// A ledger that keeps answering with a seal that was used already must not keep the customer for ever.
TEST(TopUpPath, OldSealsAreAskedAgainOnlyUntilThePageEnds) {
  ScriptedTerminal t;
  t.start().to_writing();
  t.on(CardWritten{WriteOutcome::Disproved, t.card(3)});
  const std::int64_t begun = t.at.steady_ms;
  int seals = 0;
  for (int i = 0; i < 200 && t.state.talk.page == Page::Working; ++i) {
    if (t.effect<AskChallenge>() == nullptr) {
      t.wait(1000);
      continue;
    }
    ++seals;
    t.on(ChallengeGiven{CardTrouble::None, {1, 2, 3, 4}})
        .on(SealAnswered{t.top_up_id(), true, {wire::Refusal::None, t.record(), {1, {0x04}}}});
  }
  EXPECT_GT(seals, 5);
  EXPECT_EQ(t.state.talk.ending, wire::Ending::HandedToStaff);
  EXPECT_LE(t.at.steady_ms - begun, t.settings().ledger_answer_ms + 1000);
}

// Numbers that do not add up to what was paid reach neither card nor slip: the top-up is settled by abandon.
TEST(TopUpPath, RecordThatDoesNotAddUpIsNoAnswer) {
  for (int wrong = 0; wrong < 4; ++wrong) {
    ScriptedTerminal t;
    t.start().to_authorising();
    const Id id = t.top_up_id();
    wire::Authorisation a;
    a.record = t.record();
    a.seal = {1, {0x04}};
    if (wrong == 0) a.record.cost = yuan(151);
    if (wrong == 1) a.record.change = a.record.change + Money{1};
    if (wrong == 2) a.record.purchase_number = 9;
    if (wrong == 3) a.record = {4, Volume{1000}, Volume{1}, Money{-100}, yuan(151)};
    t.on(AuthoriseAnswered{id, true, a});
    EXPECT_EQ(t.effect<WriteCard>(), nullptr);
    ASSERT_NE(t.effect<AskAbandon>(), nullptr) << wrong;
    t.on(AbandonAnswered{id, true, {false, wire::PendingTopUp{id, a.record, 1}}});
    EXPECT_EQ(t.state.talk.ending, wire::Ending::HandedToStaff);
    EXPECT_EQ(t.last_record<wire::SessionEnded>()->pending, yuan(150));
  }
}

TEST(JournalFailure, NotesAndCardGoBackAndNothingElseIsDone) {
  ScriptedTerminal t;
  t.start().to_cash().note(100).on(NoteReading{});
  t.on(JournalFailed{"disk full"});
  EXPECT_EQ(t.state.talk.page, Page::OutOfService);
  EXPECT_NE(t.effect<DisableAcceptor>(), nullptr);
  EXPECT_NE(t.effect<ReturnNote>(), nullptr);
  EXPECT_NE(t.effect<ReleaseCard>(), nullptr);
  EXPECT_THAT(t.records, IsEmpty());
  EXPECT_EQ(deadline(t.state), std::nullopt);
  t.on(NoteEscrowed{yuan(100)});
  EXPECT_NE(t.effect<ReturnNote>(), nullptr);
  t.on(CardInserted{});
  EXPECT_NE(t.effect<ReleaseCard>(), nullptr);
  for (Fact fact : {Fact{NoteCredited{yuan(100)}}, Fact{AcceptorReady{"x", 9}}, Fact{TimePassed{}},
                    Fact{Touched{{Wish::CallStaff, {}}}}, Fact{UplinkChanged{false, true}}, Fact{Started{"again"}}}) {
    t.on(std::move(fact));
    EXPECT_THAT(t.records, IsEmpty());
    EXPECT_EQ(t.effects.size(), 0U);
    EXPECT_EQ(t.state.talk.page, Page::OutOfService);
  }
  t.touch(Wish::SmellGas);
  EXPECT_EQ(t.state.talk.overlay, Overlay::SmellGas);
  t.touch(Wish::SwitchLanguage);
  EXPECT_EQ(t.state.talk.language, Language::English);
}

TEST(Language, GoesBackToTheFirstOneWhenNobodyIsThere) {
  ScriptedTerminal t;
  t.start().touch(Wish::SwitchLanguage);
  EXPECT_EQ(t.state.talk.language, Language::English);
  t.wait(60'000);
  EXPECT_EQ(t.state.talk.page, Page::Attract);
  EXPECT_EQ(t.state.talk.language, Language::Chinese);
}

}  // namespace
}  // namespace pilotlight::core
