// What a hand, or a fault, does to the validator (CONTROL.md).
#include "devices/virtual/ssp_peer.h"

namespace pilotlight::cabinet {
namespace {
constexpr std::string_view usage =
    "usage: validator power on|off | jam [safe] | unjam | full | empty | cashbox remove|replace | fraud | counters | "
    "line cut|plug | mute N | corrupt N | garbage N | split N | late N | serial NUMBER | event HEX";
}

boost::json::object ValidatorPeer::note_command(Words words) {
  const std::lock_guard lock(mutex_);
  if (words.size() == 2 && words[0] == "insert") {
    const auto value = parse_number(words[1], 1, 1000);
    if (!value) return refused("not a value");
    const auto note = slave_.insert(static_cast<std::uint32_t>(*value), now());
    if (!note) return refused(note.error());
    wake();
    return {{"id", note->id}, {"channel", note->channel}};
  }
  if (words.size() == 1 && words[0] == "take") {
    const auto note = path_.take_from_mouth();
    if (!note) return refused("no note is in the mouth");
    return {{"id", note->id}, {"value", note->value}};
  }
  return refused("usage: note insert VALUE | note take");
}

boost::json::object ValidatorPeer::validator_command(Words words) {
  const std::string all = [&] {
    std::string joined;
    for (const std::string& word : words) joined += (joined.empty() ? "" : " ") + word;
    return joined;
  }();
  if (all == "power off" || all == "power on") return power(all == "power on");
  if (all == "jam") return jam(Jam::Unsafe);
  if (all == "jam safe") return jam(Jam::Safe);
  if (all == "unjam") return jam(Jam::None);
  if (all == "line cut" || all == "line plug") return line(words[1]);
  const std::lock_guard lock(mutex_);
  if (all == "counters") return path_.truth();
  if (all == "full") {
    path_.set_full(true);
  } else if (all == "empty") {
    path_.empty_box();
  } else if (all == "cashbox remove") {
    path_.set_cashbox(false);
  } else if (all == "cashbox replace") {
    if (!path_.cashbox_in()) slave_.cashbox_replaced();
    path_.set_cashbox(true);
  } else if (all == "fraud") {
    if (!slave_.pull_out()) return refused("no note is moving to the box");
  } else {
    return fault(words);
  }
  return {};
}

boost::json::object ValidatorPeer::power(bool on) {
  const std::lock_guard lock(mutex_);
  if (on == path_.powered()) return {};
  if (on) {
    path_.power_on();
    slave_.power_on(now());
  } else {
    path_.power_off();
    ++power_cuts_;
    late_.reset();
  }
  wake();
  return {};
}

boost::json::object ValidatorPeer::jam(Jam jam) {
  const std::lock_guard lock(mutex_);
  if (jam == Jam::None) {
    path_.clear_jam();
  } else if (path_.jam() != Jam::None) {
    return refused("it is jammed already");
  } else if (jam == Jam::Safe && path_.stage() != NoteStage::Stacking) {
    return refused("no note is moving to the box");
  } else {
    path_.stick(jam);
  }
  wake();
  return {};
}

boost::json::object ValidatorPeer::line(std::string_view what) {
  const std::lock_guard lock(mutex_);
  if (what == "cut") {
    line_.cut();
  } else {
    line_.plug();
  }
  wake();
  return {};
}

boost::json::object ValidatorPeer::fault(Words words) {
  if (words.size() != 2) return refused(usage);
  if (words[0] == "event") {
    auto bytes = from_hex(words[1]);
    if (!bytes || bytes->empty() || bytes->size() > 32) return refused("usage: validator event HEX");
    slave_.add_raw_event(std::move(*bytes));
    return {};
  }
  const auto number = parse_number(words[1], 0, 0xFFFFFFFF);
  if (!number) return refused("not a number");
  if (words[0] == "serial") {
    slave_.set_serial(static_cast<std::uint32_t>(*number));
  } else if (words[0] == "mute") {
    faults_.mute = *number;
  } else if (words[0] == "corrupt") {
    faults_.corrupt = *number;
  } else if (words[0] == "garbage") {
    faults_.garbage = *number;
  } else if (words[0] == "split") {
    faults_.split = *number;
  } else if (words[0] == "late") {
    faults_.late = *number;
  } else {
    return refused(usage);
  }
  return {};
}

boost::json::object ValidatorPeer::state() {
  const std::lock_guard lock(mutex_);
  boost::json::object all = path_.truth();
  all["enabled"] = slave_.enabled();
  all["inhibits"] = slave_.inhibits();
  all["line"] = line_.plugged();
  return all;
}

std::unique_ptr<Part> make_validator(const Surroundings& surroundings) {
  return std::make_unique<ValidatorPeer>(surroundings);
}

}  // namespace pilotlight::cabinet
