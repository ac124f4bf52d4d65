// The card slot as a part of the cabinet: the cards and meters of the configuration, and the verbs card, meter, reader.
#include <algorithm>
#include <fstream>
#include <map>
#include <stdexcept>

#include "devices/virtual/card_factory.h"
#include "devices/virtual/card_view.h"
#include "devices/virtual/meter_device.h"
#include "devices/virtual/part.h"
#include "devices/virtual/vpcd_slot.h"

namespace pilotlight::cabinet {
namespace {

constexpr const char* slot_file = "slot";

// The contacts inside a meter: nothing pulls the card out there.
class MeterContacts final : public CardContacts {
 public:
  bool at(std::string_view) override { return true; }
  bool programming(std::size_t, std::size_t) override { return true; }
};

class CardPart final : public Part {
 public:
  explicit CardPart(const Surroundings& surroundings);
  void start() override;

 private:
  boost::json::object card_verb(Words words);
  boost::json::object meter_verb(Words words);
  boost::json::object reader_verb(Words words);
  boost::json::object insert(const std::string& name);
  boost::json::object remove();
  boost::json::object load(MeterDevice& meter);
  boost::json::object show(const std::string& name);
  boost::json::value state();
  CardMemory* card_of(const MeterDevice& meter, std::string& name);
  bool unplugged() const { return std::filesystem::exists(unplug_flag_); }

  const Disk& disk_;
  const std::filesystem::path unplug_flag_;
  std::map<std::string, CardMemory, std::less<>> cards_;
  std::map<std::string, MeterDevice, std::less<>> meters_;
  std::map<std::string, std::string, std::less<>> card_in_hand_;  // meter -> the customer's card for it
  std::string in_slot_;                                           // only touched by commands, which take turns
  VpcdSlot slot_;
};

void check_name(const std::string& name) {
  const bool good = !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '_';
  });
  if (!good) throw std::runtime_error("a card's or meter's name is letters, digits, - and _: '" + name + "'");
}

CardPart::CardPart(const Surroundings& surroundings)
    : disk_(surroundings.disk),
      unplug_flag_(surroundings.config.card_slot->unplug_flag),
      slot_(surroundings.config.card_slot->vpcd, surroundings.points) {
  const Config& config = surroundings.config;
  for (const MeterConfig& meter : config.meters) {
    check_name(meter.name);
    meters_.try_emplace(meter.name, disk_, meter, config.keys);
  }
  for (const CardConfig& card : config.cards) {
    check_name(card.name);
    const auto meter = std::ranges::find(config.meters, card.meter, &MeterConfig::name);
    const MeterConfig* const its_meter = meter == config.meters.end() ? nullptr : &*meter;
    if (!card.meter.empty() && its_meter == nullptr)
      throw std::runtime_error("card " + card.name + ": there is no meter " + card.meter);
    cards_.try_emplace(card.name, disk_, card.name, make_card(card, its_meter, config.keys));
    if (its_meter != nullptr) card_in_hand_.try_emplace(card.meter, card.name);
  }
  surroundings.commands.add("card", [this](Words words) { return card_verb(words); });
  surroundings.commands.add("meter", [this](Words words) { return meter_verb(words); });
  surroundings.commands.add("reader", [this](Words words) { return reader_verb(words); });
  surroundings.commands.add_state("card_slot", [this] { return state(); });
}

// A card that was in the slot when the cabinet died is still in it.
void CardPart::start() {
  const std::string name = disk_.read(slot_file).value_or("");
  if (const auto card = cards_.find(name); card != cards_.end()) {
    in_slot_ = name;
    slot_.insert(card->second);
  }
  slot_.start();
}

boost::json::object CardPart::card_verb(Words words) {
  if (words.size() == 2 && words[0] == "insert") return insert(words[1]);
  if (words.size() == 1 && words[0] == "remove") return remove();
  if (words.size() == 2 && words[0] == "show") return show(words[1]);
  return refused("card insert NAME | remove | show NAME");
}

boost::json::object CardPart::insert(const std::string& name) {
  const auto card = cards_.find(name);
  if (card == cards_.end()) return refused("no card '" + name + "'");
  if (!in_slot_.empty()) return refused("card '" + in_slot_ + "' is in the slot");
  disk_.write(slot_file, name);
  in_slot_ = name;
  slot_.insert(card->second);
  return {};
}

boost::json::object CardPart::remove() {
  if (in_slot_.empty()) return refused("no card in the slot");
  slot_.remove();
  in_slot_.clear();
  disk_.write(slot_file, "");
  return {};
}

boost::json::object CardPart::show(const std::string& name) {
  const auto card = cards_.find(name);
  if (card == cards_.end()) return refused("no card '" + name + "'");
  boost::json::object seen = describe_card(card->second);
  seen["name"] = name;
  seen["inserted"] = name == in_slot_;
  return seen;
}

CardMemory* CardPart::card_of(const MeterDevice& meter, std::string& name) {
  name = in_slot_;
  if (name.empty()) {
    const auto own = card_in_hand_.find(meter.name());
    if (own == card_in_hand_.end()) return nullptr;
    name = own->second;
  }
  return &cards_.find(name)->second;
}

boost::json::object CardPart::meter_verb(Words words) {
  if (words.size() != 2 || (words[0] != "load" && words[0] != "show")) return refused("meter load NAME | show NAME");
  const auto meter = meters_.find(words[1]);
  if (meter == meters_.end()) return refused("no meter '" + words[1] + "'");
  return words[0] == "load" ? load(meter->second) : describe_meter(meter->second.state());
}

// A card cannot be in two places: one that is in the slot is taken out first, and stays in the customer's hand.
boost::json::object CardPart::load(MeterDevice& meter) {
  std::string name;
  CardMemory* const card = card_of(meter, name);
  if (card == nullptr) return refused("no card in the slot, and none belongs to this meter");
  if (!in_slot_.empty()) remove();
  MeterContacts contacts;
  const LoadOutcome outcome = meter.load(*card, contacts);
  boost::json::object answer{{"loaded", outcome.loaded}, {"card", name}, {"written_back", outcome.written_back}};
  if (!outcome.reason.empty()) answer["reason"] = outcome.reason;
  return answer;
}

boost::json::object CardPart::reader_verb(Words words) {
  if (words.size() == 1 && words[0] == "unplug") {
    if (!std::ofstream(unplug_flag_)) return refused("cannot make " + unplug_flag_.string());
    slot_.cut_power();
    return {};
  }
  if (words.size() == 1 && words[0] == "plug") {
    std::filesystem::remove(unplug_flag_);
    return {};
  }
  return refused("reader unplug | plug");
}

boost::json::value CardPart::state() {
  boost::json::object cards;
  for (const auto& [name, card] : cards_) cards[name] = describe_card(card);
  boost::json::object meters;
  for (const auto& [name, meter] : meters_) meters[name] = describe_meter(meter.state());
  boost::json::value inserted;
  if (!in_slot_.empty()) inserted = in_slot_;
  return boost::json::object{{"inserted", inserted},
                             {"connected", slot_.connected()},
                             {"reader_unplugged", unplugged()},
                             {"cards", std::move(cards)},
                             {"meters", std::move(meters)}};
}

}  // namespace

std::unique_ptr<Part> make_card_slot(const Surroundings& surroundings) {
  return std::make_unique<CardPart>(surroundings);
}

}  // namespace pilotlight::cabinet
