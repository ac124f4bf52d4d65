#include "devices/virtual/config.h"

#include <arpa/inet.h>

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

namespace pilotlight::cabinet {
namespace {

struct Wrong {
  std::string text;
};

// One table of the file: hands out its keys once, then complains about those nobody asked for.
class Section {
 public:
  Section(const toml::table& table, std::string name, const std::string& file)
      : table_(table), name_(std::move(name)), file_(file) {}

  [[noreturn]] void wrong(std::string_view key, std::string_view what) const {
    const toml::node* node = table_.get(key);
    const toml::source_region& place = node ? node->source() : table_.source();
    std::ostringstream text;
    text << file_ << ":" << place.begin.line << ": " << (name_.empty() ? "" : "[" + name_ + "] ") << key << " " << what;
    throw Wrong{text.str()};
  }

  bool has(std::string_view key) {
    asked_.insert(std::string(key));
    return table_.contains(key);
  }

  std::string text(std::string_view key) {
    if (!has(key)) wrong(key, "is missing");
    const auto value = table_.get(key)->value_exact<std::string>();
    if (!value) wrong(key, "must be a string");
    return *value;
  }
  std::string text(std::string_view key, std::string otherwise) { return has(key) ? text(key) : otherwise; }

  std::int64_t number(std::string_view key, std::int64_t min, std::int64_t max) {
    if (!has(key)) wrong(key, "is missing");
    const auto value = table_.get(key)->value_exact<std::int64_t>();
    if (!value || *value < min || *value > max) wrong(key, range(min, max));
    return *value;
  }

  template <class T>
  void number_into(T& target, std::string_view key, std::int64_t min, std::int64_t max) {
    if (has(key)) target = static_cast<T>(number(key, min, max));
  }

  void flag_into(bool& target, std::string_view key) {
    if (!has(key)) return;
    const auto value = table_.get(key)->value_exact<bool>();
    if (!value) wrong(key, "must be true or false");
    target = *value;
  }

  const toml::table* table(std::string_view key) {
    if (!has(key)) return nullptr;
    const toml::table* inner = table_.get(key)->as_table();
    if (!inner) wrong(key, "must be a table");
    return inner;
  }

  const toml::array* array(std::string_view key) {
    if (!has(key)) return nullptr;
    const toml::array* inner = table_.get(key)->as_array();
    if (!inner) wrong(key, "must be an array");
    return inner;
  }

  void finish() const {
    for (const auto& [key, node] : table_)
      if (!asked_.contains(key.str())) wrong(key.str(), "is not a known key");
  }

 private:
  static std::string range(std::int64_t min, std::int64_t max) {
    return "must be a number from " + std::to_string(min) + " to " + std::to_string(max);
  }

  const toml::table& table_;
  std::string name_;
  const std::string& file_;
  std::set<std::string, std::less<>> asked_;
};

Endpoint endpoint(Section& section, std::string_view key) {
  const std::string text = section.text(key);
  const std::size_t colon = text.rfind(':');
  Endpoint point;
  in_addr address{};
  if (colon != std::string::npos) {
    point.host = text.substr(0, colon);
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, point.port);
    if (error == std::errc() && stop == end && inet_pton(AF_INET, point.host.c_str(), &address) == 1) return point;
  }
  section.wrong(key, "must be IPV4:PORT, such as \"127.0.0.1:9100\"");
}

Bytes hex(Section& section, std::string_view key) {
  const auto bytes = from_hex(section.text(key, ""));
  if (!bytes) section.wrong(key, "must be hexadecimal");
  return *bytes;
}

ValidatorConfig validator(Section section) {
  ValidatorConfig config;
  config.pty = section.text("pty");
  section.number_into(config.serial, "serial", 0, 0xFFFFFFFF);
  config.currency = section.text("currency", config.currency);
  if (config.currency.size() != 3) section.wrong("currency", "must have three letters");
  section.number_into(config.protocol, "protocol", 6, 8);
  section.number_into(config.box_size, "box_size", 1, 10000);
  section.number_into(config.reading_ms, "reading_ms", 0, 60000);
  section.number_into(config.stacking_ms, "stacking_ms", 0, 60000);
  section.number_into(config.escrow_silence_ms, "escrow_silence_ms", 100, 600000);
  config.channels = {1, 5, 10, 20, 50, 100};
  if (const toml::array* channels = section.array("channels")) {
    config.channels.clear();
    for (const toml::node& node : *channels) {
      const auto value = node.value_exact<std::int64_t>();
      if (!value || *value < 1 || *value > 255) section.wrong("channels", "must be values from 1 to 255");
      config.channels.push_back(static_cast<std::uint32_t>(*value));
    }
    if (config.channels.empty() || config.channels.size() > 16) section.wrong("channels", "must be 1 to 16 values");
  }
  section.finish();
  return config;
}

CardSlotConfig card_slot(Section section, const std::filesystem::path& state_dir) {
  CardSlotConfig config;
  config.vpcd = endpoint(section, "vpcd");
  config.unplug_flag = section.text("unplug_flag", state_dir / "reader-unplugged");
  section.finish();
  return config;
}

PrinterConfig printer(Section section) {
  PrinterConfig config;
  config.listen = endpoint(section, "listen");
  section.number_into(config.width_dots, "width_dots", 384, 576);
  if (config.width_dots != 384 && config.width_dots != 512 && config.width_dots != 576)
    section.wrong("width_dots", "must be 384, 512 or 576");
  config.output_dir = section.text("output_dir");
  section.flag_into(config.chinese_font, "chinese_font");
  section.flag_into(config.qr_command, "qr_command");
  config.font = section.text("font", config.font);
  config.bold_font = section.text("bold_font", config.bold_font);
  section.number_into(config.font_index, "font_index", 0, 63);
  section.number_into(config.speed_mm_per_s, "speed_mm_per_s", 0, 1000);
  section.finish();
  return config;
}

KeysConfig keys(Section section) {
  KeysConfig config{hex(section, "purchase_master"), hex(section, "personalisation_master"),
                    hex(section, "meter_master")};
  section.finish();
  return config;
}

CardKind card_kind(Section& section) {
  const std::string kind = section.text("kind", "user");
  if (kind == "user") return CardKind::User;
  if (kind == "opening") return CardKind::Opening;
  if (kind == "transfer") return CardKind::Transfer;
  if (kind == "tool") return CardKind::Tool;
  if (kind == "blank") return CardKind::Blank;
  section.wrong("kind", "must be user, opening, transfer, tool or blank");
}

constexpr std::int64_t most_litres = 1'000'000'000'000;

CardConfig card(Section section) {
  CardConfig config;
  config.name = section.text("name");
  config.kind = card_kind(section);
  config.card_number = section.text("card_number", "");
  section.number_into(config.purchase_number, "purchase_number", 0, 0xFFFFFFFF);
  section.number_into(config.volume, "volume", 0, most_litres);
  section.number_into(config.total, "total", 0, most_litres);
  config.meter = section.text("meter", "");
  section.finish();
  return config;
}

MeterConfig meter(Section section) {
  MeterConfig config;
  config.name = section.text("name");
  config.number = section.text("number");
  config.card_number = section.text("card_number", "");
  section.number_into(config.purchase_number, "purchase_number", 0, 0xFFFFFFFF);
  section.number_into(config.remaining, "remaining", -most_litres, most_litres);
  section.number_into(config.used, "used", 0, most_litres);
  section.finish();
  return config;
}

// [[card]] and [[meter]]: a list of tables whose names are words and differ.
template <class T, class Read>
std::vector<T> named_list(Section& root, const std::string& key, const std::string& file, Read read) {
  std::vector<T> list;
  const toml::array* array = root.array(key);
  if (!array) return list;
  for (const toml::node& node : *array) {
    if (!node.is_table()) root.wrong(key, "must be written as [[" + key + "]]");
    T item = read(Section(*node.as_table(), key, file));
    const bool word = !item.name.empty() && item.name.find_first_of(" \t/\"") == std::string::npos;
    if (!word) root.wrong(key, "name must be one word without a slash");
    if (std::ranges::find(list, item.name, &T::name) != list.end()) root.wrong(key, "'" + item.name + "' comes twice");
    list.push_back(std::move(item));
  }
  return list;
}

Config read_root(const toml::table& table, const std::string& file) {
  Section root(table, "", file);
  Config config;
  config.state_dir = root.text("state_dir");
  if (const toml::table* part = root.table("validator"))
    config.validator = validator(Section(*part, "validator", file));
  if (const toml::table* part = root.table("card_slot"))
    config.card_slot = card_slot(Section(*part, "card_slot", file), config.state_dir);
  if (const toml::table* part = root.table("printer")) config.printer = printer(Section(*part, "printer", file));
  if (const toml::table* part = root.table("keys")) config.keys = keys(Section(*part, "keys", file));
  config.cards = named_list<CardConfig>(root, "card", file, card);
  config.meters = named_list<MeterConfig>(root, "meter", file, meter);
  root.finish();
  return config;
}

}  // namespace

Result<Config, Message> parse_config(std::string_view text, const std::string& file) {
  try {
    return read_root(toml::parse(text, file), file);
  } catch (const toml::parse_error& error) {
    std::ostringstream what;
    what << file << ":" << error.source().begin.line << ": " << error.description();
    return fail(Message{what.str()});
  } catch (const Wrong& wrong) {
    return fail(Message{wrong.text});
  }
}

Result<Config, Message> load_config(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return fail(Message{file.string() + ": cannot be opened"});
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  return parse_config(text, file.string());
}

}  // namespace pilotlight::cabinet
