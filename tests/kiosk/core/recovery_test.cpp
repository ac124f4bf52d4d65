#include "kiosk/core/recovery.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/kiosk/core/scripted_terminal.h"

namespace pilotlight::core {
namespace {

// Every combination of observations has exactly one action, never one that needs what is not there, and none waits for
// ever: once both waits are over nothing says Wait.
TEST(RecoveryTable, EveryCombinationHasOneActionAndNoneWaitsForEver) {
  int combinations = 0;
  for (unsigned bits = 0; bits < 128; ++bits) {
    for (int status = -1; status < static_cast<int>(enum_count<TopUpStatus>()); ++status) {
      for (unsigned card = 0; card < enum_count<CardSays>(); ++card) {
        Observed o;
        o.ended = bits & 1;
        o.note_moving = bits & 2;
        o.document_open = bits & 4;
        o.abandon_asked = bits & 8;
        o.needs_slip = bits & 16;
        o.printer_ready = bits & 32;
        o.waited_for_devices = bits & 64;
        o.card = static_cast<CardSays>(card);
        if (status >= 0) o.top_up = static_cast<TopUpStatus>(status);
        o.waited_for_money = false;
        const RecoveryAction early = recovery_action(o);
        EXPECT_TRUE(early != RecoveryAction::NoteWritten || o.card == CardSays::After);
        if (early == RecoveryAction::DoubtNote) ADD_FAILURE() << "doubted before the acceptor was waited for";
        EXPECT_TRUE(early != RecoveryAction::Abandon || o.top_up == TopUpStatus::Authorising);
        o.waited_for_devices = true;
        o.waited_for_money = true;
        EXPECT_NE(recovery_action(o), RecoveryAction::Wait);
        ++combinations;
      }
    }
  }
  EXPECT_EQ(combinations, 128 * 10 * 4);
}

struct PowerCut : testing::Test {
  ScriptedTerminal before;
  PowerCut() { before.start(); }
};

TEST_F(PowerCut, NoteMovingAndThePowerUpEventSaysStacked) {
  before.to_cash().on(NoteEscrowed{yuan(100)});
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"}).on(UplinkChanged{true, true}).on(ReaderReady{}).on(PrinterChanged{true, false, false, false});
  t.on(AcceptorReady{"1873452", 1}).on(NoteCleared{true, yuan(100)}).wait(3000);
  EXPECT_EQ(t.last_record<wire::NoteStacked>()->evidence, wire::NoteEvidence::PowerUpEvent);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::Credited);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->credited, yuan(100));
  EXPECT_EQ(t.state.money.box_total, yuan(100));
}

TEST_F(PowerCut, NoteMovingAndOnlyTheCounterKnows) {
  before.to_cash().on(NoteEscrowed{yuan(100)});
  ScriptedTerminal t = before.reborn();
  t.start(1);
  EXPECT_EQ(t.last_record<wire::NoteStacked>()->evidence, wire::NoteEvidence::Counter);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->credited, yuan(100));
}

TEST_F(PowerCut, NoteMovingAndTheCustomerHasItBack) {
  before.to_cash().on(NoteEscrowed{yuan(100)});
  ScriptedTerminal t = before.reborn();
  t.start(0);
  EXPECT_EQ(t.last_record<wire::NoteReturned>()->evidence, wire::NoteEvidence::Counter);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::NothingTendered);
}

TEST_F(PowerCut, NoteMovingAndNobodyKnows) {
  before.to_cash().on(NoteEscrowed{yuan(100)});
  ScriptedTerminal t = before.reborn();
  t.start(0xFFFFFFFF);
  EXPECT_NE(t.last_record<wire::NoteInDoubt>(), nullptr);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::HandedToStaff);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->in_doubt, yuan(100));
}

TEST_F(PowerCut, AcceptorGoneForGood) {
  before.to_cash().on(NoteEscrowed{yuan(100)});
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"}).on(UplinkChanged{true, true}).on(ReaderReady{}).on(PrinterChanged{true, false, false, false});
  t.wait(90'000);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::HandedToStaff);
}

TEST_F(PowerCut, CreditedNoteIsNotBookedAgainByItsPowerUpEvent) {
  before.to_cash().note(100);
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"}).on(UplinkChanged{true, true}).on(ReaderReady{}).on(PrinterChanged{true, false, false, false});
  t.on(AcceptorReady{"1873452", 1}).on(NoteCleared{true, yuan(100)}).wait(3000);
  EXPECT_EQ(t.last_record<wire::NoteFound>(), nullptr);
  EXPECT_EQ(t.state.money.box_total, yuan(100));
}

TEST_F(PowerCut, WhileAuthorisingIsSettledAtTheLedger) {
  before.to_authorising();
  const Id id = before.top_up_id();
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"});
  ASSERT_NE(t.effect<AskAbandon>(), nullptr);
  t.on(UplinkChanged{true, true}).on(ReaderReady{}).on(PrinterChanged{true, false, false, false});
  t.on(AbandonAnswered{id, false, {}});
  t.wait(2000);
  ASSERT_NE(t.effect<AskAbandon>(), nullptr);
  t.on(AbandonAnswered{id, true, {true, {}}});
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::Credited);
}

TEST_F(PowerCut, WhileWritingAndTheCardSaysWritten) {
  before.to_writing();
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"}).on(ReaderReady{}).on(PrinterChanged{true, false, false, false}).on(CardInserted{});
  ASSERT_NE(t.effect<ReadCard>(), nullptr);
  t.on(CardRead{CardTrouble::None, t.card(4)});
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::Delivered);
  EXPECT_EQ(t.last_record<wire::DocumentIntended>()->document.kind, wire::DocumentKind::TopUpReceipt);
}

TEST_F(PowerCut, WhileWritingAndTheCardSaysNotWritten) {
  before.to_writing();
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"}).on(ReaderReady{}).on(PrinterChanged{true, false, false, false}).on(CardInserted{});
  t.on(CardRead{CardTrouble::None, t.card(3)});
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::PendingOnCard);
}

TEST_F(PowerCut, WhileWritingAndNoCardComes) {
  before.to_writing();
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"}).on(ReaderReady{}).on(PrinterChanged{true, false, false, false});
  t.wait(16'000);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::PendingOnCard);
}

TEST_F(PowerCut, WhilePrintingVoidsTheNumberAndIssuesTheNext) {
  before.to_writing().on(CardWritten{WriteOutcome::Verified, before.written_card()});
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"}).on(PrinterChanged{true, false, false, false});
  EXPECT_EQ(t.last_record<wire::DocumentVoided>()->number, 1U);
  EXPECT_EQ(t.last_record<wire::DocumentIntended>()->document.replaces, 1U);
  t.on(PrintEnded{2, PrintOutcome::Printed});
  EXPECT_TRUE(t.state.money.sessions.empty());
}

// M8: the number of a session that ends with nobody there and no printer is void at once, not open until the next
// start.
TEST_F(PowerCut, WithoutAPrinterTheNumberIsVoidAtOnce) {
  before.to_confirm();
  ScriptedTerminal t = before.reborn();
  t.on(Started{"test"}).on(UplinkChanged{true, true}).on(ReaderReady{}).wait(120'000);
  ASSERT_NE(t.last_record<wire::SessionEnded>(), nullptr);
  EXPECT_EQ(t.last_record<wire::SessionEnded>()->ending, wire::Ending::Credited);
  ASSERT_NE(t.last_record<wire::DocumentVoided>(), nullptr);
  EXPECT_EQ(t.last_record<wire::DocumentVoided>()->number, t.last_record<wire::DocumentIntended>()->document.number);
  EXPECT_TRUE(t.state.money.sessions.empty());
}

}  // namespace
}  // namespace pilotlight::core
