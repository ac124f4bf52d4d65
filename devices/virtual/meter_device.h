// A virtual prepaid gas meter of the "count" pattern: it takes purchase n when n is its own count plus one and the card
// carries volume, once, and writes back. It works the card by commands alone, with keys of its own, as a real one does.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "devices/virtual/card_os.h"
#include "devices/virtual/card_record.h"
#include "devices/virtual/config.h"
#include "devices/virtual/disk.h"

namespace pilotlight::cabinet {

struct MeterState {
  std::string number;
  std::string card_number;
  std::uint32_t purchase_number = 0;  // last purchase taken
  std::int64_t remaining = 0;         // litres
  std::int64_t used = 0;              // litres
};

struct LoadOutcome {
  std::int64_t loaded = 0;  // litres; 0 with a reason
  std::string reason;       // "already loaded", "no volume on the card", "not this meter's card", ...
  bool written_back = false;
};

class MeterDevice {
 public:
  // State in meter-NAME.json, made from the configuration on first start. Throws std::runtime_error on a damaged file.
  MeterDevice(const Disk& disk, const MeterConfig& config, const KeysConfig& keys);

  // The card goes into the meter and comes out again. Its own count is durable before the card is touched: whatever
  // cuts the rest short, the purchase is in exactly once, and the next visit of the card completes the writing.
  LoadOutcome load(CardMemory& card, CardContacts& contacts);

  const MeterState& state() const { return state_; }
  const std::string& name() const { return name_; }

 private:
  LoadOutcome take(const std::optional<PurchaseCopy>& copy, CardOs& card);
  bool clear_volume(CardOs& card, const PurchaseCopy& copy) const;
  bool write_back(CardOs& card) const;
  Key16 card_key(const Key16& master) const;
  void save() const;

  const Disk& disk_;
  std::string name_;
  Key16 purchase_master_;
  Key16 meter_master_;
  MeterState state_;
};

}  // namespace pilotlight::cabinet
