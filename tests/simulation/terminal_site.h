// One terminal in its cabinet: the real core, journal, drivers and uplink on a simulated computer with a disk that can
// lose power, behind them virtual hardware at the byte level. What is real here is real in the program
// (kiosk/runtime/shell.cpp, cabinet_world.cpp); what differs is who takes the turns.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "devices/note_acceptor/ssp/acceptor.h"
#include "devices/receipt_printer/print_machine.h"
#include "kiosk/journal/journal.h"
#include "kiosk/runtime/receipt_layout.h"
#include "kiosk/runtime/terminal.h"
#include "kiosk/uplink/delivery_pace.h"
#include "tests/simulation/card_slot.h"
#include "tests/simulation/disk/memory_disk.h"
#include "tests/simulation/printer.h"
#include "tests/simulation/validator.h"

struct sqlite3;

namespace pilotlight::simulation {

// The way from this terminal to the ledger, with all that can happen on it.
struct Network {
  struct Delivery {
    Result<std::string, LineError> answer = fail(LineError{});
    std::int64_t there_ms = 0;  // until the ledger has it
    std::int64_t back_ms = 0;   // until the terminal has the answer, or has given up
  };
  // How long the next message takes to the ledger.
  std::function<std::int64_t()> delay;
  // Carries one request out at this moment.
  std::function<Delivery(const std::string& path, const std::string& body)> post;
};

class TerminalSite final : public World, public RecordSink {
 public:
  struct Watch {
    std::function<void(const cabinet::Note&, bool by_command)> boxed;
    std::function<void(const Household&)> card_changed;
    std::function<void(const PaperPiece&)> piece;
    std::function<void(bool uplink, bool paper)> acceptor_enabled;
    std::function<void(sqlite3*)> journal_opened;  // again, after a power cut
    std::function<void(sqlite3*)> journal_closing;
    std::function<void(sqlite3*)> committed;
    std::function<void(const core::Event&)> event;      // before the core steps
    std::function<void(const wire::Record&)> recorded;  // by the core; not durable yet
    std::function<void()> stepped;
    std::function<void()> died;  // the power went inside a write
  };

  TerminalSite(std::string name, Schedule& schedule, Story& story, Chance chance, std::int64_t epoch_ms,
               Network network, Watch watch);
  ~TerminalSite() override;

  const std::string& name() const { return name_; }
  void power_on();
  void cut_power(Crash how);
  void cut_power_in_write(std::uint64_t operations);  // that many disk operations from now
  void lie_about_syncs() { disk_.lying_syncs(true); }
  void keep_power() { crash_at_.reset(); }
  void set_disk_full(bool full) { disk_.full(full); }
  void move_clock(std::int64_t by_ms) { clock_.offset_ms += by_ms; }
  bool running() const { return terminal_ != nullptr; }
  // What is on the screen, once it is on the disk. Only while running.
  const core::State& screen() const { return terminal_->state(); }
  bool may_show() const { return terminal_->may_show(); }
  void touch(core::Intent intent);

  Validator validator;
  CardSlot slot;
  Printer printer;
  bool all_delivered() const { return running() && delivery_ && delivery_->confirmed() >= journal_->last_seq(); }

  // The core's seams.
  void perform(const core::Effect& effect) override;
  void append(std::uint64_t batch, std::vector<wire::Record> records, std::int64_t wall_ms) override;

 private:
  struct Wall final : Clock {
    Moment now() override;
    const Schedule* schedule = nullptr;
    std::int64_t epoch_ms = 0, drift_ppm = 0, offset_ms = 0, floor_ms = 0;
  };
  class Line;

  void take(core::Fact fact);
  void settle();  // after whatever moved the core: its clock
  void turn_acceptor();
  void turn_printer();
  void connect_printer();
  void print(const wire::Document& document);
  void ask(core::Effect question);
  void ask_next();
  void turn_delivery();
  void write_next();
  bool open_books();
  Id fresh_id(std::int64_t wall_ms);

  const std::string name_;
  Schedule& schedule_;
  Story& story_;
  Chance chance_;
  const Network network_;
  const Watch watch_;
  Wall clock_;
  MemoryDisk disk_;
  std::optional<std::uint64_t> crash_at_;
  bool crashed_ = false;

  // All below is gone with the power.
  Life life_;
  std::unique_ptr<Journal> journal_;
  sqlite3* eye_ = nullptr;
  std::unique_ptr<Terminal> terminal_;
  std::unique_ptr<devices::SspAcceptor> acceptor_;
  std::unique_ptr<Alarm> acceptor_alarm_, printer_alarm_, core_alarm_, delivery_alarm_;
  std::unique_ptr<devices::escpos::PrintMachine> print_machine_;
  bool printer_connected_ = false;
  std::int64_t printer_retry_ms_ = 0;
  struct Batch {
    std::uint64_t number;
    std::vector<wire::Record> records;
    std::int64_t wall_ms;
  };
  std::deque<Batch> batches_;
  bool writing_ = false, journal_failed_ = false;
  std::deque<core::Effect> questions_;
  bool asking_ = false;
  std::optional<Delivery> delivery_;
  std::unique_ptr<DeliveryPace> pace_;
  bool grew_ = false, wants_growth_ = false;
};

// The receipts' words, once per process and before the first terminal. The words say what is missing.
Result<void, Message> load_receipts(const std::filesystem::path& assets);

}  // namespace pilotlight::simulation
