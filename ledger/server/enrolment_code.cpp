#include "ledger/server/enrolment_code.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <cctype>

#include "kiosk/base/check.h"

namespace pilotlight::server {

namespace {

constexpr std::string_view letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t code_length = 16;

Bytes sha256(ByteView bytes) {
  Bytes digest(32);
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return digest;
}

}  // namespace

std::string make_enrolment_code() {
  std::array<std::uint8_t, code_length> random{};
  CHECK(RAND_bytes(random.data(), random.size()) == 1);
  std::string code;
  for (std::size_t i = 0; i < code_length; ++i) {
    if (i > 0 && i % 4 == 0) code += '-';
    code += letters[random[i] % letters.size()];
  }
  return code;
}

Bytes enrolment_code_hash(std::string_view typed) {
  std::string meant;
  for (const char typed_character : typed) {
    const char c = static_cast<char>(std::toupper(static_cast<unsigned char>(typed_character)));
    if (c == '-' || c == ' ') continue;
    meant += c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
  }
  return sha256(as_bytes(meant));
}

Bytes key_hash(ByteView public_key) { return sha256(public_key); }

}  // namespace pilotlight::server
