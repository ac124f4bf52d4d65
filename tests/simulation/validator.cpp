#include "tests/simulation/validator.h"

#include <array>

namespace pilotlight::simulation {
namespace {

constexpr std::int64_t wire_ms = 4;
constexpr std::int64_t late_ms = 1300;  // the host's time-out is 1 s
constexpr std::array<std::uint8_t, 4> noise{0x00, 0xFF, 0x13, 0xA5};

}  // namespace

cabinet::ValidatorConfig Validator::make_config() {
  cabinet::ValidatorConfig config;
  config.channels = {1, 5, 10, 20, 50, 100};
  return config;
}

Validator::Validator(std::string name, Schedule& schedule, Story& story, Watch watch)
    : name_(std::move(name)),
      schedule_(schedule),
      story_(story),
      watch_(std::move(watch)),
      path_(config_, disk_),
      slave_(config_, path_, schedule.now()),
      alarm_(schedule, life_, [this] { pass_time(); }) {
  pass_time();
}

void Validator::receive(ByteView bytes) {
  if (!line_up_ || !path_.powered()) return;
  story_.bytes(name_, '>', bytes);
  for (const std::uint8_t byte : bytes)
    if (const auto frame = receiver_.take(byte)) on_frame(*frame);
  pass_time();
}

void Validator::on_frame(const cabinet::SspFrame& frame) {
  if (const auto reply = slave_.answer(frame, schedule_.now())) send(*reply);
}

void Validator::send(const cabinet::SspFrame& reply) {
  const auto strikes = [](unsigned& left) { return left > 0 && left-- > 0; };
  if (strikes(damage.mute)) return;
  const bool corrupt = strikes(damage.corrupt);
  Bytes bytes = ssp_encode(reply, corrupt);
  if (strikes(damage.garbage)) bytes.insert(bytes.begin(), noise.begin(), noise.end());
  const bool late = strikes(damage.late);
  schedule_.in(late ? late_ms : wire_ms, life_, [this, bytes = std::move(bytes), corrupt, cuts = power_cuts_] {
    if (cuts != power_cuts_ || !line_up_ || !path_.powered()) return;
    story_.bytes(name_, '<', bytes);
    if (!corrupt) reply_left();
    watch_.to_terminal(bytes);
  });
}

void Validator::pass_time() {
  for (;;) {
    const auto step = slave_.tick(schedule_.now());
    if (step == cabinet::SspSlave::Step::Nothing) break;
    look_at_box(true);
  }
  if (const auto due = slave_.deadline()) alarm_.set(std::max(*due, schedule_.now()));
}

void Validator::look_at_box(bool by_command) {
  const auto& box = path_.box();
  for (; boxed_ < box.size(); ++boxed_) {
    const cabinet::Note note = box[boxed_];
    story_.tell(name_, note.id, [&] {
      return "note " + std::to_string(note.id) + " (¥" + std::to_string(note.value) + ") is in the box";
    });
    watch_.boxed(note, by_command);
  }
}

void Validator::set_line(bool up) {
  if (line_up_ == up) return;
  line_up_ = up;
  receiver_.reset();
  story_.tell(name_, up, [&] { return up ? "line plugged" : "line pulled"; });
  watch_.line(up);
}

bool Validator::insert(std::uint32_t yuan) {
  const auto note = slave_.insert(yuan, schedule_.now());
  if (!note) return false;
  story_.tell(name_, note->id,
              [&] { return "draws in note " + std::to_string(note->id) + " (¥" + std::to_string(yuan) + ")"; });
  pass_time();
  return true;
}

std::optional<std::uint32_t> Validator::take_from_mouth() {
  const auto note = path_.take_from_mouth();
  if (!note) return std::nullopt;
  story_.tell(name_, note->id, [&] { return "note " + std::to_string(note->id) + " is taken back"; });
  return note->value;
}

void Validator::set_power(bool on) {
  if (on == path_.powered()) return;
  story_.tell(name_, on, [&] { return on ? "power on" : "power off"; });
  if (on) {
    path_.power_on();
    look_at_box(true);
    slave_.power_on(schedule_.now());
  } else {
    path_.power_off();
    ++power_cuts_;
    receiver_.reset();
  }
  pass_time();
}

bool Validator::jam(cabinet::Jam how) {
  const bool moving = path_.stage() == cabinet::NoteStage::Stacking;
  if (path_.jam() != cabinet::Jam::None || !path_.note() || (how == cabinet::Jam::Safe && !moving)) return false;
  story_.tell(name_, static_cast<std::uint64_t>(how),
              [&] { return how == cabinet::Jam::Safe ? "safe jam" : "unsafe jam"; });
  path_.stick(how);
  pass_time();
  return true;
}

bool Validator::fish() {
  const auto note = path_.note();
  if (!note || !slave_.pull_out()) return false;
  story_.tell(name_, note->id, [&] { return "note " + std::to_string(note->id) + " is fished out again"; });
  pass_time();
  return true;
}

void Validator::set_full(bool full) {
  path_.set_full(full);
  pass_time();
}

void Validator::collect() {
  path_.empty_box();
  boxed_ = 0;
}

void Validator::heal() {
  set_power(true);
  if (path_.jam() != cabinet::Jam::None) path_.clear_jam();
  look_at_box(false);
  path_.take_from_mouth();
  path_.set_full(false);
  damage = {};
  set_line(true);
  pass_time();
}

}  // namespace pilotlight::simulation
