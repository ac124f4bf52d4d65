#include "devices/receipt_printer/receipt_printer.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "devices/receipt_printer/connection.h"
#include "devices/receipt_printer/escpos.h"
#include "devices/receipt_printer/print_machine.h"

namespace pilotlight::devices {
namespace {

using escpos::EncodedPage;
using escpos::PrintMachine;
using escpos::TextRaster;

constexpr std::int64_t retry_ms = 1'000;

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

struct Request {
  std::uint32_t job = 0;
  Page page;
};

class Worker final : public ReceiptPrinter {
 public:
  Worker(const PrinterOptions& options, std::unique_ptr<PrinterConnection> connection, TextRaster raster, Report report)
      : paper_{options.width_dots, options.chinese_font, options.qr_command},
        raster_(std::move(raster)),
        connection_(std::move(connection)),
        report_(std::move(report)),
        thread_([this] { run(); }) {}

  ~Worker() override {
    stopping_ = true;
    connection_->wake();
    thread_.join();
  }

  void print(std::uint32_t job, Page page) override {
    {
      const std::lock_guard lock(mutex_);
      if (!request_) {
        request_ = Request{job, std::move(page)};
      } else {
        refused_.push_back(job);
      }
    }
    connection_->wake();
  }

 private:
  void run() {
    while (!stopping_) {
      begin_requests();
      keep_connected();
      machine_.tick(steady_ms());
      publish();
      exchange();
    }
    begin_requests();
    connection_->close();
    machine_.disconnected();
    publish();
  }

  void begin_requests() {
    std::optional<Request> request;
    std::vector<std::uint32_t> refused;
    {
      const std::lock_guard lock(mutex_);
      request.swap(request_);
      refused.swap(refused_);
    }
    if (request) begin(*request);
    for (const std::uint32_t job : refused) report_(PrintEnded{job, PrintOutcome::NotPrinted});
  }

  void begin(const Request& request) {
    auto page = escpos::encode(request.page, paper_, raster_);
    if (page) {
      machine_.start(request.job, std::move(*page), steady_ms());
    } else {
      report_(PrintEnded{request.job, PrintOutcome::NotPrinted});
    }
  }

  void keep_connected() {
    if (connection_->is_open()) {
      if (!machine_.must_reconnect()) return;
      if (const auto bits = connection_->port_status()) machine_.port_status(*bits);
      connection_->flush();
      drop();
    } else if (steady_ms() >= connect_at_) {
      connect_at_ = steady_ms() + retry_ms;
      if (connection_->open()) {
        machine_.connected(steady_ms());
      } else {
        machine_.not_connected();
      }
    }
  }

  // The next attempt is due a second after the last one, so that a peer that always closes is not hammered.
  void drop() {
    connection_->close();
    machine_.disconnected();
  }

  void exchange() {
    const std::int64_t until = connection_->is_open() ? machine_.wake_at() : std::min(machine_.wake_at(), connect_at_);
    const std::int64_t wait =
        machine_.must_reconnect() ? 0 : std::clamp<std::int64_t>(until - steady_ms(), 0, retry_ms);
    const Exchange done = connection_->exchange(machine_.output(), static_cast<int>(wait));
    machine_.taken(done.taken, steady_ms());
    machine_.received(done.received, steady_ms());
    if (done.lost) drop();
    if (done.arrived) connect_at_ = 0;
  }

  void publish() {
    for (PrinterEvent& event : machine_.take_events()) {
      if (auto* changed = std::get_if<PrinterChanged>(&event)) changed->model = connection_->model();
      report_(std::move(event));
    }
  }

  const escpos::Paper paper_;
  TextRaster raster_;
  const std::unique_ptr<PrinterConnection> connection_;
  const Report report_;
  PrintMachine machine_;
  std::int64_t connect_at_ = 0;

  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::optional<Request> request_;      // guarded by mutex_
  std::vector<std::uint32_t> refused_;  // guarded by mutex_
  std::thread thread_;                  // last: it uses all of the above
};

std::optional<std::uint16_t> parse_number(std::string_view text, int base) {
  std::uint16_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "tcp:HOST:PORT" or "usb:VID:PID"; nothing if it is neither.
std::unique_ptr<PrinterConnection> connection_for(std::string_view address) {
  const std::size_t first = address.find(':');
  const std::size_t last = address.rfind(':');
  if (first == address.npos || last == first) return nullptr;
  const std::string_view kind = address.substr(0, first);
  const std::string_view middle = address.substr(first + 1, last - first - 1);
  const std::string_view end = address.substr(last + 1);
  if (kind == "tcp") {
    const auto port = parse_number(end, 10);
    if (middle.empty() || !port || *port == 0) return nullptr;
    return tcp_printer(std::string(middle), *port);
  }
  const auto vendor = parse_number(middle, 16);
  const auto product = parse_number(end, 16);
  if (kind != "usb" || !vendor || !product) return nullptr;
  return usb_printer(*vendor, *product);
}

}  // namespace

std::unique_ptr<ReceiptPrinter> open_receipt_printer(const PrinterOptions& options, ReceiptPrinter::Report report,
                                                     std::string& error) {
  if (options.width_dots < 240 || options.width_dots > 832) {
    error = "printer width " + std::to_string(options.width_dots) +
            " is not usable: give the dots of a line, 384 for 58 mm paper, 576 for 80 mm";
    return nullptr;
  }
  auto raster = TextRaster::open();
  if (!raster) {
    error = raster.error().text;
    return nullptr;
  }
  try {
    auto connection = connection_for(options.address);
    if (connection)
      return std::make_unique<Worker>(options, std::move(connection), std::move(*raster), std::move(report));
    error = "printer address '" + options.address + "' is neither tcp:HOST:PORT nor usb:VID:PID (hexadecimal)";
  } catch (const std::runtime_error& failure) {
    error = failure.what();
  }
  return nullptr;
}

}  // namespace pilotlight::devices
