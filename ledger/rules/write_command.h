// The command that puts one purchase record on a card of the profile cpu-3des-v1 (devices/gas_card/LAYOUT.md), without
// its MAC.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "kiosk/base/bytes.h"
#include "ledger/wire/messages.h"

namespace pilotlight::rules {

// `04 D6 95 off 1C data[24]`: the stale copy of a card whose valid copy has `card_sequence`. Nothing if a number does
// not fit its field or is not a multiple of the card's scale.
std::optional<Bytes> write_command(const wire::TopUpRecord& record, std::uint32_t card_sequence,
                                   std::string_view business_date, std::uint8_t replacement_count);

}  // namespace pilotlight::rules
