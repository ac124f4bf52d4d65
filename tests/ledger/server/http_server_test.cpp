#include "ledger/server/http_server.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>

#include "ledger/server/listen_address.h"
#include "tests/ledger/server/tls_client.h"

namespace pilotlight::server {
namespace {

using std::chrono::milliseconds;

std::int64_t wall_ms() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// A server that says who asked and how long the body was.
class HttpServerTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(Authority::create(folder.path(), {}, wall_ms()));
    authority.emplace(std::move(*Authority::open(folder.path())));
    options.server_file = authority->server_file();
    options.ca_file = authority->ca_file();
    options.answer = [](const HttpRequest& request) {
      HttpReply reply;
      reply.body = request.method + " " + request.path + " " + (request.peer ? request.peer->common_name : "nobody") +
                   " " + std::to_string(request.body.size());
      return reply;
    };
  }
  void start() {
    auto started = HttpServer::start(options);
    ASSERT_TRUE(started) << started.error().text;
    server = std::move(*started);
  }
  TestIdentity identity(const Authority& from, std::int64_t now, int days = terminal_certificate_days) {
    TestIdentity made = TestIdentity::make();
    made.certificate_pem = from.issue(made.csr_pem, "T0042", now, days)->pem;
    return made;
  }
  TlsClient::Options client(std::optional<TestIdentity> who = std::nullopt) {
    return {server->port(), authority->ca_file(), std::move(who), TLS1_3_VERSION, nullptr};
  }

  TestFolder folder;
  std::optional<Authority> authority;
  HttpServer::Options options;
  std::unique_ptr<HttpServer> server;
};

TEST_F(HttpServerTest, KnowsTheTerminalByItsCertificateAndKeepsTheConnection) {
  start();
  TlsClient terminal(client(identity(*authority, wall_ms())));
  EXPECT_EQ(terminal.post("/a?x=1", "12345").body, "POST /a T0042 5");
  EXPECT_EQ(terminal.get("/b").body, "GET /b T0042 0");
  EXPECT_EQ(server->connections(), 1U);
}

TEST_F(HttpServerTest, ACertificateFromAnotherCaIsRefused) {
  start();
  TestFolder elsewhere;
  ASSERT_TRUE(Authority::create(elsewhere.path(), {}, wall_ms()));
  const Authority other = std::move(*Authority::open(elsewhere.path()));
  TlsClient terminal(client(identity(other, wall_ms())));
  EXPECT_EQ(terminal.get("/a").status, 0U);
}

TEST_F(HttpServerTest, AServerCertificateIsNoClientCertificate) {
  start();
  TestIdentity server_identity;
  TestFolder unused;
  FILE* file = std::fopen(authority->server_file().c_str(), "r");
  ASSERT_NE(file, nullptr);
  std::string pem(16'384, '\0');
  pem.resize(std::fread(pem.data(), 1, pem.size(), file));
  std::fclose(file);
  server_identity.certificate_pem = pem;
  server_identity.key_pem = pem;
  TlsClient terminal(client(server_identity));
  EXPECT_EQ(terminal.get("/a").status, 0U);
}

TEST_F(HttpServerTest, WithoutACertificateThereIsOneAnswerAndNoPeer) {
  start();
  TlsClient stranger(client());
  const HttpAnswer answer = stranger.get("/a");
  EXPECT_EQ(answer.body, "GET /a nobody 0");
  EXPECT_NE(answer.head.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(stranger.closed_by_server());
}

TEST_F(HttpServerTest, AnExpiredCertificateArrivesWithItsDateForTheRulesToJudge) {
  std::promise<CertificateFacts> seen;
  options.answer = [&seen](const HttpRequest& request) {
    seen.set_value(*request.peer);
    return HttpReply{};
  };
  start();
  const std::int64_t long_ago = wall_ms() - 90LL * 24 * 3600 * 1000;
  TlsClient terminal(client(identity(*authority, long_ago)));
  EXPECT_EQ(terminal.get("/a").status, 200U);
  EXPECT_LT(seen.get_future().get().not_after_ms, wall_ms());
}

TEST_F(HttpServerTest, SpeaksNothingOlderThanTls13) {
  start();
  TlsClient::Options old = client(identity(*authority, wall_ms()));
  old.maximum_version = TLS1_2_VERSION;
  EXPECT_FALSE(TlsClient(old).connected());
}

TEST_F(HttpServerTest, ResumesASessionAndStillKnowsWhoItIs) {
  start();
  const TestIdentity who = identity(*authority, wall_ms());
  TlsClient first(client(who));
  ASSERT_EQ(first.get("/a").status, 200U);
  ASSERT_NE(first.ticket(), nullptr);
  TlsClient::Options again = client(who);
  again.ticket = first.ticket();
  TlsClient second(again);
  EXPECT_EQ(second.get("/a").body, "GET /a T0042 0");
  EXPECT_TRUE(second.resumed());
}

TEST_F(HttpServerTest, RefusesABodyOverOneMebibyte) {
  start();
  TlsClient terminal(client(identity(*authority, wall_ms())));
  ASSERT_TRUE(terminal.send("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1048577\r\n\r\n"));
  EXPECT_EQ(terminal.receive().status, 413U);
  EXPECT_TRUE(terminal.closed_by_server());
  TlsClient other(client(identity(*authority, wall_ms())));
  EXPECT_EQ(other.post("/a", std::string(1 << 20, 'x')).body, "POST /a T0042 1048576");
}

TEST_F(HttpServerTest, RefusesEndlessHeaders) {
  start();
  TlsClient terminal(client(identity(*authority, wall_ms())));
  ASSERT_TRUE(terminal.send("GET /a HTTP/1.1\r\nX: " + std::string(20'000, 'x')));
  EXPECT_EQ(terminal.receive().status, 431U);
}

TEST_F(HttpServerTest, AnswersGarbageWith400AndCloses) {
  start();
  TlsClient terminal(client(identity(*authority, wall_ms())));
  ASSERT_TRUE(terminal.send("\x01\x02 hello\r\n\r\n"));
  EXPECT_EQ(terminal.receive().status, 400U);
  EXPECT_TRUE(terminal.closed_by_server());
}

TEST_F(HttpServerTest, ClosesAConnectionThatSendsTooSlowly) {
  options.request_limit = milliseconds(150);
  start();
  TlsClient slow(client(identity(*authority, wall_ms())));
  ASSERT_TRUE(slow.send("POST /a HTTP/1.1\r\nContent-Le"));
  EXPECT_TRUE(slow.closed_by_server());
}

TEST_F(HttpServerTest, ClosesAnIdleConnection) {
  options.idle_limit = milliseconds(100);
  start();
  TlsClient idle(client(identity(*authority, wall_ms())));
  ASSERT_EQ(idle.get("/a").status, 200U);
  EXPECT_TRUE(idle.closed_by_server());
}

TEST_F(HttpServerTest, ClosesAConnectionThatNeverShakesHands) {
  options.handshake_limit = milliseconds(100);
  start();
  // A plain TCP connection that only listens.
  const std::string command = "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(server->port()) + "; cat <&3; echo closed";
  FILE* silent = popen(("bash -c '" + command + "'").c_str(), "r");
  ASSERT_NE(silent, nullptr);
  char line[16] = {};
  EXPECT_NE(std::fgets(line, sizeof line, silent), nullptr);
  EXPECT_EQ(std::string(line), "closed\n");
  pclose(silent);
}

TEST_F(HttpServerTest, TakesNoMoreConnectionsThanItMay) {
  options.connections_maximum = 1;
  start();
  const TestIdentity who = identity(*authority, wall_ms());
  TlsClient first(client(who));
  ASSERT_EQ(first.get("/a").status, 200U);
  EXPECT_FALSE(TlsClient(client(who)).connected());
  EXPECT_EQ(first.get("/a").status, 200U);
}

TEST_F(HttpServerTest, BlockedAnswersRunSideBySide) {
  std::mutex mutex;
  std::condition_variable changed;
  int inside = 0;
  options.answer = [&](const HttpRequest&) {
    std::unique_lock lock(mutex);
    ++inside;
    changed.notify_all();
    const bool together = changed.wait_for(lock, std::chrono::seconds(10), [&] { return inside == 4; });
    HttpReply reply;
    reply.status = together ? 200 : 500;
    return reply;
  };
  start();
  const TestIdentity who = identity(*authority, wall_ms());
  std::vector<std::future<unsigned>> answers;
  for (int i = 0; i < 4; ++i)
    answers.push_back(std::async(std::launch::async, [&] { return TlsClient(client(who)).get("/a").status; }));
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 200U);
}

TEST_F(HttpServerTest, AnExceptionCostsOneAnswer) {
  options.answer = [](const HttpRequest& request) -> HttpReply {
    if (request.path == "/bad") throw std::runtime_error("disk on fire");
    return {};
  };
  start();
  TlsClient terminal(client(identity(*authority, wall_ms())));
  const HttpAnswer answer = terminal.get("/bad");
  EXPECT_EQ(answer.status, 500U);
  EXPECT_EQ(answer.body.find("fire"), std::string::npos);
  EXPECT_EQ(terminal.get("/good").status, 200U);
}

TEST_F(HttpServerTest, AnswersWhatIsUnderWayBeforeItStops) {
  std::promise<void> entered;
  std::promise<void> leave;
  options.answer = [&](const HttpRequest&) {
    entered.set_value();
    leave.get_future().wait();
    return HttpReply{};
  };
  start();
  TlsClient terminal(client(identity(*authority, wall_ms())));
  auto answer = std::async(std::launch::async, [&] { return terminal.get("/a"); });
  entered.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { server->stop(std::chrono::seconds(10)); });
  leave.set_value();
  EXPECT_EQ(answer.get().status, 200U);
  stopped.get();
  EXPECT_EQ(server->connections(), 0U);
}

TEST_F(HttpServerTest, CanMisbehaveForTests) {
  options.answer = [](const HttpRequest& request) {
    HttpReply reply;
    reply.delivery = request.path == "/garbage" ? Delivery::Garbage
                     : request.path == "/drop"  ? Delivery::Drop
                                                : Delivery::Silence;
    return reply;
  };
  start();
  const TestIdentity who = identity(*authority, wall_ms());
  EXPECT_EQ(TlsClient(client(who)).get("/drop").status, 0U);
  EXPECT_EQ(TlsClient(client(who)).get("/garbage").status, 0U);
  TlsClient silent(client(who));
  auto answer = std::async(std::launch::async, [&] { return silent.get("/silence"); });
  EXPECT_EQ(answer.wait_for(milliseconds(200)), std::future_status::timeout);
  server->stop(std::chrono::seconds(10));
  EXPECT_EQ(answer.get().status, 0U);
}

TEST_F(HttpServerTest, SaysWhatIsWrongWhenItCannotStart) {
  start();
  options.listen = "127.0.0.1:" + std::to_string(server->port());
  const auto second = HttpServer::start(options);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text.find(options.listen), std::string::npos);
  options.listen = "somewhere";
  EXPECT_FALSE(HttpServer::start(options));
}

TEST(ListenAddress, ReadsWhatItSays) {
  EXPECT_EQ(parse_listen_address("127.0.0.1:8443")->port, 8443);
  EXPECT_EQ(parse_listen_address("[::1]:0")->host, "::1");
  for (const char* wrong : {"", "8443", "localhost:8443", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:80x", "::1:80"})
    EXPECT_FALSE(parse_listen_address(wrong)) << wrong;
}

TEST(ParseHttpRequest, ReadsOneWholeRequest) {
  const auto request = parse_http_request("POST /v1/x?a=b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->path, "/v1/x");
  EXPECT_EQ(request->query, "a=b");
  EXPECT_EQ(request->body, "abc");
  EXPECT_EQ(parse_http_request("POST /").error(), 400U);
  EXPECT_EQ(parse_http_request("POST / HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n").error(), 413U);
}

}  // namespace
}  // namespace pilotlight::server
