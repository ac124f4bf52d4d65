// A network printer: one TCP connection to its raw port (9100).
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "devices/receipt_printer/connection.h"
#include "devices/transport/tcp.h"

namespace pilotlight::devices {
namespace {

constexpr int connect_ms = 1'000;

class TcpPrinter final : public PrinterConnection {
 public:
  TcpPrinter(std::string host, std::uint16_t port)
      : host_(std::move(host)), port_(port), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!wake_) throw std::runtime_error("receipt printer: no event descriptor");
  }

  Result<void, TransportError> open() override { return client_.connect(host_, port_, connect_ms); }
  void close() override { client_.close(); }
  bool is_open() const override { return client_.is_open(); }

  Exchange exchange(ByteView out, int timeout_ms) override {
    Exchange result;
    if (client_.is_open() && !out.empty() && !send(out, result)) return result;
    const bool more = result.taken < out.size();
    if (result.taken > 0) timeout_ms = 0;
    std::array<pollfd, 2> waits = {pollfd{wake_.get(), POLLIN, 0},
                                   pollfd{client_.fd(), static_cast<short>(more ? POLLIN | POLLOUT : POLLIN), 0}};
    poll(waits.data(), client_.is_open() ? 2 : 1, timeout_ms);
    if (waits[0].revents != 0) drain_wake();
    if (client_.is_open() && (waits[1].revents & (POLLIN | POLLERR | POLLHUP)) != 0) receive(result);
    return result;
  }

  void wake() override {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);  // full means: already set
  }

 private:
  bool send(ByteView out, Exchange& result) {
    const auto written = client_.write(out);
    result.lost = !written;
    if (written) result.taken = *written;
    return !result.lost;
  }

  void receive(Exchange& result) {
    std::array<std::uint8_t, 512> buffer;
    const auto count = client_.read(buffer);
    result.lost = !count;
    if (count) result.received.assign(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  }

  void drain_wake() {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto read = ::read(wake_.get(), &count, sizeof count);  // nothing there is as good
  }

  std::string host_;
  std::uint16_t port_;
  Descriptor wake_;
  TcpClient client_;
};

}  // namespace

std::unique_ptr<PrinterConnection> tcp_printer(std::string host, std::uint16_t port) {
  return std::make_unique<TcpPrinter>(std::move(host), port);
}

}  // namespace pilotlight::devices
