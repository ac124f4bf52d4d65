#include "devices/receipt_printer/usb_device.h"

#include <gtest/gtest.h>

#include <array>
#include <span>
#include <vector>

namespace pilotlight::devices {
namespace {

libusb_endpoint_descriptor bulk(std::uint8_t address) {
  libusb_endpoint_descriptor endpoint{};
  endpoint.bEndpointAddress = address;
  endpoint.bmAttributes = LIBUSB_TRANSFER_TYPE_BULK;
  return endpoint;
}
const std::array two_bulk = {bulk(0x81), bulk(0x02)};
const std::array one_bulk = {bulk(0x02)};

libusb_interface_descriptor setting(std::uint8_t number, std::uint8_t alternate, std::uint8_t type,
                                    std::uint8_t protocol, std::span<const libusb_endpoint_descriptor> endpoints) {
  libusb_interface_descriptor descriptor{};
  descriptor.bInterfaceNumber = number;
  descriptor.bAlternateSetting = alternate;
  descriptor.bInterfaceClass = type;
  descriptor.bInterfaceSubClass = 1;
  descriptor.bInterfaceProtocol = protocol;
  descriptor.bNumEndpoints = static_cast<std::uint8_t>(endpoints.size());
  descriptor.endpoint = endpoints.data();
  return descriptor;
}

std::optional<UsbPrinterInterface> find(const std::vector<std::vector<libusb_interface_descriptor>>& interfaces) {
  std::vector<libusb_interface> list;
  for (const auto& settings : interfaces) list.push_back({settings.data(), static_cast<int>(settings.size())});
  libusb_config_descriptor configuration{};
  configuration.bNumInterfaces = static_cast<std::uint8_t>(list.size());
  configuration.interface = list.data();
  return find_printer_interface(configuration);
}

TEST(UsbPrinterInterface, ProtocolTwoIsChosenWithTheEndpointsAsDescribed) {
  EXPECT_EQ(find({{setting(0, 0, 7, 1, one_bulk), setting(0, 1, 7, 2, two_bulk)}}),
            (UsbPrinterInterface{0, 1, 0x02, 0x81, true}));
  EXPECT_EQ(find({{setting(0, 0, 0xFF, 0, two_bulk)}, {setting(1, 0, 7, 2, two_bulk)}}),
            (UsbPrinterInterface{1, 0, 0x02, 0x81, true}));
}

TEST(UsbPrinterInterface, AVendorClassWithTwoBulkEndpointsServes) {
  EXPECT_EQ(find({{setting(0, 0, 3, 0, two_bulk)}, {setting(1, 0, 0xFF, 0, two_bulk)}}),
            (UsbPrinterInterface{1, 0, 0x02, 0x81, false}));
}

TEST(UsbPrinterInterface, OneWayAndForeignInterfacesAreNoPrinter) {
  EXPECT_FALSE(find({}));
  EXPECT_FALSE(find({{setting(0, 0, 7, 1, one_bulk)}}));
  EXPECT_FALSE(find({{setting(0, 0, 7, 2, one_bulk)}}));
  EXPECT_FALSE(find({{setting(0, 0, 7, 3, two_bulk)}}));  // 1284.4 packets
  EXPECT_FALSE(find({{setting(0, 0, 8, 2, two_bulk)}}));
}

std::string model(std::string_view prefix_hex, std::string_view text) {
  Bytes answer = from_hex(prefix_hex).value();
  answer.insert(answer.end(), text.begin(), text.end());
  return model_from_device_id(answer);
}

TEST(UsbDeviceId, MakerAndModel) {
  EXPECT_EQ(model("00 1C", "MFG:EPSON;MDL:TM-T88V;CMD:"), "EPSON TM-T88V");
  EXPECT_EQ(model("00 17", "MFG:Fake;CMD:ESC/POS;"), "Fake");
  EXPECT_EQ(model("00 2B", "MANUFACTURER:Custom; MODEL:VKP80 III;x:y;"), "Custom VKP80 III");
}

TEST(UsbDeviceId, BrokenLengthsAreBorneWith) {
  EXPECT_EQ(model("17 00", "MFG:Fake;CMD:ESC/POS;"), "Fake");  // little-endian
  EXPECT_EQ(model("", "MFG:Fake;MDL:X;"), "Fake X");           // none
  EXPECT_EQ(model("02 00", "MFG:Fake;MDL:X;"), "Fake X");      // longer than the answer
  EXPECT_EQ(model("00 00", ""), "");
  EXPECT_EQ(model("", ""), "");
  EXPECT_EQ(model("00", ""), "");
  EXPECT_EQ(model("00 0D", "MFG:\x1B\x07;MDL:"), "??");
}

}  // namespace
}  // namespace pilotlight::devices
