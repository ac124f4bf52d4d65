#include "kiosk/runtime/config.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "kiosk/runtime/toml_reader.h"

namespace pilotlight {
namespace {

std::vector<Money> amounts(TomlReader& toml, const std::string& key) {
  std::vector<Money> list;
  for (const std::int64_t value : toml.wholes(key, 1, 10'000)) list.push_back(yuan(value));
  if (!std::is_sorted(list.begin(), list.end()) || std::adjacent_find(list.begin(), list.end()) != list.end())
    toml.complain(key, "each amount once, smallest first");
  return list;
}

std::int64_t milliseconds(TomlReader& toml, const std::string& key, std::int64_t least, std::int64_t most) {
  return toml.whole(key, least, most) * 1000;
}

void read_languages(TomlReader& toml, KioskConfig& config) {
  const auto languages = toml.texts("languages");
  for (const std::string& language : languages)
    if (language != "zh" && language != "en")
      toml.complain("languages", "\"zh\" and \"en\" are there, not \"" + language + "\"");
  config.settings.two_languages = languages.size() > 1;
  if (!languages.empty() && languages.front() == "en") config.settings.first_language = core::Language::English;
}

void read_limits(TomlReader& toml, core::Settings& settings) {
  settings.session_maximum = yuan(toml.whole("limits.session_maximum_yuan", 1, 50'000));
  settings.quick_amounts = amounts(toml, "limits.quick_amounts_yuan");
  if (settings.quick_amounts.size() > 8) toml.complain("limits.quick_amounts_yuan", "at most 8 fit on the screen");
  settings.box_notes_maximum = static_cast<std::uint32_t>(toml.whole("limits.box_notes_maximum", 1, 100'000));
  settings.attract_ms = milliseconds(toml, "timeouts.attract", 5, 3600);
  settings.page_ms = milliseconds(toml, "timeouts.page", 5, 3600);
  settings.countdown_ms = milliseconds(toml, "timeouts.countdown", 5, 120);
  settings.ledger_answer_ms = milliseconds(toml, "timeouts.ledger_answer", 1, 120);
  settings.uplink_wait_ms = milliseconds(toml, "timeouts.uplink_wait", 1, 600);
  settings.card_return_ms = milliseconds(toml, "timeouts.card_return", 5, 600);
  settings.take_card_ms = milliseconds(toml, "timeouts.take_card", 5, 600);
}

void read_ledger(TomlReader& toml, KioskConfig& config) {
  config.ledger_url = toml.text("ledger.url");
  if (!config.ledger_url.starts_with("https://") || config.ledger_url.ends_with("/"))
    toml.complain("ledger.url", "\"https://HOST:PORT\" expected, without a path");
  config.ledger_ca_file = toml.text("ledger.ca_file");
  config.public_url = toml.text("ledger.public_url");
  if (!config.public_url.starts_with("https://") || config.public_url.ends_with("/"))
    toml.complain("ledger.public_url", "\"https://HOST\" expected, without a slash at the end");
}

void read_printer(TomlReader& toml, devices::PrinterOptions& printer) {
  printer.address = toml.text("printer.address");
  if (!printer.address.starts_with("tcp:") && !printer.address.starts_with("usb:"))
    toml.complain("printer.address", "\"usb:VID:PID\" or \"tcp:HOST:PORT\" expected");
  const std::int64_t width = toml.whole("printer.width_dots", 360, 640, 576);
  printer.width_dots = static_cast<std::uint16_t>(width);
  printer.chinese_font = toml.flag("printer.chinese_font", true);
  printer.qr_command = toml.flag("printer.qr_command", true);
}

}  // namespace

Result<KioskConfig, Message> parse_config(std::string_view text, const std::string& name) {
  TomlReader toml(text, name);
  KioskConfig config;
  const std::string mode = toml.text("mode");
  if (mode != "production" && mode != "demo") toml.complain("mode", "\"production\" or \"demo\" expected");
  config.demo = mode == "demo";
  config.state_dir = toml.text("state_dir");
  config.assets_dir = toml.text("assets_dir");
  read_languages(toml, config);
  config.settings.hotline = toml.text("hotline");
  config.settings.emergency = toml.text("emergency");
  read_ledger(toml, config);
  config.acceptor_port = toml.text("acceptor.port");
  config.acceptor_currency = toml.text("acceptor.currency");
  if (config.acceptor_currency.size() != 3) toml.complain("acceptor.currency", "three letters expected, like \"CNY\"");
  config.settings.denominations = amounts(toml, "acceptor.denominations");
  config.reader_name = toml.text("card_reader.name");
  read_printer(toml, config.printer);
  read_limits(toml, config.settings);
  if (auto mistake = toml.finish(); !mistake.empty()) return fail(Message{std::move(mistake)});
  return config;
}

Result<KioskConfig, Message> load_config(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Message{path + ": cannot be read"});
  std::ostringstream text;
  text << file.rdbuf();
  return parse_config(text.str(), path);
}

}  // namespace pilotlight
