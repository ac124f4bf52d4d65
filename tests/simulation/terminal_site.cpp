#include "tests/simulation/terminal_site.h"

#include <sqlite3.h>

#include "kiosk/base/check.h"
#include "kiosk/runtime/acceptor_loop.h"
#include "kiosk/runtime/device_facts.h"
#include "kiosk/runtime/event_log.h"
#include "kiosk/uplink/uplink.h"
#include "ledger/wire/receipt_code.h"

namespace pilotlight::simulation {
namespace {

constexpr std::int64_t wire_ms = 4;
constexpr std::int64_t printer_retry_ms = 1000;
constexpr std::int64_t build_floor_ms = 1'767'225'600'000;  // 2026-01-01, as in the program

constexpr std::array<std::string_view, std::variant_size_v<core::Effect>> effect_names{
    "EnableAcceptor", "DisableAcceptor", "StackNote",   "ReturnNote",   "ReadCard", "AskChallenge", "WriteCard",
    "ReleaseCard",    "PrintDocument",   "AskIdentify", "AskAuthorise", "AskSeal",  "AskAbandon",   "AskVoid"};

core::Settings settings_of(const std::string& terminal) {
  core::Settings settings;
  settings.terminal = terminal;
  settings.hotline = "95158";
  settings.emergency = "119";
  for (const int value : {1, 5, 10, 20, 50, 100}) settings.denominations.push_back(yuan(value));
  for (const int value : {50, 100, 150, 200}) settings.quick_amounts.push_back(yuan(value));
  return settings;
}

ReceiptTemplates templates;

devices::escpos::TextRaster& text_raster() {
  thread_local devices::escpos::TextRaster raster = [] {
    auto opened = devices::escpos::TextRaster::open();
    CHECK(opened.has_value());
    return std::move(*opened);
  }();
  return raster;
}

}  // namespace

Result<void, Message> load_receipts(const std::filesystem::path& assets) {
  auto loaded = ReceiptTemplates::load(assets, {"zh", "en"});
  if (!loaded) return fail(loaded.error());
  templates = std::move(*loaded);
  return {};
}

Moment TerminalSite::Wall::now() {
  const std::int64_t t = schedule->now();
  return {t + 1000, std::max(floor_ms, epoch_ms + t + t * drift_ppm / 1'000'000 + offset_ms)};
}

TerminalSite::TerminalSite(std::string name, Schedule& schedule, Story& story, Chance chance, std::int64_t epoch_ms,
                           Network network, Watch watch)
    : validator(name + "v", schedule, story,
                {watch.boxed,
                 [this](bool up) {
                   if (!running()) return;
                   up ? acceptor_->line_opened(clock_.now()) : acceptor_->line_closed(clock_.now());
                   turn_acceptor();
                 },
                 [this](ByteView bytes) {
                   if (!running()) return;
                   acceptor_->receive(bytes, clock_.now());
                   turn_acceptor();
                 }}),
      slot(name + "c", schedule, story, chance.fork("slot"), {watch.card_changed}),
      printer(name + "p", schedule, story,
              {watch.piece,
               [this](ByteView bytes) {
                 if (!running()) return;
                 print_machine_->received(bytes, schedule_.now());
                 turn_printer();
               },
               [this] {
                 if (!running()) return;
                 printer_connected_ = false;
                 print_machine_->disconnected();
                 turn_printer();
               }}),
      name_(std::move(name)),
      schedule_(schedule),
      story_(story),
      chance_(chance),
      network_(std::move(network)),
      watch_(std::move(watch)),
      disk_(name_) {
  clock_.schedule = &schedule;
  clock_.epoch_ms = epoch_ms;
  clock_.drift_ppm = chance_.between(-50, 50);
  disk_.before([this](const Operation& operation) {
    if (!crash_at_ || operation.number < *crash_at_) return;
    crash_at_.reset();
    crashed_ = true;
    disk_.crash(chance_, Crash::Random);
  });
}

TerminalSite::~TerminalSite() { cut_power(Crash::KeepAll); }

Id TerminalSite::fresh_id(std::int64_t wall_ms) {
  std::array<std::uint8_t, 10> random{};
  for (std::uint8_t& byte : random) byte = static_cast<std::uint8_t>(chance_.next());
  return make_id(wall_ms, random);
}

bool TerminalSite::open_books() {
  auto journal = Journal::open(disk_.path("journal.db"), name_);
  if (!journal || crashed_) return false;
  auto money = journal->replay();
  if (!money) return false;
  auto readable = Journal::open_readonly(disk_.path("journal.db"));
  auto log = DeliveryLog::open(disk_.path("delivery.db"));
  if (!readable || !log || crashed_) return false;
  clock_.floor_ms = std::max(build_floor_ms, journal->last_wall_ms());
  terminal_ = std::make_unique<Terminal>(
      core::initial_state(settings_of(name_), std::move(*money)), clock_,
      [this](std::int64_t wall_ms) { return fresh_id(wall_ms); }, *this, *this);
  terminal_->watch([this](const core::Event& event) {
    story_.tell(name_, event.fact.index(), [&] { return event_line(event); });
    watch_.event(event);
  });
  journal_ = std::make_unique<Journal>(std::move(*journal));
  delivery_.emplace(std::move(*readable), std::move(*log), "simulated");
  return true;
}

void TerminalSite::power_on() {
  if (running()) return;
  if (!open_books()) {  // power was cut again while it started
    crashed_ = true;
    return cut_power(Crash::KeepAll);
  }
  CHECK(sqlite3_open_v2(disk_.path("journal.db").c_str(), &eye_, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  watch_.journal_opened(eye_);
  life_ = new_life();
  acceptor_ = std::make_unique<devices::SspAcceptor>([this] {
    devices::SspOptions options;
    options.denominations = terminal_->state().settings.denominations;
    return options;
  }());
  print_machine_ = std::make_unique<devices::escpos::PrintMachine>();
  acceptor_alarm_ = std::make_unique<Alarm>(schedule_, life_, [this] {
    acceptor_->wake(clock_.now());
    turn_acceptor();
  });
  printer_alarm_ = std::make_unique<Alarm>(schedule_, life_, [this] { turn_printer(); });
  core_alarm_ = std::make_unique<Alarm>(schedule_, life_, [this] {
    terminal_->look_at_clock();
    settle();
  });
  delivery_alarm_ = std::make_unique<Alarm>(schedule_, life_, [this] { turn_delivery(); });
  pace_ = std::make_unique<DeliveryPace>([this] { return static_cast<std::uint32_t>(chance_.next()); });
  batches_.clear();
  questions_.clear();
  writing_ = journal_failed_ = asking_ = grew_ = wants_growth_ = printer_connected_ = false;
  printer_retry_ms_ = 0;
  take(core::Started{"simulated"});
  if (!running()) return;
  if (validator.line_up()) acceptor_->line_opened(clock_.now());
  turn_acceptor();
  turn_printer();
  slot.terminal_on([this](const devices::ReaderEvent& event) { take(fact_of(event)); });
  delivery_alarm_->set(schedule_.now() + 50);
}

void TerminalSite::cut_power(Crash how) {
  if (!running() && !crashed_) return;
  story_.tell(name_, static_cast<std::uint64_t>(how), [] { return std::string("loses power"); });
  life_.reset();
  slot.terminal_off();
  printer.disconnect();
  if (eye_ != nullptr) {
    watch_.journal_closing(eye_);
    sqlite3_close(eye_);
    eye_ = nullptr;
  }
  const bool died = std::exchange(crashed_, false);
  if (!died) disk_.crash(chance_, how);
  terminal_.reset();
  delivery_.reset();
  journal_.reset();
  crash_at_.reset();
  if (died) watch_.died();
}

void TerminalSite::cut_power_in_write(std::uint64_t operations) {
  if (running()) crash_at_ = disk_.counters().operations + 1 + operations;
}

void TerminalSite::touch(core::Intent intent) {
  if (running()) take(core::Touched{intent});
}

void TerminalSite::take(core::Fact fact) {
  if (!running()) return;
  terminal_->take(std::move(fact));
  settle();
}

void TerminalSite::settle() {
  if (!running()) return;
  if (const auto due = terminal_->deadline_ms()) core_alarm_->set(*due - 1000);
  watch_.stepped();
}

void TerminalSite::turn_acceptor() {
  if (!running()) return;
  if (const auto due = acceptor_->deadline(); due && *due <= clock_.now().steady_ms) acceptor_->wake(clock_.now());
  const Bytes output = acceptor_->take_output();
  if (!output.empty())
    schedule_.in(wire_ms, [this, output] { validator.receive(output); });  // on the wire already: outlives a power cut
  for (const devices::AcceptorEvent& event : acceptor_->take_events()) {
    take(fact_of(event));
    if (!running()) return;
  }
  if (const auto due = acceptor_->deadline()) acceptor_alarm_->set(*due - 1000);
}

void TerminalSite::connect_printer() {
  printer_retry_ms_ = schedule_.now() + printer_retry_ms;
  printer_connected_ = printer.connect();
  printer_connected_ ? print_machine_->connected(schedule_.now()) : print_machine_->not_connected();
}

void TerminalSite::turn_printer() {
  if (!running()) return;
  if (printer_connected_ && print_machine_->must_reconnect()) {
    printer.disconnect();
    printer_connected_ = false;
    print_machine_->disconnected();
  }
  if (!printer_connected_ && schedule_.now() >= printer_retry_ms_) connect_printer();
  print_machine_->tick(schedule_.now());
  while (printer_connected_ && !print_machine_->output().empty()) {
    const Bytes bytes(print_machine_->output().begin(), print_machine_->output().end());
    print_machine_->taken(bytes.size(), schedule_.now());
    printer.receive(bytes);
  }
  for (const devices::PrinterEvent& event : print_machine_->take_events()) {
    take(fact_of(event));
    if (!running()) return;
  }
  std::int64_t next = print_machine_->wake_at();
  if (!printer_connected_) next = std::min(next, printer_retry_ms_);
  if (print_machine_->must_reconnect()) next = schedule_.now() + 1;
  printer_alarm_->set(std::max(next, schedule_.now() + 1));
}

void TerminalSite::print(const wire::Document& document) {
  ReceiptContext context{name_, "95158", terminal_->state().talk.language == core::Language::Chinese ? "zh" : "en", "",
                         false};
  context.qr_payload =
      wire::receipt_url("https://gas.example", wire::receipt_payload(name_, document), Bytes(70, 0x30));
  auto page = devices::escpos::encode(lay_out(document, context, templates), {}, text_raster());
  CHECK(page.has_value());
  print_machine_->start(document.number, std::move(*page), schedule_.now());
  schedule_.in(0, life_, [this] { turn_printer(); });
}

void TerminalSite::perform(const core::Effect& effect) {
  story_.tell(name_, 100 + effect.index(), [&] { return "-> " + std::string(effect_names[effect.index()]); });
  if (std::holds_alternative<core::ReadCard>(effect)) return slot.read();
  if (std::holds_alternative<core::AskChallenge>(effect)) return slot.challenge();
  if (std::holds_alternative<core::ReleaseCard>(effect)) return slot.release();
  if (const auto* write = std::get_if<core::WriteCard>(&effect))
    return slot.write(write->command, write->card_number, write->purchase_number);
  if (const auto* document = std::get_if<core::PrintDocument>(&effect)) return print(document->document);
  const bool enable = std::holds_alternative<core::EnableAcceptor>(effect);
  if (enable) watch_.acceptor_enabled(terminal_->state().devices.uplink_up, terminal_->state().devices.printer_ready);
  if (enable || std::holds_alternative<core::DisableAcceptor>(effect) ||
      std::holds_alternative<core::StackNote>(effect) || std::holds_alternative<core::ReturnNote>(effect)) {
    obey(*acceptor_, effect);
    schedule_.in(0, life_, [this] {
      acceptor_->wake(clock_.now());
      turn_acceptor();
    });
    return;
  }
  ask(effect);
}

}  // namespace pilotlight::simulation
