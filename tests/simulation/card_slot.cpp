#include "tests/simulation/card_slot.h"

#include "devices/card_reader/apdu.h"
#include "devices/gas_card/cpu_card.h"
#include "devices/virtual/card_factory.h"
#include "devices/virtual/card_record.h"

namespace pilotlight::simulation {
namespace {

constexpr std::int64_t used_litres = 108'000;
constexpr std::int64_t remaining_litres = 12'000;
constexpr std::int64_t look_ms = 150;  // how often pcscd looks into the slot

Bytes key(std::uint8_t of) {
  Bytes bytes(16);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(of * 16 + i);
  return bytes;
}

cabinet::MeterConfig meter_config(const std::string& card_number, std::uint32_t purchase_number) {
  return {"meter", card_number.substr(4), card_number, purchase_number, remaining_litres, used_litres};
}

cabinet::CardConfig card_config(const std::string& card_number, std::uint32_t purchase_number, std::int64_t volume) {
  return {
      "card", card_number, purchase_number, volume, used_litres + remaining_litres + volume, cabinet::CardKind::User,
      "meter"};
}

class MeterContacts final : public cabinet::CardContacts {
 public:
  bool at(std::string_view) override { return true; }
  bool programming(std::size_t, std::size_t) override { return true; }
};

}  // namespace

cabinet::KeysConfig company_keys() { return {key(1), key(2), key(3)}; }

Household::Household(const std::string& card_number, std::uint32_t purchase_number, std::int64_t volume)
    : card_number_(card_number),
      card_(disk_, "card",
            [&] {
              const auto meter = meter_config(card_number, purchase_number - (volume > 0 ? 1 : 0));
              return cabinet::make_card(card_config(card_number, purchase_number, volume), &meter, company_keys());
            }()),
      meter_(disk_, meter_config(card_number, purchase_number - (volume > 0 ? 1 : 0)), company_keys()) {}

std::optional<Household::Copy> Household::copy() const {
  const auto valid = cabinet::valid_copy(card_.read(cabinet::purchase_area));
  if (!valid) return std::nullopt;
  return Copy{valid->purchase_number, std::int64_t{valid->volume} * cabinet::litres_per_unit,
              std::int64_t{valid->total} * cabinet::litres_per_unit};
}

cabinet::LoadOutcome Household::load() {
  MeterContacts contacts;
  return meter_.load(card_, contacts);
}

// What the slot does to the card in it, command by command.
class CardSlot::Contacts final : public cabinet::CardContacts {
 public:
  explicit Contacts(CardSlot& slot) : slot_(slot) {}
  bool at(std::string_view) override { return !slot_.lost_during_command_; }
  bool programming(std::size_t n, std::size_t) override {
    if (slot_.mishaps.tear_at && *slot_.mishaps.tear_at <= n) {
      slot_.mishaps.tear_at.reset();
      slot_.lost_during_command_ = true;
    }
    return !slot_.lost_during_command_;
  }

 private:
  CardSlot& slot_;
};

class CardSlot::Channel final : public devices::CardChannel {
 public:
  explicit Channel(CardSlot& slot) : slot_(slot) {}

  Result<Bytes, devices::ChannelError> transmit(ByteView command) override {
    return devices::exchange_apdu(devices::CardProtocol::T0, command, [this](ByteView raw) { return exchange(raw); });
  }
  Result<void, devices::ChannelError> reset() override {
    if (!slot_.plugged_) return fail(devices::ChannelError::ReaderGone);
    if (slot_.card_ == nullptr || slot_.lost_during_command_) return fail(devices::ChannelError::CardGone);
    slot_.card_->power_up();
    return {};
  }

 private:
  Result<Bytes, devices::ChannelError> exchange(ByteView raw) {
    if (!slot_.plugged_) return fail(devices::ChannelError::ReaderGone);
    auto& pull = slot_.mishaps.pull_before;
    if (pull && slot_.card_ != nullptr && (*pull)-- == 0) {
      pull.reset();
      slot_.lost_during_command_ = true;
    }
    if (slot_.card_ == nullptr || slot_.lost_during_command_) return fail(devices::ChannelError::CardGone);
    Bytes answer = slot_.card_->transmit(raw);
    if (slot_.lost_during_command_ || answer.size() < 2) return fail(devices::ChannelError::CardGone);
    return answer;
  }

  CardSlot& slot_;
};

CardSlot::CardSlot(std::string name, Schedule& schedule, Story& story, Chance chance, Watch watch)
    : name_(std::move(name)), schedule_(schedule), story_(story), chance_(chance), watch_(std::move(watch)) {}

CardSlot::~CardSlot() = default;

bool CardSlot::insert(Household& household) {
  if (inside_ != nullptr) return false;
  inside_ = &household;
  contacts_ = std::make_unique<Contacts>(*this);
  card_ = std::make_unique<cabinet::CardOs>(household.card(), *contacts_, [this] {
    const auto drawn = static_cast<std::uint32_t>(chance_.next());
    return cabinet::Challenge{static_cast<std::uint8_t>(drawn), static_cast<std::uint8_t>(drawn >> 8),
                              static_cast<std::uint8_t>(drawn >> 16), static_cast<std::uint8_t>(drawn >> 24)};
  });
  story_.tell(name_, 1, [&] { return "card " + household.card_number() + " in"; });
  look_soon();
  return true;
}

Household* CardSlot::take() {
  Household* const taken = inside_;
  if (taken == nullptr) return nullptr;
  story_.tell(name_, 2, [&] { return "card " + taken->card_number() + " out"; });
  inside_ = nullptr;
  card_.reset();
  contacts_.reset();
  look_soon();
  return taken;
}

void CardSlot::set_reader(bool plugged) {
  plugged_ = plugged;
  story_.tell(name_, plugged, [&] { return plugged ? "reader plugged" : "reader pulled"; });
  look_soon();
}

void CardSlot::terminal_on(Report report) {
  report_ = std::move(report);
  life_ = new_life();
  driver_ = devices::make_cpu_card();
  channel_ = std::make_unique<Channel>(*this);
  commands_.clear();
  busy_ = false;
  seen_plugged_ = false;
  seen_ = nullptr;
  look_soon();
}

void CardSlot::terminal_off() {
  life_.reset();
  report_ = nullptr;
}

void CardSlot::begin(Command command) {
  commands_.push_back(std::move(command));
  if (!busy_) work();
}

// The command's whole exchange is carried out at one moment, what takes the card out in the middle of it included; its
// report and what else was seen come afterwards, as the real reader orders them.
void CardSlot::work() {
  if (commands_.empty()) return;
  busy_ = true;
  const Command command = std::move(commands_.front());
  commands_.pop_front();
  if (command.kind == Command::Release) {
    if (card_) card_->power_off();
    busy_ = false;
    return work();
  }
  const std::int64_t duration = command.kind == Command::Write ? chance_.between(250, 600) : chance_.between(80, 300);
  const auto outcome = carry_out(command);
  if (command.kind == Command::Write && inside_ != nullptr) watch_.card_changed(*inside_);
  if (std::exchange(lost_during_command_, false)) take();
  schedule_.in(duration, life_, [this, outcome] {
    busy_ = false;
    report_(outcome);
    if (life_ == nullptr) return;
    look();
    work();
  });
}

devices::ReaderEvent CardSlot::carry_out(const Command& command) {
  switch (command.kind) {
    case Command::Read:
      if (const auto powered = channel_->reset(); !powered)
        return devices::CardReadReport{fail(devices::fault_of(powered.error()))};
      return devices::CardReadReport{driver_->read(*channel_)};
    case Command::Challenge:
      return devices::ChallengeReport{driver_->challenge(*channel_)};
    default:
      return devices::CardWriteReport{
          driver_->write(*channel_, command.bytes, command.card_number, command.purchase_number)};
  }
}

void CardSlot::look_soon() {
  if (life_ == nullptr) return;
  schedule_.in(chance_.between(1, look_ms), life_, [this] {
    if (!busy_) look();
  });
}

void CardSlot::look() {
  if (seen_plugged_ != plugged_) {
    seen_plugged_ = plugged_;
    if (!plugged_) seen_ = nullptr;
    plugged_ ? report_(devices::ReaderReady{}) : report_(devices::ReaderLost{});
    if (life_ == nullptr) return;
  }
  const Household* const now = plugged_ ? inside_ : nullptr;
  if (seen_ == now) return;
  if (seen_ != nullptr) {
    seen_ = nullptr;
    report_(devices::CardAbsent{});
    if (life_ == nullptr) return;
  }
  if (now != nullptr) {
    seen_ = now;
    report_(devices::CardPresent{});
  }
}

}  // namespace pilotlight::simulation
