#include "devices/virtual/ssp_line.h"

#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace pilotlight::cabinet {
namespace {

[[noreturn]] void cannot(const std::filesystem::path& link, const char* what) {
  throw std::runtime_error(link.string() + ": cannot " + what + ": " + std::strerror(errno));
}

// A fresh pty echoes; it is raw before anybody can see it. Nominal line: 9600 8N2.
void make_raw(int fd) {
  termios settings{};
  ::tcgetattr(fd, &settings);
  ::cfmakeraw(&settings);
  settings.c_cflag |= CSTOPB;
  ::cfsetspeed(&settings, B9600);
  ::tcsetattr(fd, TCSANOW, &settings);
}

}  // namespace

SspLine::SspLine(std::filesystem::path link) : link_(std::move(link)) { plug(); }

SspLine::~SspLine() { cut(); }

void SspLine::plug() {
  if (plugged()) return;
  const int master = ::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
  if (master < 0) cannot(link_, "open a pseudo terminal");
  std::array<char, 64> name{};
  if (::grantpt(master) != 0 || ::unlockpt(master) != 0 || ::ptsname_r(master, name.data(), name.size()) != 0)
    cannot(link_, "unlock the pseudo terminal");
  const int slave = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) cannot(link_, "open the pseudo terminal's slave");
  make_raw(slave);
  std::filesystem::path fresh = link_;
  fresh += ".new";
  ::unlink(fresh.c_str());
  if (::symlink(name.data(), fresh.c_str()) != 0 || ::rename(fresh.c_str(), link_.c_str()) != 0)
    cannot(link_, "make the link");
  master_ = master;
  slave_ = slave;
}

void SspLine::cut() {
  if (!plugged()) return;
  ::unlink(link_.c_str());
  ::close(slave_);
  ::close(master_);
  master_ = slave_ = -1;
}

Bytes SspLine::read() {
  Bytes bytes(512);
  const ssize_t got = plugged() ? ::read(master_, bytes.data(), bytes.size()) : 0;
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

void SspLine::write(ByteView bytes) {
  while (plugged() && !bytes.empty()) {
    const ssize_t done = ::write(master_, bytes.data(), bytes.size());
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return;
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
}

}  // namespace pilotlight::cabinet
