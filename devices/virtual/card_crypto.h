// The arithmetic of the gas card's chip: two-key triple DES in the three uses the card has for it (ISO/IEC 9797-1
// algorithm 3 MAC, key diversification, cryptogram). Written from LAYOUT.md and the reference's vectors alone.
#pragma once

#include <array>
#include <cstdint>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

using Block8 = std::array<std::uint8_t, 8>;
using Key16 = std::array<std::uint8_t, 16>;
using Mac4 = std::array<std::uint8_t, 4>;
using Challenge = std::array<std::uint8_t, 4>;

// One block of two-key triple DES, ECB.
Block8 encrypt_block(const Key16& key, const Block8& block);

// The key of one card: E(master, factor) ‖ E(master, ¬factor).
Key16 diversify(const Key16& master, const Block8& factor);

// Retail MAC over `input` padded with 80 00.. (a whole block more when aligned); initial value challenge ‖ 00000000.
Mac4 retail_mac(const Key16& key, const Challenge& challenge, ByteView input);

// What EXTERNAL AUTHENTICATE must carry: E(key, challenge ‖ 00000000).
Block8 cryptogram(const Key16& key, const Challenge& challenge);

Challenge draw_challenge();

// Compares without telling by its duration where the first difference is.
bool same_secret(ByteView a, ByteView b);

}  // namespace pilotlight::cabinet
