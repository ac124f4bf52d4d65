#include "devices/virtual/ssp_peer.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

namespace pilotlight::cabinet {
namespace {

constexpr std::int64_t late_ms = 1300;
constexpr std::array<std::uint8_t, 4> noise{0x00, 0xFF, 0x13, 0xA5};

void pause_ms(int ms) { ::poll(nullptr, 0, ms); }

}  // namespace

ValidatorPeer::ValidatorPeer(const Surroundings& surroundings)
    : points_(surroundings.points),
      path_(*surroundings.config.validator, surroundings.disk),
      slave_(*surroundings.config.validator, path_, now()),
      line_(surroundings.config.validator->pty),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (path_.powered()) path_.power_on();  // a start is the end of a power cut
  for (const char* point : {"validator.escrow", "validator.before-stack", "validator.stacking",
                            "validator.stacked-unreported", "validator.credit-sent"})
    points_.declare(point);
  surroundings.commands.add("note", [this](Words words) { return note_command(words); });
  surroundings.commands.add("validator", [this](Words words) { return validator_command(words); });
  surroundings.commands.add_state("validator", [this] { return state(); });
}

ValidatorPeer::~ValidatorPeer() {
  stopping_ = true;
  wake();
  if (thread_.joinable()) thread_.join();
  ::close(wake_);
}

void ValidatorPeer::start() {
  thread_ = std::thread([this] { loop(); });
}

std::int64_t ValidatorPeer::now() const {
  const auto since = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since).count();
}

void ValidatorPeer::wake() {
  const std::uint64_t one = 1;
  if (::write(wake_, &one, sizeof one) < 0) return;  // full: it is awake already
}

int ValidatorPeer::wait_ms() {
  std::optional<std::int64_t> next = slave_.deadline();
  if (late_) next = std::min(next.value_or(late_->due), late_->due);
  if (!next) return -1;
  return static_cast<int>(std::clamp<std::int64_t>(*next - now(), 0, 60'000));
}

void ValidatorPeer::loop() {
  while (!stopping_) {
    pollfd watched[] = {{wake_, POLLIN, 0}, {-1, POLLIN, 0}};
    int timeout = -1;
    {
      const std::lock_guard lock(mutex_);
      watched[1].fd = line_.descriptor();
      timeout = wait_ms();
    }
    ::poll(watched, 2, timeout);
    std::uint64_t counted = 0;
    if (watched[0].revents != 0 && ::read(wake_, &counted, sizeof counted) < 0) continue;
    Bytes bytes;
    {
      const std::lock_guard lock(mutex_);
      bytes = line_.read();
      if (!path_.powered()) bytes.clear();
    }
    pass_time();
    for (const std::uint8_t byte : bytes)
      if (const auto frame = receiver_.take(byte)) on_frame(*frame);
    pass_time();
  }
}

// Points are reached without the lock; afterwards the power may be gone, and then nothing is said any more.
void ValidatorPeer::on_frame(const SspFrame& frame) {
  std::unique_lock lock(mutex_);
  if (!path_.powered()) return;
  const std::uint64_t cuts = power_cuts_;
  const auto point = [&](const char* name) {
    lock.unlock();
    points_.reached(name);
    lock.lock();
    return power_cuts_ == cuts;
  };
  const bool accepting = slave_.would_accept(frame);
  if (accepting && !point("validator.before-stack")) return;
  const bool was_escrow = path_.stage() == NoteStage::Escrow;
  const auto reply = slave_.answer(frame, now());
  const bool accepted = accepting && was_escrow && path_.stage() == NoteStage::Stacking;
  if (accepted && !point("validator.stacking")) return;
  if (!reply || !send(*reply)) return;
  if (slave_.reply_left()) point("validator.credit-sent");
}

// True if the reply has left the device whole.
bool ValidatorPeer::send(const SspFrame& reply) {
  const auto strikes = [](long& left) { return left > 0 && left-- > 0; };
  if (strikes(faults_.mute)) return false;
  const bool corrupt = strikes(faults_.corrupt);
  Bytes bytes = ssp_encode(reply, corrupt);
  if (strikes(faults_.garbage)) bytes.insert(bytes.begin(), noise.begin(), noise.end());
  if (strikes(faults_.late)) {
    late_ = Late{now() + late_ms, std::move(bytes)};
    return false;
  }
  if (strikes(faults_.split)) {
    for (const std::uint8_t byte : bytes) {
      line_.write({&byte, 1});
      pause_ms(1);
    }
  } else {
    line_.write(bytes);
  }
  return !corrupt && line_.plugged();
}

void ValidatorPeer::send_late() {
  std::unique_lock lock(mutex_);
  if (!late_ || now() < late_->due) return;
  const Bytes bytes = std::move(late_->bytes);
  late_.reset();
  if (!path_.powered()) return;
  line_.write(bytes);
  const bool credit = slave_.reply_left();
  lock.unlock();
  if (credit) points_.reached("validator.credit-sent");
}

void ValidatorPeer::pass_time() {
  send_late();
  for (;;) {
    SspSlave::Step step{};
    {
      const std::lock_guard lock(mutex_);
      step = slave_.tick(now());
    }
    if (step == SspSlave::Step::Nothing) return;
    if (step == SspSlave::Step::Escrow) points_.reached("validator.escrow");
    if (step == SspSlave::Step::InBox) points_.reached("validator.stacked-unreported");
  }
}

}  // namespace pilotlight::cabinet
