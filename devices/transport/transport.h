// What serial ports and TCP connections have in common: their errors, an owned descriptor, and the choke point through
// which every byte passes.
#pragma once

#include <functional>

#include "kiosk/base/bytes.h"
#include "kiosk/base/describe.h"
#include "kiosk/base/result.h"

namespace pilotlight::devices {

enum class TransportError {
  NotOpen,     // used before open/connect, or after close
  NotFound,    // the path or the host name does not exist
  NotAllowed,  // no permission, or somebody else holds the port exclusively
  Refused,     // nobody listens there, or the network does not lead there
  TimedOut,    // no answer within the time-out
  Lost,        // unplugged, or the peer has closed
  WrongKind,   // the path is not a terminal device
  SystemError  // anything else
};
PILOTLIGHT_ENUM(TransportError, NotOpen, NotFound, NotAllowed, Refused, TimedOut, Lost, WrongKind, SystemError)

// Maps an errno value of open, connect, read or write.
TransportError transport_error(int system_error);

enum class Direction { In, Out };  // In: from the device to us
PILOTLIGHT_ENUM(Direction, In, Out)

// Where the bytes of a transport are copied to, in the order in which they pass. Called on the thread that uses the
// transport; must not call back into it. Bytes may hold personal data: a sink that keeps them exists in demo mode only.
using ByteSink = std::function<void(Direction direction, ByteView bytes)>;

// An owned file descriptor. Move-only.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { reset(); }

  int get() const { return fd_; }  // -1: none
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset();  // closes it, if there is one

 private:
  int fd_ = -1;
};

}  // namespace pilotlight::devices
