#include "devices/receipt_printer/usb_device.h"

#include <algorithm>
#include <initializer_list>
#include <span>
#include <string_view>

namespace pilotlight::devices {
namespace {

constexpr std::uint8_t printer_subclass = 1;
constexpr std::uint8_t bidirectional = 2;
constexpr std::size_t model_maximum = 60;

std::optional<UsbPrinterInterface> with_endpoints(const libusb_interface_descriptor& setting) {
  UsbPrinterInterface found;
  found.number = setting.bInterfaceNumber;
  found.alternate = setting.bAlternateSetting;
  found.printer_class = setting.bInterfaceClass == LIBUSB_CLASS_PRINTER;
  for (const auto& endpoint : std::span(setting.endpoint, setting.bNumEndpoints)) {
    if ((endpoint.bmAttributes & LIBUSB_TRANSFER_TYPE_MASK) != LIBUSB_TRANSFER_TYPE_BULK) continue;
    const bool in = (endpoint.bEndpointAddress & LIBUSB_ENDPOINT_DIR_MASK) == LIBUSB_ENDPOINT_IN;
    std::uint8_t& slot = in ? found.in : found.out;
    if (slot == 0) slot = endpoint.bEndpointAddress;
  }
  if (found.in == 0 || found.out == 0) return std::nullopt;
  return found;
}

// The value of the first of these keys in "KEY:value;KEY:value;".
std::string_view value_of(std::string_view id, std::initializer_list<std::string_view> keys) {
  while (!id.empty()) {
    const std::string_view item = id.substr(0, id.find(';'));
    id.remove_prefix(std::min(item.size() + 1, id.size()));
    const std::size_t colon = item.find(':');
    if (colon == item.npos) continue;
    std::string_view key = item.substr(0, colon);
    while (!key.empty() && key.front() == ' ') key.remove_prefix(1);
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) return item.substr(colon + 1);
  }
  return {};
}

std::string_view id_text(ByteView answer) {
  if (answer.size() < 2) return {};
  const std::size_t big = (static_cast<std::size_t>(answer[0]) << 8) | answer[1];
  const std::size_t little = (static_cast<std::size_t>(answer[1]) << 8) | answer[0];
  for (const std::size_t length : {big, little})
    if (length > 2 && length <= answer.size()) return as_text(answer.subspan(2, length - 2));
  const bool no_length = answer[0] >= 'A' && answer[0] <= 'Z';
  return as_text(no_length ? answer : answer.subspan(2));  // a length beyond the answer: cut off
}

}  // namespace

std::optional<UsbPrinterInterface> find_printer_interface(const libusb_config_descriptor& configuration) {
  std::optional<UsbPrinterInterface> vendor;
  for (const auto& interface : std::span(configuration.interface, configuration.bNumInterfaces)) {
    for (const auto& setting : std::span(interface.altsetting, static_cast<std::size_t>(interface.num_altsetting))) {
      const bool printer = setting.bInterfaceClass == LIBUSB_CLASS_PRINTER &&
                           setting.bInterfaceSubClass == printer_subclass &&
                           setting.bInterfaceProtocol == bidirectional;
      const bool own = setting.bInterfaceClass == LIBUSB_CLASS_VENDOR_SPEC;
      if (!printer && !own) continue;
      const auto found = with_endpoints(setting);
      if (found && printer) return found;
      if (found && !vendor) vendor = found;
    }
  }
  return vendor;
}

std::string model_from_device_id(ByteView answer) {
  const std::string_view id = id_text(answer);
  const std::string_view maker = value_of(id, {"MFG", "MANUFACTURER"});
  const std::string_view model = value_of(id, {"MDL", "MODEL"});
  std::string name(maker);
  if (!maker.empty() && !model.empty()) name += ' ';
  name += model;
  if (name.size() > model_maximum) name.resize(model_maximum);
  for (char& c : name)
    if (c < ' ' || c > '~') c = '?';
  return name;
}

}  // namespace pilotlight::devices
