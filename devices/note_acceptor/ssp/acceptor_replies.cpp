// Answers to commands: the start-up step by step, and what is done when an answer is not the one hoped for.
#include <algorithm>
#include <utility>

#include "devices/note_acceptor/ssp/acceptor.h"

namespace pilotlight::devices {
namespace {

using ssp::Command;

constexpr std::uint8_t kLowestVersion = 6;
constexpr std::uint8_t kValidator = 0x00;  // unit type
constexpr int kMostRejectsRefused = 3;
constexpr int kMostPollsRefused = 10;
constexpr std::int64_t kRejectAgainMs = 200;
constexpr std::int64_t kBlockedMs = 5000;

}  // namespace

void SspAcceptor::on_reply(Command command, ByteView reply) {
  const std::uint8_t code = reply[0];
  const bool done = code == ssp::kOk;
  const ByteView data = reply.subspan(1);
  if (code == ssp::kKeyNotSet || code == ssp::kSoftwareError) return refuse(code);
  switch (command) {
    case Command::HostProtocolVersion:
      return on_version(code);
    case Command::Reject:
      return on_reject(done);
    case Command::Hold:
      return on_hold(done);
    case Command::GetCounters:
      return on_counters(done, data);
    case Command::LastRejectCode:
      return on_reject_code(done, data);
    case Command::Poll:
      if (done) return on_poll(data);
      // "Busy" passes; a device that never becomes ready is faulty.
      if (code == ssp::kCannotBeProcessed && ++polls_refused_ < kMostPollsRefused) return;
      return refuse(code);
    default:
      break;
  }
  if (!done) return refuse(code);
  switch (command) {
    case Command::Sync:
      clear(AcceptorFault::LineLost);
      phase_ = Phase::Version;
      return;
    case Command::SetupRequest:
      return on_set_up(data);
    case Command::GetSerialNumber:
      return on_serial(data);
    case Command::Disable:
      enabled_ = false;
      inhibits_set_ = false;
      disable_due_ = false;
      quiet_polls_ = 0;
      if (phase_ == Phase::FirstDisable) phase_ = Phase::Settle;
      return;
    case Command::SetInhibits:
      inhibits_set_ = true;
      return;
    case Command::Enable:
      enabled_ = true;
      return;
    default:
      return;
  }
}

void SspAcceptor::on_version(std::uint8_t code) {
  if (code == ssp::kOk) {
    phase_ = Phase::SetUp;
  } else if (version_ > kLowestVersion) {
    --version_;
  } else {
    block(AcceptorFault::WrongDevice);
  }
}

void SspAcceptor::on_set_up(ByteView data) {
  const auto setup = ssp::parse_setup(data);
  if (!data.empty() && data[0] != kValidator) return block(AcceptorFault::WrongDevice);
  if (!setup) return block(AcceptorFault::ProtocolFault);
  if (setup->currency != options_.currency) return block(AcceptorFault::CurrencyMismatch);
  std::uint16_t inhibits = 0;
  std::vector<Money> offered;
  for (std::size_t i = 0; i < setup->channels.size(); ++i) {
    const ssp::Channel& channel = setup->channels[i];
    if (channel.value == Money{}) continue;
    if (channel.currency != options_.currency) return block(AcceptorFault::CurrencyMismatch);
    if (std::ranges::find(options_.denominations, channel.value) == options_.denominations.end()) continue;
    inhibits = static_cast<std::uint16_t>(inhibits | 1U << i);
    offered.push_back(channel.value);
  }
  for (const Money wanted : options_.denominations)
    if (std::ranges::find(offered, wanted) == offered.end()) return block(AcceptorFault::CurrencyMismatch);
  channels_ = setup->channels;
  inhibits_ = inhibits;
  phase_ = Phase::Serial;
}

void SspAcceptor::on_serial(ByteView data) {
  const auto serial = ssp::parse_serial(data);
  if (!serial) return block(AcceptorFault::ProtocolFault);
  if (!options_.expected_serial) options_.expected_serial = *serial;
  if (*serial != *options_.expected_serial) {
    held_.clear();  // what a swapped-in device says about notes is worth nothing
    return block(AcceptorFault::WrongDevice);
  }
  serial_ = *serial;
  known_device_ = true;
  first_poll_ = true;
  phase_ = Phase::FirstReject;
}

void SspAcceptor::on_reject(bool done) {
  if (phase_ == Phase::FirstReject) {
    if (done) stage_ = Stage::Returning;
    phase_ = Phase::FirstDisable;
    return;
  }
  // Refused means that there is nothing in escrow. As the next POLL would accept if that were wrong, it is asked again.
  if (!done && ++rejects_refused_ < kMostRejectsRefused) {
    reject_at_ = now_ + kRejectAgainMs;
    return;
  }
  reject_due_ = false;
  rejects_refused_ = 0;
  if (stage_ == Stage::Escrow) stage_ = Stage::Returning;
}

void SspAcceptor::on_hold(bool done) {
  if (done || stage_ != Stage::Escrow) return;
  // The device says that there is no note to hold: it gave it back by itself. A REJECT makes sure before the next POLL,
  // unless the note was to be stacked anyway.
  if (decision_ == Decision::None) return_note();
}

void SspAcceptor::on_counters(bool done, ByteView data) {
  const auto counted = ssp::parse_stacked_counter(data);
  const std::uint32_t stacked = done && counted ? *counted : kUnknownStackedCount;
  if (phase_ == Phase::Counters) return become_ready(stacked);
  if (want_rest_) events_.push_back(AcceptorAtRest{stacked});
  want_rest_ = false;
}

void SspAcceptor::on_reject_code(bool done, ByteView data) {
  if (!reject_code_due_) return;
  reject_code_due_ = false;
  if (done && !data.empty()) std::get<NoteRejected>(held_[rejected_index_]).reason = data[0];
  release();
}

void SspAcceptor::become_ready(std::uint32_t stacked) {
  for (const AcceptorFault fault :
       {AcceptorFault::LineLost, AcceptorFault::WrongDevice, AcceptorFault::CurrencyMismatch,
        AcceptorFault::ProtocolFault, AcceptorFault::DeviceFault})
    clear(fault);
  phase_ = Phase::Running;
  enable_at_ = now_;
  AcceptorReady ready{serial_, options_.denominations, stacked};
  auto& values = ready.denominations;
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  events_.emplace_back(std::move(ready));
  release();
  if (want_rest_) events_.push_back(AcceptorAtRest{stacked});
  want_rest_ = false;
}

// A command that must work was not carried out.
void SspAcceptor::refuse(std::uint8_t code) {
  const bool device_fault = code == ssp::kSoftwareError || code == ssp::kCannotBeProcessed;
  block(device_fault ? AcceptorFault::DeviceFault : AcceptorFault::ProtocolFault);
}

// Starts anew: at once when it had been running well, otherwise after a pause.
void SspAcceptor::block(AcceptorFault fault) {
  const bool was_running = phase_ == Phase::Running;
  const bool lately = blocked_at_ && now_ - *blocked_at_ < 2 * kBlockedMs;
  blocked_at_ = now_;
  resume_at_ = was_running && !lately ? now_ : now_ + kBlockedMs;
  leave_session();
  raise(fault);
  phase_ = Phase::Blocked;
}

}  // namespace pilotlight::devices
