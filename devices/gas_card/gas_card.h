// What a terminal does with a gas card, whatever its profile (LAYOUT.md describes `cpu-3des-v1`). Blocking calls for
// the card worker; all I/O goes through a CardChannel, so that the simulation can put a card behind it.
#pragma once

#include <cstdint>
#include <string>

#include "kiosk/base/bytes.h"
#include "kiosk/base/describe.h"
#include "kiosk/base/money.h"
#include "kiosk/base/result.h"

namespace pilotlight::devices {

// Why an exchange with the card gave no answer. In every case the outcome of the command is unknown.
enum class ChannelError { CardGone, ReaderGone, CardReset, NoAnswer };
PILOTLIGHT_ENUM(ChannelError, CardGone, ReaderGone, CardReset, NoAnswer)

class CardChannel {
 public:
  virtual ~CardChannel() = default;
  // Sends a command APDU (ISO 7816-4 cases 1 to 4, short) and returns data || SW1 SW2, with the T=0 details (61xx,
  // 6Cxx) already done. At least two bytes.
  virtual Result<Bytes, ChannelError> transmit(ByteView command) = 0;
  // Cold reset: selection, authentication and challenges are gone.
  virtual Result<void, ChannelError> reset() = 0;
};

struct CardWriteBack {
  std::uint32_t purchase_number = 0;
  Volume remaining;
  Volume used;
  std::uint16_t status = 0;
  bool torn = false;  // could not be read, or its CRC is wrong: the other fields are zero and prove nothing
};

struct CardContents {
  std::string card_number;  // 16 digits
  std::uint32_t purchase_number = 0;
  Volume volume;
  Volume total;
  std::uint32_t sequence = 0;
  CardWriteBack write_back;
};

// Why a card cannot be used (rule G4). Each has its own polite answer on the screen.
enum class CardFault {
  Gone,         // taken out while reading
  Unreadable,   // mute, dirty, inserted the wrong way round
  Foreign,      // not a gas card of ours
  NotUserCard,  // tool, transfer or opening card
  Blank,
  Damaged,  // no valid copy, or identity CRC wrong
  KeyLocked,
  ReaderGone
};
PILOTLIGHT_ENUM(CardFault, Gone, Unreadable, Foreign, NotUserCard, Blank, Damaged, KeyLocked, ReaderGone)

// What a channel that gave no answer means for the card in the slot.
constexpr CardFault fault_of(ChannelError error) {
  switch (error) {
    case ChannelError::CardGone:
      return CardFault::Gone;
    case ChannelError::ReaderGone:
      return CardFault::ReaderGone;
    case ChannelError::CardReset:
    case ChannelError::NoAnswer:
      return CardFault::Unreadable;
  }
  return CardFault::Unreadable;
}

enum class WriteOutcome {
  Verified,   // read back after a reset: the purchase is on the card
  Disproved,  // read back after a reset: it is not
  Unknown     // the card could not be read back: only reading it again can tell
};
PILOTLIGHT_ENUM(WriteOutcome, Verified, Disproved, Unknown)

struct WriteReport {
  WriteOutcome outcome = WriteOutcome::Unknown;
  CardContents card;  // as read back (the write-back as last read); meaningless with Unknown
  // What the card said to the write: 9000, 6988 wrong MAC (never try that again blindly: the key locks), 6983 key
  // locked; 0 without an answer. For the record and for staff: the outcome does not come from it.
  std::uint16_t status_word = 0;
};

class GasCard {
 public:
  virtual ~GasCard() = default;
  virtual Result<CardContents, CardFault> read(CardChannel& channel) = 0;
  virtual Result<Bytes, CardFault> challenge(CardChannel& channel) = 0;
  // Sends the ledger's sealed command as it is, resets the card, reads it back and compares card number and purchase
  // number. The number decides, never the volume. Never repeats the write.
  virtual WriteReport write(CardChannel& channel, ByteView sealed_command, const std::string& card_number,
                            std::uint32_t purchase_number) = 0;
};

}  // namespace pilotlight::devices
