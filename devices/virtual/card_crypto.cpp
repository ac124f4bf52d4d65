#include "devices/virtual/card_crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>

#include "kiosk/base/check.h"

namespace pilotlight::cabinet {
namespace {

using Context = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// OpenSSL 3 keeps single DES in its legacy provider, which may be missing; with KL = KR triple DES is single DES.
Key16 both_halves(const Key16& key, std::size_t half) {
  Key16 twice{};
  for (std::size_t i = 0; i < 8; ++i) twice[i] = twice[i + 8] = key[half * 8 + i];
  return twice;
}

Block8 crypt(const Key16& key, const Block8& block, bool encrypt) {
  const Context context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  CHECK(context != nullptr);
  CHECK(EVP_CipherInit_ex(context.get(), EVP_des_ede_ecb(), nullptr, key.data(), nullptr, encrypt ? 1 : 0) == 1);
  CHECK(EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
  Block8 out{};
  int length = 0;
  CHECK(EVP_CipherUpdate(context.get(), out.data(), &length, block.data(), static_cast<int>(block.size())) == 1);
  CHECK(length == static_cast<int>(out.size()));
  return out;
}

Block8 widen(const Challenge& challenge) {
  Block8 block{};
  std::ranges::copy(challenge, block.begin());
  return block;
}

}  // namespace

Block8 encrypt_block(const Key16& key, const Block8& block) { return crypt(key, block, true); }

Key16 diversify(const Key16& master, const Block8& factor) {
  Block8 inverse{};
  std::ranges::transform(factor, inverse.begin(), [](std::uint8_t byte) { return static_cast<std::uint8_t>(~byte); });
  const Block8 left = encrypt_block(master, factor);
  const Block8 right = encrypt_block(master, inverse);
  Key16 key{};
  std::ranges::copy(left, key.begin());
  std::ranges::copy(right, key.begin() + 8);
  return key;
}

Mac4 retail_mac(const Key16& key, const Challenge& challenge, ByteView input) {
  Bytes padded(input.begin(), input.end());
  padded.push_back(0x80);
  while (padded.size() % 8 != 0) padded.push_back(0x00);
  const Key16 left = both_halves(key, 0);
  Block8 chain = widen(challenge);
  for (std::size_t at = 0; at < padded.size(); at += 8) {
    for (std::size_t i = 0; i < 8; ++i) chain[i] = static_cast<std::uint8_t>(chain[i] ^ padded[at + i]);
    chain = crypt(left, chain, true);
  }
  chain = crypt(both_halves(key, 1), chain, false);
  chain = crypt(left, chain, true);
  return {chain[0], chain[1], chain[2], chain[3]};
}

Block8 cryptogram(const Key16& key, const Challenge& challenge) { return encrypt_block(key, widen(challenge)); }

Challenge draw_challenge() {
  Challenge challenge{};
  CHECK(RAND_bytes(challenge.data(), static_cast<int>(challenge.size())) == 1);
  return challenge;
}

bool same_secret(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace pilotlight::cabinet
