#include "devices/note_acceptor/ssp/acceptor.h"

#include <algorithm>
#include <utility>

#include "kiosk/base/check.h"

namespace pilotlight::devices {
namespace {

using ssp::Command;

// Five sendings, a second each: then the device has disabled itself and returned what was in escrow.
constexpr int kMostResends = 4;
// GA138 allows 20. Used for an accepting POLL only, for its answer may be the only report of a credit.
constexpr int kMostAcceptResends = 20;
constexpr std::int64_t kPollActiveMs = 200;
constexpr std::int64_t kPollIdleMs = 1000;
constexpr std::int64_t kHoldMs = 500;

}  // namespace

SspAcceptor::SspAcceptor(SspOptions options) : options_(std::move(options)), exchange_(options_.address) {}

void SspAcceptor::line_opened(Moment now) {
  if (phase_ != Phase::Closed) line_closed(now);
  now_ = now.steady_ms;
  exchange_.line_reset();
  if (exchange_.open()) {
    phase_ = Phase::Replay;
    exchange_.resend(now_);
    return;
  }
  begin_start_up();
  advance();
}

void SspAcceptor::line_closed(Moment now) {
  if (phase_ == Phase::Closed) return;
  now_ = now.steady_ms;
  leave_session();
  raise(AcceptorFault::LineLost);
  phase_ = Phase::Closed;
  exchange_.line_reset();
  const bool accepting = exchange_.command() == Command::Poll && stage_ == Stage::Accepting;
  if (!accepting) exchange_.abandon();
}

void SspAcceptor::receive(ByteView bytes, Moment now) {
  if (phase_ == Phase::Closed) return;
  now_ = now.steady_ms;
  const Command command = exchange_.command();
  if (const auto reply = exchange_.receive(bytes, now_)) {
    if (exchange_.resends() > 0) pause_until_ = now_ + kPollActiveMs;
    on_reply(command, *reply);
  }
  advance();
}

void SspAcceptor::wake(Moment now) {
  if (phase_ == Phase::Closed) return;
  now_ = now.steady_ms;
  if (exchange_.open() && now_ >= exchange_.reply_due()) reply_overdue();
  advance();
}

std::optional<std::int64_t> SspAcceptor::deadline() const {
  if (phase_ == Phase::Closed) return std::nullopt;
  if (exchange_.open()) return exchange_.reply_due();
  return std::max(next_step().at, pause_until_);
}

Bytes SspAcceptor::take_output() { return exchange_.take_output(); }

std::vector<AcceptorEvent> SspAcceptor::take_events() { return std::exchange(events_, {}); }

void SspAcceptor::enable() {
  want_enabled_ = true;
  want_rest_ = false;
  disable_due_ = false;
}

void SspAcceptor::disable() {
  want_enabled_ = false;
  want_rest_ = true;
  disable_due_ = true;
}

void SspAcceptor::stack() {
  if (phase_ != Phase::Running || stage_ != Stage::Escrow || decision_ != Decision::None) return;
  decision_ = Decision::Stack;
}

void SspAcceptor::give_back() {
  if (phase_ != Phase::Running || stage_ != Stage::Escrow || decision_ != Decision::None) return;
  return_note();
}

// The device's state is unknown from here on; only a note whose acceptance was commanded keeps its open fate.
void SspAcceptor::begin_start_up() {
  phase_ = Phase::Sync;
  version_ = 8;
  stage_ = stage_ == Stage::Accepting || stage_ == Stage::Secured ? Stage::Accepting : Stage::None;
  decision_ = Decision::None;
  escrow_echo_ = false;
  reject_due_ = false;
  rejects_refused_ = 0;
  quiet_polls_ = 0;
  polls_refused_ = 0;
  polled_at_ = now_ - kPollActiveMs;
}

// What the known device has told goes out; what an unknown one tells stays back until its serial number is compared.
void SspAcceptor::leave_session() {
  reject_code_due_ = false;
  if (known_device_) release();
  known_device_ = false;
  enabled_ = false;
  inhibits_set_ = false;
  moving_since_.reset();
}

void SspAcceptor::reply_overdue() {
  const int resends = exchange_.resends();
  const bool syncing = exchange_.command() == Command::Sync;
  const bool accepting = exchange_.command() == Command::Poll && stage_ == Stage::Accepting;
  if (resends < kMostResends) {
    exchange_.resend(now_);
    return;
  }
  leave_session();
  raise(AcceptorFault::LineLost);
  if (syncing || (accepting && resends < kMostAcceptResends)) {
    if (accepting) phase_ = Phase::Replay;
    exchange_.resend(now_);
    return;
  }
  exchange_.abandon();
  begin_start_up();
}

void SspAcceptor::advance() {
  if (exchange_.open()) return;
  const Step step = next_step();
  if (now_ < std::max(step.at, pause_until_)) return;
  if (phase_ == Phase::Blocked || phase_ == Phase::Replay) begin_start_up();
  send(step.command);
}

void SspAcceptor::send(Command command) {
  if (command == Command::Poll) {
    // The one rule that may never break: polling accepts what is in escrow.
    CHECK(!reject_due_ && (stage_ != Stage::Escrow || decision_ == Decision::Stack));
    if (stage_ == Stage::Escrow) {
      stage_ = Stage::Accepting;
      escrow_echo_ = true;
    }
    polled_at_ = now_;
  }
  if (command == Command::Reject && stage_ == Stage::Escrow) {
    decision_ = Decision::GiveBack;
    reject_due_ = true;
  }
  if (command == Command::Hold) hold_at_ = now_ + kHoldMs;
  exchange_.start(command, parameters(command), now_);
}

Bytes SspAcceptor::parameters(Command command) const {
  if (command == Command::HostProtocolVersion) return {version_};
  if (command == Command::SetInhibits)
    return {static_cast<std::uint8_t>(inhibits_ & 0xFF), static_cast<std::uint8_t>(inhibits_ >> 8)};
  return {};
}

SspAcceptor::Step SspAcceptor::next_step() const {
  switch (phase_) {
    case Phase::Closed:
    case Phase::Replay:
    case Phase::Sync:
      return {Command::Sync, now_};
    case Phase::Version:
      return {Command::HostProtocolVersion, now_};
    case Phase::SetUp:
      return {Command::SetupRequest, now_};
    case Phase::Serial:
      return {Command::GetSerialNumber, now_};
    case Phase::FirstReject:
      return {Command::Reject, now_};
    case Phase::FirstDisable:
      return {Command::Disable, now_};
    case Phase::Settle:
      if (reject_due_) return {Command::Reject, reject_at_};
      if (disable_due_) return {Command::Disable, now_};
      return poll_step();
    case Phase::Counters:
      return {Command::GetCounters, now_};
    case Phase::Running:
      return next_running_step();
    case Phase::Blocked:
      return {Command::Sync, resume_at_};
  }
  return {Command::Sync, now_};
}

SspAcceptor::Step SspAcceptor::next_running_step() const {
  if (reject_due_) return {Command::Reject, reject_at_};
  // Before anything about the next note: its events are held back until the last one's are complete.
  if (reject_code_due_) return {Command::LastRejectCode, now_};
  const bool must_disable = disable_due_ || (enabled_ && !want_enabled_);
  if (stage_ == Stage::Escrow) {
    if (decision_ == Decision::Stack) return {Command::Poll, now_};
    if (must_disable) return {Command::Disable, now_};
    const std::int64_t limit_at = escrow_since_ + options_.escrow_limit_ms;
    if (limit_at <= hold_at_) return {Command::Reject, limit_at};
    return {Command::Hold, hold_at_};
  }
  if (must_disable) return {Command::Disable, now_};
  if (want_rest_ && at_rest()) return {Command::GetCounters, now_};
  const Step poll = poll_step();
  if (!may_enable() || poll.at < enable_at_) return poll;
  return {inhibits_set_ ? Command::Enable : Command::SetInhibits, enable_at_};
}

SspAcceptor::Step SspAcceptor::poll_step() const {
  const bool active = phase_ == Phase::Settle || enabled_ || want_rest_ || stage_ != Stage::None || moving_since_;
  return {Command::Poll, polled_at_ + (active ? kPollActiveMs : kPollIdleMs)};
}

bool SspAcceptor::at_rest() const { return !enabled_ && !disable_due_ && stage_ == Stage::None && quiet_polls_ > 0; }

// A device that reports one of these has disabled itself and would refuse or disable again at once.
bool SspAcceptor::may_enable() const {
  return want_enabled_ && !enabled_ && !raised(AcceptorFault::StackerFull) && !raised(AcceptorFault::CashboxRemoved) &&
         !raised(AcceptorFault::SafeJam) && !raised(AcceptorFault::UnsafeJam) && !raised(AcceptorFault::NotePathOpen);
}

}  // namespace pilotlight::devices
