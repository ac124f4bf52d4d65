// Cards, meters, and the slot of one terminal: the virtual card's operating system behind the terminal's real driver.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "devices/card_reader/card_reader.h"
#include "devices/gas_card/gas_card.h"
#include "devices/virtual/card_memory.h"
#include "devices/virtual/card_os.h"
#include "devices/virtual/meter_device.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/ram_disk.h"
#include "tests/simulation/story.h"

namespace pilotlight::simulation {

cabinet::KeysConfig company_keys();

// A household's card and meter.
class Household {
 public:
  // purchase_number, and litres not yet loaded, at the beginning.
  Household(const std::string& card_number, std::uint32_t purchase_number, std::int64_t volume);

  const std::string& card_number() const { return card_number_; }
  cabinet::CardMemory& card() { return card_; }
  // What stands on the card; nothing if no copy is valid.
  struct Copy {
    std::uint32_t purchase_number = 0;
    std::int64_t volume = 0;
    std::int64_t total = 0;
  };
  std::optional<Copy> copy() const;
  cabinet::LoadOutcome load();  // the card goes into the meter at home
  const cabinet::MeterState& meter() const { return meter_.state(); }

 private:
  RamDisk disk_;
  std::string card_number_;
  cabinet::CardMemory card_;
  cabinet::MeterDevice meter_;
};

class CardSlot {
 public:
  struct Watch {
    std::function<void(const Household&)> card_changed;  // its memory was written
  };
  // What happens to the card at the next opportunity.
  struct Mishaps {
    std::optional<std::size_t> tear_at;   // byte of the next write that is only half programmed
    std::optional<unsigned> pull_before;  // command to the card from now on
  };

  CardSlot(std::string name, Schedule& schedule, Story& story, Chance chance, Watch watch);
  ~CardSlot();

  // --- the customer ---
  bool insert(Household& household);
  Household* take();  // whatever is in the slot
  Household* inside() const { return inside_; }
  Mishaps mishaps;
  void set_reader(bool plugged);

  // --- the terminal, as devices::CardReader ---
  using Report = std::function<void(devices::ReaderEvent)>;
  void terminal_on(Report report);
  void terminal_off();
  void read() { begin(Command{Command::Read, {}, {}, 0}); }
  void challenge() { begin(Command{Command::Challenge, {}, {}, 0}); }
  void write(Bytes command, std::string card_number, std::uint32_t purchase_number) {
    begin(Command{Command::Write, std::move(command), std::move(card_number), purchase_number});
  }
  void release() { begin(Command{Command::Release, {}, {}, 0}); }

 private:
  struct Command {
    enum Kind { Read, Challenge, Write, Release } kind;
    Bytes bytes;
    std::string card_number;
    std::uint32_t purchase_number;
  };
  class Contacts;
  class Channel;
  friend class Contacts;
  friend class Channel;

  void begin(Command command);
  void work();
  devices::ReaderEvent carry_out(const Command& command);
  void changed();
  void look();
  void look_soon();

  const std::string name_;
  Schedule& schedule_;
  Story& story_;
  Chance chance_;
  const Watch watch_;
  Household* inside_ = nullptr;
  std::unique_ptr<Contacts> contacts_;
  std::unique_ptr<cabinet::CardOs> card_;
  bool plugged_ = true;
  bool lost_during_command_ = false;

  Report report_;
  Life life_;
  std::unique_ptr<devices::GasCard> driver_;
  std::unique_ptr<Channel> channel_;
  std::deque<Command> commands_;
  bool busy_ = false;
  bool seen_plugged_ = false;
  const Household* seen_ = nullptr;
};

}  // namespace pilotlight::simulation
