#include <openssl/sha.h>

#include "kiosk/base/check.h"
#include "ledger/server/demo_data.h"
#include "ledger/server/enrolment_code.h"
#include "ledger/server/ledger_folder.h"
#include "ledger/wire/json.h"
#include "tests/ledger/server/served_ledger.h"

namespace pilotlight::server {

Moment MovedClock::now() {
  SystemClock real;
  const Moment moment = real.now();
  return {moment.steady_ms + ahead_ms_, moment.wall_ms + ahead_ms_};
}

ServedLedger::ServedLedger() {
  CHECK(make_ledger_folder(folder.path(), false, {}));
  authority.emplace(std::move(*Authority::open(folder.path())));
  card_keys = std::move(*keys::open_sealed(sealed_keys_in(folder.path())));
  ledger = std::move(*ledger::Ledger::open(folder.path().string(), {&clock, card_keys.get(), {}}));
  const DemoTown town = make_demo_town(20, 2026);
  CHECK(ledger->import_tariffs(town.tariffs_csv));
  CHECK(ledger->import_accounts(town.accounts_csv));
  CHECK(ledger->import_cards(town.cards_csv));
  api = std::make_unique<TerminalApi>(*ledger, *authority, clock);
  page = std::make_unique<ReceiptPage>(*ledger);
  HttpServer::Options options;
  options.server_file = authority->server_file();
  options.answer = [this](const HttpRequest& request) { return page->answer(request); };
  strangers = std::move(*HttpServer::start(options));
  options.ca_file = authority->ca_file();
  options.answer = [this](const HttpRequest& request) { return api->answer(request); };
  terminals = std::move(*HttpServer::start(options));
}

ServedLedger::~ServedLedger() {
  terminals->stop(std::chrono::seconds(5));
  strangers->stop(std::chrono::seconds(5));
}

std::string ServedLedger::code_for(const std::string& terminal) {
  if (!ledger->terminal(terminal)) CHECK(ledger->add_terminal(terminal, "test bench"));
  const std::string code = make_enrolment_code();
  CHECK(ledger->add_code(terminal, enrolment_code_hash(code), clock.now().wall_ms + enrolment_code_life_ms));
  return code;
}

HttpAnswer ServedLedger::enrol(const TestIdentity& identity, const std::string& code) {
  return TlsClient(client()).post("/v1/enrol", wire::to_json(wire::EnrolRequest{code, identity.csr_pem}));
}

TestIdentity ServedLedger::enrolled(const std::string& terminal) {
  TestIdentity identity = TestIdentity::make();
  const auto certificate = wire::from_json<wire::Certificate>(enrol(identity, code_for(terminal)).body);
  CHECK(certificate);
  identity.certificate_pem = certificate->certificate_pem;
  return identity;
}

TlsClient::Options ServedLedger::client(std::optional<TestIdentity> who) const {
  return {terminals->port(), authority->ca_file(), std::move(who), TLS1_3_VERSION, nullptr};
}

TlsClient::Options ServedLedger::stranger() const {
  return {strangers->port(), authority->ca_file(), std::nullopt, TLS1_3_VERSION, nullptr};
}

wire::Fact TestJournal::add(const wire::Record& record, std::int64_t wall_ms) {
  wire::Fact fact{++seq_, wall_ms, std::string(wire::kind_of(record)), wire::record_body(record), {}};
  Bytes text = hash_;
  const auto put = [&text](std::uint64_t number) {
    for (int shift = 56; shift >= 0; shift -= 8) text.push_back(static_cast<std::uint8_t>(number >> shift));
  };
  put(fact.seq);
  put(static_cast<std::uint64_t>(fact.wall_ms));
  text.insert(text.end(), fact.kind.begin(), fact.kind.end());
  text.push_back(0);
  text.insert(text.end(), fact.body.begin(), fact.body.end());
  hash_.resize(SHA256_DIGEST_LENGTH);
  SHA256(text.data(), text.size(), hash_.data());
  fact.hash = hash_;
  return fact;
}

}  // namespace pilotlight::server
