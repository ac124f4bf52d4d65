#include "kiosk/runtime/config.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace pilotlight {
namespace {

std::string packaged() {
  std::ifstream file(SOURCE_DIR "/packaging/kiosk.toml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Place {
  std::string section;  // with a dot at its end, or empty
  std::string key;
  std::size_t line = 0;  // 1, 2, ...
};

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::string join(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// Every key of the packaged file: what is tested with each is thereby all there is.
std::vector<Place> places() {
  std::vector<Place> found;
  std::string section;
  const auto lines = split(packaged());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("[")) section = lines[i].substr(1, lines[i].find(']') - 1) + ".";
    const auto equals = lines[i].find(" = ");
    if (equals != std::string::npos && !lines[i].starts_with("#"))
      found.push_back({section, lines[i].substr(0, equals), i + 1});
  }
  return found;
}

// The message for the packaged file with that one value replaced; empty if it is taken.
std::string with_value(const Place& place, const std::string& value) {
  auto lines = split(packaged());
  lines[place.line - 1] = place.key + " = " + value;
  const auto config = parse_config(join(lines), "k.toml");
  return config ? "" : config.error().text;
}

Place place_of(const std::string& path) {
  for (const Place& place : places())
    if (place.section + place.key == path) return place;
  ADD_FAILURE() << path << " is not in packaging/kiosk.toml";
  return {};
}

std::string expected_start(const Place& place) {
  return "k.toml:" + std::to_string(place.line) + ": " + place.section + place.key + ": ";
}

TEST(KioskConfig, ThePackagedFileIsTaken) {
  const auto config = parse_config(packaged(), "kiosk.toml");
  ASSERT_TRUE(config) << config.error().text;
  EXPECT_FALSE(config->demo);
  EXPECT_EQ(config->settings.denominations.size(), 6U);
  EXPECT_EQ(config->settings.session_maximum, yuan(1000));
  EXPECT_EQ(config->settings.take_card_ms, 30'000);
  EXPECT_TRUE(config->settings.two_languages);
  EXPECT_EQ(config->printer.width_dots, 576);
  EXPECT_EQ(places().size(), 27U);
}

TEST(KioskConfig, WithoutAKeyItIsMissedByName) {
  for (const Place& place : places()) {
    auto lines = split(packaged());
    lines[place.line - 1].clear();
    const auto config = parse_config(join(lines), "k.toml");
    if (place.section == "printer." && place.key != "address") {
      EXPECT_TRUE(config) << place.key << " has a default";
      continue;
    }
    ASSERT_FALSE(config) << place.key;
    EXPECT_EQ(config.error().text, "k.toml:1: " + place.section + place.key + ": is missing");
  }
}

TEST(KioskConfig, AValueOfAnotherTypeIsNamedWithItsLine) {
  for (const Place& place : places()) {
    const std::string message = with_value(place, "1979-05-27");
    EXPECT_TRUE(message.starts_with(expected_start(place))) << message;
    const std::string table = with_value(place, "{ a = 1 }");
    EXPECT_TRUE(table.starts_with(expected_start(place))) << table;
    const std::string list = with_value(place, "[[1]]");
    EXPECT_TRUE(list.starts_with(expected_start(place))) << list;
  }
}

TEST(KioskConfig, ValuesOutOfRangeAreNamedWithTheirLine) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> wrong = {
      {"mode", {"\"test\"", "\"\""}},
      {"languages", {"[\"fr\"]", "[]"}},
      {"ledger.url", {"\"http://ledger\"", "\"https://ledger/\""}},
      {"ledger.public_url", {"\"http://gas\"", "\"https://gas/\""}},
      {"acceptor.currency", {"\"YUAN\"", "\"\""}},
      {"acceptor.denominations", {"[]", "[5, 1]", "[5, 5]", "[0, 1]", "[1, 10001]", "[-1]"}},
      {"printer.address", {"\"lp0\"", "\"\""}},
      {"printer.width_dots", {"359", "641", "-1", "9223372036854775807"}},
      {"limits.session_maximum_yuan", {"0", "50001"}},
      {"limits.quick_amounts_yuan", {"[]", "[1,2,3,4,5,6,7,8,9]", "[100, 50]"}},
      {"limits.box_notes_maximum", {"0", "100001"}},
      {"timeouts.attract", {"4", "3601"}},
      {"timeouts.page", {"4", "3601"}},
      {"timeouts.countdown", {"4", "121"}},
      {"timeouts.ledger_answer", {"0", "121"}},
      {"timeouts.uplink_wait", {"0", "601"}},
      {"timeouts.card_return", {"4", "601"}},
      {"timeouts.take_card", {"4", "601"}},
  };
  for (const auto& [path, values] : wrong) {
    const Place place = place_of(path);
    for (const std::string& value : values) {
      const std::string message = with_value(place, value);
      EXPECT_TRUE(message.starts_with(expected_start(place))) << path << " = " << value << ": " << message;
    }
  }
}

TEST(KioskConfig, AKeyThatNobodyAskedForIsAMistake) {
  auto lines = split(packaged());
  for (const Place& place : places()) {
    auto more = lines;
    more.insert(more.begin() + static_cast<std::ptrdiff_t>(place.line - 1), "sesion_maximum = 5");
    const auto config = parse_config(join(more), "k.toml");
    ASSERT_FALSE(config);
    EXPECT_EQ(config.error().text,
              "k.toml:" + std::to_string(place.line) + ": " + place.section + "sesion_maximum: is not a known key");
  }
  EXPECT_NE(
      parse_config(packaged() + "\n[extras]\nx = 1\n", "k.toml").error().text.find("extras.x: is not a known key"),
      std::string::npos);
}

TEST(KioskConfig, ASectionThatNobodyAskedForIsAMistakeEvenIfEmpty) {
  const auto config = parse_config(packaged() + "\n[acceptor_2]\n", "k.toml");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().text.find("acceptor_2"), std::string::npos) << config.error().text;
}

TEST(KioskConfig, WhatIsNotTomlIsNamedWithItsLine) {
  const auto config = parse_config("mode = \"demo\"\nstate_dir = \"/x\n", "k.toml");
  ASSERT_FALSE(config);
  EXPECT_TRUE(config.error().text.starts_with("k.toml:2: ")) << config.error().text;
  EXPECT_FALSE(parse_config(std::string(300 * 1024, '#'), "k.toml"));
  EXPECT_FALSE(load_config("/nonexistent/kiosk.toml"));
}

}  // namespace
}  // namespace pilotlight
