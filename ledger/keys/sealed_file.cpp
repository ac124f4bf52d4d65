#include "ledger/keys/sealed_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "kiosk/base/check.h"
#include "ledger/keys/mac.h"

namespace pilotlight::keys {
namespace {

// File: magic (8) || mode (1: 1 unseal key file, 2 passphrase) || salt (16) || nonce (12) || cipher text (49) || tag
// (16). Everything before the cipher text is authenticated. Plain text: demo flag (1) || the three master keys.
constexpr std::string_view magic = "PLKEYS01";
constexpr std::size_t salt_at = 9;
constexpr std::size_t nonce_at = salt_at + 16;
constexpr std::size_t text_at = nonce_at + 12;
constexpr std::size_t text_size = 1 + 3 * 16;
constexpr std::size_t tag_at = text_at + text_size;
constexpr std::size_t file_size = tag_at + 16;

using FileKey = std::array<std::uint8_t, 32>;
using PlainText = std::array<std::uint8_t, text_size>;

struct Wiped {
  std::uint8_t* data;
  std::size_t size;
  ~Wiped() { OPENSSL_cleanse(data, size); }
};

Message about(const std::string& path, const std::string& what) { return Message{path + ": " + what}; }

// The whole of a small file, or why not.
Result<Bytes, Message> read_small(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (file < 0) return fail(about(path, std::strerror(errno)));
  Bytes bytes(file_size + 1);
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = ::read(file, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  struct stat about_file {};
  const bool loose = ::fstat(file, &about_file) == 0 && (about_file.st_mode & 077) != 0;
  ::close(file);
  if (loose) return fail(about(path, "others may read it; set its mode to 0600"));
  bytes.resize(size);
  return bytes;
}

// Durable before it returns; never replaces a file.
Result<void, Message> write_new(const std::string& path, ByteView bytes, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
  if (file < 0) return fail(about(path, std::strerror(errno)));
  const bool written = ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  const bool durable = written && ::fsync(file) == 0;
  const std::string why = std::strerror(errno);
  ::close(file);
  if (durable) return {};
  ::unlink(path.c_str());
  return fail(about(path, why));
}

FileKey stretch(const std::string& passphrase, ByteView salt) {
  FileKey key{};
  // n = 32768, r = 8, p = 1: about 0.15 s and 32 MiB, once at start.
  CHECK(EVP_PBE_scrypt(passphrase.data(), passphrase.size(), salt.data(), salt.size(), 32768, 8, 1, 64U << 20,
                       key.data(), key.size()) == 1);
  return key;
}

struct CipherFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

void encrypt(const FileKey& key, const PlainText& text, Bytes& file) {
  const std::unique_ptr<EVP_CIPHER_CTX, CipherFree> context(EVP_CIPHER_CTX_new());
  int length = 0;
  CHECK(context != nullptr);
  CHECK(EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), file.data() + nonce_at) == 1);
  CHECK(EVP_EncryptUpdate(context.get(), nullptr, &length, file.data(), static_cast<int>(text_at)) == 1);
  CHECK(EVP_EncryptUpdate(context.get(), file.data() + text_at, &length, text.data(), static_cast<int>(text.size())) ==
        1);
  CHECK(EVP_EncryptFinal_ex(context.get(), file.data() + tag_at, &length) == 1);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, 16, file.data() + tag_at) == 1);
}

std::optional<PlainText> decrypt(const FileKey& key, Bytes& file) {
  const std::unique_ptr<EVP_CIPHER_CTX, CipherFree> context(EVP_CIPHER_CTX_new());
  PlainText text{};
  std::array<std::uint8_t, 16> rest{};
  int length = 0;
  CHECK(context != nullptr);
  CHECK(EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data(), file.data() + nonce_at) == 1);
  CHECK(EVP_DecryptUpdate(context.get(), nullptr, &length, file.data(), static_cast<int>(text_at)) == 1);
  CHECK(EVP_DecryptUpdate(context.get(), text.data(), &length, file.data() + text_at, static_cast<int>(text_size)) ==
        1);
  CHECK(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, 16, file.data() + tag_at) == 1);
  if (EVP_DecryptFinal_ex(context.get(), rest.data(), &length) != 1) return std::nullopt;
  return text;
}

struct Opened {
  bool demo = false;
  MasterKeys master_keys;
};

Result<FileKey, Message> file_key(const SealedFile& file, std::uint8_t mode, ByteView salt) {
  if (mode == 2) {
    if (file.passphrase.empty()) return fail(about(file.path, "it is sealed with a passphrase and none was given"));
    return stretch(file.passphrase, salt);
  }
  auto stored = read_small(file.unseal_key_path);
  if (!stored) return fail(stored.error());
  const Wiped wipe{stored->data(), stored->size()};
  FileKey key{};
  if (stored->size() != key.size()) return fail(about(file.unseal_key_path, "32 bytes expected"));
  std::copy(stored->begin(), stored->end(), key.begin());
  return key;
}

Result<Opened, Message> unseal(const SealedFile& file) {
  auto bytes = read_small(file.path);
  if (!bytes) return fail(bytes.error());
  if (bytes->size() != file_size || !std::equal(magic.begin(), magic.end(), bytes->begin()))
    return fail(about(file.path, "not a sealed card key file"));
  const std::uint8_t mode = (*bytes)[8];
  if (mode != 1 && mode != 2) return fail(about(file.path, "made by a newer version"));
  auto key = file_key(file, mode, ByteView(*bytes).subspan(salt_at, 16));
  if (!key) return fail(key.error());
  const Wiped wipe_key{key->data(), key->size()};
  auto text = decrypt(*key, *bytes);
  if (!text) return fail(about(file.path, "wrong passphrase or unseal key, or the file was altered"));
  const Wiped wipe_text{text->data(), text->size()};
  Opened opened;
  opened.demo = (*text)[0] == 1;
  std::copy_n(text->begin() + 1, 16, opened.master_keys.purchase.begin());
  std::copy_n(text->begin() + 17, 16, opened.master_keys.personalisation.begin());
  std::copy_n(text->begin() + 33, 16, opened.master_keys.meter.begin());
  return opened;
}

class SealedKeys final : public CardKeys {
 public:
  explicit SealedKeys(const MasterKeys& master_keys) : master_keys_(master_keys) {}

  Result<std::array<std::uint8_t, 4>, Message> seal(ByteView header_and_data, ByteView challenge,
                                                    const std::string& card_number) const override {
    if (challenge.size() != 4 && challenge.size() != 8) return fail(Message{"a card challenge has 4 or 8 bytes"});
    const auto f = diversifier(card_number);
    if (!f) return fail(f.error());
    Key16 card_key = diversify(master_keys_.purchase, *f);
    const auto mac = retail_mac(card_key, challenge, header_and_data);
    OPENSSL_cleanse(card_key.data(), card_key.size());
    return mac;
  }

 private:
  MasterKeys master_keys_;
};

}  // namespace

MasterKeys::~MasterKeys() {
  OPENSSL_cleanse(purchase.data(), purchase.size());
  OPENSSL_cleanse(personalisation.data(), personalisation.size());
  OPENSSL_cleanse(meter.data(), meter.size());
}

Result<MasterKeys, Message> make_master_keys(bool demo) {
  MasterKeys made;
  bool drawn = RAND_priv_bytes(made.purchase.data(), 16) == 1 && RAND_priv_bytes(made.personalisation.data(), 16) == 1;
  if (demo) drawn = drawn && RAND_priv_bytes(made.meter.data(), 16) == 1;
  if (!drawn) return fail(Message{"the system's random generator gave nothing"});
  return made;
}

Result<void, Message> write_sealed(const SealedFile& file, const MasterKeys& master_keys, bool demo) {
  const bool by_file = !file.unseal_key_path.empty();
  if (!by_file && file.passphrase.size() < 8) return fail(Message{"a passphrase of at least 8 characters is needed"});
  Bytes bytes(file_size);
  std::copy(magic.begin(), magic.end(), bytes.begin());
  bytes[8] = by_file ? 1 : 2;
  FileKey key{};
  const Wiped wipe_key{key.data(), key.size()};
  if (RAND_bytes(bytes.data() + salt_at, 28) != 1 || RAND_priv_bytes(key.data(), static_cast<int>(key.size())) != 1)
    return fail(Message{"the system's random generator gave nothing"});
  if (by_file) {
    if (auto written = write_new(file.unseal_key_path, key, 0400); !written) return written;
  } else {
    key = stretch(file.passphrase, ByteView(bytes).subspan(salt_at, 16));
  }
  PlainText text{};
  const Wiped wipe_text{text.data(), text.size()};
  text[0] = demo ? 1 : 0;
  std::copy(master_keys.purchase.begin(), master_keys.purchase.end(), text.begin() + 1);
  std::copy(master_keys.personalisation.begin(), master_keys.personalisation.end(), text.begin() + 17);
  std::copy(master_keys.meter.begin(), master_keys.meter.end(), text.begin() + 33);
  encrypt(key, text, bytes);
  return write_new(file.path, bytes, 0600);
}

Result<std::unique_ptr<CardKeys>, Message> open_sealed(const SealedFile& file) {
  auto opened = unseal(file);
  if (!opened) return fail(opened.error());
  return std::unique_ptr<CardKeys>(std::make_unique<SealedKeys>(opened->master_keys));
}

Result<MasterKeys, Message> export_demo(const SealedFile& file) {
  auto opened = unseal(file);
  if (!opened) return fail(opened.error());
  if (!opened->demo) return fail(about(file.path, "these are production keys; they are never exported"));
  return opened->master_keys;
}

}  // namespace pilotlight::keys
