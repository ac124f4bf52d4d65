#include "ledger/keys/mac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <memory>

#include "kiosk/base/check.h"

namespace pilotlight::keys {
namespace {

struct CipherFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

enum class Direction { Encrypt, Decrypt };

// Single DES is 3DES with three equal keys: the default provider has no DES-ECB.
Block8 triple_des(const std::array<std::uint8_t, 24>& key, const Block8& block, Direction direction) {
  const std::unique_ptr<EVP_CIPHER_CTX, CipherFree> context(EVP_CIPHER_CTX_new());
  CHECK(context != nullptr);
  const int encrypt = direction == Direction::Encrypt ? 1 : 0;
  CHECK(EVP_CipherInit_ex(context.get(), EVP_des_ede3_ecb(), nullptr, key.data(), nullptr, encrypt) == 1);
  CHECK(EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1);
  std::array<std::uint8_t, 16> out{};
  int length = 0;
  CHECK(EVP_CipherUpdate(context.get(), out.data(), &length, block.data(), 8) == 1 && length == 8);
  Block8 result{};
  std::copy_n(out.begin(), 8, result.begin());
  return result;
}

// The three parts of a 24-byte key, each KL (0) or KR (1) of a 16-byte one.
std::array<std::uint8_t, 24> parts(const Key16& key, int first, int second, int third) {
  std::array<std::uint8_t, 24> out{};
  std::copy_n(key.begin() + first * 8, 8, out.begin());
  std::copy_n(key.begin() + second * 8, 8, out.begin() + 8);
  std::copy_n(key.begin() + third * 8, 8, out.begin() + 16);
  return out;
}

}  // namespace

Result<Block8, Message> diversifier(const std::string& card_number) {
  const auto packed = card_number.size() == 16 ? from_hex(card_number) : std::nullopt;
  const bool digits = std::all_of(card_number.begin(), card_number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!packed || packed->size() != 8 || !digits) return fail(Message{"a card number has 16 digits"});
  Block8 f{};
  std::copy(packed->begin(), packed->end(), f.begin());
  return f;
}

Key16 diversify(const Key16& key, const Block8& f) {
  auto double_key = parts(key, 0, 1, 0);
  Block8 inverted = f;
  for (auto& byte : inverted) byte = static_cast<std::uint8_t>(~byte);
  const Block8 left = triple_des(double_key, f, Direction::Encrypt);
  const Block8 right = triple_des(double_key, inverted, Direction::Encrypt);
  OPENSSL_cleanse(double_key.data(), double_key.size());
  Key16 out{};
  std::copy(left.begin(), left.end(), out.begin());
  std::copy(right.begin(), right.end(), out.begin() + 8);
  return out;
}

std::array<std::uint8_t, 4> retail_mac(const Key16& key, ByteView challenge, ByteView input) {
  CHECK(challenge.size() == 4 || challenge.size() == 8);
  Bytes padded(input.begin(), input.end());
  padded.push_back(0x80);
  while (padded.size() % 8 != 0) padded.push_back(0);
  auto left = parts(key, 0, 0, 0);
  auto right = parts(key, 1, 1, 1);
  Block8 state{};
  std::copy(challenge.begin(), challenge.end(), state.begin());
  for (std::size_t at = 0; at < padded.size(); at += 8) {
    for (std::size_t i = 0; i < 8; ++i) state[i] ^= padded[at + i];
    state = triple_des(left, state, Direction::Encrypt);
  }
  state = triple_des(right, state, Direction::Decrypt);
  state = triple_des(left, state, Direction::Encrypt);
  OPENSSL_cleanse(left.data(), left.size());
  OPENSSL_cleanse(right.data(), right.size());
  return {state[0], state[1], state[2], state[3]};
}

}  // namespace pilotlight::keys
