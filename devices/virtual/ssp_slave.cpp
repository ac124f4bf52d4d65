#include "devices/virtual/ssp_slave.h"

#include <algorithm>

#include "devices/virtual/ssp_codes.h"

namespace pilotlight::cabinet {

using namespace ssp;

namespace {

constexpr std::int64_t boot_ms = 200;
constexpr std::uint8_t sequence_bit = 0x80;
constexpr std::uint8_t validator_address = 0x00;
constexpr std::uint8_t lowest_protocol = 6;
constexpr std::string_view firmware_version = "NV02004333498000";
constexpr std::string_view dataset_version = "CNY01A06";

Bytes ok_text(std::string_view text) {
  Bytes reply{Ok};
  for (const char c : text) reply.push_back(static_cast<std::uint8_t>(c));
  return reply;
}

// Bytes after the command byte; nothing if the command does not exist here.
std::optional<std::size_t> parameters_of(std::uint8_t command) {
  switch (command) {
    case SetInhibits:
      return 2;
    case SetBaud:
      return 2;
    case HostProtocol:
      return 1;
    case Reset:
    case DisplayOn:
    case DisplayOff:
    case SetupRequest:
    case Poll:
    case Reject:
    case Disable:
    case Enable:
    case GetSerial:
    case UnitData:
    case ChannelValues:
    case ChannelSecurity:
    case Sync:
    case LastReject:
    case Hold:
    case FirmwareVersion:
    case DatasetVersion:
    case GetCounters:
    case ResetCounters:
      return 0;
    default:
      return std::nullopt;
  }
}

}  // namespace

SspSlave::SspSlave(const ValidatorConfig& config, NotePath& path, std::int64_t now)
    : config_(config), path_(path), serial_(config.serial) {
  power_on(now);
}

void SspSlave::power_on(std::int64_t now) {
  last_address_.reset();
  last_reply_.clear();
  protocol_ = lowest_protocol;
  inhibits_ = 0;
  enabled_ = false;
  reset_event_ = true;
  escrow_told_ = stacked_event_ = rejected_event_ = replaced_event_ = fraud_event_ = false;
  reply_has_credit_ = reply_has_cleared_ = false;
  raw_events_.clear();
  deaf_until_ = now + boot_ms;
  last_command_ = now;
}

bool SspSlave::is_repeat(const SspFrame& frame) const {
  return last_address_ == frame.address && !last_reply_.empty() && frame.data[0] != Sync;
}

bool SspSlave::would_accept(const SspFrame& frame) const {
  return path_.stage() == NoteStage::Escrow && escrow_told_ && frame.data.size() == 1 && frame.data[0] == Poll &&
         (frame.address & ~sequence_bit) == validator_address && !is_repeat(frame);
}

std::optional<SspFrame> SspSlave::answer(const SspFrame& frame, std::int64_t now) {
  if (now < deaf_until_ || (frame.address & ~sequence_bit) != validator_address) return std::nullopt;
  last_command_ = now;
  if (is_repeat(frame)) return SspFrame{frame.address, last_reply_};
  // A new command ends the life of the last reply: what only that reply said is lost to the host (section 2).
  if (reply_has_credit_) path_.credit_told();
  if (reply_has_cleared_) path_.cleared_told();
  reply_has_credit_ = reply_has_cleared_ = false;
  last_reply_ = execute(frame.data, now);
  last_address_ = frame.address;
  const SspFrame reply{frame.address, last_reply_};
  if (frame.data[0] == Reset && last_reply_[0] == Ok) {
    path_.power_off();
    path_.power_on();
    power_on(now);
  }
  return reply;
}

bool SspSlave::reply_left() {
  const bool credit = reply_has_credit_;
  if (reply_has_credit_) path_.credit_told();
  if (reply_has_cleared_) path_.cleared_told();
  reply_has_credit_ = reply_has_cleared_ = false;
  return credit;
}

SspSlave::Step SspSlave::tick(std::int64_t now) {
  if (!path_.powered()) return Step::Nothing;
  if (now - last_command_ >= config_.escrow_silence_ms) {
    enabled_ = false;
    const bool held = path_.stage() == NoteStage::Reading || path_.stage() == NoteStage::Escrow;
    if (held && path_.jam() == Jam::None) {
      turn_back(reject::escrow_silence, now);
      return Step::Other;
    }
  }
  if (path_.jam() != Jam::None || !path_.note() || now < note_deadline_) return Step::Nothing;
  switch (path_.stage()) {
    case NoteStage::Reading:
      if (path_.note()->channel == 0) {
        turn_back(reject::validation, now);
      } else if (!channel_open(path_.note()->channel)) {
        turn_back(reject::inhibited, now);
      } else {
        path_.to_escrow();
        escrow_told_ = false;
        return Step::Escrow;
      }
      return Step::Other;
    case NoteStage::Stacking:
      path_.to_box();
      return Step::InBox;
    case NoteStage::Returning:
      path_.to_mouth();
      rejected_event_ = true;
      return Step::Other;
    case NoteStage::Escrow:
    case NoteStage::None:
      break;
  }
  return Step::Nothing;
}

std::optional<std::int64_t> SspSlave::deadline() const {
  if (!path_.powered()) return std::nullopt;
  std::optional<std::int64_t> next;
  const NoteStage stage = path_.stage();
  const bool moving = stage == NoteStage::Reading || stage == NoteStage::Stacking || stage == NoteStage::Returning;
  if (moving && path_.jam() == Jam::None) next = note_deadline_;
  const bool silence_matters = enabled_ || stage == NoteStage::Escrow;
  const std::int64_t silent = last_command_ + config_.escrow_silence_ms;
  if (silence_matters && path_.jam() == Jam::None) next = std::min(next.value_or(silent), silent);
  return next;
}

void SspSlave::turn_back(std::uint8_t reason, std::int64_t now) {
  path_.turn_back(reason);
  note_deadline_ = now + config_.stacking_ms;
}

Result<Note, std::string> SspSlave::insert(std::uint32_t value, std::int64_t now) {
  if (!path_.powered()) return fail(std::string("the validator has no power"));
  if (path_.mouth()) return fail(std::string("a returned note is in the mouth"));
  if (path_.note()) return fail(std::string("another note is in the path"));
  if (!enabled_ || now < deaf_until_) return fail(std::string("the validator is disabled"));
  if ((inhibits_ & all_channels()) == 0) return fail(std::string("all channels are inhibited"));
  const auto note = path_.draw_in(value);
  if (!note) return fail(std::string("jammed, full, without a cash box, or the last note is not reported yet"));
  escrow_told_ = false;
  note_deadline_ = now + config_.reading_ms;
  return *note;
}

bool SspSlave::pull_out() {
  if (path_.stage() != NoteStage::Stacking) return false;
  fraud_channel_ = path_.note()->channel;
  fraud_event_ = true;
  path_.pulled_out();
  return true;
}

Bytes SspSlave::execute(ByteView data, std::int64_t now) {
  const auto parameters = parameters_of(data[0]);
  if (!parameters) return {NotKnown};
  if (data.size() != 1 + *parameters) return {WrongParameters};
  switch (data[0]) {
    case SetupRequest:
      return setup();
    case Poll:
      return poll(now);
    case GetSerial:
      return serial();
    case UnitData:
      return unit_data();
    case ChannelValues:
      return channel_values();
    case ChannelSecurity: {
      Bytes reply{Ok, static_cast<std::uint8_t>(config_.channels.size())};
      reply.insert(reply.end(), config_.channels.size(), 2);
      return reply;
    }
    case LastReject:
      return {Ok, path_.last_reject()};
    case FirmwareVersion:
      return ok_text(firmware_version);
    case DatasetVersion:
      return ok_text(dataset_version);
    case GetCounters:
      return counters();
    default:
      return execute_setting(data, now);
  }
}

Bytes SspSlave::execute_setting(ByteView data, std::int64_t now) {
  switch (data[0]) {
    case SetInhibits:
      inhibits_ = static_cast<std::uint16_t>(data[1] | data[2] << 8);
      return {Ok};
    case HostProtocol:
      if (data[1] < lowest_protocol || data[1] > config_.protocol) return {Fail};
      protocol_ = data[1];
      return {Ok};
    case Reject:
      if (path_.stage() != NoteStage::Escrow || path_.jam() != Jam::None) return {CannotProcess};
      turn_back(reject::by_host, now);
      return {Ok};
    case Disable:
      enabled_ = false;
      if (path_.stage() == NoteStage::Reading && path_.jam() == Jam::None) turn_back(reject::disabled, now);
      return {Ok};
    case Enable:
      enabled_ = true;
      return {Ok};
    case Hold:
      return {path_.stage() == NoteStage::Escrow ? Ok : Fail};
    case SetBaud:
      return {data[1] <= 2 && data[2] <= 1 ? Ok : OutOfRange};
    case ResetCounters:
      path_.reset_counters();
      return {Ok};
    default:
      return {Ok};  // RESET, SYNC and the lamp
  }
}

Bytes SspSlave::poll(std::int64_t now) {
  Bytes reply{Ok};
  if (reset_event_) reply.push_back(SlaveReset);
  reset_event_ = false;
  if (const auto cleared = path_.cleared()) {
    reply.push_back(cleared->first);
    reply.push_back(cleared->second);
    reply_has_cleared_ = true;
  }
  const bool accepts = path_.stage() == NoteStage::Escrow && escrow_told_ && path_.jam() == Jam::None;
  if (accepts) {
    path_.accept();
    note_deadline_ = now + config_.stacking_ms;
  }
  poll_note(reply);
  poll_conditions(reply);
  for (const Bytes& raw : raw_events_) reply.insert(reply.end(), raw.begin(), raw.end());
  raw_events_.clear();
  return reply;
}

void SspSlave::poll_note(Bytes& reply) {
  if (fraud_event_) {
    reply.push_back(Fraud);
    reply.push_back(fraud_channel_);
    fraud_event_ = false;
  }
  if (stacked_event_) reply.push_back(Stacked);
  stacked_event_ = false;
  if (const auto channel = path_.unreported()) {
    reply.insert(reply.end(), {Credit, *channel, Stacking});
    reply_has_credit_ = true;
    stacked_event_ = true;
  }
  if (rejected_event_) reply.push_back(Rejected);
  rejected_event_ = false;
  if (path_.jam() != Jam::None) return;
  switch (path_.stage()) {
    case NoteStage::Reading:
      reply.insert(reply.end(), {Read, 0});
      break;
    case NoteStage::Escrow:
      reply.insert(reply.end(), {Read, path_.note()->channel});
      escrow_told_ = true;
      break;
    case NoteStage::Stacking:
      reply.push_back(Stacking);
      break;
    case NoteStage::Returning:
      reply.push_back(Rejecting);
      break;
    case NoteStage::None:
      break;
  }
}

void SspSlave::poll_conditions(Bytes& reply) {
  if (path_.jam() == Jam::Unsafe) reply.push_back(UnsafeJam);
  if (path_.jam() == Jam::Safe) reply.push_back(SafeJam);
  if (path_.full()) reply.push_back(StackerFull);
  if (!path_.cashbox_in()) reply.push_back(CashboxRemoved);
  if (replaced_event_) reply.push_back(CashboxReplaced);
  replaced_event_ = false;
  const bool out_of_order = path_.jam() != Jam::None || path_.full() || !path_.cashbox_in();
  if (!enabled_ || out_of_order) reply.push_back(Disabled);
  if (protocol_ >= 7 && (inhibits_ & all_channels()) == 0) reply.push_back(AllInhibited);
}

}  // namespace pilotlight::cabinet
