// Short command APDUs over a reader that may be TPDU- or APDU-level (ISO/IEC 7816-3 section 12, 7816-4 section 5): what
// is sent for each case, and the 61xx / 6Cxx answers. Pure over the exchange that is handed in.
#pragma once

#include <functional>

#include "devices/gas_card/gas_card.h"

namespace pilotlight::devices {

enum class CardProtocol { T0, T1 };

// One command to the card, its answer as it is. Shorter than two bytes counts as no answer.
using RawExchange = std::function<Result<Bytes, ChannelError>(ByteView command)>;

// Returns data || SW1 SW2. A command that is no short APDU is not sent: 6700 (wrong length).
// 61xx is followed by GET RESPONSE only for commands that ask for data (cases 2 and 4); 6Cxx is followed by one repeat
// with the right length only for case 2. So a command that carries data is never sent twice. What the card still offers
// after kMostResponses rounds is left there, and its 61xx is returned.
inline constexpr int kMostResponses = 8;
Result<Bytes, ChannelError> exchange_apdu(CardProtocol protocol, ByteView command, const RawExchange& exchange);

}  // namespace pilotlight::devices
