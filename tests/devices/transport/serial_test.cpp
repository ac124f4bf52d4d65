#include "devices/transport/serial.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <filesystem>

namespace pilotlight::devices {
namespace {

constexpr int kPatience = 5000;  // ms; only a broken test waits that long

bool wait_for(int fd, short events) {
  pollfd item{fd, events, 0};
  return poll(&item, 1, kPatience) == 1;
}

// A pseudo terminal whose slave is reached by a symbolic link, as udev names a real adapter.
class SerialPortTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "pilotlight-serial-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    link_ = directory_ / "acceptor";
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // Makes a new pty and lets the link point to it by an atomic rename. Returns the device's side.
  Descriptor plug() {
    int master = -1;
    int slave = -1;
    std::array<char, 64> name{};
    EXPECT_EQ(openpty(&master, &slave, name.data(), nullptr, nullptr), 0);
    Descriptor(slave).reset();
    const auto fresh = directory_ / "fresh";
    std::filesystem::create_symlink(name.data(), fresh);
    std::filesystem::rename(fresh, link_);
    return Descriptor(master);
  }

  Moment at(std::int64_t steady_ms) const { return Moment{steady_ms, 0}; }

  std::filesystem::path directory_;
  std::filesystem::path link_;
};

TEST_F(SerialPortTest, is_raw_9600_8n2_without_modem_lines) {
  const Descriptor device = plug();
  SerialPort port(link_);
  ASSERT_TRUE(port.open_if_due(at(0)));
  EXPECT_FALSE(port.open_if_due(at(10))) << "already open";
  termios line{};
  ASSERT_EQ(tcgetattr(device.get(), &line), 0);
  EXPECT_EQ(cfgetospeed(&line), speed_t{B9600});
  EXPECT_EQ(cfgetispeed(&line), speed_t{B9600});
  EXPECT_NE(line.c_cflag & CSTOPB, 0u);
  EXPECT_EQ(line.c_cflag & CSIZE, tcflag_t{CS8});
  EXPECT_NE(line.c_cflag & CLOCAL, 0u);
  EXPECT_EQ(line.c_cflag & CRTSCTS, 0u);
  EXPECT_EQ(line.c_lflag & (ICANON | ECHO | ISIG), 0u);
  EXPECT_EQ(line.c_iflag & (IXON | ICRNL | ISTRIP), 0u);
  EXPECT_EQ(line.c_oflag & OPOST, 0u);
  EXPECT_NE(fcntl(port.fd(), F_GETFD) & FD_CLOEXEC, 0);
  EXPECT_NE(fcntl(port.fd(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(SerialPortTest, carries_every_byte_value_unchanged_both_ways) {
  const Descriptor device = plug();
  SerialPort port(link_);
  Bytes recorded_in, recorded_out;
  port.record_to([&](Direction direction, ByteView bytes) {
    Bytes& kept = direction == Direction::In ? recorded_in : recorded_out;
    kept.insert(kept.end(), bytes.begin(), bytes.end());
  });
  ASSERT_TRUE(port.open_if_due(at(0)));
  Bytes all(256);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint8_t>(i);
  std::array<std::uint8_t, 512> buffer{};
  EXPECT_EQ(port.read(buffer, at(0)), std::size_t{0}) << "an idle line is not a lost one";

  ASSERT_EQ(port.write(all, at(0)), all.size());
  Bytes seen;
  while (seen.size() < all.size() && wait_for(device.get(), POLLIN)) {
    const ssize_t count = ::read(device.get(), buffer.data(), buffer.size());
    ASSERT_GT(count, 0);
    seen.insert(seen.end(), buffer.begin(), buffer.begin() + count);
  }
  EXPECT_EQ(seen, all);

  ASSERT_EQ(::write(device.get(), all.data(), all.size()), 256);
  Bytes got;
  while (got.size() < all.size() && wait_for(port.fd(), POLLIN)) {
    const auto count = port.read(buffer, at(0));
    ASSERT_TRUE(count);
    got.insert(got.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
  }
  EXPECT_EQ(got, all);
  EXPECT_EQ(recorded_in, all);
  EXPECT_EQ(recorded_out, all);
}

TEST_F(SerialPortTest, sees_the_adapter_unplugged_and_finds_it_under_the_same_name) {
  Descriptor device = plug();
  SerialPort port(link_);
  ASSERT_TRUE(port.open_if_due(at(0)));
  std::array<std::uint8_t, 16> buffer{};

  device.reset();  // pulled
  ASSERT_TRUE(wait_for(port.fd(), POLLIN));
  const auto got = port.read(buffer, at(1000));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), TransportError::Lost);
  EXPECT_FALSE(port.is_open());
  EXPECT_EQ(port.retry_at(), 1100);
  EXPECT_FALSE(port.open_if_due(at(1099)));

  const Descriptor again = plug();
  ASSERT_TRUE(port.open_if_due(at(1100)));
  EXPECT_FALSE(port.last_error());
  ASSERT_EQ(port.write(as_bytes("hi"), at(1100)), std::size_t{2});
  ASSERT_TRUE(wait_for(again.get(), POLLIN));
  EXPECT_EQ(::read(again.get(), buffer.data(), buffer.size()), 2);
}

TEST_F(SerialPortTest, a_write_to_an_unplugged_adapter_is_lost_too) {
  Descriptor device = plug();
  SerialPort port(link_);
  ASSERT_TRUE(port.open_if_due(at(0)));
  device.reset();
  const auto written = port.write(as_bytes("hi"), at(0));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error(), TransportError::Lost);
  EXPECT_EQ(port.fd(), -1);
  EXPECT_EQ(port.read(std::span<std::uint8_t>(), at(0)).error(), TransportError::NotOpen);
}

TEST_F(SerialPortTest, backs_off_up_to_two_seconds_while_the_path_is_missing) {
  SerialPort port(link_);
  std::vector<std::int64_t> waits;
  std::int64_t now = 0;
  for (int i = 0; i < 7; ++i) {
    EXPECT_FALSE(port.open_if_due(at(now)));
    EXPECT_EQ(port.last_error(), TransportError::NotFound);
    waits.push_back(*port.retry_at() - now);
    now = *port.retry_at();
  }
  EXPECT_EQ(waits, (std::vector<std::int64_t>{100, 200, 400, 800, 1600, 2000, 2000}));
  const Descriptor device = plug();
  EXPECT_TRUE(port.open_if_due(at(now)));
  ASSERT_EQ(::write(device.get(), "x", 1), 1);
  ASSERT_TRUE(wait_for(port.fd(), POLLIN));
  std::array<std::uint8_t, 4> buffer{};
  EXPECT_EQ(port.read(buffer, at(now)), std::size_t{1});
  port.close(at(now));
  EXPECT_EQ(port.retry_at(), now + 100) << "a line that has worked is tried again at once";
}

TEST_F(SerialPortTest, keeps_a_second_user_out) {
  const Descriptor device = plug();
  SerialPort first(link_);
  SerialPort second(link_);
  ASSERT_TRUE(first.open_if_due(at(0)));
  EXPECT_FALSE(second.open_if_due(at(0)));
  EXPECT_EQ(second.last_error(), TransportError::NotAllowed);
  first.close(at(0));
  EXPECT_TRUE(second.open_if_due(at(*second.retry_at())));
}

TEST_F(SerialPortTest, refuses_what_is_not_a_terminal_device) {
  std::filesystem::create_symlink("/dev/null", link_);
  SerialPort port(link_);
  EXPECT_FALSE(port.open_if_due(at(0)));
  EXPECT_EQ(port.last_error(), TransportError::WrongKind);
}

TEST_F(SerialPortTest, discards_what_was_received_before_it_was_opened) {
  const Descriptor device = plug();
  ASSERT_EQ(::write(device.get(), "stale", 5), 5);
  SerialPort port(link_);
  ASSERT_TRUE(port.open_if_due(at(0)));
  std::array<std::uint8_t, 16> buffer{};
  EXPECT_EQ(port.read(buffer, at(0)), std::size_t{0});
}

}  // namespace
}  // namespace pilotlight::devices
