// The reader's driver called as pcscd calls it, with peers that misbehave.
#include <arpa/inet.h>
#include <dlfcn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <future>

extern "C" {
#include <ifdhandler.h>
}

#include "tests/devices/virtual/card_fixture.h"

namespace pilotlight::cabinet {
namespace {

constexpr DWORD lun = 0;

// A card program that does what the test tells it.
class Peer {
 public:
  explicit Peer(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  ~Peer() { close(); }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void send(std::string_view bytes) const {
    const Bytes content = hex(bytes);
    EXPECT_EQ(::send(fd_, content.data(), content.size(), MSG_NOSIGNAL), static_cast<ssize_t>(content.size()));
  }
  std::string receive(std::size_t size) const {
    Bytes content(size);
    const ssize_t got = ::recv(fd_, content.data(), size, MSG_WAITALL);
    content.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return to_hex(content);
  }

 private:
  int fd_;
};

struct IfdModule : ::testing::Test {
  IfdModule() : library(::dlopen(BINARY_DIR "/libpilotlight_ifd.so", RTLD_NOW | RTLD_LOCAL)) {
    if (library == nullptr) throw std::runtime_error(::dlerror());
    load(create, "IFDHCreateChannelByName");
    load(close, "IFDHCloseChannel");
    load(presence, "IFDHICCPresence");
    load(power, "IFDHPowerICC");
    load(transmit, "IFDHTransmitToICC");
    load(capabilities, "IFDHGetCapabilities");
    for (port = 24000; open("flag:" + std::to_string(port)) != IFD_SUCCESS; ++port)
      if (port > 24500) throw std::runtime_error("no free port");
  }
  ~IfdModule() override {
    close(lun);
    ::dlclose(library);
  }
  template <class Function>
  void load(Function*& function, const char* name) {
    function = reinterpret_cast<Function*>(::dlsym(library, name));
    if (function == nullptr) throw std::runtime_error(::dlerror());
  }
  RESPONSECODE open(const std::string& device) {
    std::string name = (directory.path() / device).string();
    return create(lun, name.data());
  }
  void unplug() const { std::ofstream(directory.path() / "flag"); }
  void plug() const { std::filesystem::remove(directory.path() / "flag"); }
  RESPONSECODE power_up(std::string& atr) const {
    std::array<UCHAR, MAX_ATR_SIZE> bytes{};
    DWORD length = bytes.size();
    const RESPONSECODE code = power(lun, IFD_POWER_UP, bytes.data(), &length);
    atr = to_hex(ByteView(bytes).first(length));
    return code;
  }
  RESPONSECODE send(std::string_view command, std::string& answer, DWORD room = 258) const {
    Bytes bytes = hex(command);
    Bytes received(258);
    DWORD length = room;
    const RESPONSECODE code = transmit(lun, {}, bytes.data(), bytes.size(), received.data(), &length, nullptr);
    answer = to_hex(ByteView(received).first(length));
    return code;
  }

  TemporaryDirectory directory;
  void* library;
  decltype(IFDHCreateChannelByName)* create = nullptr;
  decltype(IFDHCloseChannel)* close = nullptr;
  decltype(IFDHICCPresence)* presence = nullptr;
  decltype(IFDHPowerICC)* power = nullptr;
  decltype(IFDHTransmitToICC)* transmit = nullptr;
  decltype(IFDHGetCapabilities)* capabilities = nullptr;
  std::uint16_t port = 0;
};

TEST_F(IfdModule, RefusesBadDevices) {
  for (const char* const device : {"flag", "flag:", "flag:0", "flag:70000", "flag:12x"})
    EXPECT_EQ(open(device), IFD_COMMUNICATION_ERROR) << device;
  const int taken = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(taken, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(taken, 1), 0);
  ::getsockname(taken, reinterpret_cast<sockaddr*>(&address), &size);
  EXPECT_EQ(open("flag:" + std::to_string(ntohs(address.sin_port))), IFD_COMMUNICATION_ERROR);
  ::close(taken);
}

TEST_F(IfdModule, PowersAndExchanges) {
  std::string answer;
  EXPECT_EQ(presence(lun), IFD_ICC_NOT_PRESENT);
  EXPECT_EQ(send("00B0950030", answer), IFD_ICC_NOT_PRESENT);
  const Peer peer(port);
  EXPECT_EQ(presence(lun), IFD_ICC_PRESENT);
  peer.send("00063B1396504C31");  // before it is asked: noise, the connection is not to be trusted
  EXPECT_EQ(presence(lun), IFD_ICC_NOT_PRESENT);
  EXPECT_EQ(presence(lun), IFD_ICC_NOT_PRESENT);

  const Peer good(port);
  ASSERT_EQ(presence(lun), IFD_ICC_PRESENT);
  std::future<void> card = std::async(std::launch::async, [&good] {
    EXPECT_EQ(good.receive(6), "000101000104");
    good.send("00063B1396504C31");
    EXPECT_EQ(good.receive(7), "000500b0950030");
    good.send("00029000");
  });
  EXPECT_EQ(power_up(answer), IFD_SUCCESS);
  EXPECT_EQ(answer, "3b1396504c31");
  EXPECT_EQ(send("00B0950030", answer), IFD_SUCCESS);
  EXPECT_EQ(answer, "9000");
  card.get();
  EXPECT_EQ(send("84", answer), IFD_NOT_SUPPORTED) << "one byte would be a control code";
}

TEST_F(IfdModule, CardGoneInsideAnAnswer) {
  Peer peer(port);
  ASSERT_EQ(presence(lun), IFD_ICC_PRESENT);
  std::future<void> card = std::async(std::launch::async, [&peer] {
    peer.receive(7);
    peer.send("003200000006");
    peer.close();
  });
  std::string answer;
  EXPECT_EQ(send("00B0950030", answer), IFD_ICC_NOT_PRESENT);
  EXPECT_EQ(answer, "");
  card.get();
  const Peer next(port);
  EXPECT_EQ(presence(lun), IFD_ICC_NOT_PRESENT) << "the exchange of cards must be seen";
  EXPECT_EQ(presence(lun), IFD_ICC_PRESENT);
}

TEST_F(IfdModule, AnswersOfWrongSize) {
  const Peer peer(port);
  ASSERT_EQ(presence(lun), IFD_ICC_PRESENT);
  std::future<void> card = std::async(std::launch::async, [&peer] {
    for (const char* const reply : {"000190", "0000", "000411229000"}) {
      peer.receive(7);
      peer.send(reply);
    }
  });
  std::string answer;
  EXPECT_EQ(send("00B0950030", answer), IFD_COMMUNICATION_ERROR);
  EXPECT_EQ(send("00B0950030", answer), IFD_COMMUNICATION_ERROR);
  EXPECT_EQ(send("00B0950030", answer, 3), IFD_ERROR_INSUFFICIENT_BUFFER);
  card.get();
}

TEST_F(IfdModule, SkipsCardsThatCameAndWent) {
  for (int i = 0; i < 5; ++i) Peer(port).close();
  const Peer peer(port);
  EXPECT_EQ(presence(lun), IFD_ICC_PRESENT);
}

TEST_F(IfdModule, UnpluggedWhileTheCardIsSilent) {
  const Peer peer(port);
  ASSERT_EQ(presence(lun), IFD_ICC_PRESENT);
  std::future<void> card = std::async(std::launch::async, [&] {
    peer.receive(7);
    unplug();
  });
  std::string answer;
  EXPECT_EQ(send("00B0950030", answer), IFD_COMMUNICATION_ERROR);
  card.get();
  EXPECT_EQ(presence(lun), IFD_COMMUNICATION_ERROR);
  EXPECT_EQ(power_up(answer), IFD_COMMUNICATION_ERROR);
  EXPECT_EQ(peer.receive(1), "") << "the reader let go of the card";
  const Peer again(port);
  EXPECT_EQ(presence(lun), IFD_COMMUNICATION_ERROR);
  plug();
  EXPECT_EQ(presence(lun), IFD_ICC_PRESENT);
}

TEST_F(IfdModule, TellsWhatItIs) {
  UCHAR value = 0;
  DWORD length = 1;
  EXPECT_EQ(capabilities(lun, TAG_IFD_SLOTS_NUMBER, &length, &value), IFD_SUCCESS);
  EXPECT_EQ(value, 1);
  length = 0;
  EXPECT_EQ(capabilities(lun, TAG_IFD_SLOTS_NUMBER, &length, &value), IFD_ERROR_INSUFFICIENT_BUFFER);
  EXPECT_EQ(capabilities(lun, 0x1234, &length, &value), IFD_ERROR_TAG);
}

}  // namespace
}  // namespace pilotlight::cabinet
