// The validator's side of the SSP conversation: sequence bit, commands, poll events, timers. Everything here is lost
// with the power; what is physically true is in NotePath. Source: cash-ssp reference sections 2 to 7, 9 and 11. Not
// thread-safe; times are milliseconds of a steady clock, handed in.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "devices/virtual/ssp_frame.h"
#include "devices/virtual/ssp_note_path.h"

namespace pilotlight::cabinet {

class SspSlave {
 public:
  SspSlave(const ValidatorConfig& config, NotePath& path, std::int64_t now);

  // The power came (back), or RESET: starts over, deaf for a moment, then first event F1.
  void power_on(std::int64_t now);

  // True if this frame only asks for the last reply again (unchanged sequence bit).
  bool is_repeat(const SspFrame& frame) const;
  // True if this frame, carried out now, accepts the note in escrow.
  bool would_accept(const SspFrame& frame) const;

  // Carries the frame out (or repeats) and gives the reply; nothing while deaf or when it is for another address.
  std::optional<SspFrame> answer(const SspFrame& frame, std::int64_t now);
  // The reply has left undamaged: what it reported is told. True if a credit was in it.
  bool reply_left();

  // Lets time do its work, at most one step of the note; call again at deadline().
  enum class Step { Nothing, Escrow, InBox, Other };
  Step tick(std::int64_t now);
  // When tick() has something to do next; nothing if only a command can change anything.
  std::optional<std::int64_t> deadline() const;

  // Feeds a note into the mouth; a text says why the slot does not take it.
  Result<Note, std::string> insert(std::uint32_t value, std::int64_t now);
  // The moving note is pulled out again on a string; false if none is moving.
  bool pull_out();
  void cashbox_replaced() { replaced_event_ = true; }
  // Bytes to append to the next poll's events (an event no host knows).
  void add_raw_event(Bytes bytes) { raw_events_.push_back(std::move(bytes)); }
  void set_serial(std::uint32_t serial) { serial_ = serial; }

  bool enabled() const { return enabled_; }
  std::uint16_t inhibits() const { return inhibits_; }

 private:
  Bytes execute(ByteView data, std::int64_t now);
  Bytes execute_setting(ByteView data, std::int64_t now);
  Bytes poll(std::int64_t now);
  void poll_note(Bytes& reply);
  void poll_conditions(Bytes& reply);
  Bytes serial() const;
  Bytes setup() const;
  Bytes unit_data() const;
  Bytes channel_values() const;
  Bytes counters() const;
  void append_currencies_and_values(Bytes& reply) const;
  bool channel_open(std::uint8_t channel) const { return channel > 0 && (inhibits_ >> (channel - 1) & 1) != 0; }
  std::uint16_t all_channels() const { return static_cast<std::uint16_t>((1u << config_.channels.size()) - 1); }
  void turn_back(std::uint8_t reason, std::int64_t now);

  const ValidatorConfig& config_;
  NotePath& path_;
  std::uint32_t serial_;
  std::optional<std::uint8_t> last_address_;
  Bytes last_reply_;
  std::uint8_t protocol_ = 6;
  std::uint16_t inhibits_ = 0;  // bit 0 = channel 1; 1 = open
  bool enabled_ = false;
  bool reset_event_ = true;
  bool escrow_told_ = false;
  bool stacked_event_ = false;
  bool rejected_event_ = false;
  bool replaced_event_ = false;
  std::uint8_t fraud_channel_ = 0;
  bool fraud_event_ = false;
  std::deque<Bytes> raw_events_;
  bool reply_has_credit_ = false;
  bool reply_has_cleared_ = false;
  std::int64_t deaf_until_ = 0;
  std::int64_t note_deadline_ = 0;
  std::int64_t last_command_ = 0;
};

}  // namespace pilotlight::cabinet
