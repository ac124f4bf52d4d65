#include "devices/note_acceptor/ssp/exchange.h"

#include <algorithm>
#include <utility>

#include "kiosk/base/check.h"

namespace pilotlight::devices::ssp {
namespace {

constexpr std::int64_t kReplyTimeoutMs = 1000;
// A damaged answer will not get better by waiting; a short pause lets the rest of the disturbance pass.
constexpr std::int64_t kAfterDamageMs = 100;

}  // namespace

void Exchange::start(Command command, ByteView parameters, std::int64_t now_ms) {
  CHECK(!open_);
  if (command == Command::Sync) sequence_ = true;
  command_ = command;
  sent_head_ = static_cast<std::uint8_t>(address_ | (sequence_ ? kSequenceBit : 0));
  Bytes data{static_cast<std::uint8_t>(command)};
  data.insert(data.end(), parameters.begin(), parameters.end());
  frame_ = encode_frame(sent_head_, data);
  open_ = true;
  resends_ = 0;
  decoder_.reset();
  send(now_ms);
}

void Exchange::resend(std::int64_t now_ms) {
  CHECK(open_);
  ++resends_;
  send(now_ms);
}

void Exchange::abandon() { open_ = false; }

void Exchange::line_reset() {
  decoder_.reset();
  output_.clear();
}

void Exchange::send(std::int64_t now_ms) {
  output_ = frame_;  // replaces what nobody has taken: one command is open, so it can only be these bytes
  reply_due_ = now_ms + kReplyTimeoutMs;
}

std::optional<Bytes> Exchange::receive(ByteView bytes, std::int64_t now_ms) {
  for (const std::uint8_t byte : bytes) {
    if (!open_) return std::nullopt;
    const auto decoded = decoder_.push(byte);
    if (!decoded) continue;
    const Frame* frame = std::get_if<Frame>(&*decoded);
    if (frame == nullptr) {
      if (std::get<FrameDamage>(*decoded) == FrameDamage::WrongChecksum)
        reply_due_ = std::min(reply_due_, now_ms + kAfterDamageMs);
      continue;
    }
    // An answer's code is F0 or above: a line that echoes our own command must not look like the device.
    if (frame->sequence_and_address != sent_head_ || frame->data[0] < kOk) continue;
    open_ = false;
    sequence_ = !sequence_;
    return frame->data;
  }
  return std::nullopt;
}

Bytes Exchange::take_output() { return std::exchange(output_, Bytes{}); }

}  // namespace pilotlight::devices::ssp
