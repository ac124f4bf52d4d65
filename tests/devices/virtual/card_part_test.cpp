// The card slot as a terminal meets it: through libpcsclite, a real pcscd and either vpcd's driver or ours.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <winscard.h>

#include <chrono>

#include "devices/virtual/part.h"
#include "tests/devices/virtual/card_fixture.h"
#include "tests/support/pcscd_fixture.h"

namespace pilotlight::cabinet {
namespace {

constexpr DWORD patience_ms = 10000;

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

// A PC/SC client of one reader.
class Client {
 public:
  explicit Client(std::string reader) : reader_(std::move(reader)) {
    EXPECT_EQ(::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_), SCARD_S_SUCCESS);
  }
  ~Client() {
    disconnect();
    ::SCardReleaseContext(context_);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Waits until the reader's state has this bit; false after the patience is over.
  bool wait_for(DWORD bit) {
    SCARD_READERSTATE state{};
    state.szReader = reader_.c_str();
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
    while (std::chrono::steady_clock::now() < until) {
      if (::SCardGetStatusChange(context_, 1000, &state, 1) == SCARD_S_SUCCESS) {
        events_ = state.dwEventState >> 16;
        if ((state.dwEventState & bit) != 0) return true;
      }
      state.dwCurrentState = state.dwEventState;
    }
    return false;
  }
  DWORD events() const { return events_; }  // insertions and removals so far

  bool connect() {
    disconnect();
    DWORD protocol = 0;
    code_ = ::SCardConnect(context_, reader_.c_str(), SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0, &card_, &protocol);
    connected_ = code_ == SCARD_S_SUCCESS;
    return connected_ && protocol == SCARD_PROTOCOL_T0;
  }
  void disconnect() {
    if (connected_) ::SCardDisconnect(card_, SCARD_UNPOWER_CARD);
    connected_ = false;
  }
  bool reset() {
    DWORD protocol = 0;
    return ::SCardReconnect(card_, SCARD_SHARE_EXCLUSIVE, SCARD_PROTOCOL_T0, SCARD_RESET_CARD, &protocol) ==
           SCARD_S_SUCCESS;
  }
  std::string send(std::string_view command) { return send(hex(command)); }
  std::string send(const Bytes& bytes) {
    Bytes answer(258);
    DWORD size = answer.size();
    code_ = ::SCardTransmit(card_, SCARD_PCI_T0, bytes.data(), bytes.size(), nullptr, answer.data(), &size);
    if (code_ != SCARD_S_SUCCESS) return "";
    answer.resize(size);
    return to_hex(answer);
  }
  LONG code() const { return code_; }
  std::string select() { return send("00A404000A504C4741532E43505531"); }
  std::string card_number() { return send("00B0960008"); }
  // Sells purchase n + 1 with key 1 of that card.
  std::string sell(const CardConfig& card, std::uint32_t units) {
    const Bytes ef15 = hex(send("00B0950030"));
    PurchaseCopy next = valid_copy(ByteView(ef15).first(48)).value();
    ++next.sequence;
    ++next.purchase_number;
    next.volume = units;
    const auto record = encode_copy(next);
    const Bytes drawn = hex(send("0084000004"));
    Challenge challenge{};
    std::copy_n(drawn.begin(), 4, challenge.begin());
    Bytes command{0x04, 0xD6, 0x95, static_cast<std::uint8_t>(copy_offset(next.sequence)), 28};
    command.insert(command.end(), record.begin(), record.end());
    const Key16 key = diversify(key_of(test_keys().purchase_master, "key"), *packed_bcd(card.card_number));
    const Mac4 mac = retail_mac(key, challenge, command);
    command.insert(command.end(), mac.begin(), mac.end());
    return send(command);
  }

 private:
  const std::string reader_;
  SCARDCONTEXT context_ = 0;
  SCARDHANDLE card_ = 0;
  bool connected_ = false;
  LONG code_ = 0;
  DWORD events_ = 0;
};

CardConfig other_card() {
  CardConfig card = wang_card();
  card.name = "li";
  card.card_number = "6101000000000025";
  card.meter.clear();
  return card;
}

// The cabinet's card side, running.
class Cabinet {
 public:
  Cabinet(const std::filesystem::path& directory, std::uint16_t port) : disk_(directory) {
    config_.state_dir = directory;
    config_.card_slot = CardSlotConfig{{"127.0.0.1", port}, directory / "unplugged"};
    config_.keys = test_keys();
    config_.cards = {wang_card(), other_card()};
    config_.meters = {wang_meter()};
    points_.set_execute([this](const std::string& command) { run(command); });
    part_ = make_card_slot({config_, disk_, commands_, points_});
    part_->start();
  }
  boost::json::object run(const std::string& command) { return commands_.execute(command); }
  bool ok(const std::string& command) { return run(command).at("ok").as_bool(); }
  std::int64_t on_card(const char* field) { return run("card show wang").at(field).as_int64(); }
  Points& points() { return points_; }

 private:
  Config config_;
  FileDisk disk_;
  Commands commands_;
  Points points_;
  std::unique_ptr<Part> part_;
};

struct CardPart : ::testing::Test {
  static testing::PcscdFixture::Driver our_driver(const std::filesystem::path& directory) {
    return {BINARY_DIR "/libpilotlight_ifd.so", directory / "unplugged", "Pilotlight Cabinet", free_port()};
  }
  CardPart() : pcscd(our_driver(directory.path())) {
    started = pcscd.start();
    cabinet.emplace(directory.path(), pcscd.port());
    client.emplace(pcscd.reader_name());
  }
  // Inserts wang's card and opens its application.
  void open_card() {
    ASSERT_TRUE(cabinet->ok("card insert wang"));
    ASSERT_TRUE(client->wait_for(SCARD_STATE_PRESENT)) << pcscd.log();
    ASSERT_TRUE(client->connect()) << std::hex << client->code() << pcscd.log();
    ASSERT_EQ(client->select(), "6112");
  }

  TemporaryDirectory directory;
  testing::PcscdFixture pcscd;
  bool started = false;
  std::optional<Cabinet> cabinet;
  std::optional<Client> client;
};

TEST(CardPartWithVpcd, IsReadThroughTheStockDriver) {
  const TemporaryDirectory directory;
  testing::PcscdFixture pcscd;
  ASSERT_TRUE(pcscd.start());
  Cabinet cabinet(directory.path(), pcscd.port());
  Client client(pcscd.reader_name());
  ASSERT_TRUE(client.wait_for(SCARD_STATE_EMPTY));
  ASSERT_TRUE(cabinet.ok("card insert wang"));
  ASSERT_TRUE(client.wait_for(SCARD_STATE_PRESENT));
  ASSERT_TRUE(client.connect());
  EXPECT_EQ(client.select(), "6112");
  EXPECT_EQ(client.card_number(), "61010000000000179000");
  ASSERT_TRUE(cabinet.ok("card remove"));
  EXPECT_TRUE(client.wait_for(SCARD_STATE_EMPTY));
}

TEST_F(CardPart, IsReadAndWritten) {
  ASSERT_TRUE(started);
  ASSERT_TRUE(client->wait_for(SCARD_STATE_EMPTY));
  EXPECT_FALSE(cabinet->ok("card remove"));
  ASSERT_NO_FATAL_FAILURE(open_card());
  EXPECT_FALSE(cabinet->ok("card insert li")) << "one card at a time";
  EXPECT_EQ(client->card_number(), "61010000000000179000");
  EXPECT_EQ(client->sell(wang_card(), 4285), "9000");
  ASSERT_TRUE(client->reset());
  EXPECT_EQ(client->send("00B0950030"), "6a82") << "a reset card has nothing selected";
  EXPECT_EQ(client->select(), "6112");
  EXPECT_EQ(cabinet->on_card("purchase_number"), 4);
  EXPECT_EQ(cabinet->on_card("volume"), 42850);
  ASSERT_TRUE(cabinet->ok("card remove"));
  EXPECT_TRUE(client->wait_for(SCARD_STATE_EMPTY));
  EXPECT_EQ(client->select(), "");
}

TEST_F(CardPart, PulledAtAPointItDoesNotAnswer) {
  ASSERT_TRUE(started);
  const std::array<std::pair<const char*, std::int64_t>, 4> cases{
      {{"card.before-update", 3}, {"card.torn-update", 3}, {"card.after-update", 4}, {"card.after-update-answer", 5}}};
  for (const auto& [point, number] : cases) {
    ASSERT_NO_FATAL_FAILURE(open_card()) << point;
    ASSERT_TRUE(cabinet->points().arm(point, "card remove"));
    const bool answered = point == std::string_view("card.after-update-answer");
    EXPECT_EQ(client->sell(wang_card(), 100), answered ? "9000" : "") << point;
    EXPECT_EQ(client->code(), static_cast<LONG>(answered ? SCARD_S_SUCCESS : SCARD_E_NO_SMARTCARD)) << point;
    EXPECT_TRUE(client->wait_for(SCARD_STATE_EMPTY)) << point;
    EXPECT_EQ(cabinet->on_card("purchase_number"), number) << point;
  }
}

TEST_F(CardPart, ReaderGoesAndComesBack) {
  ASSERT_TRUE(started);
  ASSERT_NO_FATAL_FAILURE(open_card());
  ASSERT_TRUE(cabinet->ok("reader unplug"));
  EXPECT_EQ(client->select(), "");
  EXPECT_TRUE(client->wait_for(SCARD_STATE_UNAVAILABLE));
  EXPECT_TRUE(cabinet->run("state").at("card_slot").at("reader_unplugged").as_bool());
  ASSERT_TRUE(cabinet->ok("reader plug"));
  ASSERT_TRUE(client->wait_for(SCARD_STATE_PRESENT)) << "the card never left the slot";
  ASSERT_TRUE(client->connect());
  EXPECT_EQ(client->card_number(), "6a82") << "it lost its power meanwhile";
  EXPECT_EQ(client->select(), "6112");
}

TEST_F(CardPart, CardLeavesWhileTheReaderIsAway) {
  ASSERT_TRUE(started);
  ASSERT_NO_FATAL_FAILURE(open_card());
  ASSERT_TRUE(cabinet->ok("reader unplug"));
  ASSERT_TRUE(client->wait_for(SCARD_STATE_UNAVAILABLE));
  ASSERT_TRUE(cabinet->ok("card remove"));
  ASSERT_TRUE(cabinet->ok("card insert li"));
  ASSERT_TRUE(cabinet->ok("reader plug"));
  ASSERT_TRUE(client->wait_for(SCARD_STATE_PRESENT));
  ASSERT_TRUE(client->connect());
  EXPECT_EQ(client->select(), "6112");
  EXPECT_EQ(client->card_number(), "61010000000000259000");
}

TEST_F(CardPart, ReaderUnpluggedInsideAWriteCutsTheCardsPower) {
  ASSERT_TRUE(started);
  ASSERT_NO_FATAL_FAILURE(open_card());
  ASSERT_TRUE(cabinet->points().arm("card.torn-update", "reader unplug"));
  EXPECT_EQ(client->sell(wang_card(), 100), "");
  EXPECT_NE(client->code(), SCARD_S_SUCCESS);
  EXPECT_TRUE(client->wait_for(SCARD_STATE_UNAVAILABLE));
  const boost::json::object seen = cabinet->run("card show wang");
  EXPECT_EQ(seen.at("purchase_number").as_int64(), 3);
  EXPECT_FALSE(seen.at("copies").at(1).at("crc_ok").as_bool());
  ASSERT_TRUE(cabinet->ok("reader plug"));
  ASSERT_TRUE(client->wait_for(SCARD_STATE_PRESENT));
  ASSERT_TRUE(client->connect());
  ASSERT_EQ(client->select(), "6112");
  EXPECT_EQ(client->sell(wang_card(), 100), "9000") << "the torn copy is the stale one: it is written again";
  EXPECT_EQ(cabinet->on_card("purchase_number"), 4);
}

TEST_F(CardPart, AnotherCardBetweenTwoPollsIsSeen) {
  ASSERT_TRUE(started);
  ASSERT_NO_FATAL_FAILURE(open_card());
  ASSERT_TRUE(client->wait_for(SCARD_STATE_PRESENT));
  const DWORD before = client->events();
  ASSERT_TRUE(cabinet->ok("card remove"));
  ASSERT_TRUE(cabinet->ok("card insert li"));
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(patience_ms);
  while (client->events() < before + 2 && std::chrono::steady_clock::now() < until)
    ASSERT_TRUE(client->wait_for(SCARD_STATE_PRESENT));
  ASSERT_EQ(client->events(), before + 2);
  ASSERT_TRUE(client->connect());
  ASSERT_EQ(client->select(), "6112");
  EXPECT_EQ(client->card_number(), "61010000000000259000");
}

TEST_F(CardPart, CardOutlivesTheDaemon) {
  ASSERT_TRUE(started);
  ASSERT_NO_FATAL_FAILURE(open_card());
  pcscd.kill();
  EXPECT_EQ(client->select(), "");
  client.reset();
  ASSERT_TRUE(pcscd.start());
  client.emplace(pcscd.reader_name());
  ASSERT_TRUE(client->wait_for(SCARD_STATE_PRESENT));
  ASSERT_TRUE(client->connect());
  EXPECT_EQ(client->select(), "6112");
}

TEST_F(CardPart, CardIsStillInTheSlotAfterTheCabinetsDeath) {
  ASSERT_TRUE(started);
  ASSERT_NO_FATAL_FAILURE(open_card());
  ASSERT_EQ(client->sell(wang_card(), 100), "9000");
  cabinet.reset();
  ASSERT_TRUE(client->wait_for(SCARD_STATE_EMPTY));
  cabinet.emplace(directory.path(), pcscd.port());
  ASSERT_TRUE(client->wait_for(SCARD_STATE_PRESENT));
  ASSERT_TRUE(client->connect());
  EXPECT_EQ(client->select(), "6112");
  EXPECT_EQ(cabinet->on_card("volume"), 1000);
}

TEST_F(CardPart, MeterTakesTheCardOutOfTheSlot) {
  ASSERT_TRUE(started);
  ASSERT_NO_FATAL_FAILURE(open_card());
  ASSERT_EQ(client->sell(wang_card(), 4285), "9000");
  const boost::json::object loaded = cabinet->run("meter load m-wang");
  EXPECT_EQ(loaded.at("loaded").as_int64(), 42850);
  EXPECT_EQ(loaded.at("card").as_string(), "wang");
  EXPECT_TRUE(client->wait_for(SCARD_STATE_EMPTY));
  EXPECT_EQ(cabinet->on_card("volume"), 0);
  const boost::json::object again = cabinet->run("meter load m-wang");
  EXPECT_EQ(again.at("loaded").as_int64(), 0);
  EXPECT_EQ(again.at("reason").as_string(), "already loaded");
  EXPECT_EQ(cabinet->run("meter show m-wang").at("remaining").as_int64(), 54850);
  ASSERT_TRUE(cabinet->ok("card insert li"));
  EXPECT_EQ(cabinet->run("meter load m-wang").at("reason").as_string(), "not this meter's card");
}

TEST_F(CardPart, RefusesCommandsItDoesNotKnow) {
  for (const char* const command : {"card", "card insert", "card insert nobody", "card eject", "card show nobody",
                                    "meter load nobody", "meter read m-wang", "reader", "reader plug it"})
    EXPECT_FALSE(cabinet->ok(command)) << command;
  EXPECT_TRUE(cabinet->ok("reader plug")) << "plugging what is plugged changes nothing";
}

}  // namespace
}  // namespace pilotlight::cabinet
