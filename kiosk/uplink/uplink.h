// The way to the central ledger: one worker asks questions for the core, another delivers the journal. Answers come as
// core facts through `report`, on the workers' threads.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "kiosk/core/effect.h"
#include "kiosk/core/event.h"
#include "kiosk/uplink/https_client.h"

namespace pilotlight {

struct UplinkOptions {
  HttpsOptions https;
  std::string state_dir;  // journal.db, delivery.db, certificate
  std::string version;
  std::int64_t question_timeout_ms = 8000;
};

class Uplink {
 public:
  using Report = std::function<void(core::Fact)>;
  virtual ~Uplink() = default;  // stops the workers; a question under way is given up
  // One of the Ask... effects; ends in exactly one ...Answered fact. Thread-safe, returns at once.
  virtual void ask(core::Effect question) = 0;
  // The journal has grown: deliver. Thread-safe, returns at once.
  virtual void journal_grew() = 0;
};

std::unique_ptr<Uplink> open_uplink(UplinkOptions options, Uplink::Report report);

// Asks one question over the line and turns what comes back into the core's fact. Blocking.
core::Fact ask_ledger(LedgerLine& line, const core::Effect& question, std::int64_t timeout_ms);

}  // namespace pilotlight
