#include "devices/transport/tcp.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>

namespace pilotlight::devices {
namespace {

constexpr int kPatience = 5000;  // ms; only a broken test waits that long

// A listening socket on a port of the kernel's choice.
struct Listener {
  Descriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port = 0;

  Listener() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(socket.get(), 1), 0);
    socklen_t size = sizeof address;
    EXPECT_EQ(getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    port = ntohs(address.sin_port);
  }
  Descriptor accept() const { return Descriptor(::accept4(socket.get(), nullptr, nullptr, SOCK_CLOEXEC)); }
};

bool wait_for(int fd, short events) {
  pollfd item{fd, events, 0};
  return poll(&item, 1, kPatience) == 1;
}

TEST(TcpClient, carries_bytes_both_ways_and_records_them) {
  Listener listener;
  TcpClient client;
  Bytes in, out;
  client.record_to([&](Direction direction, ByteView bytes) {
    Bytes& kept = direction == Direction::In ? in : out;
    kept.insert(kept.end(), bytes.begin(), bytes.end());
  });
  ASSERT_TRUE(client.connect("127.0.0.1", listener.port, kPatience));
  const Descriptor peer = listener.accept();

  std::array<std::uint8_t, 16> buffer{};
  EXPECT_EQ(client.read(buffer), std::size_t{0});
  EXPECT_EQ(client.write(as_bytes("status?")), std::size_t{7});
  std::array<char, 16> seen{};
  EXPECT_EQ(::recv(peer.get(), seen.data(), seen.size(), 0), 7);
  EXPECT_STREQ(seen.data(), "status?");

  ASSERT_EQ(::send(peer.get(), "ok", 2, 0), 2);
  ASSERT_TRUE(wait_for(client.fd(), POLLIN));
  EXPECT_EQ(client.read(buffer), std::size_t{2});
  EXPECT_EQ(as_text(out), "status?");
  EXPECT_EQ(as_text(in), "ok");
}

TEST(TcpClient, says_lost_when_the_peer_closes) {
  Listener listener;
  TcpClient client;
  ASSERT_TRUE(client.connect("127.0.0.1", listener.port, kPatience));
  listener.accept().reset();
  ASSERT_TRUE(wait_for(client.fd(), POLLIN));
  std::array<std::uint8_t, 16> buffer{};
  const auto got = client.read(buffer);
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error(), TransportError::Lost);
  client.close();
  EXPECT_EQ(client.fd(), -1);
  EXPECT_EQ(client.write(as_bytes("x")).error(), TransportError::NotOpen);
}

TEST(TcpClient, never_blocks_when_the_peer_does_not_read) {
  Listener listener;
  TcpClient client;
  ASSERT_TRUE(client.connect("127.0.0.1", listener.port, kPatience));
  const Descriptor peer = listener.accept();
  const Bytes block(65536, 0x55);
  std::size_t taken = 0;
  for (int i = 0; i < 10000; ++i) {
    const auto written = client.write(block);
    ASSERT_TRUE(written);
    if (*written == 0) break;
    taken += *written;
  }
  EXPECT_GT(taken, 0u);
  EXPECT_EQ(client.write(block), std::size_t{0});
}

TEST(TcpClient, names_why_it_cannot_connect) {
  std::uint16_t port = 0;
  {
    Listener listener;
    port = listener.port;
  }
  TcpClient client;
  EXPECT_EQ(client.connect("127.0.0.1", port, kPatience).error(), TransportError::Refused);
  EXPECT_FALSE(client.is_open());
  EXPECT_EQ(client.connect("", port, kPatience).error(), TransportError::NotFound);
}

// Two half-open connections fill a backlog of zero; the kernel then drops further SYNs silently.
TEST(TcpClient, gives_up_at_the_time_out) {
  Listener listener;
  ASSERT_EQ(listen(listener.socket.get(), 0), 0);
  std::array<TcpClient, 8> clients;
  bool timed_out = false;
  for (TcpClient& client : clients) {
    const auto connected = client.connect("127.0.0.1", listener.port, 50);
    if (connected) continue;
    EXPECT_EQ(connected.error(), TransportError::TimedOut);
    timed_out = true;
    break;
  }
  EXPECT_TRUE(timed_out);
}

}  // namespace
}  // namespace pilotlight::devices
