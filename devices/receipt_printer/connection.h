// The way to a printer: bytes out, bytes in, and whether it is still there. Used by the worker thread alone, except
// wake().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "devices/transport/transport.h"
#include "kiosk/base/bytes.h"

namespace pilotlight::devices {

struct Exchange {
  std::size_t taken = 0;  // bytes of `out` that were accepted: they may reach the printer from now on
  Bytes received;
  bool lost = false;     // unplugged or closed by the peer
  bool arrived = false;  // (while not open) a device appeared that is worth an open()
};

class PrinterConnection {
 public:
  virtual ~PrinterConnection() = default;

  // Blocks for a second at most.
  virtual Result<void, TransportError> open() = 0;
  virtual void close() = 0;
  virtual bool is_open() const = 0;

  // Hands over what fits of `out` and waits up to timeout_ms for anything to happen; returns early when something did.
  // Also the place to wait while not open.
  virtual Exchange exchange(ByteView out, int timeout_ms) = 0;

  // Ends a running (or else the next) exchange early. Any thread.
  virtual void wake() = 0;

  virtual std::string model() const { return {}; }
  virtual std::optional<std::uint8_t> port_status() { return std::nullopt; }  // USB GET_PORT_STATUS; open only

  // Tells the printer to forget what it has received and not printed, where the way has a request for that. Before
  // close(), after a job was broken off.
  virtual void flush() {}
};

// Throws std::runtime_error when the system gives no event descriptor or no USB ("cannot start").
std::unique_ptr<PrinterConnection> tcp_printer(std::string host, std::uint16_t port);
std::unique_ptr<PrinterConnection> usb_printer(std::uint16_t vendor, std::uint16_t product);

}  // namespace pilotlight::devices
