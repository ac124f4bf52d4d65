// Poll events: the life of the note in the path, and the conditions of the device.
#include <algorithm>
#include <utility>

#include "devices/note_acceptor/ssp/acceptor.h"

namespace pilotlight::devices {
namespace {

using ssp::EventCode;
using ssp::PollEvent;

constexpr std::int64_t kHoldMs = 500;
constexpr std::int64_t kEnableAgainMs = 1000;
// A note whose end the device never told counts as gone after that many polls without motion: a second.
constexpr int kQuietPolls = 5;
constexpr std::int64_t kLongestMotionMs = 30'000;
constexpr std::size_t kMostHeld = 256;  // more than one full reply of events before AcceptorReady is no validator

struct Condition {
  EventCode code;
  AcceptorFault fault;
};
// Present while the code is in every poll.
constexpr Condition kConditions[] = {
    {EventCode::StackerFull, AcceptorFault::StackerFull},       {EventCode::DeviceFull, AcceptorFault::StackerFull},
    {EventCode::CashboxRemoved, AcceptorFault::CashboxRemoved}, {EventCode::SafeJam, AcceptorFault::SafeJam},
    {EventCode::UnsafeJam, AcceptorFault::UnsafeJam},           {EventCode::Fraud, AcceptorFault::FraudAttempt},
    {EventCode::NotePathOpen, AcceptorFault::NotePathOpen}};

// Whether a note may be on its way: jammed counts, for clearing the jam decides where it goes.
bool is_motion(const PollEvent& event) {
  return event.is(EventCode::Read) || event.is(EventCode::Stacking) || event.is(EventCode::Rejecting) ||
         event.is(EventCode::SafeJam) || event.is(EventCode::UnsafeJam) || event.is(EventCode::TicketEscrow);
}

bool contains(const std::vector<PollEvent>& events, EventCode code) {
  return std::ranges::any_of(events, [&](const PollEvent& event) { return event.is(code); });
}

}  // namespace

void SspAcceptor::on_poll(ByteView data) {
  polls_refused_ = 0;
  const ssp::PollReply reply = ssp::parse_poll(data);
  if (!contains(reply.events, EventCode::Read)) escrow_echo_ = false;
  // A reset that nobody asked for: inhibits are lost, and it may be another device. What it tells about notes is held
  // back until the serial number is compared again.
  const bool expected_reset = phase_ == Phase::Settle && first_poll_;
  const bool start_anew = contains(reply.events, EventCode::SlaveReset) && !expected_reset;
  first_poll_ = false;
  if (start_anew) {
    leave_session();
    begin_start_up();
  }
  const Phase phase = phase_;
  for (const PollEvent& event : reply.events) on_event(event);
  if (phase_ != phase) return;  // blocked for one of the events
  follow_conditions(reply.events);
  follow_motion(std::ranges::any_of(reply.events, is_motion));
  if (reply.error || held_.size() > kMostHeld) return block(AcceptorFault::ProtocolFault);
  if (phase_ == Phase::Replay) {
    leave_session();
    begin_start_up();
  } else if (phase_ == Phase::Settle && at_rest() && !reject_due_) {
    phase_ = Phase::Counters;
  }
}

void SspAcceptor::on_event(const PollEvent& event) {
  switch (static_cast<EventCode>(event.code)) {
    case EventCode::SlaveReset:
      stage_ = Stage::None;
      decision_ = Decision::None;
      reject_due_ = false;
      return;
    case EventCode::Read:
      if (event.channel != 0) return on_note_in_escrow(event.channel);
      if (stage_ != Stage::None && stage_ != Stage::Secured) return;
      stage_ = Stage::Reading;
      if (phase_ == Phase::Running) report(NoteReading{});
      return;
    case EventCode::Credit:
      return on_credit(event.channel);
    case EventCode::Stacking:
      if (stage_ == Stage::None || stage_ == Stage::Reading) stage_ = Stage::Accepting;
      return;
    case EventCode::Stacked:
    case EventCode::Fraud:
      stage_ = Stage::None;
      return;
    case EventCode::Rejecting:
      stage_ = Stage::Returning;
      return;
    case EventCode::Rejected:
      return on_rejected();
    case EventCode::ClearedFront:
      return on_cleared(ClearedTo::Front, event.channel);
    case EventCode::ClearedCashbox:
      return on_cleared(ClearedTo::Cashbox, event.channel);
    case EventCode::TicketEscrow:  // only notes are taken
      stage_ = Stage::Returning;
      return return_note();
    case EventCode::Disabled:
    case EventCode::AllInhibited:
      return on_disabled();
    default:
      return;
  }
}

void SspAcceptor::on_note_in_escrow(std::uint8_t channel) {
  if (stage_ == Stage::Accepting && escrow_echo_ && channel == note_channel_) return;
  const bool accepted_channel = value_of(channel).has_value() && (inhibits_ >> (channel - 1) & 1U) != 0;
  if (phase_ != Phase::Running || stage_ == Stage::Returning || !accepted_channel) {
    stage_ = Stage::Returning;
    return return_note();
  }
  stage_ = Stage::Escrow;
  decision_ = Decision::None;
  note_channel_ = channel;
  escrow_since_ = now_;
  hold_at_ = now_ + kHoldMs;
  report(NoteEscrowed{*value_of(channel)});
}

void SspAcceptor::on_credit(std::uint8_t channel) {
  stage_ = Stage::Secured;
  // A credit of a channel that the table does not have: its value would be a guess. The counters still tell of the
  // note.
  if (!value_of(channel)) return block(AcceptorFault::ProtocolFault);
  report(NoteCredited{*value_of(channel)});
}

void SspAcceptor::on_rejected() {
  stage_ = Stage::None;
  decision_ = Decision::None;
  reject_due_ = false;
  if (phase_ != Phase::Running) return report(NoteRejected{});
  reject_code_due_ = true;
  rejected_index_ = held_.size();
  report(NoteRejected{});
}

void SspAcceptor::on_cleared(ClearedTo to, std::uint8_t channel) {
  stage_ = Stage::None;
  report(NoteCleared{to, value_of(channel)});
}

// It disabled itself: silence, a fault of its own, lost inhibits.
void SspAcceptor::on_disabled() {
  if (!enabled_) return;
  enabled_ = false;
  inhibits_set_ = false;
  enable_at_ = now_ + kEnableAgainMs;
}

void SspAcceptor::follow_motion(bool moving) {
  if (moving) {
    quiet_polls_ = 0;
    if (!moving_since_) moving_since_ = now_;
    const bool jammed = raised(AcceptorFault::SafeJam) || raised(AcceptorFault::UnsafeJam);
    if (!jammed && now_ - *moving_since_ > kLongestMotionMs) raise(AcceptorFault::DeviceFault);
    return;
  }
  moving_since_.reset();
  clear(AcceptorFault::DeviceFault);
  quiet_polls_ = std::min(quiet_polls_ + 1, kQuietPolls);
  if (quiet_polls_ == kQuietPolls && stage_ != Stage::Escrow) stage_ = Stage::None;
}

void SspAcceptor::follow_conditions(const std::vector<PollEvent>& events) {
  for (std::size_t i = 0; i < enum_count<AcceptorFault>(); ++i) {
    const auto fault = static_cast<AcceptorFault>(i);
    bool is_condition = false;
    bool present = false;
    for (const Condition& condition : kConditions) {
      if (condition.fault != fault) continue;
      is_condition = true;
      present = present || contains(events, condition.code);
    }
    if (!is_condition) continue;
    if (present) raise(fault);
    if (!present) clear(fault);
  }
}

void SspAcceptor::return_note() {
  decision_ = Decision::GiveBack;
  reject_due_ = true;
  rejects_refused_ = 0;
  reject_at_ = now_;
}

void SspAcceptor::report(AcceptorEvent event) {
  const bool hold_back = phase_ != Phase::Running || reject_code_due_;
  (hold_back ? held_ : events_).push_back(std::move(event));
}

void SspAcceptor::release() {
  std::ranges::move(held_, std::back_inserter(events_));
  held_.clear();
}

void SspAcceptor::raise(AcceptorFault fault) {
  if (raised(fault)) return;
  raised_[static_cast<std::size_t>(fault)] = true;
  events_.push_back(FaultRaised{fault});
}

void SspAcceptor::clear(AcceptorFault fault) {
  if (!raised(fault)) return;
  raised_[static_cast<std::size_t>(fault)] = false;
  events_.push_back(FaultCleared{fault});
}

std::optional<Money> SspAcceptor::value_of(std::uint8_t channel) const {
  if (channel == 0 || channel > channels_.size()) return std::nullopt;
  return channels_[channel - 1U].value;
}

}  // namespace pilotlight::devices
