// The real world behind the core's effects: acceptor thread, card worker, printer worker, uplink workers. What they
// answer goes into `report`, from their threads.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "devices/card_reader/card_reader.h"
#include "devices/receipt_printer/receipt_printer.h"
#include "kiosk/runtime/acceptor_loop.h"
#include "kiosk/runtime/config.h"
#include "kiosk/runtime/receipt_layout.h"
#include "kiosk/runtime/terminal.h"
#include "kiosk/uplink/identity.h"
#include "kiosk/uplink/uplink.h"

namespace pilotlight {

class CabinetWorld final : public World {
 public:
  using Report = std::function<void(core::Fact)>;

  // Opens every device; a device that is not there yet is not an error, it is reported when it comes. The message says
  // which part of the configuration makes no sense.
  static Result<std::unique_ptr<CabinetWorld>, Message> open(const KioskConfig& config, const Identity& identity,
                                                             Clock& clock, Report report);

  void perform(const core::Effect& effect) override;
  void journal_grew() { uplink_->journal_grew(); }
  // The language in which slips are printed: the customer's.
  void speak(core::Language language) { language_ = language; }

 private:
  CabinetWorld(const KioskConfig& config, const Identity& identity, ReceiptTemplates templates);
  void print(const wire::Document& document);

  const std::string terminal_;
  const std::string state_dir_;
  const std::string public_url_;
  const std::string hotline_;
  const ReceiptTemplates templates_;
  core::Language language_ = core::Language::Chinese;
  std::unique_ptr<AcceptorLoop> acceptor_;
  std::unique_ptr<devices::CardReader> reader_;
  std::unique_ptr<devices::ReceiptPrinter> printer_;
  std::unique_ptr<Uplink> uplink_;
};

}  // namespace pilotlight
