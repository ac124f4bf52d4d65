// The code with which a terminal is enrolled once: typed by a technician, so without letters that look alike, and with
// 80 random bits, so that it cannot be guessed. The ledger keeps only its hash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "kiosk/base/bytes.h"

namespace pilotlight::server {

inline constexpr std::int64_t enrolment_code_life_ms = 24LL * 3600 * 1000;

// "7K2M-Q0XD-94TB-ZR8H": Crockford's base 32.
std::string make_enrolment_code();

// SHA-256 of the code as it was meant: case, blanks and hyphens do not matter, O reads as 0, I and L as 1.
Bytes enrolment_code_hash(std::string_view typed);

// SHA-256.
Bytes key_hash(ByteView public_key);

}  // namespace pilotlight::server
