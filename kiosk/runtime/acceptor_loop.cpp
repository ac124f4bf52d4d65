#include "kiosk/runtime/acceptor_loop.h"

#include <poll.h>

#include <algorithm>
#include <array>

namespace pilotlight {
namespace {

constexpr int longest_wait_ms = 60'000;

struct ToFact {
  using Result = std::optional<core::Fact>;
  Result operator()(const devices::AcceptorReady& e) const { return core::AcceptorReady{e.serial, e.stacked}; }
  Result operator()(const devices::NoteReading&) const { return core::NoteReading{}; }
  Result operator()(const devices::NoteEscrowed& e) const { return core::NoteEscrowed{e.value}; }
  Result operator()(const devices::NoteCredited& e) const { return core::NoteCredited{e.value}; }
  Result operator()(const devices::NoteRejected&) const { return core::NoteRejected{}; }
  Result operator()(const devices::NoteCleared& e) const {
    return core::NoteCleared{e.to == devices::ClearedTo::Cashbox, e.value.value_or(Money{})};
  }
  Result operator()(const devices::AcceptorAtRest& e) const { return core::AcceptorAtRest{e.stacked}; }
  Result operator()(const devices::FaultRaised& e) const {
    return core::AcceptorFaultRaised{*enum_value<core::AcceptorFault>(enum_name(e.fault))};
  }
  Result operator()(const devices::FaultCleared& e) const {
    return core::AcceptorFaultCleared{*enum_value<core::AcceptorFault>(enum_name(e.fault))};
  }
};

}  // namespace

std::optional<core::Fact> fact_of(const devices::AcceptorEvent& event) { return std::visit(ToFact{}, event); }

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

void AcceptorLoop::obey(const core::Effect& effect) {
  if (std::holds_alternative<core::EnableAcceptor>(effect)) acceptor_->enable();
  if (std::holds_alternative<core::DisableAcceptor>(effect)) acceptor_->disable();
  if (std::holds_alternative<core::StackNote>(effect)) acceptor_->stack();
  if (std::holds_alternative<core::ReturnNote>(effect)) acceptor_->give_back();
}

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
  for (const devices::AcceptorEvent& event : acceptor_->take_events())
    if (auto fact = fact_of(event)) report_(std::move(*fact));
}

void AcceptorLoop::run() {
  while (!inbox_.closed()) {
    if (port_.open_if_due(clock_.now())) {
      unsent_.clear();
      acceptor_->line_opened(clock_.now());
    }
    const bool was_open = port_.is_open();
    for (const core::Effect& effect : inbox_.take_all()) {
      obey(effect);
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
