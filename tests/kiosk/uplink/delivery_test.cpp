#include "kiosk/uplink/delivery.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/kiosk/journal/scratch.h"
#include "tests/kiosk/uplink/paper_ledger.h"

namespace pilotlight {
namespace {

constexpr std::int64_t noon = 1'795'500'000'000;

struct Delivering : testing::Test {
  Scratch folder;
  Journal journal = std::move(Journal::open(folder / "journal.db", "T0042").value());
  PaperLedger ledger;
  std::optional<Delivery> delivery;

  Delivering() { restart(); }
  void restart() {
    delivery.emplace(std::move(Journal::open_readonly(folder / "journal.db").value()),
                     std::move(DeliveryLog::open(folder / "delivery.db").value()), "0.1.0");
  }
  void write(int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(journal.append({wire::Incident{"made", std::to_string(i)}}, noon));
  }
  // Until Done or Failed; a delivery that never ends is a failure.
  Delivery::Outcome deliver() {
    for (int calls = 0; calls < 200; ++calls) {
      const auto outcome = delivery->deliver(ledger, noon);
      if (outcome != Delivery::Outcome::More) return outcome;
    }
    ADD_FAILURE() << "delivers for ever";
    return Delivery::Outcome::Failed;
  }
  std::uint64_t parked() { return DeliveryLog::open(folder / "delivery.db")->parked_count(); }
  void expect_all_booked() {
    EXPECT_EQ(ledger.last_contiguous(), journal.last_seq());
    EXPECT_EQ(delivery->confirmed(), journal.last_seq());
    const auto rows = journal.read_after(0, 10'000).value();
    for (const wire::Fact& row : rows) EXPECT_EQ(ledger.book.at(row.seq), row);
  }
};

TEST_F(Delivering, EverythingInOrderAndInBatches) {
  write(250);
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
  EXPECT_EQ(ledger.batches, (std::vector<std::size_t>{100, 100, 50}));
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  EXPECT_EQ(ledger.batches.size(), 3U);
}

TEST_F(Delivering, GoesOnWhereItStoodAfterARestart) {
  write(30);
  deliver();
  write(5);
  restart();
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
  EXPECT_EQ(ledger.batches, (std::vector<std::size_t>{30, 5}));
}

TEST_F(Delivering, ALostLogCostsARepetitionAndNothingElse) {
  write(30);
  deliver();
  delivery.reset();
  for (const char* file : {"delivery.db", "delivery.db-wal", "delivery.db-shm"}) std::filesystem::remove(folder / file);
  restart();
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
}

TEST_F(Delivering, AnAnswerThatIsLostIsHeardTheNextTime) {
  write(30);
  ledger.deaf_after_booking = true;
  EXPECT_EQ(deliver(), Delivery::Outcome::Failed);
  EXPECT_EQ(delivery->confirmed(), 0U);
  ledger.deaf_after_booking = false;
  deliver();
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
}

TEST_F(Delivering, FromWhereALedgerRestoredFromAnOlderCopyStands) {
  write(120);
  deliver();
  ledger.epoch = 2;
  ledger.book.erase(ledger.book.upper_bound(40), ledger.book.end());
  write(1);
  EXPECT_TRUE(delivery->heartbeat(ledger, noon).up);
  EXPECT_EQ(delivery->confirmed(), 40U);
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
}

TEST_F(Delivering, TheNewEpochMayFirstBeHeardInAnAnswerToFacts) {
  write(120);
  deliver();
  ledger.epoch = 2;
  ledger.book.erase(ledger.book.upper_bound(40), ledger.book.end());
  write(1);
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
}

TEST_F(Delivering, AParkedFactIsNotedAndTheOnesBehindItGoOn) {
  write(30);
  ledger.parks = {7, 9};
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
  EXPECT_EQ(parked(), 2U);
}

TEST_F(Delivering, ARefusedBatchIsHalvedUntilTheOffenderStandsAlone) {
  write(100);
  ledger.chokes_on = {42};
  EXPECT_EQ(deliver(), Delivery::Outcome::Failed);
  EXPECT_EQ(ledger.last_contiguous(), 41U);
  EXPECT_EQ(delivery->confirmed(), 41U);
  EXPECT_EQ(ledger.batches.back(), 1U);
  ledger.chokes_on.clear();  // mended at the ledger
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
}

TEST_F(Delivering, ARequestTooLongIsHalved) {
  write(100);
  ledger.most_facts = 13;
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
}

// M10: whatever is answered, nothing is taken for delivered that is not, and nothing is lost.
TEST_F(Delivering, NoAnswerOfAnyKindLosesOrSkipsAFact) {
  write(10);
  const std::vector<PaperLedger::Answer> answers = {
      fail(PaperLedger::status(401)),
      fail(PaperLedger::status(403)),
      fail(PaperLedger::status(404)),
      fail(PaperLedger::status(409)),
      fail(PaperLedger::status(429)),
      fail(PaperLedger::status(500)),
      fail(PaperLedger::status(503)),
      fail(LineError{LineFailure::TimedOut, 0, ""}),
      fail(LineError{LineFailure::NoConnection, 0, ""}),
      fail(LineError{LineFailure::Garbage, 0, ""}),
      "",
      "<html>Bad Gateway</html>",
      "{}",
      "[]",
      "null",
      R"({"epoch":1,"last_contiguous":-5,"results":[]})",
      R"({"epoch":"1","last_contiguous":0,"results":[]})",
  };
  for (const PaperLedger::Answer& answer : answers) {
    ledger.instead.assign(30, answer);
    EXPECT_EQ(deliver(), Delivery::Outcome::Failed);
    EXPECT_EQ(delivery->confirmed(), 0U);
    ledger.instead.assign(1, answer);
    EXPECT_FALSE(delivery->heartbeat(ledger, noon).up);
    EXPECT_EQ(delivery->confirmed(), 0U);
    ledger.instead.clear();
  }
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
  expect_all_booked();
}

// A ledger that claims more than there is (the terminal was restored from an older copy) must not make the journal's
// future records count as delivered.
TEST_F(Delivering, ALedgerThatKnowsMoreThanThereIs) {
  write(10);
  deliver();
  for (std::uint64_t seq = 11; seq <= 15; ++seq) ledger.book[seq] = {};
  const LedgerState state = delivery->heartbeat(ledger, noon);
  EXPECT_EQ(ledger.told_last_seq, 10U);
  EXPECT_TRUE(state.up);
  EXPECT_FALSE(state.may_trade);
  EXPECT_EQ(deliver(), Delivery::Outcome::Done);
}

TEST_F(Delivering, AGapIsNeverSent) {
  write(150);
  ledger.instead.push_back(wire::to_json(wire::FactsAnswer{1, 90, {}}));  // says 90, has none
  EXPECT_EQ(delivery->deliver(ledger, noon), Delivery::Outcome::More);
  ledger.instead.clear();
  while (delivery->deliver(ledger, noon) == Delivery::Outcome::More) {
  }
  deliver();
  expect_all_booked();
}

}  // namespace
}  // namespace pilotlight
