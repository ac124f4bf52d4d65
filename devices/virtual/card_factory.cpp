#include "devices/virtual/card_factory.h"

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "devices/virtual/card_record.h"

namespace pilotlight::cabinet {
namespace {

RecordKind record_kind(CardKind kind) {
  switch (kind) {
    case CardKind::User:
      return RecordKind::User;
    case CardKind::Opening:
      return RecordKind::Opening;
    case CardKind::Transfer:
      return RecordKind::Transfer;
    case CardKind::Tool:
      return RecordKind::Tool;
    case CardKind::Blank:
      return RecordKind::Blank;
  }
  throw std::runtime_error("unknown card kind");
}

// Both copies as years of use leave them: the newest write in the copy of its sequence, the one before in the other.
std::array<std::uint8_t, 48> purchase_file(const CardConfig& card) {
  constexpr std::uint32_t first_of_2026 = 0x20260101;
  PurchaseCopy newest;
  newest.sequence = card.purchase_number * 2;
  newest.purchase_number = card.purchase_number;
  newest.volume = units_of(card.volume);
  newest.total = units_of(card.total);
  newest.date = card.purchase_number == 0 ? 0 : first_of_2026;
  std::array<std::uint8_t, 48> file{};
  const auto put = [&file](const PurchaseCopy& copy) {
    const auto bytes = encode_copy(copy);
    std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(copy_offset(copy.sequence)));
  };
  put(newest);
  if (newest.sequence > 0) {
    PurchaseCopy before = newest;
    --before.sequence;
    put(before);
  }
  return file;
}

}  // namespace

Key16 key_of(const Bytes& bytes, const char* what) {
  Key16 key{};
  if (bytes.size() != key.size()) throw std::runtime_error(std::string("[keys] ") + what + " must be 16 bytes of hex");
  std::ranges::copy(bytes, key.begin());
  return key;
}

std::uint32_t units_of(std::int64_t litres) {
  if (litres < 0 || litres % litres_per_unit != 0 ||
      litres / litres_per_unit > std::numeric_limits<std::uint32_t>::max())
    throw std::runtime_error("a volume of " + std::to_string(litres) + " litres cannot stand on a card (steps of 10)");
  return static_cast<std::uint32_t>(litres / litres_per_unit);
}

CardImage make_card(const CardConfig& card, const MeterConfig* meter, const KeysConfig& keys) {
  const auto factor = packed_bcd(card.card_number);
  const std::string meter_number = meter != nullptr ? meter->number : "";
  if (!factor || !packed_bcd(meter_number))
    throw std::runtime_error("card " + card.name + ": card and meter numbers are up to 16 digits");
  CardImage image;
  image.keys = {diversify(key_of(keys.purchase_master, "purchase_master"), *factor),
                diversify(key_of(keys.personalisation_master, "personalisation_master"), *factor),
                diversify(key_of(keys.meter_master, "meter_master"), *factor)};
  IdentityRecord identity;
  identity.card_number = card.card_number;
  identity.kind = static_cast<std::uint8_t>(record_kind(card.kind));
  identity.meter_number = meter_number;
  image.identity = encode_identity(identity);
  if (card.kind == CardKind::Blank) return image;
  image.purchase = purchase_file(card);
  if (meter != nullptr && card.purchase_number > 0)
    image.write_back =
        encode_write_back({meter->purchase_number, units_of(meter->remaining), units_of(meter->used), 0});
  return image;
}

}  // namespace pilotlight::cabinet
