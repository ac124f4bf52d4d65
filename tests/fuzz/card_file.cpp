// Whatever a card answers: the parsers of its files, and the whole command sequence over a card that says arbitrary
// things.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "devices/gas_card/cpu_card.h"
#include "devices/gas_card/cpu_layout.h"
#include "kiosk/base/check.h"

namespace {

using namespace pilotlight;
using namespace pilotlight::devices;

// Takes its answers from the input: a length byte, then so many bytes; lengths F0 to F3 are the errors of a channel.
class ArbitraryCard : public CardChannel {
 public:
  explicit ArbitraryCard(ByteView input) : input_(input) {}

  Result<Bytes, ChannelError> transmit(ByteView command) override {
    CHECK(!command.empty());
    CHECK(++exchanges_ < 32);
    if (command[0] == 0x04) CHECK(++writes_ == 1);
    const std::uint8_t size = next();
    if (size >= 0xF0) return fail(static_cast<ChannelError>(size % 4));
    const std::size_t taken = std::min<std::size_t>(size, input_.size());
    Bytes answer(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(taken));
    input_ = input_.subspan(taken);
    return answer;
  }
  Result<void, ChannelError> reset() override {
    const std::uint8_t outcome = next();
    if (outcome >= 0xF0) return fail(static_cast<ChannelError>(outcome % 4));
    return {};
  }

 private:
  std::uint8_t next() {
    if (input_.empty()) return 0xF0;
    const std::uint8_t byte = input_[0];
    input_ = input_.subspan(1);
    return byte;
  }
  ByteView input_;
  int exchanges_ = 0;
  int writes_ = 0;
};

void check_copy(ByteView input) {
  const auto copy = parse_purchase_copy(input);
  if (!copy) return;
  const Bytes again = serialise_purchase_copy(*copy);
  CHECK(parse_purchase_copy(again) == copy);
  CHECK(input[21] != 0 || std::equal(again.begin(), again.end(), input.begin()));
}

// A random input has no good CRC: put one in, so that what lies behind it is reached.
void check_files(ByteView input) {
  Bytes file(input.begin(), input.end());
  for (int round = 0; round < 2; ++round) {
    check_copy(file);
    static_cast<void>(parse_write_back(file));
    if (const auto identity = parse_identity(file)) {
      CHECK(identity->card_number.size() == 16 && identity->meter_number.size() == 16);
      CHECK(std::all_of(identity->card_number.begin(), identity->card_number.end(),
                        [](char c) { return c >= '0' && c <= '9'; }));
    }
    if (file.size() < 2) return;
    const std::uint16_t crc = crc16_ccitt_false(ByteView(file).first(file.size() - 2));
    file[file.size() - 2] = static_cast<std::uint8_t>(crc >> 8);
    file[file.size() - 1] = static_cast<std::uint8_t>(crc);
  }
  if (file.size() != kPurchaseCopySize) return;
  Bytes both = file;
  both.insert(both.end(), file.begin(), file.end());
  const auto valid = valid_purchase_copy(both);
  CHECK(valid && valid == parse_purchase_copy(file));  // exactly one of the two stands in its own place
}

void check_sequence(ByteView input) {
  const Bytes sealed(33, 0x04);
  const auto card = make_cpu_card();
  ArbitraryCard channel(input);
  const auto contents = card->read(channel);
  static_cast<void>(card->challenge(channel));
  const std::string number = contents ? contents->card_number : "0000000000000000";
  const WriteReport report = card->write(channel, sealed, number, 4);
  if (report.outcome == WriteOutcome::Verified)
    CHECK(report.card.card_number == number && report.card.purchase_number == 4);
  if (report.outcome == WriteOutcome::Disproved)
    CHECK(report.card.card_number == number && report.card.purchase_number < 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input(data, size);
  static_cast<void>(valid_purchase_copy(input));
  static_cast<void>(parse_card_number(input));
  check_files(input);
  check_sequence(input);
  return 0;
}
