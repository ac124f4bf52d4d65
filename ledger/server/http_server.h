// HTTPS for one address: TLS 1.3 only, HTTP/1.1, bounded in everything a stranger can make large or slow. Boost.Beast
// is behind this header and in one translation unit (http_server.cpp).
//
// What is asked is answered by a function that runs on worker threads and may block (a ledger call waits for its
// commit; many blocked at once is what makes one commit carry many). Network threads never block.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kiosk/base/result.h"
#include "ledger/server/authority.h"

namespace pilotlight::server {

// One request, read whole.
struct HttpRequest {
  std::string id;  // made here, unique in this process; in the log and in the answer's X-Request-Id
  std::string method;
  std::string path;   // without the query
  std::string query;  // behind '?', undecoded
  std::string body;
  // Of a certificate from our own CA and with a proven key. Time, revocation and rights are for whoever answers: they
  // can change while a connection lives.
  std::optional<CertificateFacts> peer;
};

// What to do with the connection. Everything but Send is for tests of what a terminal does with a broken ledger.
enum class Delivery {
  Send,
  Garbage,  // bytes that are not HTTP, then close
  Silence,  // no answer at all; the connection stays open for ten minutes
  Drop      // close without an answer
};

struct HttpReply {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  Delivery delivery = Delivery::Send;
  std::string route = {};  // for the log: the known path, never a stranger's text; empty: none
};

// Reads one whole request out of bytes, within the server's limits. The failure is the HTTP status it would be answered
// with (400, 413, 431). For tests and fuzzing; the server reads with the same parser.
Result<HttpRequest, unsigned> parse_http_request(std::string_view bytes);

class HttpServer {
 public:
  struct Options {
    std::string listen = "127.0.0.1:0";  // ADDRESS:PORT or [ADDRESS]:PORT; port 0 takes a free one
    std::filesystem::path server_file;   // PEM: certificate and key
    std::filesystem::path ca_file;       // whose client certificates are asked for; empty: none are asked for
    std::function<HttpReply(const HttpRequest&)> answer;  // on worker threads, concurrently
    std::string name = "terminals";                       // in the log
    unsigned network_threads = 1;
    unsigned worker_threads = 8;
    std::size_t connections_maximum = 2048;  // one more is closed at once
    std::chrono::milliseconds handshake_limit{10'000};
    std::chrono::milliseconds idle_limit{150'000};    // between requests: longer than the terminals' heartbeat
    std::chrono::milliseconds request_limit{15'000};  // from first byte to last of one request; writing its answer too
  };

  // Listens at once. The words say what to do (address in use, unreadable certificate).
  static Result<std::unique_ptr<HttpServer>, Message> start(Options options);
  // Accepts nothing new, lets running requests be answered for at most `grace`, then closes what is left.
  void stop(std::chrono::milliseconds grace);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;
  std::size_t connections() const;

 private:
  class Listener;
  explicit HttpServer(std::unique_ptr<Listener> listener);
  std::unique_ptr<Listener> listener_;
};

}  // namespace pilotlight::server
