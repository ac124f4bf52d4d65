#include "kiosk/runtime/acceptor_loop.h"

#include <poll.h>

#include <algorithm>
#include <array>

#include "kiosk/runtime/device_facts.h"

namespace pilotlight {
namespace {

constexpr int longest_wait_ms = 60'000;

}  // namespace

void obey(devices::NoteAcceptor& acceptor, const core::Effect& effect) {
  if (std::holds_alternative<core::EnableAcceptor>(effect)) acceptor.enable();
  if (std::holds_alternative<core::DisableAcceptor>(effect)) acceptor.disable();
  if (std::holds_alternative<core::StackNote>(effect)) acceptor.stack();
  if (std::holds_alternative<core::ReturnNote>(effect)) acceptor.give_back();
}

AcceptorLoop::AcceptorLoop(const std::string& port, std::unique_ptr<devices::NoteAcceptor> acceptor, Clock& clock,
                           Report report)
    : port_(port), acceptor_(std::move(acceptor)), clock_(clock), report_(std::move(report)), thread_([this] {
        run();
      }) {}

AcceptorLoop::~AcceptorLoop() {
  inbox_.close();
  thread_.join();
}

void AcceptorLoop::perform(core::Effect effect) { inbox_.put(std::move(effect)); }

int AcceptorLoop::wait_ms() const {
  const std::int64_t now = clock_.now().steady_ms;
  std::int64_t wait = longest_wait_ms;
  if (const auto due = acceptor_->deadline()) wait = std::min(wait, *due - now);
  if (const auto retry = port_.retry_at()) wait = std::min(wait, *retry - now);
  return static_cast<int>(std::clamp<std::int64_t>(wait, 0, longest_wait_ms));
}

void AcceptorLoop::move_bytes() {
  const Moment now = clock_.now();
  std::array<std::uint8_t, 512> buffer{};
  while (port_.is_open()) {
    const auto size = port_.read(buffer, now);
    if (!size || *size == 0) break;
    acceptor_->receive(ByteView(buffer.data(), *size), now);
  }
  if (const auto due = acceptor_->deadline(); due && *due <= now.steady_ms) acceptor_->wake(now);
  const Bytes output = acceptor_->take_output();
  unsent_.insert(unsent_.end(), output.begin(), output.end());
  if (port_.is_open() && !unsent_.empty()) {
    const auto size = port_.write(unsent_, now);
    if (size) unsent_.erase(unsent_.begin(), unsent_.begin() + static_cast<std::ptrdiff_t>(*size));
  }
}

void AcceptorLoop::report_events() {
  for (const devices::AcceptorEvent& event : acceptor_->take_events()) report_(fact_of(event));
}

void AcceptorLoop::run() {
  while (!inbox_.closed()) {
    if (port_.open_if_due(clock_.now())) {
      unsent_.clear();
      acceptor_->line_opened(clock_.now());
    }
    const bool was_open = port_.is_open();
    for (const core::Effect& effect : inbox_.take_all()) {
      obey(*acceptor_, effect);
      acceptor_->wake(clock_.now());
    }
    move_bytes();
    if (was_open && !port_.is_open()) {
      unsent_.clear();
      acceptor_->line_closed(clock_.now());
    }
    report_events();
    std::array<pollfd, 2> descriptors{pollfd{inbox_.fd(), POLLIN, 0}, pollfd{port_.fd(), POLLIN, 0}};
    if (port_.is_open() && !unsent_.empty()) descriptors[1].events |= POLLOUT;
    ::poll(descriptors.data(), port_.is_open() ? 2 : 1, wait_ms());
  }
}

}  // namespace pilotlight
