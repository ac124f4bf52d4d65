// The central ledger's computer: the real ledger and its terminals' interface on a disk that can lose power.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "ledger/server/terminal_api.h"
#include "ledger/store/ledger.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/disk/memory_disk.h"
#include "tests/simulation/story.h"

struct sqlite3;

namespace pilotlight::simulation {

struct TownBooks {  // as staff import them
  std::string tariffs_csv, accounts_csv, cards_csv;
};

class LedgerSite {
 public:
  struct Watch {
    std::function<void(sqlite3*)> committed;
    std::function<void(sqlite3*, bool restored)> reopened;
    std::function<void(sqlite3*)> closing;
    std::function<void()> died;  // the power went inside a write
  };
  LedgerSite(Schedule& schedule, Story& story, Chance chance, std::int64_t epoch_ms, const TownBooks& books,
             Watch watch);
  ~LedgerSite();

  void add_terminal(const std::string& terminal);
  // One request, executed now. Nothing: the ledger is dead, or died of it.
  std::optional<server::HttpReply> answer(const std::string& terminal, const std::string& path,
                                          const std::string& body);

  void cut_power(Crash how);
  void cut_power_in_write(std::uint64_t operations);  // that many disk operations from now
  void keep_power() { crash_at_.reset(); }
  void set_disk_full(bool full) { disk_.full(full); }
  void keep_copy() { copy_ = disk_.durable(); }  // what the standby has got so far
  void restore_copy();
  void expire_certificate(const std::string& terminal);
  void renew_certificates();
  void power_on();
  bool running() const { return ledger_ != nullptr; }
  ledger::Ledger& ledger() { return *ledger_; }
  sqlite3* eye() const { return eye_; }  // an auditor's own connection

 private:
  struct Wall;
  void open(bool restored);
  void shut(Crash how);
  void die();

  Schedule& schedule_;
  Story& story_;
  Chance chance_;
  const Watch watch_;
  std::unique_ptr<Wall> clock_;
  MemoryDisk disk_{"ledger"};
  MemoryDisk::Files copy_;
  std::optional<std::uint64_t> crash_at_;
  bool crashed_ = false;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<server::TerminalApi> api_;
  sqlite3* eye_ = nullptr;
  std::uint64_t commits_ = 0;
  std::map<std::string, server::CertificateFacts> certificates_;
};

}  // namespace pilotlight::simulation
