#include "devices/virtual/card_os.h"

#include <algorithm>
#include <string>
#include <utility>

namespace pilotlight::cabinet {

enum class WriteRule { MacKey1, MacKey2, AuthenticatedKey3 };

struct CardFile {
  std::uint8_t short_id;
  std::uint16_t id;
  CardArea area;
  WriteRule rule;
};

namespace {

constexpr std::array<std::uint8_t, 6> answer_to_reset{0x3B, 0x13, 0x96, 0x50, 0x4C, 0x31};
constexpr std::string_view application_name = "PLGAS.CPU1";
constexpr std::uint16_t master_file = 0x3F00;
constexpr std::uint16_t application_file = 0xDF01;
constexpr std::size_t mac_size = 4;
constexpr std::array<CardFile, 3> files{{{0x15, 0x0015, purchase_area, WriteRule::MacKey1},
                                         {0x16, 0x0016, identity_area, WriteRule::MacKey2},
                                         {0x17, 0x0017, write_back_area, WriteRule::AuthenticatedKey3}}};

constexpr std::uint16_t sw_ok = 0x9000;
constexpr std::uint16_t sw_length = 0x6700;
constexpr std::uint16_t sw_not_authenticated = 0x6982;
constexpr std::uint16_t sw_key_locked = 0x6983;
constexpr std::uint16_t sw_no_challenge = 0x6984;
constexpr std::uint16_t sw_wrong_mac = 0x6988;
constexpr std::uint16_t sw_not_found = 0x6A82;
constexpr std::uint16_t sw_parameters = 0x6A86;
constexpr std::uint16_t sw_offset = 0x6B00;
constexpr std::uint16_t sw_instruction = 0x6D00;
constexpr std::uint16_t sw_class = 0x6E00;

Bytes status(unsigned word) { return {static_cast<std::uint8_t>(word >> 8), static_cast<std::uint8_t>(word)}; }

Bytes with_status(Bytes data, unsigned word) {
  data.push_back(static_cast<std::uint8_t>(word >> 8));
  data.push_back(static_cast<std::uint8_t>(word));
  return data;
}

// File control information: 6F { 83 id, and 84 name of a directory or 80 size of a file }.
Bytes control_information(std::uint16_t id, ByteView name, std::size_t size) {
  Bytes inner{0x83, 0x02, static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)};
  if (!name.empty()) {
    inner.push_back(0x84);
    inner.push_back(static_cast<std::uint8_t>(name.size()));
    inner.insert(inner.end(), name.begin(), name.end());
  }
  if (size > 0) inner.insert(inner.end(), {0x80, 0x02, 0x00, static_cast<std::uint8_t>(size)});
  Bytes outer{0x6F, static_cast<std::uint8_t>(inner.size())};
  outer.insert(outer.end(), inner.begin(), inner.end());
  return outer;
}

}  // namespace

CardOs::CardOs(CardMemory& memory, CardContacts& contacts, std::function<Challenge()> draw)
    : memory_(memory), contacts_(contacts), draw_(std::move(draw)) {}

ByteView CardOs::atr() { return answer_to_reset; }

ByteView CardOs::power_up() {
  power_off();
  powered_ = true;
  return atr();
}

void CardOs::power_off() {
  powered_ = false;
  directory_ = Directory::Master;
  current_ = nullptr;
  challenge_.reset();
  waiting_.clear();
  meter_authenticated_ = false;
  answered_update_ = false;
}

bool CardOs::reached(std::string_view point) {
  if (!contacts_.at(point)) power_off();
  return powered_;
}

Bytes CardOs::transmit(ByteView raw) {
  if (!powered_) return {};
  const std::optional<Challenge> challenge = std::exchange(challenge_, std::nullopt);
  Bytes waiting = std::exchange(waiting_, {});
  answered_update_ = false;
  if (raw.size() < 4) return status(sw_length);
  Command command{raw[0], raw[1], raw[2], raw[3], raw.size() > 4 ? raw[4] : std::uint8_t{0}, {}, {}};
  command.header = raw.first(std::min<std::size_t>(raw.size(), 5));
  command.data = raw.subspan(command.header.size());
  Bytes answer = dispatch(command, challenge, std::move(waiting));
  if (!powered_) return {};
  return answer;
}

Bytes CardOs::dispatch(const Command& command, const std::optional<Challenge>& challenge, Bytes waiting) {
  const bool secure = command.cla == 0x04;
  if (command.cla != 0x00 && !(secure && command.ins == 0xD6)) return status(sw_class);
  switch (command.ins) {
    case 0xA4:
      return select(command);
    case 0xB0:
      return read_binary(command);
    case 0x84:
      return get_challenge(command);
    case 0xC0:
      return get_response(command, std::move(waiting));
    case 0xD6:
      return update_binary(command, challenge);
    case 0x82:
      return external_authenticate(command, challenge);
    default:
      return status(sw_instruction);
  }
}

Bytes CardOs::select(const Command& command) {
  if (!reached("card.before-select")) return {};
  const bool by_name = command.p1 == 0x04;
  if ((!by_name && command.p1 != 0x00) || command.p2 != 0x00) return status(sw_parameters);
  if (command.data.size() != command.p3 || (!by_name && command.p3 != 2)) return status(sw_length);
  const unsigned id = by_name ? 0u : static_cast<unsigned>(command.data[0] << 8 | command.data[1]);
  if (by_name ? as_text(command.data) == application_name : id == application_file) {
    directory_ = Directory::Application;
    current_ = nullptr;
    waiting_ = control_information(application_file, as_bytes(application_name), 0);
  } else if (id == master_file) {
    directory_ = Directory::Master;
    current_ = nullptr;
    waiting_ = control_information(master_file, {}, 0);
  } else {
    const auto* const file = std::ranges::find(files, id, &CardFile::id);
    if (by_name || directory_ != Directory::Application || file == files.end()) return status(sw_not_found);
    current_ = file;
    waiting_ = control_information(file->id, {}, file->area.size);
  }
  return status(0x6100u | static_cast<unsigned>(waiting_.size()));
}

Bytes CardOs::get_response(const Command& command, Bytes waiting) {
  if (command.p1 != 0 || command.p2 != 0) return status(sw_parameters);
  if (waiting.empty() || !command.data.empty()) return status(sw_length);
  const std::size_t wanted = command.p3 == 0 ? 256 : command.p3;
  if (wanted > waiting.size()) {
    waiting_ = std::move(waiting);
    return status(0x6C00u | static_cast<unsigned>(waiting_.size()));
  }
  const auto cut = waiting.begin() + static_cast<std::ptrdiff_t>(wanted);
  waiting_.assign(cut, waiting.end());
  waiting.erase(cut, waiting.end());
  return with_status(std::move(waiting), waiting_.empty() ? sw_ok : 0x6100u | static_cast<unsigned>(waiting_.size()));
}

// P1 = 100xxxxx names the file by short id and P2 is the offset; otherwise P1 P2 is an offset in the current file.
std::uint16_t CardOs::find_target(const Command& command, Target& target) {
  if ((command.p1 & 0x80) != 0) {
    if ((command.p1 & 0x60) != 0) return sw_parameters;
    const auto* const file = std::ranges::find(files, command.p1 & 0x1F, &CardFile::short_id);
    if (directory_ != Directory::Application || file == files.end()) return sw_not_found;
    current_ = file;
    target = {file, command.p2};
  } else {
    if (current_ == nullptr) return sw_not_found;
    target = {current_, static_cast<std::size_t>(command.p1 << 8 | command.p2)};
  }
  return target.offset < target.file->area.size ? sw_ok : sw_offset;
}

Bytes CardOs::read_binary(const Command& command) {
  if (!reached("card.before-read")) return {};
  if (std::exchange(to_be_read_back_, false) && !reached("card.before-readback")) return {};
  if (!command.data.empty()) return status(sw_length);
  Target target;
  if (const std::uint16_t word = find_target(command, target); word != sw_ok) return status(word);
  const std::size_t left = target.file->area.size - target.offset;
  if (command.p3 == 0 || command.p3 > left) return status(0x6C00u | static_cast<unsigned>(left));
  return with_status(memory_.read({target.file->area.at + target.offset, command.p3}), sw_ok);
}

Bytes CardOs::get_challenge(const Command& command) {
  if (!reached("card.before-challenge")) return {};
  if (command.p1 != 0 || command.p2 != 0) return status(sw_parameters);
  if (!command.data.empty()) return status(sw_length);
  if (command.p3 != std::tuple_size_v<Challenge>) return status(0x6C00u | std::tuple_size_v<Challenge>);
  challenge_ = draw_();
  const Bytes answer = with_status({challenge_->begin(), challenge_->end()}, sw_ok);
  if (!reached("card.after-challenge")) return {};
  return answer;
}

// Compares and counts: a wrong proof costs one try for good, a right one gives all back.
bool CardOs::prove(std::size_t key, ByteView given, ByteView right) {
  const bool good = same_secret(given, right);
  memory_.set_tries(key, good ? most_tries : static_cast<std::uint8_t>(memory_.tries(key) - 1));
  return good;
}

std::uint16_t CardOs::check_rights(const Command& command, const Target& target,
                                   const std::optional<Challenge>& challenge) {
  const bool secure = command.cla == 0x04;
  if (target.file->rule == WriteRule::AuthenticatedKey3)
    return !secure && meter_authenticated_ ? sw_ok : sw_not_authenticated;
  if (!secure) return sw_not_authenticated;
  const std::size_t key = target.file->rule == WriteRule::MacKey1 ? 1 : 2;
  if (memory_.tries(key) == 0) return sw_key_locked;
  if (!challenge) return sw_no_challenge;
  Bytes input(command.header.begin(), command.header.end());
  const ByteView plain = command.data.first(command.data.size() - mac_size);
  input.insert(input.end(), plain.begin(), plain.end());
  const Mac4 right = retail_mac(memory_.key(key), *challenge, input);
  return prove(key, command.data.last(mac_size), right) ? sw_ok : sw_wrong_mac;
}

Bytes CardOs::update_binary(const Command& command, const std::optional<Challenge>& challenge) {
  if (!reached("card.before-update")) return {};
  Target target;
  if (const std::uint16_t word = find_target(command, target); word != sw_ok) return status(word);
  const std::size_t overhead = command.cla == 0x04 ? mac_size : 0;
  if (command.data.size() != command.p3 || command.data.size() <= overhead) return status(sw_length);
  const ByteView content = command.data.first(command.data.size() - overhead);
  if (content.size() > target.file->area.size - target.offset) return status(sw_offset);
  if (const std::uint16_t word = check_rights(command, target, challenge); word != sw_ok) return status(word);
  to_be_read_back_ = true;
  if (!program(target, content)) return {};
  if (!reached("card.after-update")) return {};
  answered_update_ = true;
  return status(sw_ok);
}

bool CardOs::program(const Target& target, ByteView data) {
  for (std::size_t n = 0; n < data.size(); ++n) {
    if (n == data.size() / 2 && !reached("card.torn-update")) break;
    const std::size_t at = target.file->area.at + target.offset + n;
    if (!contacts_.programming(n, data.size())) {
      // The cell was on its way from old to new: some bits have arrived.
      memory_.program(at, static_cast<std::uint8_t>((memory_.byte(at) & 0xF0) | (data[n] & 0x0F)));
      power_off();
      break;
    }
    memory_.program(at, data[n]);
  }
  memory_.sync();
  return powered_;
}

Bytes CardOs::external_authenticate(const Command& command, const std::optional<Challenge>& challenge) {
  constexpr std::size_t key = 3;
  if (command.p1 != 0x00 || command.p2 != key) return status(sw_parameters);
  if (command.p3 != std::tuple_size_v<Block8> || command.data.size() != command.p3) return status(sw_length);
  if (memory_.tries(key) == 0) return status(sw_key_locked);
  if (!challenge) return status(sw_no_challenge);
  meter_authenticated_ = prove(key, command.data, cryptogram(memory_.key(key), *challenge));
  return status(meter_authenticated_ ? sw_ok : sw_wrong_mac);
}

}  // namespace pilotlight::cabinet
