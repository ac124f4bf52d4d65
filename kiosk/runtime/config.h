// The terminal's configuration: one TOML file, checked whole at start. Every mistake names file, line and key; keys
// that are not known are mistakes too, so that a misspelt limit cannot silently be the default.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "devices/receipt_printer/receipt_printer.h"
#include "kiosk/base/result.h"
#include "kiosk/core/state.h"

namespace pilotlight {

struct KioskConfig {
  bool demo = false;  // allows the UI trace and the event log
  std::string state_dir;
  std::string assets_dir;
  core::Settings settings;  // without the terminal's id, which enrolment gives

  std::string ledger_url;
  std::string ledger_ca_file;
  std::string public_url;

  std::string acceptor_port;
  std::string acceptor_currency;

  std::string reader_name;
  devices::PrinterOptions printer;
};

// `name` stands in the messages; `text` is the file's content.
Result<KioskConfig, Message> parse_config(std::string_view text, const std::string& name);
Result<KioskConfig, Message> load_config(const std::string& path);

}  // namespace pilotlight
