// A journal row from a damaged or hostile file: parsed or refused, and what was parsed says the same again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "ledger/wire/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pilotlight;
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto record = wire::record_from(wire::record_kinds[data[0] % wire::record_kinds.size()], body);
  if (!record) return 0;
  const auto again = wire::record_from(wire::kind_of(*record), wire::record_body(*record));
  if (!again || !(*again == *record)) std::abort();
  return 0;
}
