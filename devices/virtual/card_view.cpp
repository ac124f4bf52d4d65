#include "devices/virtual/card_view.h"

#include "devices/virtual/card_record.h"

namespace pilotlight::cabinet {
namespace {

std::string_view kind_name(std::uint8_t kind) {
  switch (static_cast<RecordKind>(kind)) {
    case RecordKind::Blank:
      return "blank";
    case RecordKind::User:
      return "user";
    case RecordKind::Opening:
      return "opening";
    case RecordKind::Transfer:
      return "transfer";
    case RecordKind::Tool:
      return "tool";
  }
  return "unknown";
}

// Null where there is no valid copy.
void add_copy(boost::json::object& into, const std::optional<PurchaseCopy>& copy) {
  const auto field = [&](const char* name, std::int64_t value) {
    into[name] = copy ? boost::json::value(value) : boost::json::value(nullptr);
  };
  const PurchaseCopy shown = copy.value_or(PurchaseCopy{});
  field("purchase_number", shown.purchase_number);
  field("volume", shown.volume * litres_per_unit);
  field("total", shown.total * litres_per_unit);
  field("sequence", shown.sequence);
  field("replacements", shown.replacements);
  const Bytes date{static_cast<std::uint8_t>(shown.date >> 24), static_cast<std::uint8_t>(shown.date >> 16),
                   static_cast<std::uint8_t>(shown.date >> 8), static_cast<std::uint8_t>(shown.date)};
  into["date"] = copy ? boost::json::value(to_hex(date)) : boost::json::value(nullptr);
}

boost::json::array describe_copies(ByteView ef15) {
  boost::json::array copies;
  for (const std::size_t offset : {std::size_t{0}, copy_size}) {
    const std::optional<PurchaseCopy> copy = decode_copy(ef15.subspan(offset, copy_size));
    boost::json::object one{{"offset", offset}, {"crc_ok", copy.has_value()}};
    add_copy(one, copy);
    copies.push_back(std::move(one));
  }
  return copies;
}

boost::json::value describe_write_back(ByteView ef17) {
  const std::optional<WriteBackRecord> record = decode_write_back(ef17);
  if (!record) return nullptr;
  return boost::json::object{{"purchase_number", record->purchase_number},
                             {"remaining", record->remaining * litres_per_unit},
                             {"used", record->used * litres_per_unit},
                             {"status", record->status}};
}

}  // namespace

boost::json::object describe_card(const CardMemory& card) {
  const Bytes ef15 = card.read(purchase_area);
  const std::optional<IdentityRecord> identity = decode_identity(card.read(identity_area));
  boost::json::object seen;
  seen["identity_ok"] = identity.has_value();
  seen["card_number"] = identity ? boost::json::value(identity->card_number) : boost::json::value(nullptr);
  seen["kind"] = identity ? boost::json::value(kind_name(identity->kind)) : boost::json::value(nullptr);
  seen["meter_number"] = identity ? boost::json::value(identity->meter_number) : boost::json::value(nullptr);
  add_copy(seen, valid_copy(ef15));
  seen["copies"] = describe_copies(ef15);
  seen["write_back"] = describe_write_back(card.read(write_back_area));
  seen["tries"] = boost::json::array{card.tries(1), card.tries(2), card.tries(3)};
  return seen;
}

boost::json::object describe_meter(const MeterState& meter) {
  return {{"number", meter.number},
          {"card_number", meter.card_number},
          {"purchase_number", meter.purchase_number},
          {"remaining", meter.remaining},
          {"used", meter.used}};
}

}  // namespace pilotlight::cabinet
