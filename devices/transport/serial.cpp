#include "devices/transport/serial.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace pilotlight::devices {
namespace {

constexpr std::int64_t kFirstBackOffMs = 100;
constexpr std::int64_t kLongestBackOffMs = 2000;

Result<void, TransportError> make_raw(int fd) {
  termios line{};
  if (tcgetattr(fd, &line) != 0) return fail(transport_error(errno));
  cfmakeraw(&line);
  line.c_cflag &= ~static_cast<tcflag_t>(CSIZE | PARENB | CRTSCTS);
  line.c_cflag |= CS8 | CSTOPB | CLOCAL | CREAD;
  line.c_cc[VMIN] = 1;  // with VMIN 0 an idle line would read as 0 bytes, which must mean "unplugged"
  line.c_cc[VTIME] = 0;
  if (cfsetspeed(&line, B9600) != 0) return fail(transport_error(errno));
  if (tcsetattr(fd, TCSANOW, &line) != 0) return fail(transport_error(errno));
  // tcsetattr succeeds when any of the changes could be made. A line that still echoes or translates would damage
  // frames.
  termios now{};
  if (tcgetattr(fd, &now) != 0) return fail(transport_error(errno));
  if ((now.c_lflag & (ICANON | ECHO)) != 0 || (now.c_oflag & OPOST) != 0) return fail(TransportError::WrongKind);
  if (tcflush(fd, TCIOFLUSH) != 0) return fail(transport_error(errno));
  return {};
}

Result<Descriptor, TransportError> open_port(const std::string& path) {
  Descriptor port(::open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!port) return fail(transport_error(errno));
  if (isatty(port.get()) != 1) return fail(TransportError::WrongKind);
  // Two programs on one acceptor would accept notes by each other's polls. TIOCEXCL keeps others out but not root; the
  // advisory lock also keeps out a second instance of this program.
  if (flock(port.get(), LOCK_EX | LOCK_NB) != 0) return fail(TransportError::NotAllowed);
  if (ioctl(port.get(), TIOCEXCL) != 0) return fail(transport_error(errno));
  if (auto raw = make_raw(port.get()); !raw) return fail(raw.error());
  return port;
}

}  // namespace

bool SerialPort::open_if_due(Moment now) {
  if (descriptor_ || now.steady_ms < retry_at_) return false;
  auto port = open_port(path_);
  if (!port) {
    lose(port.error(), now);
    return false;
  }
  descriptor_ = std::move(*port);
  last_error_.reset();
  return true;
}

std::optional<std::int64_t> SerialPort::retry_at() const {
  if (descriptor_) return std::nullopt;
  return retry_at_;
}

Result<std::size_t, TransportError> SerialPort::read(std::span<std::uint8_t> into, Moment now) {
  if (!descriptor_) return fail(TransportError::NotOpen);
  if (into.empty()) return 0;
  ssize_t count = 0;
  do {
    count = ::read(descriptor_.get(), into.data(), into.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) return lose(TransportError::Lost, now);
  back_off_ms_ = kFirstBackOffMs;
  const auto size = static_cast<std::size_t>(count);
  if (sink_) sink_(Direction::In, into.first(size));
  return size;
}

Result<std::size_t, TransportError> SerialPort::write(ByteView bytes, Moment now) {
  if (!descriptor_) return fail(TransportError::NotOpen);
  if (bytes.empty()) return 0;
  ssize_t count = 0;
  do {
    count = ::write(descriptor_.get(), bytes.data(), bytes.size());
  } while (count < 0 && errno == EINTR);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count < 0) return lose(TransportError::Lost, now);
  const auto size = static_cast<std::size_t>(count);
  if (sink_) sink_(Direction::Out, bytes.first(size));
  return size;
}

void SerialPort::close(Moment now) {
  if (descriptor_) lose(TransportError::NotOpen, now);
}

tl::unexpected<TransportError> SerialPort::lose(TransportError error, Moment now) {
  descriptor_.reset();
  last_error_ = error;
  retry_at_ = now.steady_ms + back_off_ms_;
  back_off_ms_ = std::min(back_off_ms_ * 2, kLongestBackOffMs);
  return fail(error);
}

}  // namespace pilotlight::devices
