// The real program, run as people and scripts run it.
#include "ledger/server/commands.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>

#include "ledger/wire/json.h"
#include "tests/ledger/server/tls_client.h"

namespace pilotlight::server {
namespace {

struct Ran {
  int code = -1;
  std::string out;
};

Ran run(const std::string& arguments) {
  const std::string command = std::string(BINARY_DIR) + "/pilotlight-ledger " + arguments + " 2>&1";
  Ran ran;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> chunk{};
  for (std::size_t size = 0; (size = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;)
    ran.out.append(chunk.data(), size);
  const int status = pclose(pipe);
  ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ran;
}

// What stands behind "name": in a line of JSON, up to the next comma or quote.
std::string field(const std::string& json, const std::string& name) {
  const auto key = json.find("\"" + name + "\":");
  if (key == std::string::npos) return {};
  auto from = key + name.size() + 3;
  if (json[from] == '"') ++from;
  return json.substr(from, json.find_first_of(",\"}", from) - from);
}

// `pilotlight-ledger serve` in a process of its own until the test is over.
class Serving {
 public:
  explicit Serving(const std::vector<std::string>& arguments) {
    std::array<int, 2> pipe{};
    EXPECT_EQ(::pipe(pipe.data()), 0);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(pipe[1], STDOUT_FILENO);
      ::close(pipe[0]);
      const std::string program = std::string(BINARY_DIR) + "/pilotlight-ledger";
      std::vector<std::string> words{program, "serve", "--json", "--listen", "127.0.0.1:0", "--public", "127.0.0.1:0"};
      words.insert(words.end(), arguments.begin(), arguments.end());
      std::vector<char*> raw;
      for (auto& word : words) raw.push_back(word.data());
      raw.push_back(nullptr);
      ::execv(program.c_str(), raw.data());
      ::_exit(127);
    }
    ::close(pipe[1]);
    pollfd watched{pipe[0], POLLIN, 0};
    std::array<char, 512> line{};
    if (::poll(&watched, 1, 30'000) == 1) {
      const ssize_t size = ::read(pipe[0], line.data(), line.size());
      ready_.assign(line.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    }
    ::close(pipe[0]);
  }
  ~Serving() {
    if (pid_ > 0) stop(SIGKILL);
  }
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  const std::string& ready() const { return ready_; }
  std::uint16_t port(const std::string& name) const {
    const std::string address = field(ready_, name);
    return static_cast<std::uint16_t>(std::atoi(address.substr(address.rfind(':') + 1).c_str()));
  }
  int stop(int signal) {
    ::kill(pid_, signal);
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  std::string ready_;
};

class CommandsTest : public testing::Test {
 protected:
  void SetUp() override {
    const Ran made = run("init --demo --dir " + dir);
    ASSERT_EQ(made.code, 0) << made.out;
  }
  void fill() {
    ASSERT_EQ(run("demo-data --accounts 300 --dir " + dir).code, 0);
    for (const char* kind : {"tariffs", "accounts", "cards"}) {
      const Ran ran =
          run(std::string("import ") + kind + " " + dir + "/demo-data/" + kind + ".csv --json --dir " + dir);
      ASSERT_EQ(ran.code, 0) << ran.out;
    }
  }
  TlsClient::Options client(std::uint16_t port, std::optional<TestIdentity> who = std::nullopt) const {
    return {port, dir + "/pki/ca.crt", std::move(who), TLS1_3_VERSION, nullptr};
  }
  TestIdentity enrol(const Serving& serving, const std::string& terminal) {
    const Ran ran = run("enrol --terminal " + terminal + " --json --dir " + dir);
    EXPECT_EQ(ran.code, 0) << ran.out;
    TestIdentity identity = TestIdentity::make();
    const wire::EnrolRequest request{field(ran.out, "code"), identity.csr_pem};
    const HttpAnswer answer = TlsClient(client(serving.port("terminals"))).post("/v1/enrol", wire::to_json(request));
    const auto certificate = wire::from_json<wire::Certificate>(answer.body);
    EXPECT_TRUE(certificate) << answer.body;
    if (certificate) identity.certificate_pem = certificate->certificate_pem;
    return identity;
  }

  TestFolder folder;
  std::string dir = (folder.path() / "ledger").string();
  std::string beat = wire::to_json(wire::HeartbeatRequest{0, "test", "in_service"});
};

TEST_F(CommandsTest, NeverMakesALedgerOverAnother) {
  const Ran again = run("init --demo --dir " + dir);
  EXPECT_EQ(again.code, 1);
  EXPECT_NE(again.out.find("never overwritten"), std::string::npos);
}

TEST_F(CommandsTest, AnEmptyLedgerAndAFilledOneKeepEveryLaw) {
  EXPECT_EQ(run("audit --dir " + dir).code, 0);
  fill();
  const Ran audit = run("audit --json --dir " + dir);
  EXPECT_EQ(audit.code, 0) << audit.out;
  EXPECT_NE(audit.out.find(R"("violations":[])"), std::string::npos) << audit.out;
}

TEST_F(CommandsTest, ShowsAnAccountMasked) {
  fill();
  const Ran shown = run("account show 610100000001 --json --dir " + dir);
  EXPECT_EQ(shown.code, 0) << shown.out;
  EXPECT_NE(shown.out.find("6101000000000017"), std::string::npos);
  EXPECT_EQ(shown.out.find("王秀英"), std::string::npos);
  EXPECT_EQ(run("account show 999 --dir " + dir).code, 2);
}

TEST_F(CommandsTest, ImportNamesTheWrongLine) {
  fill();
  std::ofstream(dir + "/bad.csv")
      << "card_number,account,purchase_number,replacement_count,state\n12,610100000001,1,0,active\n";
  const Ran ran = run("import cards " + dir + "/bad.csv --dir " + dir);
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.out.find("line 2"), std::string::npos) << ran.out;
  EXPECT_EQ(run("import cards /does/not/exist --dir " + dir).code, 1);
}

TEST_F(CommandsTest, DemoDataIsAlwaysTheSame) {
  ASSERT_EQ(run("demo-data --out " + dir + "/a --dir " + dir).code, 0);
  ASSERT_EQ(run("demo-data --out " + dir + "/b --dir " + dir).code, 0);
  for (const char* name : {"accounts.csv", "cards.csv", "tariffs.csv", "cabinet.toml"})
    EXPECT_EQ(std::system(("cmp -s " + dir + "/a/" + name + " " + dir + "/b/" + name).c_str()), 0) << name;
}

TEST_F(CommandsTest, ShowsCardKeysOfADemoOnly) {
  const Ran shown = run("demo-keys --dir " + dir);
  EXPECT_EQ(shown.code, 0) << shown.out;
  EXPECT_NE(shown.out.find("[keys]\npurchase_master = \""), std::string::npos);
  const std::string real = (folder.path() / "real").string();
  ASSERT_EQ(run("init --production --dir " + real).code, 0);
  const Ran refused = run("demo-keys --dir " + real);
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.out.find("purchase_master"), std::string::npos);
}

TEST_F(CommandsTest, ServesFromEnrolmentToRevocation) {
  Serving serving({"--dir", dir});
  ASSERT_NE(serving.port("terminals"), 0) << serving.ready();
  const TestIdentity identity = enrol(serving, "T0042");
  TlsClient terminal(client(serving.port("terminals"), identity));
  EXPECT_EQ(terminal.post("/v1/heartbeat", beat).status, 200U);
  const Ran listed = run("terminal list --json --dir " + dir);
  EXPECT_EQ(field(listed.out, "terminal"), "T0042");
  EXPECT_EQ(field(listed.out, "state"), "Active");
  EXPECT_EQ(run("terminal disable T0042 --reason door --dir " + dir).code, 0);
  EXPECT_NE(terminal.post("/v1/heartbeat", beat).body.find(R"("may_trade":false)"), std::string::npos);
  EXPECT_EQ(run("terminal enable T0042 --dir " + dir).code, 0);
  EXPECT_NE(terminal.post("/v1/heartbeat", beat).body.find(R"("may_trade":true)"), std::string::npos);
  EXPECT_EQ(run("revoke --terminal T0042 --dir " + dir).code, 0);
  EXPECT_EQ(terminal.post("/v1/heartbeat", beat).status, 403U);
  EXPECT_EQ(serving.stop(SIGTERM), 0);
  EXPECT_EQ(run("audit --dir " + dir).code, 0);
}

TEST_F(CommandsTest, ServesThePublicPageWithoutCertificates) {
  Serving serving({"--dir", dir});
  const HttpAnswer answer = TlsClient(client(serving.port("public"))).get("/r?d=x");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_NE(answer.body.find("无法识别"), std::string::npos);
}

TEST_F(CommandsTest, KeepsWhatItAnsweredThroughSigkill) {
  Serving first({"--dir", dir});
  const TestIdentity identity = enrol(first, "T0042");
  first.stop(SIGKILL);
  Serving second({"--dir", dir});
  EXPECT_EQ(TlsClient(client(second.port("terminals"), identity)).post("/v1/heartbeat", beat).status, 200U);
}

TEST_F(CommandsTest, RestoringRaisesTheEpoch) {
  const Ran first = run("restore-epoch --json --dir " + dir);
  const Ran second = run("restore-epoch --json --dir " + dir);
  EXPECT_EQ(first.code, 0) << first.out;
  EXPECT_LT(std::stoull(field(first.out, "epoch")), std::stoull(field(second.out, "epoch")));
}

TEST_F(CommandsTest, MisbehavesOnCommandInADemo) {
  const std::string socket = (folder.path() / "faults").string();
  Serving serving({"--dir", dir, "--fault-socket", socket});
  const TestIdentity identity = enrol(serving, "T0042");
  const auto order = [&](const std::string& line) {
    const int file = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, socket.c_str(), socket.size());
    EXPECT_EQ(::connect(file, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::write(file, line.data(), line.size()), static_cast<ssize_t>(line.size()));
    std::array<char, 256> answer{};
    EXPECT_GT(::read(file, answer.data(), answer.size()), 0);
    ::close(file);
  };
  for (const char* status : {"401", "403", "409", "500"}) {
    order(std::string("answer ") + status + " 1 /v1/heartbeat\n");
    EXPECT_EQ(std::to_string(TlsClient(client(serving.port("terminals"), identity)).post("/v1/heartbeat", beat).status),
              status);
  }
  const std::string executed = wire::to_json(wire::HeartbeatRequest{0, "executed", "in_service"});
  order("answer drop 1 /v1/heartbeat after\n");
  EXPECT_EQ(TlsClient(client(serving.port("terminals"), identity)).post("/v1/heartbeat", executed).status, 0U);
  EXPECT_EQ(field(run("terminal list --json --dir " + dir).out, "version"), "executed");
}

TEST_F(CommandsTest, AProductionLedgerHasNoFaultSwitch) {
  const std::string real = (folder.path() / "real").string();
  ASSERT_EQ(run("init --dir " + real).code, 0);
  const Ran refused = run("serve --listen 127.0.0.1:0 --public '' --fault-socket " + real + "/f --dir " + real);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.out.find("demo ledgers only"), std::string::npos) << refused.out;
}

TEST_F(CommandsTest, SaysWhatIsWrongWithACommandLine) {
  EXPECT_NE(run("").code, 0);
  EXPECT_NE(run("explode").code, 0);
  EXPECT_NE(run("enrol --terminal T1").code, 0) << "--dir is missing";
  EXPECT_EQ(run("enrol --terminal nope! --dir " + dir).code, 1);
  EXPECT_EQ(run("audit --dir /does/not/exist").code, 1);
}

}  // namespace
}  // namespace pilotlight::server
