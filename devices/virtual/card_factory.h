// Makes a card as it leaves the company's personalisation, from its entry in the configuration.
#pragma once

#include "devices/virtual/card_memory.h"
#include "devices/virtual/config.h"

namespace pilotlight::cabinet {

// The 16 bytes of a configured key. Throws std::runtime_error naming `what` if it is of another length.
Key16 key_of(const Bytes& bytes, const char* what);

// Litres as the card's units of 10 litres. Throws std::runtime_error if negative, uneven or too large.
std::uint32_t units_of(std::int64_t litres);

// `meter` is the card's meter, or null; a card that was in its meter before carries that meter's write-back.
// Throws std::runtime_error if a number or volume does not fit the card.
CardImage make_card(const CardConfig& card, const MeterConfig* meter, const KeysConfig& keys);

}  // namespace pilotlight::cabinet
