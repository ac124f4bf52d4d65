// The SSP codec on arbitrary bytes: what decodes must encode to bytes that decode to the same, and no reply may be read
// past its end.
#include <cstdint>
#include <variant>

#include "devices/note_acceptor/ssp/frame.h"
#include "devices/note_acceptor/ssp/replies.h"
#include "kiosk/base/check.h"

namespace ssp = pilotlight::devices::ssp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pilotlight::ByteView input(data, size);
  ssp::FrameDecoder decoder;
  for (const std::uint8_t byte : input) {
    const auto decoded = decoder.push(byte);
    const auto* frame = decoded ? std::get_if<ssp::Frame>(&*decoded) : nullptr;
    if (frame == nullptr) continue;
    CHECK(!frame->data.empty() && frame->data.size() <= ssp::kLongestData);
    ssp::FrameDecoder again;
    const pilotlight::Bytes wire = ssp::encode_frame(frame->sequence_and_address, frame->data);
    for (std::size_t i = 0; i < wire.size(); ++i) {
      const auto repeated = again.push(wire[i]);
      CHECK(repeated.has_value() == (i + 1 == wire.size()));
      if (repeated) CHECK(std::get<ssp::Frame>(*repeated) == *frame);
    }
  }

  const pilotlight::ByteView reply = input.first(size < ssp::kLongestData ? size : ssp::kLongestData);
  (void)ssp::parse_setup(reply);
  (void)ssp::parse_serial(reply);
  (void)ssp::parse_stacked_counter(reply);
  CHECK(ssp::parse_poll(reply).events.size() <= reply.size());
  return 0;
}
