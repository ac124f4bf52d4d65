// The SSP driver against a device that answers anything, on a line that comes and goes, under commands at any time.
// Its own CHECK watches that no POLL leaves while a note is in escrow without stack(); here it is watched from outside
// that every deadline can be reached and that the output stays one frame.
#include <cstdint>

#include "devices/note_acceptor/ssp/acceptor.h"
#include "kiosk/base/check.h"

namespace pilotlight::devices {
namespace {

const char* const kSetUp =
    "f00030333333434e590000010601050a14326402020202020200006406434e59434e59434e59434e59434e59434e59"
    "01000000050000000a000000140000003200000064000000";

class FuzzedLine {
 public:
  FuzzedLine() : acceptor_(options()) {
    acceptor_.line_opened(moment());
    acceptor_.enable();
    watch();
  }

  void step(std::uint8_t action, ByteView rest) {
    switch (action % 12) {
      case 0:
        return acceptor_.line_closed(moment());
      case 1:
        return acceptor_.line_opened(moment());
      case 2:
        return acceptor_.enable();
      case 3:
        return acceptor_.disable();
      case 4:
        return acceptor_.stack();
      case 5:
        return acceptor_.give_back();
      case 6:
        return acceptor_.receive(rest.first(rest.size() < 16 ? rest.size() : 16), moment());
      case 7:
        now_ += 1000;
        return acceptor_.wake(moment());
      case 8:
        return answer(as_bytes("\xF5"));
      case 9:
        return answer_kindly();
      default:
        answer_with(rest.first(rest.size() < 5 ? rest.size() : 5));
    }
  }

  // Goes on to the next deadline and looks at what is written.
  void watch() {
    const auto deadline = acceptor_.deadline();
    if (deadline) {
      now_ = now_ > *deadline ? now_ : *deadline;
      acceptor_.wake(moment());
      CHECK(acceptor_.deadline().has_value());
    }
    const Bytes output = acceptor_.take_output();
    if (!output.empty()) last_ = frame_of(output);
    (void)acceptor_.take_events();
  }

 private:
  static SspOptions options() {
    SspOptions options;
    for (const int value : {1, 5, 10, 20, 50, 100}) options.denominations.push_back(yuan(value));
    return options;
  }
  static ssp::Frame frame_of(ByteView output) {
    ssp::FrameDecoder decoder;
    for (std::size_t i = 0; i < output.size(); ++i) {
      const auto decoded = decoder.push(output[i]);
      CHECK(decoded.has_value() == (i + 1 == output.size()));
      if (decoded) return std::get<ssp::Frame>(*decoded);
    }
    check_failed(__FILE__, __LINE__, "whole frame");
  }
  void answer(ByteView data) {
    if (!last_.data.empty()) acceptor_.receive(ssp::encode_frame(last_.sequence_and_address, data), moment());
  }
  void answer_with(ByteView events) {
    Bytes data{ssp::kOk};
    data.insert(data.end(), events.begin(), events.end());
    answer(data);
  }
  void answer_kindly() {
    if (last_.data.empty()) return;
    if (last_.data[0] == static_cast<std::uint8_t>(ssp::Command::SetupRequest)) return answer(from_hex(kSetUp).value());
    if (last_.data[0] == static_cast<std::uint8_t>(ssp::Command::GetSerialNumber))
      return answer_with(from_hex("001c962c").value());
    answer_with({});
  }
  Moment moment() const { return Moment{now_, now_}; }

  std::int64_t now_ = 0;
  SspAcceptor acceptor_;
  ssp::Frame last_;
};

}  // namespace
}  // namespace pilotlight::devices

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pilotlight::devices::FuzzedLine line;
  constexpr std::size_t kMostSteps = 512;
  const pilotlight::ByteView input(data, size < kMostSteps ? size : kMostSteps);
  for (std::size_t i = 0; i < input.size(); ++i) {
    line.step(input[i], input.subspan(i + 1));
    line.watch();
  }
  return 0;
}
