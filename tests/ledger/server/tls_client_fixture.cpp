#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <charconv>
#include <csignal>
#include <cstdlib>

#include "kiosk/base/check.h"
#include "ledger/server/openssl_pointer.h"
#include "tests/ledger/server/tls_client.h"

namespace pilotlight::server {

namespace {

// The server hangs up on many of these clients; writing to it then is an error to look at, not an end of the test.
[[maybe_unused]] const auto pipe_signal = std::signal(SIGPIPE, SIG_IGN);

std::string drain(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return std::string(data, static_cast<std::size_t>(size));
}

KeyPointer read_key(const std::string& pem) {
  const BioPointer bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return KeyPointer(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval limit{10, 0};
  setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

TestIdentity TestIdentity::make(const char* curve) {
  const KeyPointer key(EVP_EC_gen(curve));
  const CsrPointer csr(X509_REQ_new());
  X509_NAME_add_entry_by_txt(X509_REQ_get_subject_name(csr.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>("IGNORED"), -1, -1, 0);
  X509_REQ_set_pubkey(csr.get(), key.get());
  X509_REQ_sign(csr.get(), key.get(), EVP_sha256());
  const BioPointer csr_bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509_REQ(csr_bio.get(), csr.get());
  const BioPointer key_bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(key_bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {drain(key_bio.get()), drain(csr_bio.get()), {}};
}

Bytes TestIdentity::sign(std::string_view text) const {
  const KeyPointer key = read_key(key_pem);
  const DigestPointer digest(EVP_MD_CTX_new());
  const ByteView message = as_bytes(text);
  std::size_t size = 0;
  CHECK(EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
  CHECK(EVP_DigestSign(digest.get(), nullptr, &size, message.data(), message.size()) == 1);
  Bytes signature(size);
  CHECK(EVP_DigestSign(digest.get(), signature.data(), &size, message.data(), message.size()) == 1);
  signature.resize(size);
  return signature;
}

int TlsClient::keep_ticket(SSL* tls, SSL_SESSION* session) {
  auto* self = static_cast<TlsClient*>(SSL_get_app_data(tls));
  SSL_SESSION_free(self->ticket_);
  self->ticket_ = session;
  return 1;
}

TlsClient::TlsClient(const Options& options) {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context_.get(), options.maximum_version);
  SSL_CTX_load_verify_file(context_.get(), options.ca_file.c_str());
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_session_cache_mode(context_.get(), SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context_.get(), keep_ticket);
  if (options.identity) {
    const BioPointer bio(BIO_new_mem_buf(options.identity->certificate_pem.data(), -1));
    const CertificatePointer certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    const KeyPointer key = read_key(options.identity->key_pem);
    CHECK(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
    CHECK(SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1);
  }
  socket_ = connect_to(options.port);
  if (socket_ < 0) return;
  tls_.reset(SSL_new(context_.get()));
  SSL_set_app_data(tls_.get(), this);
  SSL_set1_host(tls_.get(), "127.0.0.1");
  if (options.ticket != nullptr) SSL_set_session(tls_.get(), options.ticket);
  SSL_set_fd(tls_.get(), socket_);
  connected_ = SSL_connect(tls_.get()) == 1;
}

TlsClient::~TlsClient() {
  if (connected_) SSL_shutdown(tls_.get());
  SSL_SESSION_free(ticket_);
  if (socket_ >= 0) ::close(socket_);
  ERR_clear_error();
}

bool TlsClient::resumed() const { return SSL_session_reused(tls_.get()) == 1; }

bool TlsClient::send(std::string_view bytes) {
  if (!connected_) return false;
  std::size_t written = 0;
  return SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &written) == 1;
}

HttpAnswer TlsClient::receive() {
  std::array<char, 16 * 1024> chunk{};
  HttpAnswer answer;
  while (connected_) {
    const auto end = pending_.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::string head = lower(pending_.substr(0, end));
      std::size_t length = 0;
      if (const auto field = head.find("content-length: "); field != std::string::npos)
        std::from_chars(head.data() + field + 16, head.data() + head.size(), length);
      if (pending_.size() >= end + 4 + length) {
        std::from_chars(head.data() + 9, head.data() + 12, answer.status);
        answer.head = pending_.substr(0, end);
        answer.body = pending_.substr(end + 4, length);
        pending_.erase(0, end + 4 + length);
        return answer;
      }
    }
    std::size_t size = 0;
    if (SSL_read_ex(tls_.get(), chunk.data(), chunk.size(), &size) != 1) return answer;
    pending_.append(chunk.data(), size);
  }
  return answer;
}

bool TlsClient::closed_by_server() {
  if (!connected_) return true;
  char byte = 0;
  std::size_t size = 0;
  if (SSL_read_ex(tls_.get(), &byte, 1, &size) == 1) return false;
  const int error = SSL_get_error(tls_.get(), 0);
  return error == SSL_ERROR_ZERO_RETURN || error == SSL_ERROR_SSL || (error == SSL_ERROR_SYSCALL && errno != EAGAIN);
}

HttpAnswer TlsClient::get(std::string_view target) {
  if (!send("GET " + std::string(target) + " HTTP/1.1\r\nHost: localhost\r\n\r\n")) return {};
  return receive();
}

HttpAnswer TlsClient::post(std::string_view path, std::string_view body) {
  const std::string request = "POST " + std::string(path) +
                              " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: " +
                              std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
  if (!send(request)) return {};
  return receive();
}

TestFolder::TestFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "pilotlight-server-XXXXXX").string();
  CHECK(mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TestFolder::~TestFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace pilotlight::server
