// The operating system of the virtual gas card: a T=0 card with a master file, one application and its files, as
// LAYOUT.md and ISO/IEC 7816-4 describe it. Holds what a real card holds in RAM; all else is in the CardMemory.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "devices/virtual/card_memory.h"
#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

// What the card is plugged into. Both calls answer whether the card still has power; without it the card is dead on the
// spot and stays so until power_up().
class CardContacts {
 public:
  virtual ~CardContacts() = default;
  // The card is at a named point of its work ("card.torn-update", CONTROL.md).
  virtual bool at(std::string_view point) = 0;
  // Byte n of a write of `count` bytes is about to be programmed. Without power that byte is left half-programmed.
  virtual bool programming(std::size_t n, std::size_t count) = 0;
};

struct CardFile;  // one elementary file of the application

class CardOs {
 public:
  // `draw`: the chip's random number generator.
  CardOs(CardMemory& memory, CardContacts& contacts, std::function<Challenge()> draw = draw_challenge);

  // Cold or warm reset: forgets selection, challenge and authentication. Gives the ATR.
  ByteView power_up();
  void power_off();
  bool powered() const { return powered_; }
  static ByteView atr();

  // Carries out one command TPDU (T=0: CLA INS P1 P2 P3 data). The answer ends with the status word; empty if the card
  // has no power or lost it during the command.
  Bytes transmit(ByteView command);

  // The last command was an UPDATE BINARY that was carried out.
  bool answered_update() const { return answered_update_; }

 private:
  struct Command {
    std::uint8_t cla = 0, ins = 0, p1 = 0, p2 = 0, p3 = 0;
    ByteView data;    // what follows P3
    ByteView header;  // CLA to P3
  };
  enum class Directory { Master, Application };
  struct Target {
    const CardFile* file = nullptr;
    std::size_t offset = 0;
  };

  Bytes dispatch(const Command& command, const std::optional<Challenge>& challenge, Bytes waiting);
  Bytes select(const Command& command);
  Bytes read_binary(const Command& command);
  Bytes get_challenge(const Command& command);
  Bytes get_response(const Command& command, Bytes waiting);
  Bytes update_binary(const Command& command, const std::optional<Challenge>& challenge);
  Bytes external_authenticate(const Command& command, const std::optional<Challenge>& challenge);

  std::uint16_t find_target(const Command& command, Target& target);
  std::uint16_t check_rights(const Command& command, const Target& target, const std::optional<Challenge>& challenge);
  bool prove(std::size_t key, ByteView given, ByteView right);
  bool program(const Target& target, ByteView data);
  bool reached(std::string_view point);

  CardMemory& memory_;
  CardContacts& contacts_;
  const std::function<Challenge()> draw_;
  bool powered_ = false;
  Directory directory_ = Directory::Master;
  const CardFile* current_ = nullptr;
  std::optional<Challenge> challenge_;  // for the next command only
  Bytes waiting_;                       // for GET RESPONSE
  bool meter_authenticated_ = false;
  bool answered_update_ = false;
  bool to_be_read_back_ = false;  // survives a reset: the terminal resets the card between writing and reading back
};

}  // namespace pilotlight::cabinet
