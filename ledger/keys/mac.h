// PBOC-type secure messaging with 3DES (reference: devices/gas_card/LAYOUT.md "Keys" and "Writing EF 15"; vectors in
// the test). Pure functions on OpenSSL's provider; thread-safe.
#pragma once

#include <array>
#include <string>

#include "kiosk/base/bytes.h"
#include "kiosk/base/result.h"

namespace pilotlight::keys {

using Key16 = std::array<std::uint8_t, 16>;
using Block8 = std::array<std::uint8_t, 8>;

// The last 8 bytes of the packed-BCD card number. Fails unless it is 16 digits.
Result<Block8, Message> diversifier(const std::string& card_number);

// 3DES-ECB(key, f) || 3DES-ECB(key, not f).
Key16 diversify(const Key16& key, const Block8& f);

// "Retail MAC": CBC with DES(KL) over input padded with 80 00.. (always), then DES-1(KR), DES(KL); leftmost 4 bytes. A
// 4-byte challenge is filled up with zeros to the initial value, an 8-byte one is used whole; other lengths are a
// CHECK.
std::array<std::uint8_t, 4> retail_mac(const Key16& key, ByteView challenge, ByteView input);

}  // namespace pilotlight::keys
