#include "ledger/server/fault_switch.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "tests/ledger/server/tls_client.h"

namespace pilotlight::server {
namespace {

class FaultSwitchTest : public testing::Test {
 protected:
  void SetUp() override {
    auto started = FaultSwitch::start(folder.path() / "faults");
    ASSERT_TRUE(started) << started.error().text;
    faults = std::move(*started);
  }
  TestFolder folder;
  std::unique_ptr<FaultSwitch> faults;
};

TEST_F(FaultSwitchTest, DoesNothingUnasked) { EXPECT_FALSE(faults->take("/v1/identify")); }

TEST_F(FaultSwitchTest, FiresSoOftenAndForThatPathOnly) {
  EXPECT_EQ(faults->command("answer 409 2 /v1/authorise"), R"({"ok":true,"armed":2,"fired":0})");
  EXPECT_FALSE(faults->take("/v1/identify"));
  EXPECT_EQ(faults->take("/v1/authorise")->reply.status, 409U);
  EXPECT_FALSE(faults->take("/v1/authorise")->after);
  EXPECT_FALSE(faults->take("/v1/authorise"));
  EXPECT_EQ(faults->command("state"), R"({"ok":true,"armed":0,"fired":2})");
}

TEST_F(FaultSwitchTest, LosesTheAnswerAfterTheDeed) {
  faults->command("answer silence 1 after");
  const auto fault = faults->take("/v1/authorise");
  ASSERT_TRUE(fault);
  EXPECT_TRUE(fault->after);
  EXPECT_EQ(fault->reply.delivery, Delivery::Silence);
}

TEST_F(FaultSwitchTest, ForgetsWhatIsArmed) {
  faults->command("answer 500 9");
  faults->command("clear");
  EXPECT_FALSE(faults->take("/v1/facts"));
}

TEST_F(FaultSwitchTest, RefusesWhatItDoesNotKnow) {
  for (const char* line :
       {"", "answer", "answer 200 1", "answer 500 0", "answer 500 x", "answer 500 1 later", "explode"})
    EXPECT_NE(faults->command(line).find(R"("ok":false)"), std::string::npos) << line;
  EXPECT_FALSE(faults->take("/v1/facts"));
}

TEST_F(FaultSwitchTest, IsReachedThroughItsSocket) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{10, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = (folder.path() / "faults").string();
  std::memcpy(address.sun_path, path.c_str(), path.size());
  ASSERT_EQ(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  const std::string_view line = "answer garbage 1\n";
  ASSERT_EQ(::write(socket, line.data(), line.size()), static_cast<ssize_t>(line.size()));
  std::array<char, 200> answer{};
  const ssize_t size = ::read(socket, answer.data(), answer.size());
  ASSERT_GT(size, 0);
  EXPECT_EQ(std::string_view(answer.data(), static_cast<std::size_t>(size)), "{\"ok\":true,\"armed\":1,\"fired\":0}\n");
  EXPECT_EQ(faults->take("/v1/facts")->reply.delivery, Delivery::Garbage);
  ::close(socket);
}

}  // namespace
}  // namespace pilotlight::server
