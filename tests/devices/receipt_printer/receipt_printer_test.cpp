// The whole driver over real TCP, against a printer served by this test.
#include "devices/receipt_printer/receipt_printer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

#include "devices/transport/transport.h"
#include "tests/devices/receipt_printer/events_fixture.h"
#include "tests/devices/receipt_printer/printer_model_fixture.h"

namespace pilotlight::devices {
namespace {

using namespace std::chrono_literals;

// Listens on a loopback port of its own and serves one connection at a time with the model.
class PrinterServer {
 public:
  explicit PrinterServer(std::uint16_t port = 0)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), stop_(eventfd(0, EFD_CLOEXEC)) {
    const int on = 1;
    setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    EXPECT_EQ(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_.get(), 4), 0);
    socklen_t size = sizeof address;
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  ~PrinterServer() {
    const std::uint64_t one = 1;
    EXPECT_EQ(write(stop_.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  std::string address() const { return "tcp:127.0.0.1:" + std::to_string(port_); }

  // Closes the connection when the printer has marked the paper with that many bytes.
  void cut_at_content(std::uint64_t bytes) { cut_at_ = bytes; }
  bool was_cut() const { return was_cut_; }

  // Does something to the printer and sends what it answers by itself.
  template <class F>
  void touch(F&& f) {
    const std::lock_guard lock(mutex_);
    const Bytes answer = f(model_);
    if (connection_) send_all(answer);
  }
  template <class F>
  auto look(F&& f) {
    const std::lock_guard lock(mutex_);
    return f(model_);
  }

 private:
  void run() {
    for (;;) {
      std::array<pollfd, 2> waits = {pollfd{stop_.get(), POLLIN, 0},
                                     pollfd{connection_ ? connection_.get() : listener_.get(), POLLIN, 0}};
      poll(waits.data(), waits.size(), -1);
      if (waits[0].revents != 0) return;
      const std::lock_guard lock(mutex_);
      if (connection_) {
        serve();
      } else {
        connection_ = Descriptor(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      }
    }
  }
  void serve() {
    std::array<std::uint8_t, 4096> buffer;
    const ssize_t count = read(connection_.get(), buffer.data(), buffer.size());
    if (count <= 0) return connection_.reset();
    for (ssize_t i = 0; i < count && connection_; ++i) {
      send_all(model_.feed(ByteView(buffer).subspan(static_cast<std::size_t>(i), 1)));
      if (!was_cut_ && model_.content_bytes >= cut_at_) {
        was_cut_ = true;
        connection_.reset();
      }
    }
  }
  void send_all(const Bytes& bytes) {
    if (!bytes.empty() && send(connection_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) connection_.reset();
  }

  Descriptor listener_;
  Descriptor stop_;
  Descriptor connection_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  test::PrinterModel model_;
  std::atomic<std::uint64_t> cut_at_ = UINT64_MAX;
  std::atomic<bool> was_cut_ = false;
  std::thread thread_;
};

Page receipt() {
  Page page;
  page.elements = {TextLine{"燃气充值凭条", Align::Centre, true, 2}, ColumnsLine{"金额", "150.00 元"}, Rule{},
                   QrCode{"https://example.invalid/r/1"}, TextLine{"扫码核验", Align::Centre}};
  return page;
}

bool can_print(const PrinterStatus& status) { return status.can_print(); }

class TcpPrinterTest : public testing::Test {
 protected:
  void open(const std::string& address) {
    std::string error;
    printer_ = open_receipt_printer({.address = address}, events_.sink(), error);
    ASSERT_NE(printer_, nullptr) << error;
  }
  test::Events events_;
  PrinterServer server_;
  std::unique_ptr<ReceiptPrinter> printer_;
};

TEST_F(TcpPrinterTest, PrintsOneReceiptAfterAnother) {
  open(server_.address());
  ASSERT_TRUE(events_.wait_status(can_print));
  for (std::uint32_t job = 1; job <= 3; ++job) {
    printer_->print(job, receipt());
    EXPECT_EQ(events_.wait_end(job), PrintOutcome::Printed);
  }
  server_.look([](test::PrinterModel& model) {
    EXPECT_EQ(model.cuts, 3u);
    EXPECT_EQ(model.qr_codes.size(), 3u);
    EXPECT_TRUE(model.unknown.empty());
    ASSERT_GE(model.lines.size(), 1u);
    EXPECT_EQ(to_hex(model.lines[0]), "c8bcc6f8b3e4d6b5c6beccf5");
  });
}

TEST_F(TcpPrinterTest, ChangesAreReportedWithinASecond) {
  open(server_.address());
  ASSERT_TRUE(events_.wait_status(can_print));
  server_.touch([](auto& model) { return model.set_cover_open(true); });
  EXPECT_TRUE(events_.wait_status([](const PrinterStatus& s) { return s.cover_open && !s.online; }, 1s));
  server_.touch([](auto& model) { return model.set_cover_open(false); });
  EXPECT_TRUE(events_.wait_status(can_print, 1s));
  server_.touch([](auto& model) { return model.set_near_end(true); });
  EXPECT_TRUE(events_.wait_status([](const PrinterStatus& s) { return s.paper_near_end && s.can_print(); }, 1s));
  server_.touch([](auto& model) { return model.set_paper_out(true); });
  EXPECT_TRUE(events_.wait_status([](const PrinterStatus& s) { return s.paper_out; }, 1s));
  printer_->print(1, receipt());
  EXPECT_EQ(events_.wait_end(1), PrintOutcome::NotPrinted);
  EXPECT_EQ(server_.look([](auto& model) { return model.content_bytes; }), 0u);
}

TEST_F(TcpPrinterTest, APrinterWithoutAutomaticStatusIsAskedEveryFewSeconds) {
  server_.look([](test::PrinterModel& model) { return model.automatic_status = false; });
  open(server_.address());
  ASSERT_TRUE(events_.wait_status(can_print));
  server_.touch([](auto& model) { return model.set_cover_open(true); });
  EXPECT_TRUE(events_.wait_status([](const PrinterStatus& s) { return s.cover_open; }, 5s));
}

TEST_F(TcpPrinterTest, ACutInTheMiddleIsPartPrintedAndTheNextReceiptComesOutWhole) {
  server_.cut_at_content(20);
  open(server_.address());
  ASSERT_TRUE(events_.wait_status(can_print));
  printer_->print(1, receipt());
  EXPECT_EQ(events_.wait_end(1), PrintOutcome::PartPrinted);
  EXPECT_TRUE(server_.was_cut());
  ASSERT_TRUE(events_.wait_status(can_print));
  printer_->print(2, receipt());
  EXPECT_EQ(events_.wait_end(2), PrintOutcome::Printed);
}

TEST_F(TcpPrinterTest, ReconnectsWhenThePrinterComesBack) {
  auto first = std::make_unique<PrinterServer>();
  const std::uint16_t port = first->port();
  open(first->address());
  ASSERT_TRUE(events_.wait_status(can_print));
  first.reset();
  ASSERT_TRUE(events_.wait_status([](const PrinterStatus& s) { return !s.online; }, 1s));
  printer_->print(1, receipt());
  EXPECT_EQ(events_.wait_end(1), PrintOutcome::NotPrinted);
  PrinterServer second(port);
  ASSERT_TRUE(events_.wait_status(can_print));
  printer_->print(2, receipt());
  EXPECT_EQ(events_.wait_end(2), PrintOutcome::Printed);
}

TEST_F(TcpPrinterTest, EveryJobEndsOnceEvenWhenThePrinterIsClosed) {
  server_.look([](test::PrinterModel& model) { return model.answers_marker = false; });
  open(server_.address());
  ASSERT_TRUE(events_.wait_status(can_print));
  printer_->print(1, receipt());
  printer_->print(2, receipt());
  printer_.reset();
  EXPECT_EQ(events_.wait_end(1, 0ms), PrintOutcome::NotPrinted);
  EXPECT_EQ(events_.wait_end(2, 0ms), PrintOutcome::NotPrinted);
  EXPECT_EQ(events_.ends(), 2u);
}

TEST_F(TcpPrinterTest, APageThatDoesNotFitIsNotPrinted) {
  open(server_.address());
  ASSERT_TRUE(events_.wait_status(can_print));
  Page page;
  page.elements = {Picture{800, 1, Bytes(100, 0), Align::Left}};
  printer_->print(1, page);
  EXPECT_EQ(events_.wait_end(1), PrintOutcome::NotPrinted);
}

TEST_F(TcpPrinterTest, AnAbsentPrinterIsReportedOffline) {
  std::uint16_t port = 0;
  { port = PrinterServer().port(); }
  open("tcp:127.0.0.1:" + std::to_string(port));
  EXPECT_TRUE(events_.wait_status([](const PrinterStatus& s) { return s == PrinterStatus{}; }));
}

TEST(OpenReceiptPrinter, SaysWhatIsWrongWithTheOptions) {
  for (const char* address : {"", "tcp:", "tcp::9100", "tcp:host:0", "tcp:host:99999", "tcp:host", "usb:04b8",
                              "usb:04b8:xyzz", "usb:04b8:102021", "lpt:1:2"}) {
    std::string error;
    EXPECT_EQ(open_receipt_printer(
                  {.address = address}, [](PrinterEvent) {}, error),
              nullptr);
    EXPECT_NE(error.find("neither tcp:HOST:PORT nor usb:VID:PID"), std::string::npos) << address;
  }
  std::string error;
  EXPECT_EQ(open_receipt_printer(
                {.address = "tcp:127.0.0.1:1", .width_dots = 100}, [](PrinterEvent) {}, error),
            nullptr);
  EXPECT_NE(error.find("384"), std::string::npos);
}

}  // namespace
}  // namespace pilotlight::devices
