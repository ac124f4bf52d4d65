// What is physically true of the validator: the note in the path, the box, the mouth, the counters. Every change is on
// disk before anybody can see it, so that a kill at any moment is a power cut and no note is lost.
// Source: cash-ssp reference section 9 (life of a note). Not thread-safe; the peer's lock guards it.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "devices/virtual/config.h"
#include "devices/virtual/disk.h"

namespace pilotlight::cabinet {

struct Note {
  std::uint64_t id = 0;  // of this piece of paper, for ever
  std::uint32_t value = 0;
  std::uint8_t channel = 0;  // 0: not recognised
};

enum class NoteStage {
  None,
  Reading,    // drawn in
  Escrow,     // held, recognised
  Stacking,   // accepted and moving; not yet in the box
  Returning,  // on its way back to the mouth
};

enum class Jam { None, Unsafe, Safe };

// Reject codes (section 7) that this device uses.
namespace reject {
constexpr std::uint8_t accepted = 0x00;
constexpr std::uint8_t validation = 0x05;
constexpr std::uint8_t inhibited = 0x06;
constexpr std::uint8_t by_host = 0x08;
constexpr std::uint8_t disabled = 0x0C;
constexpr std::uint8_t escrow_silence = 0x13;
}  // namespace reject

class NotePath {
 public:
  // Loads validator.json; a fresh device if there is none.
  NotePath(const ValidatorConfig& config, const Disk& disk);

  NoteStage stage() const { return stage_; }
  const std::optional<Note>& note() const { return note_; }
  const std::optional<Note>& mouth() const { return mouth_; }
  Jam jam() const { return jam_; }
  bool powered() const { return powered_; }
  bool cashbox_in() const { return cashbox_in_; }
  bool full() const { return forced_full_ || stacker_.size() >= config_.box_size; }
  std::uint8_t last_reject() const { return last_reject_; }
  const std::vector<Note>& box() const { return stacker_; }
  std::uint32_t stacked() const { return counted_stacked_; }
  std::uint32_t rejected() const { return counted_rejected_; }
  // Channel of a note in the box whose credit no reply has carried yet.
  std::optional<std::uint8_t> unreported() const { return unreported_; }
  // The event (E1 or E2 and channel) about the note that the last power cut caught, until it is told.
  std::optional<std::pair<std::uint8_t, std::uint8_t>> cleared() const { return cleared_; }

  // A note pushed into the mouth and drawn in; nothing if there is no room for it.
  std::optional<Note> draw_in(std::uint32_t value);
  void to_escrow();
  void accept();                        // starts stacking
  void to_box();                        // in the box, counted, credit owed
  void turn_back(std::uint8_t reason);  // starts returning
  void to_mouth();
  void pulled_out();  // fraud: the customer has got a moving note back on a string
  std::optional<Note> take_from_mouth();
  void credit_told();
  void cleared_told();
  void stick(Jam jam);
  void
  clear_jam();  // attendant: an unsafe jam's note goes to the mouth, a safe jam's note into the box, without credit
  void set_full(bool full);
  void empty_box();
  void set_cashbox(bool in);
  void reset_counters();
  void power_off();
  void power_on();  // a note in the path goes where the motor takes it; cleared() says where

  boost::json::object truth() const;  // what "validator counters" answers

 private:
  void load(const boost::json::object& saved);
  void save() const;

  const ValidatorConfig& config_;
  const Disk& disk_;
  bool powered_ = true;
  std::uint64_t next_id_ = 1;
  NoteStage stage_ = NoteStage::None;
  std::optional<Note> note_;
  std::optional<Note> mouth_;
  std::vector<Note> stacker_;
  std::vector<Note> collected_;
  std::uint32_t counted_stacked_ = 0;
  std::uint32_t counted_rejected_ = 0;
  std::uint8_t last_reject_ = reject::accepted;
  std::optional<std::uint8_t> unreported_;
  std::optional<std::pair<std::uint8_t, std::uint8_t>> cleared_;
  Jam jam_ = Jam::None;
  bool forced_full_ = false;
  bool cashbox_in_ = true;
};

std::string_view to_text(NoteStage stage);

}  // namespace pilotlight::cabinet
