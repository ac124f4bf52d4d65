// A card, its keys and contacts for the tests of the card side of the cabinet.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "devices/virtual/card_factory.h"
#include "devices/virtual/card_os.h"
#include "devices/virtual/card_record.h"

namespace pilotlight::cabinet {

// Contacts that write down the points and can cut the power at one, or before a byte of a write.
class TestContacts final : public CardContacts {
 public:
  bool at(std::string_view point) override {
    points.emplace_back(point);
    return point != cut_at;
  }
  // Bytes are counted over all writes.
  bool programming(std::size_t, std::size_t) override { return programmed++ < cut_before_byte; }

  std::vector<std::string> points;
  std::string cut_at;
  std::size_t programmed = 0;
  std::size_t cut_before_byte = std::numeric_limits<std::size_t>::max();
};

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    // In memory where there is one: these tests sync thousands of times, and none of them cuts the host's power.
    const std::filesystem::path memory = "/dev/shm";
    const bool in_memory = std::filesystem::is_directory(memory);
    std::string pattern = ((in_memory ? memory : std::filesystem::temp_directory_path()) / "cabinet-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    path_ = pattern;
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline Bytes hex(std::string_view text) {
  const std::optional<Bytes> bytes = from_hex(text);
  if (!bytes) std::abort();
  return *bytes;
}

inline KeysConfig test_keys() {
  return {hex("0123456789ABCDEFFEDCBA9876543210"), hex("00112233445566778899AABBCCDDEEFF"),
          hex("F0E1D2C3B4A5968778695A4B3C2D1E0F")};
}

inline CardConfig wang_card() {
  return {.name = "wang",
          .card_number = "6101000000000017",
          .purchase_number = 3,
          .volume = 0,
          .total = 120000,
          .kind = CardKind::User,
          .meter = "m-wang"};
}

inline MeterConfig wang_meter() {
  return {.name = "m-wang",
          .number = "000000000017",
          .card_number = "6101000000000017",
          .purchase_number = 3,
          .remaining = 12000,
          .used = 108000};
}

// A powered card and the commands a terminal sends; every answer as upper-case-free hex: "9000", "0102...9000".
class Bench {
 public:
  explicit Bench(const CardConfig& card = wang_card()) : disk(directory.path()) {
    const MeterConfig meter = wang_meter();
    memory = std::make_unique<CardMemory>(disk, card.name, make_card(card, &meter, test_keys()));
    power_up();
  }

  void power_up() {
    contacts.cut_at.clear();
    contacts.cut_before_byte = std::numeric_limits<std::size_t>::max();
    contacts.programmed = 0;
    os = std::make_unique<CardOs>(*memory, contacts);
    os->power_up();
  }
  std::string send(std::string_view command) { return to_hex(os->transmit(hex(command))); }
  std::string select() { return send("00A404000A504C4741532E43505531"); }
  Challenge challenge() {
    const Bytes answer = os->transmit(hex("0084000004"));
    Challenge drawn{};
    if (answer.size() == 6) std::copy_n(answer.begin(), drawn.size(), drawn.begin());
    return drawn;
  }
  // UPDATE BINARY with the MAC of a fresh challenge and the card's key 1 or 2.
  std::string update(std::size_t key, std::uint8_t short_id, std::size_t offset, ByteView content) {
    return to_hex(os->transmit(sealed_update(key, short_id, offset, content, challenge())));
  }
  Bytes sealed_update(std::size_t key, std::uint8_t short_id, std::size_t offset, ByteView content,
                      const Challenge& fresh) const {
    Bytes command{0x04, 0xD6, static_cast<std::uint8_t>(0x80 | short_id), static_cast<std::uint8_t>(offset),
                  static_cast<std::uint8_t>(content.size() + 4)};
    command.insert(command.end(), content.begin(), content.end());
    const Mac4 mac = retail_mac(memory->key(key), fresh, command);
    command.insert(command.end(), mac.begin(), mac.end());
    return command;
  }
  // What a terminal writes for the next purchase: number + 1, this volume, into the stale copy.
  std::string sell(std::uint32_t units) {
    PurchaseCopy next = *valid();
    ++next.sequence;
    ++next.purchase_number;
    next.volume = units;
    next.total += units;
    next.date = 0x20260201;
    return update(1, 0x15, copy_offset(next.sequence), encode_copy(next));
  }
  std::optional<PurchaseCopy> valid() const { return valid_copy(memory->read(purchase_area)); }
  std::optional<WriteBackRecord> write_back() const { return decode_write_back(memory->read(write_back_area)); }

  TemporaryDirectory directory;
  FileDisk disk;
  std::unique_ptr<CardMemory> memory;
  TestContacts contacts;
  std::unique_ptr<CardOs> os;
};

}  // namespace pilotlight::cabinet
