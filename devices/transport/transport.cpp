#include "devices/transport/transport.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace pilotlight::devices {

TransportError transport_error(int system_error) {
  switch (system_error) {
    case EBADF:
      return TransportError::NotOpen;
    case ENOENT:
      return TransportError::NotFound;
    case EACCES:
    case EPERM:
    case EBUSY:
      return TransportError::NotAllowed;
    case ECONNREFUSED:
    case ENETUNREACH:
    case EHOSTUNREACH:
      return TransportError::Refused;
    case ETIMEDOUT:
      return TransportError::TimedOut;
    case EIO:
    case ENXIO:
    case ENODEV:
    case EPIPE:
    case ECONNRESET:
    case ECONNABORTED:
    case ENOTCONN:
      return TransportError::Lost;
    case ENOTTY:
      return TransportError::WrongKind;
    default:
      return TransportError::SystemError;
  }
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

int Descriptor::release() { return std::exchange(fd_, -1); }

void Descriptor::reset() {
  // close() is not repeated after EINTR: on Linux the descriptor is gone either way.
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

}  // namespace pilotlight::devices
