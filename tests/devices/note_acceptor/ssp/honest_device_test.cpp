// The driver against a small validator that keeps the truth about its notes, on a line that loses and damages bytes, is
// unplugged, and (in half of the runs) loses its power. Whatever the order: no note is stacked without stack(), none is
// told twice, and at rest the count is the device's.
#include <random>

#include "devices/note_acceptor/ssp/frame.h"
#include "tests/devices/note_acceptor/ssp/bench_fixture.h"

namespace pilotlight::devices {
namespace {

constexpr std::int64_t kYuan[] = {1, 5, 10, 20, 50, 100};

class HonestDevice {
 public:
  enum class Note { None, Reading, Escrow, Moving, Secured, Returning };

  // The answer to one frame.
  Bytes execute(const ssp::Frame& frame, std::int64_t now) {
    if (note == Note::Escrow && now - heard_at_ > 5000) reject();
    if (now - heard_at_ > 5000) enabled = false;
    heard_at_ = now;
    const bool sync = frame.data[0] == 0x11;
    if (!sync && last_head_ == frame.sequence_and_address) return last_answer_;
    last_head_ = frame.sequence_and_address;
    last_answer_ = ssp::encode_frame(frame.sequence_and_address, answer(frame.data));
    return last_answer_;
  }

  bool insert(std::size_t channel, std::int64_t now) {
    if (!enabled || note != Note::None || now - heard_at_ > 5000) return false;
    note = Note::Reading;
    channel_ = static_cast<std::uint8_t>(channel);
    allowed = false;
    return true;
  }

  void power_cycle(bool into_cashbox) {
    last_head_ = -1;
    enabled = false;
    inhibits_ = 0;
    pending_.assign(1, 0xF1);
    const bool moving = note == Note::Moving;
    if (moving && into_cashbox) stack_note();
    if (note == Note::Secured) stack_note();
    if (moving || note == Note::Reading || note == Note::Escrow || note == Note::Returning) {
      pending_.push_back(moving && into_cashbox ? 0xE2 : 0xE1);
      pending_.push_back(channel_);
    }
    note = Note::None;
  }

  Note note = Note::None;
  bool enabled = false;
  bool allowed = false;  // stack() was called for the note in escrow
  bool stacked_unasked = false;
  std::uint32_t stacked = 0;
  std::int64_t stacked_yuan = 0;

 private:
  Bytes answer(const Bytes& command) {
    switch (command[0]) {
      case 0x05:
        return from_hex(Bench::set_up_reply()).value();
      case 0x0C:
        return {0xF0, 0x00, 0x1C, 0x96, 0x2C};
      case 0x58:
        return {0xF0, 1, static_cast<std::uint8_t>(stacked), static_cast<std::uint8_t>(stacked >> 8), 0, 0};
      case 0x02:
        inhibits_ = command[1];
        return {0xF0};
      case 0x0A:
        enabled = inhibits_ != 0;
        return {0xF0};
      case 0x09:
        enabled = false;
        return {0xF0};
      case 0x08:
        if (note != Note::Escrow) return {0xF5};
        reject();
        return {0xF0};
      case 0x18:
        return {static_cast<std::uint8_t>(note == Note::Escrow ? 0xF0 : 0xF5)};
      case 0x17:
        return {0xF0, 0x08};
      case 0x07:
        return poll();
      default:
        return {0xF0};
    }
  }

  Bytes poll() {
    Bytes reply{0xF0};
    reply.insert(reply.end(), pending_.begin(), pending_.end());
    pending_.clear();
    switch (note) {
      case Note::None:
        break;
      case Note::Reading:
        reply.insert(reply.end(), {0xEF, 0x00});
        note = Note::Escrow;
        told_ = false;
        break;
      case Note::Escrow:
        if (!told_) {
          reply.insert(reply.end(), {0xEF, channel_});
          told_ = true;
          break;
        }
        stacked_unasked = stacked_unasked || !allowed;
        reply.push_back(0xCC);
        note = Note::Moving;
        break;
      case Note::Moving:
        reply.insert(reply.end(), {0xEE, channel_, 0xCC});
        note = Note::Secured;
        break;
      case Note::Secured:
        reply.push_back(0xEB);
        stack_note();
        note = Note::None;
        break;
      case Note::Returning:
        reply.push_back(0xEC);
        note = Note::None;
        break;
    }
    if (!enabled) reply.push_back(0xE8);
    return reply;
  }

  void reject() { note = Note::Returning; }
  void stack_note() {
    ++stacked;
    stacked_yuan += kYuan[channel_ - 1U];
  }

  int last_head_ = -1;
  Bytes last_answer_;
  Bytes pending_{0xF1};
  std::uint8_t inhibits_ = 0;
  std::uint8_t channel_ = 0;
  bool told_ = false;
  std::int64_t heard_at_ = 0;
};

class HonestDeviceTest : public Bench, public testing::WithParamInterface<int> {
 protected:
  bool chance(int per_mille) { return static_cast<int>(random_() % 1000) < per_mille; }

  void take() {
    for (const AcceptorEvent& event : acceptor.take_events()) {
      if (std::holds_alternative<NoteEscrowed>(event)) undecided_ = true;
      if (const auto* credited = std::get_if<NoteCredited>(&event)) told_yuan_ += credited->value.fen / 100;
      if (const auto* cleared = std::get_if<NoteCleared>(&event); cleared && cleared->to == ClearedTo::Cashbox)
        told_yuan_ += cleared->value->fen / 100;
      if (const auto* rest = std::get_if<AcceptorAtRest>(&event)) rest_ = rest->stacked;
    }
  }

  void decide() {
    if (!undecided_ || !chance(300)) return;
    undecided_ = false;
    if (chance(250)) return acceptor.give_back();
    if (device_.note == HonestDevice::Note::Escrow) device_.allowed = true;
    acceptor.stack();
  }

  // One writing of the driver, or one deadline.
  void turn(int loss_per_mille) {
    take();
    const Bytes output = acceptor.take_output();
    if (output.empty() || chance(loss_per_mille)) {
      now = std::max(now, acceptor.deadline().value_or(now));
      acceptor.wake(moment());
      return;
    }
    ssp::FrameDecoder decoder;
    for (const std::uint8_t byte : output) {
      const auto decoded = decoder.push(byte);
      if (!decoded) continue;
      Bytes reply = device_.execute(std::get<ssp::Frame>(*decoded), now);
      if (chance(loss_per_mille)) return;
      if (chance(loss_per_mille)) reply.back() ^= 0x10;
      now += 15;
      receive(reply);
    }
  }

  void replug() {
    acceptor.line_closed(moment());
    now += static_cast<std::int64_t>(random_() % 8000);
    acceptor.line_opened(moment());
  }

  std::mt19937 random_{static_cast<std::mt19937::result_type>(GetParam())};
  HonestDevice device_;
  bool undecided_ = false;
  std::int64_t told_yuan_ = 0;
  std::optional<std::uint32_t> rest_;
};

TEST_P(HonestDeviceTest, no_note_is_stacked_unasked_or_told_twice) {
  const bool power_fails = GetParam() % 2 == 1;
  acceptor.line_opened(moment());
  acceptor.enable();
  for (int i = 0; i < 1500; ++i) {
    if (chance(100)) device_.insert(1 + random_() % 6, now);
    if (chance(5)) replug();
    if (power_fails && chance(5)) device_.power_cycle(chance(500));
    if (chance(10)) acceptor.disable();
    if (chance(20)) acceptor.enable();
    decide();
    turn(GetParam() % 3 == 0 ? 0 : 60);
    ASSERT_FALSE(device_.stacked_unasked) << "step " << i;
    ASSERT_LE(told_yuan_, device_.stacked_yuan + 100)
        << "step " << i;  // a credit may be told before the note lies in the box
  }
  acceptor.disable();
  rest_.reset();
  for (int i = 0; i < 2000 && !rest_; ++i) {
    undecided_ = undecided_ || device_.note == HonestDevice::Note::Escrow;
    decide();
    turn(0);
  }
  ASSERT_TRUE(rest_);
  EXPECT_FALSE(device_.stacked_unasked);
  EXPECT_EQ(device_.note, HonestDevice::Note::None);
  EXPECT_EQ(*rest_, device_.stacked);
  EXPECT_GT(device_.stacked, 0u);
  if (power_fails) {
    EXPECT_LE(told_yuan_, device_.stacked_yuan) << "a credit lost with the power is in the count only";
  } else {
    EXPECT_EQ(told_yuan_, device_.stacked_yuan);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, HonestDeviceTest, testing::Range(0, 200));

}  // namespace
}  // namespace pilotlight::devices
