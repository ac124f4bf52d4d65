// The EEPROM of one virtual card: a file of fixed size that changes byte by byte, so that a card that loses power in
// the middle of a write keeps exactly what had been programmed – also when the cabinet itself is killed there.
//
// File: at 0 "PLCARD1\0", 8 EF 15 (48 bytes), 56 EF 16 (32), 88 EF 17 (24), 112 the card's keys 1..3 (16 each),
// 160 the tries left of keys 1..3 (1 each), 163 zeros up to 192.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>

#include "devices/virtual/card_crypto.h"
#include "devices/virtual/disk.h"
#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

constexpr std::size_t card_memory_size = 192;
constexpr std::uint8_t most_tries = 15;

struct CardArea {
  std::size_t at;
  std::size_t size;
};
constexpr CardArea purchase_area{8, 48};
constexpr CardArea identity_area{56, 32};
constexpr CardArea write_back_area{88, 24};

// What leaves the factory.
struct CardImage {
  std::array<std::uint8_t, 48> purchase{};
  std::array<std::uint8_t, 32> identity{};
  std::array<std::uint8_t, 24> write_back{};
  std::array<Key16, 3> keys{};
};

class CardMemory {
 public:
  // Opens card-NAME.eeprom on the disk; made from `factory` if it is not there. Throws std::runtime_error if the file
  // is not a card's memory.
  CardMemory(const Disk& disk, const std::string& name, const CardImage& factory);
  CardMemory(const CardMemory&) = delete;
  CardMemory& operator=(const CardMemory&) = delete;

  // Any thread; each call sees whole bytes, never a whole record.
  Bytes read(CardArea area) const;
  std::uint8_t byte(std::size_t at) const;
  // Programs one byte; on the disk's page cache when it returns (a killed cabinet keeps it).
  void program(std::size_t at, std::uint8_t value);
  // Makes what was programmed durable.
  void sync() const;

  Key16 key(std::size_t number) const;           // 1..3
  std::uint8_t tries(std::size_t number) const;  // left for key 1..3
  void set_tries(std::size_t number, std::uint8_t left);

 private:
  mutable std::mutex mutex_;
  std::array<std::uint8_t, card_memory_size> bytes_{};
  const Disk& disk_;
  const std::string file_;
};

}  // namespace pilotlight::cabinet
