// The cabinet's configuration file (CONTROL.md, "Configuration"). Unknown keys are errors that name file and line.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kiosk/base/bytes.h"
#include "kiosk/base/result.h"

namespace pilotlight::cabinet {

struct Endpoint {
  std::string host;        // numeric address
  std::uint16_t port = 0;  // 0 for "listen": any free one
};

struct ValidatorConfig {
  std::filesystem::path pty;  // the symbolic link
  std::uint32_t serial = 1873452;
  std::string currency = "CNY";            // three letters
  std::vector<std::uint32_t> channels;     // 1..16 values in whole units, channel 1 first
  std::uint8_t protocol = 8;               // the highest version it accepts, 6..8
  std::uint32_t box_size = 600;            // notes until the stacker is full
  std::uint32_t reading_ms = 300;          // drawn in until in escrow
  std::uint32_t stacking_ms = 400;         // accepted until in the box; the same for returning
  std::uint32_t escrow_silence_ms = 5000;  // without a command: note returned, disabled
};

struct CardSlotConfig {
  Endpoint vpcd;
  std::filesystem::path unplug_flag;  // there = the reader is unplugged; default state_dir/reader-unplugged
};

struct PrinterConfig {
  Endpoint listen;
  std::uint32_t width_dots = 576;  // 384, 512 or 576
  std::filesystem::path output_dir;
  bool chinese_font = true;  // false: Chinese comes out as boxes
  bool qr_command = true;    // false: GS ( k data is printed as text, as many cheap printers do
  std::filesystem::path font = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
  std::filesystem::path bold_font = "/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc";
  std::uint32_t font_index = 7;        // face in the collection: simplified Chinese with half-width Latin
  std::uint32_t speed_mm_per_s = 200;  // 0: prints at once
};

struct KeysConfig {
  Bytes purchase_master;
  Bytes personalisation_master;
  Bytes meter_master;
};

enum class CardKind { User, Opening, Transfer, Tool, Blank };

struct CardConfig {
  std::string name;
  std::string card_number;  // digits; may be empty for a blank card
  std::uint32_t purchase_number = 0;
  std::int64_t volume = 0;  // litres on the card, not yet loaded
  std::int64_t total = 0;   // litres ever bought
  CardKind kind = CardKind::User;
  std::string meter;  // name of its meter, or empty
};

struct MeterConfig {
  std::string name;
  std::string number;
  std::string card_number;
  std::uint32_t purchase_number = 0;  // last purchase taken
  std::int64_t remaining = 0;         // litres
  std::int64_t used = 0;              // litres
};

// A part that is absent from the file is not played.
struct Config {
  std::filesystem::path state_dir;
  std::optional<ValidatorConfig> validator;
  std::optional<CardSlotConfig> card_slot;
  std::optional<PrinterConfig> printer;
  KeysConfig keys;
  std::vector<CardConfig> cards;
  std::vector<MeterConfig> meters;
};

// `file` only names the source in errors: "cabinet.toml:12: [printer] width_dots must be 384, 512 or 576".
Result<Config, Message> parse_config(std::string_view text, const std::string& file);
Result<Config, Message> load_config(const std::filesystem::path& file);

}  // namespace pilotlight::cabinet
