// The whole driver through libusb, against a printer that umockdev puts on the bus.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>

#include "devices/receipt_printer/receipt_printer.h"
#include "tests/devices/receipt_printer/events_fixture.h"
#include "tests/devices/receipt_printer/usb/usb_printer_bed.h"

namespace pilotlight::devices {
namespace {

using namespace std::chrono_literals;

Page receipt() {
  Page page;
  page.elements = {TextLine{"燃气充值凭条", Align::Centre, true, 2},
                   ColumnsLine{"金额", "150.00 元"},
                   Rule{},
                   Picture{576, 200, Bytes(72 * 200, 0xA5), Align::Left},
                   QrCode{"https://example.invalid/r/1"},
                   TextLine{"扫码核验", Align::Centre}};
  return page;
}

bool can_print(const PrinterStatus& status) { return status.can_print(); }
bool is_offline(const PrinterStatus& status) { return !status.online; }

class UsbPrinterTest : public testing::Test {
 protected:
  void open() {
    std::string error;
    printer_ = open_receipt_printer({.address = "usb:04b8:0202"}, events_.sink(), error);
    ASSERT_NE(printer_, nullptr) << error;
  }
  void open_online() {
    bed_.plug_in();
    open();
    ASSERT_TRUE(events_.wait_status(can_print));
  }
  test::UsbPrinterBed bed_;
  test::Events events_;
  std::unique_ptr<ReceiptPrinter> printer_;
};

TEST_F(UsbPrinterTest, PrintsWithoutTouchingTheConfiguration) {
  ASSERT_NO_FATAL_FAILURE(open_online());
  EXPECT_EQ(events_.model(), "EPSON TM-T88V");
  for (std::uint32_t job = 1; job <= 2; ++job) {
    printer_->print(job, receipt());
    EXPECT_EQ(events_.wait_end(job), PrintOutcome::Printed);
  }
  bed_.look([](test::PrinterModel& model) {
    EXPECT_EQ(model.cuts, 2u);
    EXPECT_EQ(model.rasters.size(), 4u);
    EXPECT_EQ(model.qr_codes.size(), 2u);
    EXPECT_TRUE(model.unknown.empty());
  });
  EXPECT_EQ(bed_.configurations_set(), 0u);
  EXPECT_EQ(bed_.soft_resets(), 0u);
}

TEST_F(UsbPrinterTest, ChangesAreReportedWithinASecond) {
  ASSERT_NO_FATAL_FAILURE(open_online());
  bed_.touch([](auto& model) { return model.set_cover_open(true); });
  EXPECT_TRUE(events_.wait_status([](const PrinterStatus& s) { return s.cover_open; }, 1s));
  bed_.touch([](auto& model) { return model.set_cover_open(false); });
  EXPECT_TRUE(events_.wait_status(can_print, 1s));
}

// The printer takes a part of a transfer and NAKs until the time-out: what it took must not be sent again.
TEST_F(UsbPrinterTest, APartialTransferGoesOnWhereItStopped) {
  ASSERT_NO_FATAL_FAILURE(open_online());
  bed_.stall_once_at(bed_.total_bytes() + 5'000);
  printer_->print(1, receipt());
  EXPECT_EQ(events_.wait_end(1), PrintOutcome::Printed);
  EXPECT_TRUE(bed_.stalled());
  bed_.look([](test::PrinterModel& model) {
    EXPECT_TRUE(model.unknown.empty());
    EXPECT_EQ(model.cuts, 1u);
    ASSERT_EQ(model.rasters.size(), 2u);
    for (const auto& dots : model.rasters) EXPECT_EQ(dots.data, Bytes(dots.data.size(), 0xA5));
  });
}

TEST_F(UsbPrinterTest, UnpluggedInTheMiddleIsPartPrintedAndPluggedInItGoesOn) {
  ASSERT_NO_FATAL_FAILURE(open_online());
  bed_.vanish_at(bed_.total_bytes() + 3'000);
  printer_->print(1, receipt());
  EXPECT_EQ(events_.wait_end(1), PrintOutcome::PartPrinted);
  EXPECT_TRUE(events_.wait_status(is_offline, 1s));
  bed_.unplug();
  bed_.look([](test::PrinterModel& model) { model = {}; });
  bed_.plug_in();
  ASSERT_TRUE(events_.wait_status(can_print));
  printer_->print(2, receipt());
  EXPECT_EQ(events_.wait_end(2), PrintOutcome::Printed);
}

TEST_F(UsbPrinterTest, APrinterPluggedInLaterIsFoundByHotPlug) {
  ASSERT_NO_FATAL_FAILURE(open());
  ASSERT_TRUE(events_.wait_status(is_offline));
  bed_.plug_in();
  EXPECT_TRUE(events_.wait_status(can_print, 700ms));  // sooner than the next attempt would come by itself
  bed_.unplug();
  EXPECT_TRUE(events_.wait_status(is_offline, 1s));
}

TEST_F(UsbPrinterTest, PaperEndInTheMiddleFlushesThePrinter) {
  ASSERT_NO_FATAL_FAILURE(open_online());
  bed_.stall_once_at(bed_.total_bytes() + 5'000);
  printer_->print(1, receipt());
  const auto limit = std::chrono::steady_clock::now() + 20s;
  while (!bed_.stalled() && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
  ASSERT_TRUE(bed_.stalled());
  bed_.touch([](auto& model) { return model.set_paper_out(true); });
  EXPECT_EQ(events_.wait_end(1), PrintOutcome::PartPrinted);
  EXPECT_TRUE(events_.wait_status([](const PrinterStatus& s) { return s.paper_out; }));
  bed_.touch([](auto& model) { return model.set_paper_out(false); });
  ASSERT_TRUE(events_.wait_status(can_print));
  EXPECT_EQ(bed_.soft_resets(), 1u);
  printer_->print(2, receipt());
  EXPECT_EQ(events_.wait_end(2), PrintOutcome::Printed);
  bed_.look([](test::PrinterModel& model) { EXPECT_TRUE(model.unknown.empty()); });
}

TEST_F(UsbPrinterTest, TheClassRequestNamesThePaperWhenThePrinterIsSilent) {
  ASSERT_NO_FATAL_FAILURE(open_online());
  bed_.set_port_status(0x38);
  bed_.go_silent(true);
  EXPECT_TRUE(events_.wait_status([](const PrinterStatus& s) { return !s.online && s.paper_out; }));
}

}  // namespace
}  // namespace pilotlight::devices
