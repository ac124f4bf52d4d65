// A TLS client of its own for the tests: OpenSSL on a blocking socket, so that versions, certificates, tickets, half
// requests and garbage are all in the test's hand. Nothing waits longer than ten seconds.
#pragma once

#include <openssl/ssl.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "kiosk/base/bytes.h"

namespace pilotlight::server {

// A key of a terminal, with the request for its certificate and, later, the certificate.
struct TestIdentity {
  std::string key_pem;
  std::string csr_pem;
  std::string certificate_pem;

  static TestIdentity make(const char* curve = "P-256");
  Bytes sign(std::string_view text) const;  // ECDSA SHA-256, DER
};

struct HttpAnswer {
  unsigned status = 0;  // 0: no answer; the connection was refused or closed
  std::string head;
  std::string body;
};

class TlsClient {
 public:
  struct Options {
    std::uint16_t port = 0;
    std::filesystem::path ca_file;
    std::optional<TestIdentity> identity;
    int maximum_version = TLS1_3_VERSION;
    SSL_SESSION* ticket = nullptr;  // resume this one
  };
  explicit TlsClient(const Options& options);
  ~TlsClient();
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  bool resumed() const;
  SSL_SESSION* ticket() const { return ticket_; }  // owned here; there once an answer was read

  bool send(std::string_view bytes);
  HttpAnswer receive();
  // Whether the server ended the connection, now or within ten seconds, without sending anything more.
  bool closed_by_server();

  HttpAnswer get(std::string_view target);
  HttpAnswer post(std::string_view path, std::string_view body);

 private:
  static int keep_ticket(SSL* tls, SSL_SESSION* session);

  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_{nullptr, SSL_CTX_free};
  std::unique_ptr<SSL, void (*)(SSL*)> tls_{nullptr, SSL_free};
  SSL_SESSION* ticket_ = nullptr;
  int socket_ = -1;
  bool connected_ = false;
  std::string pending_;
};

// A folder that is gone when the test is.
class TestFolder {
 public:
  TestFolder();
  ~TestFolder();
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace pilotlight::server
