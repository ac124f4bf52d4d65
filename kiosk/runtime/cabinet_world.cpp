#include "kiosk/runtime/cabinet_world.h"

#include "devices/gas_card/cpu_card.h"
#include "devices/note_acceptor/ssp/acceptor.h"
#include "kiosk/runtime/device_facts.h"
#include "ledger/wire/receipt_code.h"

namespace pilotlight {
CabinetWorld::CabinetWorld(const KioskConfig& config, const Identity& identity, ReceiptTemplates templates)
    : terminal_(identity.terminal),
      state_dir_(config.state_dir),
      public_url_(config.public_url),
      hotline_(config.settings.hotline),
      templates_(std::move(templates)) {}

Result<std::unique_ptr<CabinetWorld>, Message> CabinetWorld::open(const KioskConfig& config, const Identity& identity,
                                                                  Clock& clock, Report report) {
  auto templates = ReceiptTemplates::load(config.assets_dir, {"zh", "en"});
  if (!templates) return fail(templates.error());
  std::unique_ptr<CabinetWorld> world(new CabinetWorld(config, identity, std::move(*templates)));
  std::string error;
  world->printer_ = devices::open_receipt_printer(
      config.printer, [report](const devices::PrinterEvent& e) { report(fact_of(e)); }, error);
  if (world->printer_ == nullptr) return fail(Message{"printer.address: " + error});
  world->reader_ = devices::open_pcsc_reader(config.reader_name, devices::make_cpu_card(),
                                             [report](const devices::ReaderEvent& e) { report(fact_of(e)); });
  devices::SspOptions ssp;
  ssp.currency = config.acceptor_currency;
  ssp.denominations = config.settings.denominations;
  world->acceptor_ =
      std::make_unique<AcceptorLoop>(config.acceptor_port, std::make_unique<devices::SspAcceptor>(ssp), clock, report);
  const IdentityFiles files = identity_files(config.state_dir);
  UplinkOptions uplink;
  uplink.https = HttpsOptions{config.ledger_url, config.ledger_ca_file, files.certificate, files.key};
  uplink.state_dir = config.state_dir;
  uplink.version = PILOTLIGHT_VERSION;
  uplink.question_timeout_ms = std::min<std::int64_t>(8000, config.settings.ledger_answer_ms);
  world->uplink_ = open_uplink(std::move(uplink), report);
  return world;
}

void CabinetWorld::print(const wire::Document& document) {
  const std::string payload = wire::receipt_payload(terminal_, document);
  ReceiptContext context{terminal_, hotline_, language_ == core::Language::Chinese ? "zh" : "en", "", false};
  if (const auto signature = sign(state_dir_, as_bytes(payload)))
    context.qr_payload = wire::receipt_url(public_url_, payload, *signature);
  printer_->print(document.number, lay_out(document, context, templates_));
}

void CabinetWorld::perform(const core::Effect& effect) {
  if (std::holds_alternative<core::ReadCard>(effect)) return reader_->read();
  if (std::holds_alternative<core::AskChallenge>(effect)) return reader_->challenge();
  if (std::holds_alternative<core::ReleaseCard>(effect)) return reader_->release();
  if (const auto* write = std::get_if<core::WriteCard>(&effect))
    return reader_->write(write->command, write->card_number, write->purchase_number);
  if (const auto* print_it = std::get_if<core::PrintDocument>(&effect)) return print(print_it->document);
  if (std::holds_alternative<core::EnableAcceptor>(effect) || std::holds_alternative<core::DisableAcceptor>(effect) ||
      std::holds_alternative<core::StackNote>(effect) || std::holds_alternative<core::ReturnNote>(effect))
    return acceptor_->perform(effect);
  uplink_->ask(effect);
}

}  // namespace pilotlight
