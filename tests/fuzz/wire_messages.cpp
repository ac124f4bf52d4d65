// Bytes from the network as every message and record. What parses must come back unchanged from its canonical text.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ledger/wire/json.h"

namespace {

using namespace pilotlight::wire;

template <class T>
void try_message(std::string_view text) {
  const auto parsed = from_json<T>(text);
  if (!parsed) return;
  const std::string canonical = to_json(*parsed);
  const auto again = from_json<T>(canonical);
  if (!again || to_json(*again) != canonical) std::abort();
}

void try_record(std::string_view kind, std::string_view body) {
  const auto parsed = record_from(kind, body);
  if (!parsed) return;
  const auto again = record_from(kind, record_body(*parsed));
  if (!again || *again != *parsed) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 16) {
    case 0:
      try_message<IdentifyRequest>(text);
      break;
    case 1:
      try_message<Identification>(text);
      break;
    case 2:
      try_message<AuthoriseRequest>(text);
      break;
    case 3:
      try_message<Authorisation>(text);
      break;
    case 4:
      try_message<SealRequest>(text);
      break;
    case 5:
      try_message<SealAnswer>(text);
      break;
    case 6:
      try_message<AbandonRequest>(text);
      break;
    case 7:
      try_message<Abandonment>(text);
      break;
    case 8:
      try_message<VoidRequest>(text);
      break;
    case 9:
      try_message<FactsRequest>(text);
      break;
    case 10:
      try_message<FactsAnswer>(text);
      break;
    case 11:
      try_message<HeartbeatRequest>(text);
      break;
    case 12:
      try_message<HeartbeatAnswer>(text);
      break;
    case 13:
      try_message<EnrolRequest>(text);
      break;
    case 14:
      try_message<Certificate>(text);
      break;
    default:
      for (const auto kind : record_kinds) try_record(kind, text);
  }
  return 0;
}
