// Personal data as screens and receipts may show it (DESIGN "Trust").
#pragma once

#include <string>
#include <string_view>

namespace pilotlight::rules {

// The first character and a star: "王小明" -> "王*". Empty stays empty.
std::string mask_name(std::string_view name);

// Every digit and Latin letter becomes a star: "幸福路12号3单元402" -> "幸福路**号*单元***".
std::string mask_address(std::string_view address);

}  // namespace pilotlight::rules
