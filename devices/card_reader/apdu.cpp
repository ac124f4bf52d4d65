#include "devices/card_reader/apdu.h"

#include <optional>

namespace pilotlight::devices {
namespace {

constexpr std::size_t kHeaderSize = 4;
constexpr std::uint8_t kMoreData = 0x61;
constexpr std::uint8_t kWrongLength = 0x6C;

enum class ApduCase { One, Two, Three, Four };

std::optional<ApduCase> case_of(ByteView command) {
  if (command.size() < kHeaderSize) return std::nullopt;
  if (command.size() == kHeaderSize) return ApduCase::One;
  if (command.size() == kHeaderSize + 1) return ApduCase::Two;
  const std::size_t data_size = command[kHeaderSize];
  const std::size_t without_le = kHeaderSize + 1 + data_size;
  if (data_size == 0) return std::nullopt;
  if (command.size() == without_le) return ApduCase::Three;
  if (command.size() == without_le + 1) return ApduCase::Four;
  return std::nullopt;
}

Bytes as_sent(CardProtocol protocol, ApduCase apdu_case, ByteView command) {
  Bytes sent(command.begin(), command.end());
  if (protocol == CardProtocol::T0 && apdu_case == ApduCase::One) sent.push_back(0);
  if (protocol == CardProtocol::T0 && apdu_case == ApduCase::Four) sent.pop_back();
  return sent;
}

std::uint8_t sw1(const Bytes& answer) { return answer[answer.size() - 2]; }
std::uint8_t sw2(const Bytes& answer) { return answer[answer.size() - 1]; }

Result<Bytes, ChannelError> exchange_once(const Bytes& command, const RawExchange& exchange) {
  auto answer = exchange(command);
  if (answer && answer->size() < 2) return fail(ChannelError::NoAnswer);
  return answer;
}

// For a command without data: once more with the length the card names.
Result<Bytes, ChannelError> exchange_with_length(Bytes command, const RawExchange& exchange) {
  auto answer = exchange_once(command, exchange);
  if (!answer || sw1(*answer) != kWrongLength) return answer;
  command.back() = sw2(*answer);
  return exchange_once(command, exchange);
}

}  // namespace

Result<Bytes, ChannelError> exchange_apdu(CardProtocol protocol, ByteView command, const RawExchange& exchange) {
  const auto apdu_case = case_of(command);
  if (!apdu_case) return Bytes{0x67, 0x00};
  const Bytes sent = as_sent(protocol, *apdu_case, command);
  auto answer = *apdu_case == ApduCase::Two ? exchange_with_length(sent, exchange) : exchange_once(sent, exchange);
  if (*apdu_case == ApduCase::One || *apdu_case == ApduCase::Three) return answer;

  for (int round = 0; answer && sw1(*answer) == kMoreData && round < kMostResponses; ++round) {
    const std::uint8_t logical_channel = command[0] & 0x03;
    auto more = exchange_with_length({logical_channel, 0xC0, 0x00, 0x00, sw2(*answer)}, exchange);
    if (!more) return more;
    answer->resize(answer->size() - 2);
    answer->insert(answer->end(), more->begin(), more->end());
  }
  return answer;
}

}  // namespace pilotlight::devices
