// The ledger's own certificate authority: it vouches for terminals to the ledger and for the ledger to terminals, and
// for nobody else. Keys are EC P-256. Everything lives in DIR/pki: ca.crt (given to terminals), ca.key, and server.pem
// (certificate and key; mode 0600 like ca.key).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/base/bytes.h"
#include "kiosk/base/result.h"

typedef struct x509_st X509;  // OpenSSL's own declaration

namespace pilotlight::server {

// What is asked of a certificate; times in milliseconds since 1970.
struct CertificateFacts {
  std::string common_name;
  std::string serial;  // lower-case hex
  std::int64_t not_before_ms = 0;
  std::int64_t not_after_ms = 0;
};
CertificateFacts facts_of(X509* certificate);

struct IssuedCertificate {
  std::string pem;
  Bytes public_key;  // SubjectPublicKeyInfo, DER
  CertificateFacts facts;
};

// Public key (SubjectPublicKeyInfo, DER) of a certificate request. Refused: longer than 8 KiB, not PEM, a key that is
// not EC P-256, a request that is not signed by that key.
Result<Bytes, Message> csr_public_key(std::string_view csr_pem);

// The same of a certificate; empty if it is not PEM.
Bytes certificate_public_key(std::string_view certificate_pem);

// Whether `signature` (DER, ECDSA with SHA-256) over `text` was made by the key. False for anything damaged.
bool signature_holds(ByteView public_key, std::string_view text, ByteView signature);

inline constexpr int terminal_certificate_days = 30;

class Authority {
 public:
  // Makes CA and server certificate. `hosts` are DNS names or IP addresses; localhost and 127.0.0.1 are always added.
  // Fails if DIR/pki/ca.key is there already: a CA is never replaced, every terminal would be lost.
  static Result<void, Message> create(const std::filesystem::path& dir, const std::vector<std::string>& hosts,
                                      std::int64_t now_ms);
  static Result<Authority, Message> open(const std::filesystem::path& dir);

  Authority(Authority&&) noexcept;
  Authority& operator=(Authority&&) noexcept;
  ~Authority();

  // A client certificate with subject CN = terminal; the request's own subject is ignored. `days` counts from now_ms;
  // it begins an hour earlier, for terminals whose clock is behind. Thread-safe.
  Result<IssuedCertificate, Message> issue(std::string_view csr_pem, std::string_view terminal, std::int64_t now_ms,
                                           int days = terminal_certificate_days) const;

  // Makes the server certificate anew, for the same names, once half its life is over. Called at every start.
  Result<void, Message> refresh_server_certificate(std::int64_t now_ms) const;

  std::filesystem::path ca_file() const;
  std::filesystem::path server_file() const;  // certificate and key
  // SHA-256 of the CA certificate in hex, to be compared by eye at the terminal.
  std::string fingerprint() const;

 private:
  struct Parts;
  explicit Authority(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace pilotlight::server
