// The gas company's card keys. They never leave this seam: what comes out is the MAC of one command for one card and
// one challenge. A PKCS#11 token can stand behind it; a sealed file (sealed_file.h) is the first.
#pragma once

#include <array>
#include <string>

#include "kiosk/base/bytes.h"
#include "kiosk/base/result.h"

namespace pilotlight::keys {

class CardKeys {
 public:
  virtual ~CardKeys() = default;
  // MAC over `header_and_data` (CLA INS P1 P2 Lc data, Lc counting the MAC) with the card's own purchase key, for this
  // challenge (4 bytes; 8 are used whole). `card_number`: 16 digits. Thread-safe. The failure is for staff: the key
  // store cannot be used.
  virtual Result<std::array<std::uint8_t, 4>, Message> seal(ByteView header_and_data, ByteView challenge,
                                                            const std::string& card_number) const = 0;
};

}  // namespace pilotlight::keys
