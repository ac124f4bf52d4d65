// Whatever a printer sends, and however its connection behaves: the status reader, and the print machine around it.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "devices/receipt_printer/print_machine.h"
#include "devices/receipt_printer/status.h"
#include "devices/receipt_printer/usb_device.h"
#include "kiosk/base/check.h"

namespace {

using namespace pilotlight;
using namespace pilotlight::devices;

void read_status(ByteView input) {
  escpos::StatusReader reader;
  for (const std::uint8_t byte : input) {
    if (byte >= 0xF0) reader.expect_answer(static_cast<escpos::Query>(byte % 5));
    if (byte >= 0xE0) reader.expect_marker(byte % 2 != 0);
    const auto seen = reader.feed(byte);
    CHECK(int{seen.answer} + int{seen.automatic} + int{seen.marker} <= 1);
  }
}

// A page of the shape the encoder makes: preamble, text, picture, cut and marker.
escpos::EncodedPage page() {
  escpos::EncodedPage made;
  made.bytes = from_hex("1b401c26 61620a 1d763000 01000200aa55 1d564200 1d7201").value();
  made.breaks = {4, 7, 17, 24};
  made.content = 4;
  return made;
}

// Each step of the input is what happens next: answers, bytes taken, time, cuts, jobs.
void run_machine(ByteView input) {
  escpos::PrintMachine machine;
  std::int64_t now = 0;
  std::uint32_t started = 0;
  std::uint32_t ended = 0;
  bool up = false;
  const auto count_ends = [&] {
    for (const PrinterEvent& event : machine.take_events()) ended += std::holds_alternative<PrintEnded>(event) ? 1 : 0;
  };
  for (std::size_t i = 0; i + 1 < input.size(); i += 2) {
    const std::uint8_t value = input[i + 1];
    switch (input[i] % 8) {
      case 0:
        if (!up) machine.connected(now);
        up = true;
        break;
      case 1:
        if (up) machine.disconnected();
        up = false;
        break;
      case 2:
        machine.start(++started, page(), now);
        break;
      case 3:
        if (up) machine.taken(value, now);
        break;
      case 4:
        machine.port_status(value);
        break;
      case 5:
        now += value * 50;
        break;
      default:
        if (up) machine.received(input.subspan(i + 1, 1), now);
        break;
    }
    machine.tick(now);
    CHECK(machine.wake_at() > 0);
    count_ends();
    CHECK(ended <= started);
  }
  if (up) machine.disconnected();
  for (int i = 0; i < 4; ++i) machine.tick(now += 200'000);  // every wait ends
  count_ends();
  CHECK(ended == started);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, std::min<std::size_t>(size, 4096));
  read_status(input);
  run_machine(input);
  CHECK(model_from_device_id(input).size() <= 60);
  return 0;
}
