// Whatever arrives at the ledger's ports, up to the point where it would reach the ledger: HTTP, the JSON of every
// question, certificate requests, enrolment codes, receipt codes.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "ledger/server/authority.h"
#include "ledger/server/enrolment_code.h"
#include "ledger/server/http_server.h"
#include "ledger/server/listen_address.h"
#include "ledger/wire/json.h"
#include "ledger/wire/receipt_code.h"

namespace {

using namespace pilotlight;

// What is understood must be said again in the same words.
template <class T>
void read_question(const std::string& body) {
  const auto question = wire::from_json<T>(body);
  if (!question) return;
  const auto again = wire::from_json<T>(wire::to_json(*question));
  if (!again || wire::to_json(*again) != wire::to_json(*question)) std::abort();
}

void read_body(const std::string& body) {
  read_question<wire::IdentifyRequest>(body);
  read_question<wire::AuthoriseRequest>(body);
  read_question<wire::SealRequest>(body);
  read_question<wire::AbandonRequest>(body);
  read_question<wire::VoidRequest>(body);
  read_question<wire::FactsRequest>(body);
  read_question<wire::HeartbeatRequest>(body);
  if (const auto enrol = wire::from_json<wire::EnrolRequest>(body)) {
    (void)server::csr_public_key(enrol->csr_pem);
    (void)server::enrolment_code_hash(enrol->code);
  }
}

void read_receipt(std::string_view query) {
  const auto receipt = wire::parse_signed_receipt(query);
  if (!receipt) return;
  const auto code = wire::parse_receipt_payload(receipt->payload);
  if (!code) return;
  wire::Document document;
  document.kind = code->kind;
  document.number = code->number;
  document.wall_ms = code->wall_ms;
  document.tendered = code->tendered;
  document.cost = code->cost;
  document.credited = code->credited;
  document.volume = code->volume;
  document.top_up = code->top_up;
  if (wire::receipt_payload(code->terminal, document) != receipt->payload) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto request = server::parse_http_request(text)) {
    read_body(request->body);
    read_receipt(request->query.starts_with("d=") ? std::string_view(request->query).substr(2) : request->query);
  }
  // The inner readers directly too, or the fuzzer would spend its time on HTTP.
  read_body(std::string(text));
  read_receipt(text);
  (void)server::csr_public_key(text);
  (void)server::certificate_public_key(text);
  (void)server::parse_listen_address(text);
  return 0;
}
