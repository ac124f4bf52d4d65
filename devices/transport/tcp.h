// A TCP connection as a byte stream that never blocks, except in connect().
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "devices/transport/transport.h"

namespace pilotlight::devices {

// One owner; not thread-safe. The caller polls fd() for POLLIN and, while bytes are left to write, POLLOUT.
class TcpClient {
 public:
  // Blocks up to timeout_ms (> 0) for all addresses of the host together; a name that is not numeric is looked up
  // first, which has the system resolver's own time-out: configure addresses where that matters. An open connection is
  // closed. Sets TCP_NODELAY, and keep-alive so that a peer that lost its power shows up as Lost within about 15 s.
  Result<void, TransportError> connect(const std::string& host, std::uint16_t port, int timeout_ms);

  // How many bytes were put into `into`; 0 = nothing there yet. Lost when the peer has closed: after that only close().
  Result<std::size_t, TransportError> read(std::span<std::uint8_t> into);

  // How many bytes from the front of `bytes` the kernel took; 0 = its buffer is full, poll for POLLOUT.
  Result<std::size_t, TransportError> write(ByteView bytes);

  int fd() const { return descriptor_.get(); }  // -1 while not connected
  bool is_open() const { return static_cast<bool>(descriptor_); }
  void close() { descriptor_.reset(); }

  void record_to(ByteSink sink) { sink_ = std::move(sink); }

 private:
  Descriptor descriptor_;
  ByteSink sink_;
};

}  // namespace pilotlight::devices
