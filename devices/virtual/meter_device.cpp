#include "devices/virtual/meter_device.h"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "devices/virtual/card_factory.h"

namespace pilotlight::cabinet {
namespace {

bool succeeded(const Bytes& answer) {
  return answer.size() >= 2 && answer[answer.size() - 2] == 0x90 && answer.back() == 0x00;
}

bool select_application(CardOs& card) {
  const Bytes answer = card.transmit(*from_hex("00A404000A 504C4741532E43505531"));
  return answer.size() == 2 && answer[0] == 0x61;
}

std::optional<Bytes> read_file(CardOs& card, std::uint8_t short_id, std::uint8_t size) {
  Bytes answer = card.transmit(Bytes{0x00, 0xB0, static_cast<std::uint8_t>(0x80 | short_id), 0x00, size});
  if (!succeeded(answer) || answer.size() != size + 2u) return std::nullopt;
  answer.resize(size);
  return answer;
}

std::optional<Challenge> ask_challenge(CardOs& card) {
  const Bytes answer = card.transmit(Bytes{0x00, 0x84, 0x00, 0x00, 0x04});
  Challenge challenge{};
  if (!succeeded(answer) || answer.size() != challenge.size() + 2) return std::nullopt;
  std::copy_n(answer.begin(), challenge.size(), challenge.begin());
  return challenge;
}

std::string sixteen_digits(const std::string& number) { return to_hex(*packed_bcd(number)); }

std::string serialised(const MeterState& state) {
  return boost::json::serialize(boost::json::object{{"number", state.number},
                                                    {"card_number", state.card_number},
                                                    {"purchase_number", state.purchase_number},
                                                    {"remaining", state.remaining},
                                                    {"used", state.used}});
}

MeterState parsed(const std::string& text, const std::string& name) {
  try {
    const boost::json::object json = boost::json::parse(text).as_object();
    MeterState state;
    state.number = json.at("number").as_string();
    state.card_number = json.at("card_number").as_string();
    state.purchase_number = boost::json::value_to<std::uint32_t>(json.at("purchase_number"));
    state.remaining = json.at("remaining").as_int64();
    state.used = json.at("used").as_int64();
    return state;
  } catch (const std::exception& error) {
    throw std::runtime_error("meter " + name + ": damaged state: " + error.what());
  }
}

}  // namespace

MeterDevice::MeterDevice(const Disk& disk, const MeterConfig& config, const KeysConfig& keys)
    : disk_(disk),
      name_(config.name),
      purchase_master_(key_of(keys.purchase_master, "purchase_master")),
      meter_master_(key_of(keys.meter_master, "meter_master")) {
  if (const std::optional<std::string> saved = disk_.read("meter-" + name_ + ".json")) {
    state_ = parsed(*saved, name_);
    return;
  }
  if (!packed_bcd(config.number) || !packed_bcd(config.card_number))
    throw std::runtime_error("meter " + name_ + ": card and meter numbers are up to 16 digits");
  units_of(config.remaining);
  units_of(config.used);
  state_ = {config.number, sixteen_digits(config.card_number), config.purchase_number, config.remaining, config.used};
  save();
}

void MeterDevice::save() const { disk_.write("meter-" + name_ + ".json", serialised(state_)); }

LoadOutcome MeterDevice::load(CardMemory& memory, CardContacts& contacts) {
  CardOs card(memory, contacts);
  card.power_up();
  if (!select_application(card)) return {0, "not a gas card", false};
  const std::optional<Bytes> ef16 = read_file(card, 0x16, 32);
  const std::optional<Bytes> ef15 = read_file(card, 0x15, 48);
  if (!ef16 || !ef15) return {0, "card cannot be read", false};
  const std::optional<IdentityRecord> identity = decode_identity(*ef16);
  if (!identity) return {0, "card is damaged", false};
  if (identity->kind != static_cast<std::uint8_t>(RecordKind::User) &&
      identity->kind != static_cast<std::uint8_t>(RecordKind::Opening))
    return {0, "not a user card", false};
  if (identity->card_number != state_.card_number) return {0, "not this meter's card", false};
  return take(valid_copy(*ef15), card);
}

LoadOutcome MeterDevice::take(const std::optional<PurchaseCopy>& copy, CardOs& card) {
  LoadOutcome outcome;
  if (!copy) {
    outcome.reason = "card is damaged";
  } else if (copy->purchase_number == state_.purchase_number) {
    outcome.reason = "already loaded";
  } else if (copy->purchase_number != state_.purchase_number + 1) {
    outcome.reason = "purchase " + std::to_string(copy->purchase_number) + " does not follow " +
                     std::to_string(state_.purchase_number);
  } else if (copy->volume == 0) {
    outcome.reason = "no volume on the card";
  } else {
    outcome.loaded = copy->volume * litres_per_unit;
    state_.purchase_number = copy->purchase_number;
    state_.remaining += outcome.loaded;
    save();
  }
  const bool in_meter = copy && copy->purchase_number == state_.purchase_number;
  if (in_meter && copy->volume > 0 && !clear_volume(card, *copy)) return outcome;
  outcome.written_back = write_back(card);
  return outcome;
}

Key16 MeterDevice::card_key(const Key16& master) const { return diversify(master, *packed_bcd(state_.card_number)); }

bool MeterDevice::clear_volume(CardOs& card, const PurchaseCopy& copy) const {
  PurchaseCopy cleared = copy;
  ++cleared.sequence;
  cleared.volume = 0;
  const std::array<std::uint8_t, copy_size> record = encode_copy(cleared);
  const std::optional<Challenge> challenge = ask_challenge(card);
  if (!challenge) return false;
  Bytes command{0x04, 0xD6, 0x95, static_cast<std::uint8_t>(copy_offset(cleared.sequence)), copy_size + 4};
  command.insert(command.end(), record.begin(), record.end());
  const Mac4 mac = retail_mac(card_key(purchase_master_), *challenge, command);
  command.insert(command.end(), mac.begin(), mac.end());
  return succeeded(card.transmit(command));
}

bool MeterDevice::write_back(CardOs& card) const {
  const std::array<std::uint8_t, 24> record = encode_write_back(
      {state_.purchase_number, static_cast<std::uint32_t>(state_.remaining / litres_per_unit),
       static_cast<std::uint32_t>(state_.used / litres_per_unit), static_cast<std::uint16_t>(state_.remaining <= 0)});
  const std::optional<Challenge> challenge = ask_challenge(card);
  if (!challenge) return false;
  Bytes authenticate{0x00, 0x82, 0x00, 0x03, 0x08};
  const Block8 proof = cryptogram(card_key(meter_master_), *challenge);
  authenticate.insert(authenticate.end(), proof.begin(), proof.end());
  if (!succeeded(card.transmit(authenticate))) return false;
  Bytes command{0x00, 0xD6, 0x97, 0x00, static_cast<std::uint8_t>(record.size())};
  command.insert(command.end(), record.begin(), record.end());
  return succeeded(card.transmit(command));
}

}  // namespace pilotlight::cabinet
