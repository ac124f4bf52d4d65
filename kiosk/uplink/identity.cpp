#include "kiosk/uplink/identity.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <sstream>

#include "ledger/wire/json.h"

namespace pilotlight {
namespace {

template <auto Function>
struct Free {
  template <class T>
  void operator()(T* object) const {
    Function(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Request = std::unique_ptr<X509_REQ, Free<X509_REQ_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;

Result<std::string, Message> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Message{path + ": cannot be read"});
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Whole or not at all, and on the disk when it returns.
Result<void, Message> write_file(const std::string& path, std::string_view text, mode_t mode) {
  const std::string part = path + ".part";
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (fd < 0) return fail(Message{part + ": cannot be written"});
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || ::rename(part.c_str(), path.c_str()) != 0) return fail(Message{path + ": cannot be written"});
  return {};
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size <= 0 ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

Result<Key, Message> load_key(const std::string& path) {
  const auto text = read_file(path);
  if (!text) return fail(text.error());
  const Bio bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  if (!key) return fail(Message{path + ": not a private key"});
  return key;
}

Result<Key, Message> load_or_make_key(const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) return load_key(path);
  Key key(EVP_EC_gen("P-256"));
  if (!key) return fail(Message{"cannot make a key"});
  const Bio bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  if (auto written = write_file(path, text_of(bio.get()), 0600); !written) return fail(written.error());
  return key;
}

// The ledger fixes the name; the request proves possession of the key.
Result<std::string, Message> make_request(EVP_PKEY* key) {
  const Request request(X509_REQ_new());
  const Bio bio(BIO_new(BIO_s_mem()));
  if (!request || X509_REQ_set_pubkey(request.get(), key) != 1 ||
      X509_REQ_sign(request.get(), key, EVP_sha256()) <= 0 || PEM_write_bio_X509_REQ(bio.get(), request.get()) != 1)
    return fail(Message{"cannot make a certificate request"});
  return text_of(bio.get());
}

Result<void, Message> store(const std::string& state_dir, const wire::Certificate& certificate) {
  const IdentityFiles files = identity_files(state_dir);
  if (auto done = write_file(files.certificate, certificate.certificate_pem, 0600); !done) return done;
  return write_file(files.terminal, certificate.terminal + (certificate.production ? " production\n" : " demo\n"),
                    0600);
}

}  // namespace

IdentityFiles identity_files(const std::string& state_dir) {
  return {state_dir + "/terminal.key", state_dir + "/terminal.crt", state_dir + "/terminal.id"};
}

Result<Identity, Message> load_identity(const std::string& state_dir) {
  const IdentityFiles files = identity_files(state_dir);
  const auto text = read_file(files.terminal);
  Identity identity;
  std::string kind;
  if (text) std::istringstream(*text) >> identity.terminal >> kind;
  if (identity.terminal.empty())
    return fail(
        Message{"this terminal is not enrolled yet: get a one-time code with `pilotlight-ledger enrol --terminal "
                "ID` and run `pilotlight-kiosk enrol --config FILE --code CODE`"});
  identity.production = kind != "demo";
  return identity;
}

Result<Identity, Message> enrol(const std::string& state_dir, const std::string& url, const std::string& ca_file,
                                const std::string& code) {
  auto key = load_or_make_key(identity_files(state_dir).key);
  if (!key) return fail(key.error());
  auto request = make_request(key->get());
  if (!request) return fail(request.error());
  auto line = open_https(HttpsOptions{url, ca_file, "", ""});
  auto answer = line->post("/v1/enrol", wire::to_json(wire::EnrolRequest{code, *request}), 15'000);
  if (!answer)
    return fail(Message{"the ledger did not enrol this terminal (" + answer.error().detail +
                        "): the code may be used up or expired; ask for a new one"});
  auto certificate = wire::from_json<wire::Certificate>(*answer);
  if (!certificate) return fail(Message{"the ledger's answer makes no sense: " + certificate.error().text});
  if (auto stored = store(state_dir, *certificate); !stored) return fail(stored.error());
  return Identity{certificate->terminal, certificate->production};
}

Result<void, Message> renew(const std::string& state_dir, LedgerLine& line) {
  auto key = load_key(identity_files(state_dir).key);
  if (!key) return fail(key.error());
  auto request = make_request(key->get());
  if (!request) return fail(request.error());
  auto answer = line.post("/v1/renew", wire::to_json(wire::RenewRequest{*request}), 15'000);
  if (!answer) return fail(Message{answer.error().detail});
  auto certificate = wire::from_json<wire::Certificate>(*answer);
  if (!certificate) return fail(certificate.error());
  return store(state_dir, *certificate);
}

Result<std::int64_t, Message> certificate_days_left(const std::string& state_dir, std::int64_t wall_ms) {
  const auto text = read_file(identity_files(state_dir).certificate);
  if (!text) return fail(text.error());
  const Bio bio(BIO_new_mem_buf(text->data(), static_cast<int>(text->size())));
  const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  if (!certificate) return fail(Message{"terminal.crt: not a certificate"});
  const std::time_t now = static_cast<std::time_t>(wall_ms / 1000);
  const std::unique_ptr<ASN1_TIME, Free<ASN1_STRING_free>> today(ASN1_TIME_set(nullptr, now));
  int days = 0;
  int seconds = 0;
  if (ASN1_TIME_diff(&days, &seconds, today.get(), X509_get0_notAfter(certificate.get())) != 1)
    return fail(Message{"terminal.crt: no end date"});
  return days < 0 || seconds < 0 ? static_cast<std::int64_t>(days) - 1 : static_cast<std::int64_t>(days);
}

Result<Bytes, Message> sign(const std::string& state_dir, ByteView message) {
  auto key = load_key(identity_files(state_dir).key);
  if (!key) return fail(key.error());
  const Digest digest(EVP_MD_CTX_new());
  std::size_t size = 0;
  if (EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key->get()) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &size, message.data(), message.size()) != 1)
    return fail(Message{"cannot sign"});
  Bytes signature(size);
  if (EVP_DigestSign(digest.get(), signature.data(), &size, message.data(), message.size()) != 1)
    return fail(Message{"cannot sign"});
  signature.resize(size);
  return signature;
}

}  // namespace pilotlight
