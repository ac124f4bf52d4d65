// The parts of a top-up between confirmation and "card written", each measured alone: the card's commands through
// pcscd, one authorise over HTTPS, and the durable writes. It is a real top-up of a terminal of its own (another card,
// another journal, the same ledger, reader and file system), done straight on the product's channel, card and HTTPS
// client, without a screen, a core or a thread in between - so that whatever the terminal adds shows in the ratio.
//   bench_top_up_path CONFIG   one top-up for each line read from stdin, one JSON line for each (microseconds)
#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <iostream>

#include "devices/card_reader/pcsc_channel.h"
#include "devices/card_reader/status_watch.h"
#include "devices/gas_card/cpu_card.h"
#include "kiosk/base/check.h"
#include "kiosk/journal/journal.h"
#include "kiosk/runtime/config.h"
#include "kiosk/runtime/system.h"
#include "kiosk/uplink/delivery.h"
#include "kiosk/uplink/identity.h"
#include "ledger/wire/json.h"

namespace {

using namespace pilotlight;
using namespace std::chrono_literals;

constexpr std::int64_t answer_ms = 8000;
constexpr Money paid = yuan(50);

std::int64_t microseconds(const std::function<void()>& work) {
  const auto begun = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count();
}

[[noreturn]] void stop(const std::string& why) {
  std::cerr << "bench_top_up_path: " << why << '\n';
  std::exit(1);
}

template <class T, class E>
T must(Result<T, E> result, const std::string& doing) {
  if (!result) stop(doing + " failed");
  return std::move(*result);
}

wire::CardState card_state(const devices::CardContents& card) {
  return wire::CardState{
      card.card_number,
      card.purchase_number,
      card.volume,
      card.total,
      card.sequence,
      {card.write_back.purchase_number, card.write_back.remaining, card.write_back.used, card.write_back.status}};
}

// A file that grows by what a record is long, and is synced each time.
class SyncedFile {
 public:
  explicit SyncedFile(const std::string& path) : file_(::open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600)) {
    CHECK(file_ >= 0);
  }
  std::int64_t append(const std::string& text) const {
    return microseconds([&] {
      CHECK(::write(file_, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
      CHECK(::fdatasync(file_) == 0);
    });
  }

 private:
  const int file_;
};

class Bench {
 public:
  explicit Bench(const KioskConfig& config)
      : identity_(must(load_identity(config.state_dir), "identity")),
        slot_(std::make_shared<devices::SlotView>()),
        watch_(config.reader_name, {}, [slot = slot_](const devices::SlotState& state) { slot->put(state); }),
        channel_(slot_),
        journal_(must(Journal::open(config.state_dir + "/journal.db", identity_.terminal), "journal")),
        file_(config.state_dir + "/synced") {
    const IdentityFiles files = identity_files(config.state_dir);
    line_ = open_https({config.ledger_url, config.ledger_ca_file, files.certificate, files.key});
    record({wire::TerminalStarted{PILOTLIGHT_VERSION}, wire::AcceptorConnected{"bench", 0}});
    delivery_.emplace(must(Journal::open_readonly(config.state_dir + "/journal.db"), "journal"),
                      must(DeliveryLog::open(config.state_dir + "/delivery.db"), "delivery log"), PILOTLIGHT_VERSION);
    CHECK(delivery_->heartbeat(*line_, clock_.now().wall_ms).up);
  }

  void round();

 private:
  void record(const std::vector<wire::Record>& records) {
    must(journal_.append(records, clock_.now().wall_ms), "journal");
  }
  Id fresh() { return random_id(clock_.now().wall_ms); }
  void wait_for_card() {
    for (devices::SlotState seen = slot_->now(); !seen.present;) {
      const devices::SlotState now = slot_->next(seen, 20s);
      if (now == seen) stop("no card came");
      seen = now;
    }
  }
  wire::AuthoriseRequest tender(const wire::CardState& card);
  void close(const wire::AuthoriseRequest& request, const devices::WriteReport& report);

  SystemClock clock_;
  const Identity identity_;
  std::shared_ptr<devices::SlotView> slot_;
  devices::StatusWatch watch_;
  devices::PcscChannel channel_;
  std::unique_ptr<devices::GasCard> gas_card_ = devices::make_cpu_card();
  Journal journal_;
  SyncedFile file_;
  std::unique_ptr<LedgerLine> line_;
  std::optional<Delivery> delivery_;
  std::uint32_t stacked_ = 0;
};

// Identified, and one note of 50 yuan paid: what the customer has done before she confirms.
wire::AuthoriseRequest Bench::tender(const wire::CardState& card) {
  const Id session = fresh();
  const auto answer = line_->post("/v1/identify", wire::to_json(wire::IdentifyRequest{session, card}), answer_ms);
  const auto found = must(wire::from_json<wire::Identification>(must(answer, "identify")), "identification");
  if (!found.quote) stop("the ledger sells nothing: " + std::string(enum_name(found.refusal)));
  const Purchase purchase = buy(paid, found.quote->tiers, found.quote->scale);
  const Id note = fresh();
  record({wire::SessionOpened{session},
          wire::CustomerIdentified{session, found.account, found.masked_name, card, *found.quote},
          wire::NoteStacking{session, note, paid, stacked_}, wire::NoteStacked{session, note, paid}});
  ++stacked_;
  return wire::AuthoriseRequest{.top_up = fresh(),
                                .session = session,
                                .quote = found.quote->id,
                                .account = found.account,
                                .card = card,
                                .notes = {{note, paid}},
                                .amount = paid,
                                .volume = purchase.volume,
                                .cost = purchase.cost,
                                .change = purchase.change,
                                .challenge = {}};
}

void Bench::close(const wire::AuthoriseRequest& request, const devices::WriteReport& report) {
  record({wire::WriteVerified{request.session, request.top_up, card_state(report.card)},
          wire::SessionEnded{request.session, wire::Ending::Delivered, request.account, paid, request.cost,
                             request.change, Money{}, Money{}}});
  Delivery::Outcome outcome = Delivery::Outcome::More;
  while (outcome == Delivery::Outcome::More) outcome = delivery_->deliver(*line_, clock_.now().wall_ms);
  if (outcome != Delivery::Outcome::Done) stop("the ledger does not take the facts");
}

void Bench::round() {
  wait_for_card();
  if (!channel_.reset()) stop("the card does not start");
  auto request = tender(card_state(must(gas_card_->read(channel_), "reading the card")));

  const auto challenge = microseconds([&] { request.challenge = must(gas_card_->challenge(channel_), "challenge"); });

  const wire::Record intended = wire::AuthoriseIntended{request};
  const auto first_sync = file_.append(wire::record_body(intended));
  record({intended});

  const std::string question = wire::to_json(request);
  std::string answer;
  const auto authorise =
      microseconds([&] { answer = must(line_->post("/v1/authorise", question, answer_ms), "authorise"); });
  const auto given = must(wire::from_json<wire::Authorisation>(answer), "authorisation");
  if (given.refusal != wire::Refusal::None) stop("refused: " + std::string(enum_name(given.refusal)));

  const wire::Record authorised = wire::TopUpAuthorised{request.session, request.top_up, given.record};
  const wire::Record writing =
      wire::WriteIntended{request.session, request.top_up, given.seal.attempt, given.record.purchase_number};
  const auto second_sync = file_.append(wire::record_body(authorised) + wire::record_body(writing));
  record({authorised, writing});

  devices::WriteReport report;
  const auto write = microseconds([&] {
    report = gas_card_->write(channel_, given.seal.command, request.card.card_number, given.record.purchase_number);
  });
  if (report.outcome != devices::WriteOutcome::Verified) stop("the card was not written");
  channel_.disconnect();
  close(request, report);
  std::cout << "{\"challenge\":" << challenge << ",\"authorise\":" << authorise
            << ",\"syncs\":" << first_sync + second_sync << ",\"write\":" << write << "}" << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) stop("one argument expected: the configuration");
  const auto config = load_config(argv[1]);
  if (!config) stop(config.error().text);
  Bench bench(*config);
  std::cout << "ready" << std::endl;
  for (std::string line; std::getline(std::cin, line);) bench.round();
  return 0;
}
