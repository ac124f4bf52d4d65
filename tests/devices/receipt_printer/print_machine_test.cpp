#include "devices/receipt_printer/print_machine.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "tests/devices/receipt_printer/printer_model_fixture.h"

namespace pilotlight::devices::escpos {
namespace {

EncodedPage receipt() {
  static TextRaster raster = std::move(TextRaster::open().value());
  return encode(Page{{TextLine{"燃气充值凭条", Align::Centre, true, 2}, ColumnsLine{"金额", "150.00 元"}, Rule{},
                      QrCode{"https://example.invalid/r/1"}}},
                {}, raster)
      .value();
}

// The machine wired to the printer model, on a clock of its own. The line carries at most `per_step` bytes a
// millisecond, so that faults can hit between any two bytes.
class Bench {
 public:
  void connect() {
    connected_ = true;
    machine.connected(now);
  }
  void cut() {
    connected_ = false;
    machine.disconnected();
    collect();
  }
  void step() {
    machine.tick(now);
    if (connected_ && machine.must_reconnect()) {
      ++reconnects;
      machine.disconnected();
      machine.connected(now);
    }
    if (connected_ && !blocked) {
      const ByteView out = machine.output();
      const Bytes sent(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(std::min(out.size(), per_step)));
      machine.taken(sent.size(), now);
      for (std::size_t i = 0; i < sent.size(); ++i) {
        machine.received(printer.feed(ByteView(sent).subspan(i, 1)), now);
        ++bytes_sent;
        if (after_byte) after_byte();
        if (!connected_) break;
      }
    }
    collect();
    ++now;
  }
  bool run_until(const std::function<bool()>& done, std::int64_t limit_ms) {
    for (const std::int64_t end = now + limit_ms; now < end; step())
      if (done()) return true;
    return done();
  }
  bool run_to_online() {
    connect();
    return run_until([this] { return status.online; }, 1'000);
  }
  bool run_to_end(std::int64_t limit_ms = 130'000) {
    return run_until([this] { return !ends.empty(); }, limit_ms);
  }
  void collect() {
    for (const PrinterEvent& event : machine.take_events()) {
      if (const auto* changed = std::get_if<PrinterChanged>(&event)) {
        status = changed->status;
        ++changes;
      } else {
        ends.push_back(std::get<PrintEnded>(event));
      }
    }
  }

  std::int64_t now = 1'000'000;
  PrintMachine machine;
  test::PrinterModel printer;
  std::size_t per_step = 64;
  bool blocked = false;
  std::function<void()> after_byte;
  std::uint64_t bytes_sent = 0;
  PrinterStatus status;
  unsigned changes = 0;
  unsigned reconnects = 0;
  std::vector<PrintEnded> ends;

 private:
  bool connected_ = false;
};

TEST(PrintMachine, TheFirstRoundIsReportedOnceAndWhole) {
  Bench bench;
  bench.printer.set_near_end(true);
  ASSERT_TRUE(bench.run_to_online());
  EXPECT_EQ(bench.changes, 1u);
  EXPECT_TRUE(bench.status.paper_near_end);
  EXPECT_TRUE(bench.status.can_print());
}

TEST(PrintMachine, AJobIsPrintedAfterItsMarkerAndAFreshStatus) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bench.machine.start(7, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end());
  EXPECT_EQ(bench.ends[0].job, 7u);
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::Printed);
  EXPECT_EQ(bench.printer.cuts, 1u);
  EXPECT_TRUE(bench.printer.unknown.empty());
  EXPECT_EQ(bench.reconnects, 0u);
}

TEST(PrintMachine, AutomaticStatusSurvivesTheJobsReset) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bench.machine.start(1, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end());
  bench.machine.received(bench.printer.set_cover_open(true), bench.now);
  bench.collect();
  EXPECT_TRUE(bench.status.cover_open);
  EXPECT_FALSE(bench.status.online);
}

// For every n: the connection is cut after n bytes of what the machine sends from the job's start on.
TEST(PrintMachine, CutAfterAnyByte) {
  std::uint64_t whole = 0;
  {
    Bench bench;
    ASSERT_TRUE(bench.run_to_online());
    const std::uint64_t before = bench.bytes_sent;
    bench.machine.start(1, receipt(), bench.now);
    ASSERT_TRUE(bench.run_to_end());
    whole = bench.bytes_sent - before;
  }
  unsigned part = 0;
  unsigned none = 0;
  for (std::uint64_t n = 1; n < whole; ++n) {
    Bench bench;
    bench.per_step = 1;
    ASSERT_TRUE(bench.run_to_online());
    const std::uint64_t stop = bench.bytes_sent + n;
    bench.after_byte = [&] {
      if (bench.bytes_sent == stop) bench.cut();
    };
    bench.machine.start(1, receipt(), bench.now);
    ASSERT_TRUE(bench.run_to_end()) << n;
    const PrintOutcome outcome = bench.ends[0].outcome;
    if (bench.printer.markers > 1 && outcome == PrintOutcome::Printed) continue;  // the last query was already answered
    EXPECT_NE(outcome, PrintOutcome::Printed) << n;
    if (bench.printer.content_bytes > 0 || bench.printer.cuts > 0) {
      EXPECT_EQ(outcome, PrintOutcome::PartPrinted) << n;
    }
    EXPECT_FALSE(bench.status.online) << n;
    (outcome == PrintOutcome::PartPrinted ? part : none)++;
    // The printer that comes back after that prints the next receipt whole.
    bench.after_byte = nullptr;
    bench.per_step = 512;
    bench.printer = {};
    bench.ends.clear();
    ASSERT_TRUE(bench.run_to_online()) << n;
    bench.machine.start(2, receipt(), bench.now);
    ASSERT_TRUE(bench.run_to_end()) << n;
    EXPECT_EQ(bench.ends[0].job, 2u);
    EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::Printed) << n;
    EXPECT_EQ(bench.printer.cuts, 1u) << n;
  }
  EXPECT_GT(part, 150u);
  EXPECT_GT(none, 10u);
}

using Fault = std::function<Bytes(test::PrinterModel&)>;
Bytes paper_out(test::PrinterModel& printer) { return printer.set_paper_out(true); }
Bytes cover_open(test::PrinterModel& printer) { return printer.set_cover_open(true); }
Bytes cutter_fault(test::PrinterModel& printer) { return printer.set_cutter_fault(true); }

// A fault of the printer itself after any byte, with and without automatic status.
void fault_after_any_byte(const Fault& fault, bool automatic) {
  for (std::uint64_t n = 1; n < 400; n += 3) {
    Bench bench;
    bench.per_step = 4;
    bench.printer.automatic_status = automatic;
    ASSERT_TRUE(bench.run_to_online());
    const std::uint64_t stop = bench.bytes_sent + n;
    bench.after_byte = [&] {
      if (bench.bytes_sent == stop) bench.machine.received(fault(bench.printer), bench.now);
    };
    bench.machine.start(1, receipt(), bench.now);
    ASSERT_TRUE(bench.run_to_end()) << n;
    if (bench.bytes_sent < stop) continue;  // the job was over before
    const PrintOutcome outcome = bench.ends[0].outcome;
    if (bench.printer.content_bytes > 0) {
      EXPECT_NE(outcome, PrintOutcome::NotPrinted) << n;
    }
    if (bench.printer.cuts == 0) {
      EXPECT_NE(outcome, PrintOutcome::Printed) << n;
    }
    EXPECT_TRUE(bench.run_until([&] { return !bench.status.can_print(); }, 5'000)) << n;
  }
}
TEST(PrintMachine, PaperEndAfterAnyByte) { fault_after_any_byte(paper_out, true); }
TEST(PrintMachine, PaperEndAfterAnyByteWithoutAutomaticStatus) { fault_after_any_byte(paper_out, false); }
TEST(PrintMachine, CoverOpenAfterAnyByte) { fault_after_any_byte(cover_open, true); }
TEST(PrintMachine, CutterFaultAfterAnyByte) { fault_after_any_byte(cutter_fault, false); }

TEST(PrintMachine, NothingIsSentToAPrinterThatCannotPrint) {
  for (const Fault& fault : {Fault(paper_out), Fault(cover_open), Fault(cutter_fault)}) {
    Bench bench;
    bench.printer.automatic_status = false;  // so that only the round before the job can tell
    ASSERT_TRUE(bench.run_to_online());
    fault(bench.printer);
    bench.machine.start(1, receipt(), bench.now);
    ASSERT_TRUE(bench.run_to_end());
    EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::NotPrinted);
    EXPECT_EQ(bench.printer.content_bytes, 0u);
    EXPECT_EQ(bench.reconnects, 0u);
  }
}

TEST(PrintMachine, WithoutAMarkerTheReceiptMayBeIncomplete) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bench.after_byte = [&] {
    bench.printer.answers_marker = bench.printer.markers == 0;
  };  // only the first, before the job
  bench.machine.start(1, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end(60'000));
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::PartPrinted);
  EXPECT_EQ(bench.printer.cuts, 1u);
}

TEST(PrintMachine, AMarkerWithPaperEndIsNotPrinted) {
  Bench bench;
  bench.printer.automatic_status = false;
  ASSERT_TRUE(bench.run_to_online());
  bench.after_byte = [&] {
    if (bench.printer.markers == 2 && bench.printer.can_print()) bench.printer.set_paper_out(true);
  };
  bench.machine.start(1, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end());
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::PartPrinted);
}

TEST(PrintMachine, ABlockedLineEndsTheJobInBoundedTime) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bench.after_byte = [&] { bench.blocked = bench.printer.content_bytes > 10; };
  bench.machine.start(1, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end(30'000));
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::PartPrinted);
}

TEST(PrintMachine, ASilentPrinterIsOfflineAndTheConnectionIsMadeAnew) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bench.printer.answers_queries = false;
  ASSERT_TRUE(bench.run_until([&] { return !bench.status.online; }, 5'000));
  EXPECT_GE(bench.reconnects, 1u);
  bench.printer.answers_queries = true;
  ASSERT_TRUE(bench.run_until([&] { return bench.status.online; }, 5'000));
}

TEST(PrintMachine, APrinterThatNeverAnswersIsNeverOnlineAndGetsNoJob) {
  Bench bench;
  bench.printer.answers_queries = false;
  bench.printer.automatic_status = false;
  bench.connect();
  bench.machine.start(1, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end());
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::NotPrinted);
  EXPECT_EQ(bench.printer.content_bytes, 0u);
  EXPECT_FALSE(bench.status.online);
}

TEST(PrintMachine, ThePortStatusNamesThePaperWhenThePrinterIsSilent) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bench.blocked = true;
  for (; !bench.machine.must_reconnect(); ++bench.now) bench.machine.tick(bench.now);
  bench.machine.port_status(0x38);
  bench.cut();
  EXPECT_FALSE(bench.status.online);
  EXPECT_TRUE(bench.status.paper_out);
}

TEST(PrintMachine, AMarkerOfAnEarlierLifeIsNotTakenForThisJobs) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  // What an earlier process left in the printer comes back when the new job's own first marker is asked for; the job's
  // last marker is never answered.
  bool stale_sent = false;
  bench.after_byte = [&] {
    if (bench.printer.markers == 1 && !stale_sent) {
      stale_sent = true;
      bench.machine.received(Bytes{0x00}, bench.now);
      bench.printer.answers_marker = false;
    }
  };
  bench.machine.start(1, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end());
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::PartPrinted);
}

TEST(PrintMachine, ASecondJobMeanwhileIsRefusedAndTheFirstGoesOn) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bench.machine.start(1, receipt(), bench.now);
  bench.step();
  bench.machine.start(2, receipt(), bench.now);
  ASSERT_TRUE(bench.run_until([&] { return bench.ends.size() == 2; }, 10'000));
  EXPECT_EQ(bench.ends[0].job, 2u);
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::NotPrinted);
  EXPECT_EQ(bench.ends[1].job, 1u);
  EXPECT_EQ(bench.ends[1].outcome, PrintOutcome::Printed);
}

TEST(PrintMachine, AJobWithoutAPrinterEndsWithinSeconds) {
  Bench bench;
  bench.machine.start(1, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end(6'000));
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::NotPrinted);
}

// The replacement of a spoiled receipt is asked for at once, while the connection is being made anew.
TEST(PrintMachine, TheNextJobWaitsForTheNewConnection) {
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bool done = false;
  bench.after_byte = [&] {
    if (done || bench.printer.content_bytes < 20) return;
    done = true;
    bench.machine.received(bench.printer.set_cover_open(true), bench.now);
    bench.machine.received(bench.printer.set_cover_open(false), bench.now);
  };
  bench.machine.start(1, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end());
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::PartPrinted);
  bench.ends.clear();
  bench.printer = {};
  bench.machine.start(2, receipt(), bench.now);
  ASSERT_TRUE(bench.run_to_end());
  EXPECT_EQ(bench.ends[0].outcome, PrintOutcome::Printed);
  EXPECT_EQ(bench.printer.cuts, 1u);
}

TEST(PrintMachine, AnyBytesFromThePrinterAreHarmless) {
  std::uint32_t random = 12345;
  Bench bench;
  ASSERT_TRUE(bench.run_to_online());
  bench.machine.start(1, receipt(), bench.now);
  for (int i = 0; i < 20'000; ++i) {
    random = random * 1664525u + 1013904223u;
    bench.machine.received(Bytes{static_cast<std::uint8_t>(random >> 24)}, bench.now);
    bench.step();
  }
  bench.run_until([&] { return !bench.ends.empty(); }, 200'000);
  EXPECT_EQ(bench.ends.size(), 1u);
}

}  // namespace
}  // namespace pilotlight::devices::escpos
