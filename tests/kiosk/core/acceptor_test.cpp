#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kiosk/core/scripted_terminal.h"

namespace pilotlight::core {
namespace {

constexpr const char* serial = "1873452";

struct LineLostWithANoteBeingStacked : testing::Test {
  ScriptedTerminal t;
  LineLostWithANoteBeingStacked() {
    t.start().to_cash();
    t.on(NoteReading{}).on(NoteEscrowed{yuan(100)}).on(AcceptorFaultRaised{AcceptorFault::LineLost});
  }
  void expect_booked_once() {
    t.wait(3000);
    EXPECT_EQ(t.last_record<wire::NoteFound>(), nullptr);
    EXPECT_EQ(t.last_record<wire::Incident>()->code, "acceptor.LineLost");
    EXPECT_EQ(t.state.money.box_total, yuan(100));
    EXPECT_EQ(t.state.money.box_notes, 1U);
    EXPECT_EQ(t.state.money.acceptor_stacked, 1U);
    EXPECT_EQ(t.state.talk.page, Page::Confirm);
  }
};

// The driver reads the counters when no note moves any more and hands the credit out after AcceptorReady: that credit
// is in the count already.
TEST_F(LineLostWithANoteBeingStacked, CreditAfterReadyIsTheNoteThatTheCountHolds) {
  t.on(AcceptorReady{serial, 1}).on(NoteCredited{yuan(100)});
  expect_booked_once();
  EXPECT_EQ(t.last_record<wire::NoteStacked>()->evidence, wire::NoteEvidence::CreditEvent);
}

TEST_F(LineLostWithANoteBeingStacked, RestAfterReadySaysTheSameCountAgain) {
  t.on(AcceptorReady{serial, 1}).on(AcceptorAtRest{1});
  expect_booked_once();
  EXPECT_EQ(t.last_record<wire::NoteStacked>()->evidence, wire::NoteEvidence::Counter);
}

TEST_F(LineLostWithANoteBeingStacked, CreditAndRestAfterReady) {
  t.on(AcceptorReady{serial, 1}).on(NoteCredited{yuan(100)}).on(AcceptorAtRest{1});
  expect_booked_once();
}

TEST_F(LineLostWithANoteBeingStacked, TheCountSaysReturned) {
  t.on(AcceptorReady{serial, 0}).wait(3000);
  EXPECT_EQ(t.last_record<wire::NoteReturned>()->evidence, wire::NoteEvidence::Counter);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::NothingTendered);
}

TEST(Acceptor, CreditWithoutASessionThatTheCountHoldsIsFoundOnce) {
  ScriptedTerminal t;
  t.start().on(AcceptorFaultRaised{AcceptorFault::LineLost});
  t.on(AcceptorReady{serial, 1}).on(NoteCredited{yuan(50)}).wait(3000);
  EXPECT_EQ(t.state.money.found, yuan(50));
  EXPECT_EQ(t.state.money.box_notes, 1U);
}

TEST(Acceptor, ACountThatStartsToBeKnownProvesNothingAboutTheNotesBefore) {
  ScriptedTerminal t;
  t.start(no_count).to_cash().note(100);
  t.on(AcceptorFaultRaised{AcceptorFault::LineLost}).on(AcceptorReady{serial, 4711}).wait(3000);
  EXPECT_EQ(t.last_record<wire::NoteFound>(), nullptr);
  EXPECT_EQ(t.state.money.box_notes, 1U);
  EXPECT_EQ(t.state.money.acceptor_stacked, 4711U);
  t.touch(Wish::FeedMore).note(50);
  EXPECT_EQ(t.state.money.acceptor_stacked, 4712U);
}

TEST(Acceptor, WithoutACountANoteThatNeverAnswersStandsInDoubt) {
  ScriptedTerminal t;
  t.start(no_count).to_cash().on(NoteEscrowed{yuan(100)});
  t.touch(Wish::Cancel).touch(Wish::Cancel).on(AcceptorAtRest{no_count});
  EXPECT_NE(t.last_record<wire::NoteInDoubt>(), nullptr);
  EXPECT_EQ(t.state.talk.ending, wire::Ending::HandedToStaff);
}

// It obeys our last wish - enabled - by itself.
TEST(Acceptor, StartsAnewWithoutAWordWhileNotesAreFed) {
  ScriptedTerminal t;
  t.start().to_cash().note(100);
  t.on(AcceptorReady{serial, 1});
  EXPECT_NE(t.effect<DisableAcceptor>(), nullptr);
  EXPECT_EQ(t.state.talk.page, Page::Settling);
  t.wait(3000);
  EXPECT_EQ(t.state.talk.page, Page::Confirm);
  EXPECT_EQ(t.state.money.box_total, yuan(100));
}

TEST(Acceptor, ExchangedDeviceIsAnIncidentAndItsCountProvesNothing) {
  ScriptedTerminal t;
  t.start().to_cash().on(NoteEscrowed{yuan(100)}).on(AcceptorFaultRaised{AcceptorFault::LineLost});
  t.on(AcceptorReady{"999", 5000});
  EXPECT_EQ(t.last_record<wire::Incident>()->code, "acceptor.exchanged");
  t.wait(3000);
  EXPECT_NE(t.last_record<wire::NoteInDoubt>(), nullptr);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->in_doubt, yuan(100));
  EXPECT_EQ(t.state.money.acceptor_stacked, 5000U);
}

TEST(Acceptor, NotesStackedBehindOurBackAreSuspense) {
  ScriptedTerminal t;
  t.start();
  t.on(AcceptorFaultRaised{AcceptorFault::LineLost}).on(AcceptorReady{serial, 2}).wait(3000);
  EXPECT_EQ(t.state.money.box_notes, 2U);
  EXPECT_EQ(t.state.money.box_total, Money{});  // nobody knows which notes
  t.on(AcceptorFaultRaised{AcceptorFault::LineLost}).on(AcceptorReady{serial, 2}).wait(3000);
  EXPECT_EQ(t.state.money.box_notes, 2U);
}

// A note that jammed and was given back by the attendant, long after the session has ended.
TEST(Acceptor, ACountAtRestResolvesANoteInDoubt) {
  for (const std::uint32_t counted : {0U, 1U}) {
    ScriptedTerminal t;
    t.start().to_cash();
    t.on(NoteReading{}).on(NoteEscrowed{yuan(100)});
    t.on(AcceptorFaultRaised{AcceptorFault::UnsafeJam});
    t.wait(5 * 60'000);
    ASSERT_NE(t.last_record<wire::NoteInDoubt>(), nullptr);
    t.on(AcceptorFaultCleared{AcceptorFault::UnsafeJam}).on(AcceptorAtRest{counted});
    if (counted == 0)
      EXPECT_THAT(t.kinds(), testing::ElementsAre("NoteReturned"));
    else
      EXPECT_THAT(t.kinds(), testing::ElementsAre("NoteStacked"));
    EXPECT_EQ(t.state.money.box_total, yuan(counted == 0 ? 0 : 100));
    for (const Session& session : t.state.money.sessions) EXPECT_EQ(session.in_doubt(), Money{});
  }
}

// An acceptor that takes longer than the customer is kept: its credit belongs to the session that ended in doubt.
TEST(Acceptor, ALateCreditIsTheDoubtedNotes) {
  ScriptedTerminal t;
  t.start().to_cash();
  t.on(NoteReading{}).on(NoteEscrowed{yuan(100)});
  t.touch(Wish::FinishFeeding).wait(10 * 60'000);
  const auto* doubt = t.last_record<wire::NoteInDoubt>();
  ASSERT_NE(doubt, nullptr);
  const Id note = doubt->note;
  t.on(NoteCredited{yuan(100)});
  ASSERT_THAT(t.kinds(), testing::ElementsAre("NoteStacked"));
  EXPECT_EQ(t.last_record<wire::NoteStacked>()->note, note);
  t.on(AcceptorAtRest{1});
  EXPECT_TRUE(t.records.empty());
  EXPECT_EQ(t.state.money.box_total, yuan(100));
}

TEST(Acceptor, ACountThatBeganAnewTellsNothingOfAnOlderDoubt) {
  ScriptedTerminal t;
  t.start().to_cash();
  t.on(NoteReading{}).on(NoteEscrowed{yuan(100)});
  t.on(AcceptorFaultRaised{AcceptorFault::UnsafeJam});
  t.wait(5 * 60'000);
  t.on(AcceptorReady{"another device", 0}).wait(5000);
  t.on(AcceptorAtRest{0});
  EXPECT_EQ(t.last_record<wire::NoteReturned>(), nullptr);
  EXPECT_EQ(t.last_record<wire::NoteStacked>(), nullptr);
}

}  // namespace
}  // namespace pilotlight::core
