// Driver of an ITL banknote validator over SSP (GA138, GA973), plain (no eSSP), protocol versions 8, 7, 6.
//
// In SSP a POLL sent while a note is in escrow accepts the note. So this driver polls with a note in escrow only after
// stack(); until then it sends HOLD, and after any start or reconnect REJECT before the first POLL.
// Start-up: SYNC each second until OK, HOST PROTOCOL VERSION, SETUP REQUEST, GET SERIAL NUMBER, REJECT, DISABLE, POLL
// until no note moves, GET COUNTERS, AcceptorReady, then the notes' events seen on the way; then SET INHIBITS and
// ENABLE if wanted.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "devices/note_acceptor/note_acceptor.h"
#include "devices/note_acceptor/ssp/exchange.h"
#include "devices/note_acceptor/ssp/replies.h"

namespace pilotlight::devices {

// What AcceptorReady and AcceptorAtRest report when the device has no GET COUNTERS.
inline constexpr std::uint32_t kUnknownStackedCount = 0xFFFFFFFF;

struct SspOptions {
  std::string currency = "CNY";      // the dataset's and every used channel's
  std::vector<Money> denominations;  // to accept; the device must offer each. All other channels stay inhibited
  // Decimal, as in AcceptorReady. Nothing: the first device seen by this object is the one to expect from then on.
  std::optional<std::string> expected_serial;
  std::uint8_t address = 0x00;            // 7 bits
  std::int64_t escrow_limit_ms = 60'000;  // a note without a decision is given back after that
};

class SspAcceptor final : public NoteAcceptor {
 public:
  explicit SspAcceptor(SspOptions options);

  void line_opened(Moment now) override;
  void line_closed(Moment now) override;
  void receive(ByteView bytes, Moment now) override;
  void wake(Moment now) override;
  std::optional<std::int64_t> deadline() const override;
  Bytes take_output() override;
  std::vector<AcceptorEvent> take_events() override;

  // After each of these deadline() may have passed: call wake().
  void enable() override;
  void disable() override;
  void stack() override;  // the first decision about a note counts
  void give_back() override;

 private:
  enum class Phase {
    Closed,
    Replay,  // the accepting POLL was not answered: repeated as it was before anything else, for its answer may be a
             // credit
    Sync,
    Version,
    SetUp,
    Serial,
    FirstReject,
    FirstDisable,
    Settle,  // polling until no note moves
    Counters,
    Running,
    Blocked  // refused for a fault; starts anew at resume_at_
  };
  enum class Stage {  // of the one note in the path
    None,
    Reading,
    Escrow,
    Accepting,  // accepting POLL sent, or seen moving: its fate is open
    Secured,    // credited, on its way into the box
    Returning
  };
  enum class Decision { None, Stack, GiveBack };
  struct Step {
    ssp::Command command;
    std::int64_t at;  // steady_ms; in the past = at once
  };

  // acceptor.cpp: the line, and what is sent when
  void begin_start_up();
  void leave_session();
  void reply_overdue();
  void advance();
  void send(ssp::Command command);
  Step next_step() const;
  Step next_running_step() const;
  Step poll_step() const;
  Bytes parameters(ssp::Command command) const;
  bool at_rest() const;
  bool may_enable() const;

  // acceptor_replies.cpp: what an answer leads to
  void on_reply(ssp::Command command, ByteView reply);
  void on_version(std::uint8_t code);
  void on_set_up(ByteView data);
  void on_serial(ByteView data);
  void on_reject(bool done);
  void on_hold(bool done);
  void on_counters(bool done, ByteView data);
  void on_reject_code(bool done, ByteView data);
  void become_ready(std::uint32_t stacked);
  void refuse(std::uint8_t code);
  void block(AcceptorFault fault);

  // acceptor_events.cpp: what a POLL tells
  void on_poll(ByteView data);
  void on_event(const ssp::PollEvent& event);
  void on_note_in_escrow(std::uint8_t channel);
  void on_credit(std::uint8_t channel);
  void on_rejected();
  void on_cleared(ClearedTo to, std::uint8_t channel);
  void on_disabled();
  void follow_motion(bool moving);
  void follow_conditions(const std::vector<ssp::PollEvent>& events);
  void return_note();

  void report(AcceptorEvent event);  // about a note: held back until AcceptorReady, or until a reject code is known
  void release();
  void raise(AcceptorFault fault);
  void clear(AcceptorFault fault);
  bool raised(AcceptorFault fault) const { return raised_[static_cast<std::size_t>(fault)]; }
  std::optional<Money> value_of(std::uint8_t channel) const;

  SspOptions options_;
  ssp::Exchange exchange_;
  std::int64_t now_ = 0;  // the last time handed in
  Phase phase_ = Phase::Closed;
  bool known_device_ = false;  // serial number compared since the line was found
  std::uint8_t version_ = 8;
  std::vector<ssp::Channel> channels_;
  std::uint16_t inhibits_ = 0;  // bit n = channel n+1 accepted
  std::string serial_;

  bool want_enabled_ = false;
  bool want_rest_ = false;    // AcceptorAtRest is owed
  bool disable_due_ = false;  // sent even when the device had disabled itself
  bool inhibits_set_ = false;
  bool enabled_ = false;

  Stage stage_ = Stage::None;
  Decision decision_ = Decision::None;
  std::uint8_t note_channel_ = 0;
  bool escrow_echo_ = false;  // polls may still say "in escrow" about the note just accepted
  std::int64_t escrow_since_ = 0;
  std::int64_t hold_at_ = 0;
  bool reject_due_ = false;
  int rejects_refused_ = 0;
  std::int64_t reject_at_ = 0;

  bool first_poll_ = false;  // of this start-up: F1 is expected in it
  int quiet_polls_ = 0;      // in a row, without any note moving
  int polls_refused_ = 0;
  std::int64_t polled_at_ = 0;
  std::int64_t enable_at_ = 0;
  std::int64_t pause_until_ = 0;  // late answers to a repeated command must not meet the next one
  std::optional<std::int64_t> moving_since_;
  std::int64_t resume_at_ = 0;
  std::optional<std::int64_t> blocked_at_;

  std::vector<AcceptorEvent> events_;
  std::vector<AcceptorEvent> held_;
  bool reject_code_due_ = false;
  std::size_t rejected_index_ = 0;  // the NoteRejected in held_ that waits for its code
  std::array<bool, enum_count<AcceptorFault>()> raised_{};
};

}  // namespace pilotlight::devices
