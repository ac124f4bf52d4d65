#include "ledger/server/authority.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <ctime>

#include "ledger/server/openssl_pointer.h"

namespace pilotlight::server {

namespace {

constexpr std::int64_t day_ms = 24LL * 3600 * 1000;
constexpr std::int64_t hour_ms = 3600LL * 1000;
constexpr int ca_days = 20 * 365;
constexpr int server_days = 730;
constexpr std::size_t csr_maximum = 8 * 1024;

Message openssl_message(std::string what) {
  std::array<char, 256> text{};
  const unsigned long code = ERR_get_error();
  ERR_error_string_n(code, text.data(), text.size());
  ERR_clear_error();
  if (code != 0) what += std::string(" (") + text.data() + ")";
  return Message{std::move(what)};
}

std::int64_t to_ms(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
  return static_cast<std::int64_t>(timegm(&parts)) * 1000;
}

BioPointer memory_bio(std::string_view text) {
  return BioPointer(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string drain(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string();
}

std::string to_pem(X509* certificate) {
  const BioPointer bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  return drain(bio.get());
}

std::string to_pem(EVP_PKEY* key) {
  const BioPointer bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return drain(bio.get());
}

Bytes public_key_der(EVP_PKEY* key) {
  unsigned char* data = nullptr;
  const int size = i2d_PUBKEY(key, &data);
  Bytes bytes;
  if (size > 0) bytes.assign(data, data + size);
  OPENSSL_free(data);
  return bytes;
}

bool is_p256(EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t size = 0;
  return EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key, group.data(), group.size(), &size) == 1 &&
         std::string_view(group.data(), size) == "prime256v1";
}

// Durable before it is believed: a certificate that terminals trust must not vanish with the power.
Result<void, Message> write_file(const std::filesystem::path& path, std::string_view text, mode_t mode) {
  const std::filesystem::path fresh = path.string() + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return fail(Message{"cannot write " + fresh.string()});
  bool good = ::fchmod(file, mode) == 0;  // whatever the umask says: terminals' staff must be able to read ca.crt
  good = good && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  good = ::fsync(file) == 0 && good;
  ::close(file);
  std::error_code code;
  if (good) std::filesystem::rename(fresh, path, code);
  if (!good || code) return fail(Message{"cannot write " + path.string()});
  const int folder = ::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  return {};
}

Result<CertificatePointer, Message> read_certificate(const std::filesystem::path& path) {
  const BioPointer bio(BIO_new_file(path.c_str(), "r"));
  CertificatePointer certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!certificate) return fail(openssl_message("cannot read certificate " + path.string()));
  return certificate;
}

Result<CsrPointer, Message> read_csr(std::string_view pem) {
  if (pem.size() > csr_maximum) return fail(Message{"certificate request longer than 8 KiB"});
  const BioPointer bio = memory_bio(pem);
  CsrPointer csr(PEM_read_bio_X509_REQ(bio.get(), nullptr, nullptr, nullptr));
  if (!csr) return fail(openssl_message("not a PEM certificate request"));
  EVP_PKEY* key = X509_REQ_get0_pubkey(csr.get());
  if (key == nullptr || !is_p256(key)) return fail(Message{"the key must be EC P-256"});
  if (X509_REQ_verify(csr.get(), key) != 1) return fail(openssl_message("the request is not signed by its own key"));
  return csr;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const ExtensionPointer extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_random_serial(X509* certificate) {
  std::array<unsigned char, 16> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) return false;
  random[0] = static_cast<unsigned char>((random[0] & 0x7F) | 0x40);  // positive and always 16 bytes long
  const BignumPointer number(BN_bin2bn(random.data(), random.size(), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

struct Profile {
  std::string common_name;
  std::int64_t now_ms;
  int days;
  std::string basic_constraints;
  std::string key_usage;
  std::string extended_key_usage;  // empty: none
  std::string alternative_names;   // empty: none
};

// `issuer` is null for the CA itself.
Result<CertificatePointer, Message> make_certificate(const Profile& profile, EVP_PKEY* subject_key, X509* issuer,
                                                     EVP_PKEY* issuer_key) {
  CertificatePointer certificate(X509_new());
  X509* const raw = certificate.get();
  X509* const signer = issuer != nullptr ? issuer : raw;
  bool good = raw != nullptr && X509_set_version(raw, 2) == 1 && set_random_serial(raw);
  good = good && ASN1_TIME_set(X509_getm_notBefore(raw), (profile.now_ms - hour_ms) / 1000) != nullptr;
  good = good && ASN1_TIME_set(X509_getm_notAfter(raw), (profile.now_ms + profile.days * day_ms) / 1000) != nullptr;
  good = good && X509_NAME_add_entry_by_txt(X509_get_subject_name(raw), "CN", MBSTRING_UTF8,
                                            reinterpret_cast<const unsigned char*>(profile.common_name.data()),
                                            static_cast<int>(profile.common_name.size()), -1, 0) == 1;
  good = good && X509_set_issuer_name(raw, X509_get_subject_name(signer)) == 1;
  good = good && X509_set_pubkey(raw, subject_key) == 1;
  good = good && add_extension(raw, signer, NID_basic_constraints, profile.basic_constraints);
  good = good && add_extension(raw, signer, NID_key_usage, profile.key_usage);
  good = good && add_extension(raw, signer, NID_subject_key_identifier, "hash");
  good = good && add_extension(raw, signer, NID_authority_key_identifier, "keyid:always");
  if (!profile.extended_key_usage.empty())
    good = good && add_extension(raw, signer, NID_ext_key_usage, profile.extended_key_usage);
  if (!profile.alternative_names.empty())
    good = good && add_extension(raw, signer, NID_subject_alt_name, profile.alternative_names);
  good = good && X509_sign(raw, issuer_key, EVP_sha256()) > 0;
  if (!good) return fail(openssl_message("cannot make a certificate for " + profile.common_name));
  return certificate;
}

bool is_address(const std::string& host) {
  in6_addr buffer{};
  return inet_pton(AF_INET, host.c_str(), &buffer) == 1 || inet_pton(AF_INET6, host.c_str(), &buffer) == 1;
}

Result<std::string, Message> alternative_names(const std::vector<std::string>& hosts) {
  std::string names = "DNS:localhost,IP:127.0.0.1";
  for (const auto& host : hosts) {
    if (host == "localhost" || host == "127.0.0.1") continue;
    const bool plain = host.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:") ==
                       std::string::npos;
    if (host.empty() || host.size() > 253 || !plain || (!is_address(host) && host.find(':') != std::string::npos))
      return fail(Message{"not a host name or address: " + host});
    names += (is_address(host) ? ",IP:" : ",DNS:") + host;
  }
  return names;
}

Profile server_profile(std::int64_t now_ms, std::string names) {
  return {"pilotlight-ledger",         now_ms,       server_days,     "critical,CA:FALSE",
          "critical,digitalSignature", "serverAuth", std::move(names)};
}

// The names of a certificate in the form in which OpenSSL reads them. Fails on kinds that server_profile never makes.
Result<std::string, Message> names_of(X509* certificate) {
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  std::string text;
  bool good = names != nullptr;
  for (int i = 0; good && i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    if (!text.empty()) text += ',';
    if (name->type == GEN_DNS) {
      text += "DNS:" + std::string(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                                   static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    } else if (name->type == GEN_IPADD) {
      std::array<char, INET6_ADDRSTRLEN> address{};
      const int family = ASN1_STRING_length(name->d.iPAddress) == 4 ? AF_INET : AF_INET6;
      inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), address.data(), address.size());
      text += std::string("IP:") + address.data();
    } else {
      good = false;
    }
  }
  GENERAL_NAMES_free(names);
  if (!good) return fail(Message{"the server certificate's names cannot be read"});
  return text;
}

Result<void, Message> make_server(const std::filesystem::path& folder, const Profile& profile, X509* ca,
                                  EVP_PKEY* ca_key) {
  const KeyPointer key(EVP_EC_gen("P-256"));
  auto certificate = make_certificate(profile, key.get(), ca, ca_key);
  if (!certificate) return fail(certificate.error());
  // One file, so that key and certificate always belong together.
  return write_file(folder / "server.pem", to_pem(certificate->get()) + to_pem(key.get()), 0600);
}

}  // namespace

CertificateFacts facts_of(X509* certificate) {
  CertificateFacts facts;
  const X509_NAME* subject = X509_get_subject_name(certificate);
  const int place = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (place >= 0) {
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, place)));
    if (size >= 0) facts.common_name.assign(reinterpret_cast<char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
  }
  const BignumPointer number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  Bytes serial(number ? static_cast<std::size_t>(BN_num_bytes(number.get())) : 0);
  if (number) BN_bn2bin(number.get(), serial.data());
  facts.serial = to_hex(serial);
  facts.not_before_ms = to_ms(X509_get0_notBefore(certificate));
  facts.not_after_ms = to_ms(X509_get0_notAfter(certificate));
  return facts;
}

Result<Bytes, Message> csr_public_key(std::string_view csr_pem) {
  auto csr = read_csr(csr_pem);
  if (!csr) return fail(csr.error());
  return public_key_der(X509_REQ_get0_pubkey(csr->get()));
}

Bytes certificate_public_key(std::string_view certificate_pem) {
  const BioPointer bio = memory_bio(certificate_pem);
  const CertificatePointer certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
  EVP_PKEY* key = certificate ? X509_get0_pubkey(certificate.get()) : nullptr;
  ERR_clear_error();
  return key != nullptr ? public_key_der(key) : Bytes{};
}

bool signature_holds(ByteView public_key, std::string_view text, ByteView signature) {
  const unsigned char* data = public_key.data();
  const KeyPointer key(d2i_PUBKEY(nullptr, &data, static_cast<long>(public_key.size())));
  const DigestPointer digest(EVP_MD_CTX_new());
  const ByteView message = as_bytes(text);
  const bool holds =
      key && digest && is_p256(key.get()) &&
      EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(digest.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
  ERR_clear_error();
  return holds;
}

struct Authority::Parts {
  std::filesystem::path folder;
  CertificatePointer certificate;
  KeyPointer key;
};

Authority::Authority(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Authority::Authority(Authority&&) noexcept = default;
Authority& Authority::operator=(Authority&&) noexcept = default;
Authority::~Authority() = default;

Result<void, Message> Authority::create(const std::filesystem::path& dir, const std::vector<std::string>& hosts,
                                        std::int64_t now_ms) {
  const std::filesystem::path folder = dir / "pki";
  if (std::filesystem::exists(folder / "ca.key")) return fail(Message{folder.string() + " holds a CA already"});
  auto names = alternative_names(hosts);
  if (!names) return fail(names.error());
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  if (code) return fail(Message{"cannot make " + folder.string() + ": " + code.message()});
  const KeyPointer key(EVP_EC_gen("P-256"));
  std::array<std::uint8_t, 4> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) return fail(openssl_message("no random numbers"));
  const Profile profile{"Pilotlight ledger CA " + to_hex(random), now_ms, ca_days, "critical,CA:TRUE,pathlen:0",
                        "critical,keyCertSign,cRLSign",           "",     ""};
  auto ca = make_certificate(profile, key.get(), nullptr, key.get());
  if (!ca) return fail(ca.error());
  if (auto made = make_server(folder, server_profile(now_ms, *names), ca->get(), key.get()); !made) return made;
  if (auto written = write_file(folder / "ca.crt", to_pem(ca->get()), 0644); !written) return written;
  return write_file(folder / "ca.key", to_pem(key.get()), 0600);
}

Result<Authority, Message> Authority::open(const std::filesystem::path& dir) {
  auto parts = std::make_unique<Parts>();
  parts->folder = dir / "pki";
  auto certificate = read_certificate(parts->folder / "ca.crt");
  if (!certificate) return fail(certificate.error());
  parts->certificate = std::move(*certificate);
  const BioPointer bio(BIO_new_file((parts->folder / "ca.key").c_str(), "r"));
  parts->key.reset(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!parts->key || X509_check_private_key(parts->certificate.get(), parts->key.get()) != 1)
    return fail(openssl_message("cannot use the CA key in " + parts->folder.string()));
  return Authority(std::move(parts));
}

Result<IssuedCertificate, Message> Authority::issue(std::string_view csr_pem, std::string_view terminal,
                                                    std::int64_t now_ms, int days) const {
  auto csr = read_csr(csr_pem);
  if (!csr) return fail(csr.error());
  EVP_PKEY* key = X509_REQ_get0_pubkey(csr->get());
  const Profile profile{std::string(terminal),       now_ms,       days, "critical,CA:FALSE",
                        "critical,digitalSignature", "clientAuth", ""};
  auto certificate = make_certificate(profile, key, parts_->certificate.get(), parts_->key.get());
  if (!certificate) return fail(certificate.error());
  return IssuedCertificate{to_pem(certificate->get()), public_key_der(key), facts_of(certificate->get())};
}

Result<void, Message> Authority::refresh_server_certificate(std::int64_t now_ms) const {
  auto present = read_certificate(server_file());
  if (!present) return fail(present.error());
  if (now_ms < facts_of(present->get()).not_after_ms - server_days * day_ms / 2) return {};
  auto names = names_of(present->get());
  if (!names) return fail(names.error());
  return make_server(parts_->folder, server_profile(now_ms, *names), parts_->certificate.get(), parts_->key.get());
}

std::filesystem::path Authority::ca_file() const { return parts_->folder / "ca.crt"; }
std::filesystem::path Authority::server_file() const { return parts_->folder / "server.pem"; }

std::string Authority::fingerprint() const {
  Bytes digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (X509_digest(parts_->certificate.get(), EVP_sha256(), digest.data(), &size) != 1) return {};
  digest.resize(size);
  return to_hex(digest);
}

}  // namespace pilotlight::server
