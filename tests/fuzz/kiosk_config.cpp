// Any text as a configuration: taken whole, or refused with a message that names the file.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "kiosk/runtime/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = pilotlight::parse_config({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!config && !config.error().text.starts_with("fuzz.toml:")) std::abort();
  return 0;
}
