// A serial port that may be unplugged and come back under the same name.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "devices/transport/transport.h"
#include "kiosk/base/clock.h"

namespace pilotlight::devices {

// 9600 baud, 8 data bits, no parity, 2 stop bits, no flow control, raw (ITL SSP: GA138, GA973). Never blocks; modem
// lines are neither needed nor touched. The path is opened anew each time, so it may be a symbolic link that points to
// another device after a re-plug. One owner; not thread-safe. The caller polls fd() for POLLIN (POLLHUP and POLLERR
// mean: read()).
class SerialPort {
 public:
  explicit SerialPort(std::string path) : path_(std::move(path)) {}

  // Opens if the port is closed and the back-off has passed (100 ms after the first failure, doubled up to 2 s, back to
  // 100 ms once bytes have come in). True exactly when it has just been opened. What had been received before is
  // discarded.
  bool open_if_due(Moment now);
  // steady_ms of the next attempt; nothing while open.
  std::optional<std::int64_t> retry_at() const;
  // Why the last attempt failed, or why the port was lost.
  std::optional<TransportError> last_error() const { return last_error_; }

  // How many bytes were put into `into`; 0 = nothing there yet. On Lost the port has been closed.
  Result<std::size_t, TransportError> read(std::span<std::uint8_t> into, Moment now);
  // How many bytes from the front the kernel took; 0 = its buffer is full. On Lost the port has been closed.
  Result<std::size_t, TransportError> write(ByteView bytes, Moment now);

  int fd() const { return descriptor_.get(); }  // -1 while closed
  bool is_open() const { return static_cast<bool>(descriptor_); }
  void close(Moment now);

  void record_to(ByteSink sink) { sink_ = std::move(sink); }

 private:
  tl::unexpected<TransportError> lose(TransportError error, Moment now);

  std::string path_;
  Descriptor descriptor_;
  ByteSink sink_;
  std::optional<TransportError> last_error_;
  std::int64_t retry_at_ = 0;
  std::int64_t back_off_ms_ = 100;
};

}  // namespace pilotlight::devices
