#include "ledger/rules/mask.h"

namespace pilotlight::rules {

std::string mask_name(std::string_view name) {
  if (name.empty()) return {};
  std::size_t end = 1;
  while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) ++end;
  return std::string(name.substr(0, end)) + "*";
}

std::string mask_address(std::string_view address) {
  std::string masked(address);
  for (char& c : masked) {
    const bool digit = c >= '0' && c <= '9';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (digit || letter) c = '*';
  }
  return masked;
}

}  // namespace pilotlight::rules
