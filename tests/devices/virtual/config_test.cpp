#include "devices/virtual/config.h"

#include <gtest/gtest.h>

namespace pilotlight::cabinet {
namespace {

constexpr const char* whole = R"(state_dir = "/tmp/s"
[validator]
pty = "/tmp/v"
serial = 4294967295
currency = "CNY"
channels = [1, 5, 100]
[card_slot]
vpcd = "127.0.0.1:35963"
[printer]
listen = "127.0.0.1:9100"
width_dots = 384
output_dir = "/tmp/r"
chinese_font = false
qr_command = false
[keys]
purchase_master = "0011 22"
personalisation_master = ""
meter_master = "ff"
[[card]]
name = "wang"
card_number = "6101000000000017"
purchase_number = 3
volume = 0
total = 120000
kind = "user"
meter = "m-wang"
[[card]]
name = "blank"
kind = "blank"
[[meter]]
name = "m-wang"
number = "000000000017"
card_number = "6101000000000017"
purchase_number = 3
remaining = 12000
used = 108000
)";

TEST(CabinetConfig, ReadsEveryKey) {
  const auto config = parse_config(whole, "c.toml");
  ASSERT_TRUE(config.has_value()) << config.error().text;
  EXPECT_EQ(config->validator->serial, 4294967295u);
  EXPECT_EQ(config->validator->channels, (std::vector<std::uint32_t>{1, 5, 100}));
  EXPECT_EQ(config->card_slot->vpcd.port, 35963);
  EXPECT_EQ(config->card_slot->unplug_flag, "/tmp/s/reader-unplugged");
  EXPECT_EQ(config->printer->width_dots, 384u);
  EXPECT_FALSE(config->printer->qr_command);
  EXPECT_EQ(to_hex(config->keys.purchase_master), "001122");
  ASSERT_EQ(config->cards.size(), 2u);
  EXPECT_EQ(config->cards[0].total, 120000);
  EXPECT_EQ(config->cards[1].kind, CardKind::Blank);
  ASSERT_EQ(config->meters.size(), 1u);
  EXPECT_EQ(config->meters[0].used, 108000);
}

struct Fault {
  const char* text;
  const char* error;
};
class CabinetConfigFault : public ::testing::TestWithParam<Fault> {};

TEST_P(CabinetConfigFault, NamesFileLineAndKey) {
  const auto config = parse_config(GetParam().text, "c.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().text, GetParam().error);
}

INSTANTIATE_TEST_SUITE_P(
    Each, CabinetConfigFault,
    ::testing::Values(
        Fault{"", "c.toml:1: state_dir is missing"}, Fault{"state_dir = 1", "c.toml:1: state_dir must be a string"},
        Fault{"state_dir = \"s\"\ncolour = 1", "c.toml:2: colour is not a known key"},
        Fault{"state_dir = \"s\"\n[validator]\npty = \"p\"\nserial = -1",
              "c.toml:4: [validator] serial must be a number from 0 to 4294967295"},
        Fault{"state_dir = \"s\"\n[validator]\npty = \"p\"\nchannels = [1, 300]",
              "c.toml:4: [validator] channels must be values from 1 to 255"},
        Fault{"state_dir = \"s\"\n[printer]\noutput_dir = \"o\"\nlisten = \"localhost:9100\"",
              "c.toml:4: [printer] listen must be IPV4:PORT, such as \"127.0.0.1:9100\""},
        Fault{"state_dir = \"s\"\n[[card]]\nname = \"a b\"", "c.toml:2: card name must be one word without a slash"},
        Fault{"state_dir = \"s\"\n[[card]]\nname = \"a\"\n[[card]]\nname = \"a\"", "c.toml:2: card 'a' comes twice"},
        Fault{"state_dir = \"s\"\n[keys]\npurchase_master = \"0g\"",
              "c.toml:3: [keys] purchase_master must be hexadecimal"}));

TEST(CabinetConfig, SaysWhereTheFileIsNoToml) {
  const auto config = parse_config("state_dir = \"s\"\n[validator\n", "c.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().text.rfind("c.toml:2: ", 0), 0u) << config.error().text;
}

}  // namespace
}  // namespace pilotlight::cabinet
