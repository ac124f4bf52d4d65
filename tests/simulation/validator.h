// A banknote validator with its serial line, at the byte level: the cabinet's peer on virtual time.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "devices/virtual/ssp_slave.h"
#include "tests/simulation/ram_disk.h"
#include "tests/simulation/story.h"

namespace pilotlight::simulation {

class Validator {
 public:
  struct Watch {
    std::function<void(const cabinet::Note&, bool by_command)> boxed;
    std::function<void(bool up)> line;          // the adapter was pulled, or is back
    std::function<void(ByteView)> to_terminal;  // bytes on the wire
  };
  // Damage to the next replies.
  struct Damage {
    unsigned mute = 0, corrupt = 0, garbage = 0, late = 0;
  };

  Validator(std::string name, Schedule& schedule, Story& story, Watch watch);

  // From the terminal. Lost without power or line.
  void receive(ByteView bytes);
  bool line_up() const { return line_up_; }
  void set_line(bool up);

  // The customer's hands. Nothing: the slot does not take it.
  bool insert(std::uint32_t yuan);
  std::optional<std::uint32_t> take_from_mouth();
  bool note_in_mouth() const { return path_.mouth().has_value(); }
  bool note_moving() const { return path_.note().has_value(); }
  // Lit: notes are taken now.
  bool inviting() const { return path_.powered() && slave_.enabled() && !path_.note() && !path_.mouth(); }

  void set_power(bool on);
  bool powered() const { return path_.powered(); }
  // True if it could happen now.
  bool jam(cabinet::Jam how);
  bool fish();
  void set_full(bool full);
  void collect();
  void heal();  // an attendant puts everything right
  Damage damage;

 private:
  void on_frame(const cabinet::SspFrame& frame);
  void send(const cabinet::SspFrame& reply);
  void reply_left() { slave_.reply_left(); }
  void pass_time();
  void look_at_box(bool by_command);
  static cabinet::ValidatorConfig make_config();

  const std::string name_;
  Schedule& schedule_;
  Story& story_;
  const Watch watch_;
  const cabinet::ValidatorConfig config_ = make_config();
  RamDisk disk_;
  cabinet::NotePath path_;
  cabinet::SspSlave slave_;
  cabinet::SspReceiver receiver_;
  std::size_t boxed_ = 0;
  bool line_up_ = true;
  std::uint64_t power_cuts_ = 0;
  Life life_ = new_life();
  Alarm alarm_;
};

}  // namespace pilotlight::simulation
