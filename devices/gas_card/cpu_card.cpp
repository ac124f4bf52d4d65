#include "devices/gas_card/cpu_card.h"

#include <optional>

#include "devices/gas_card/cpu_layout.h"

namespace pilotlight::devices {
namespace {

constexpr std::size_t kChallengeSize = 4;
constexpr int kReadAttempts = 2;  // reading again is always allowed; one cold reset helps a card that did not answer

// Without Le: the file control information is not needed, which saves its GET RESPONSE.
const Bytes kSelect{0x00, 0xA4, 0x04, 0x00, 0x0A, 'P', 'L', 'G', 'A', 'S', '.', 'C', 'P', 'U', '1'};
const Bytes kGetChallenge{0x00, 0x84, 0x00, 0x00, kChallengeSize};

enum class File : std::uint8_t { Purchase = 0x15, Identity = 0x16, WriteBack = 0x17 };

// Why a step of a session with the card failed: the way to it, or the card itself.
struct StepError {
  std::optional<ChannelError> channel;
  CardFault fault = CardFault::Unreadable;
};

CardFault fault_of_status(unsigned status) {
  switch (status) {
    case 0x6983:
    case 0x6A81:
    case 0x9303:
      return CardFault::KeyLocked;
    case 0x6400:
    case 0x6581:
    case 0x6281:
    case 0x6282:
    case 0x6283:
      return CardFault::Damaged;
    default:
      return CardFault::Foreign;  // a card of ours answers these commands
  }
}

struct Answer {
  Bytes data;
  unsigned status = 0;
};

Result<Answer, StepError> send(CardChannel& channel, ByteView command) {
  auto raw = channel.transmit(command);
  if (!raw) return fail(StepError{raw.error(), fault_of(raw.error())});
  if (raw->size() < 2) return fail(StepError{ChannelError::NoAnswer, CardFault::Unreadable});
  Answer answer;
  answer.status = static_cast<unsigned>((*raw)[raw->size() - 2] << 8 | (*raw)[raw->size() - 1]);
  raw->resize(raw->size() - 2);
  answer.data = std::move(*raw);
  return answer;
}

Result<void, StepError> select_application(CardChannel& channel) {
  const auto answer = send(channel, kSelect);
  if (!answer) return fail(answer.error());
  const bool waits_to_tell = (answer->status >> 8) == 0x61;  // selected; the rest is not asked for
  if (answer->status != 0x9000 && !waits_to_tell) return fail(StepError{std::nullopt, fault_of_status(answer->status)});
  return {};
}

// The first `size` bytes of a file, by its short identifier.
Result<Bytes, StepError> read_file(CardChannel& channel, File file, std::size_t size) {
  const Bytes command{0x00, 0xB0, static_cast<std::uint8_t>(0x80 | static_cast<std::uint8_t>(file)), 0x00,
                      static_cast<std::uint8_t>(size)};
  auto answer = send(channel, command);
  if (!answer) return fail(answer.error());
  if (answer->status != 0x9000) return fail(StepError{std::nullopt, fault_of_status(answer->status)});
  if (answer->data.size() != size) return fail(StepError{std::nullopt, CardFault::Damaged});
  return std::move(answer->data);
}

void fill_purchase(CardContents& contents, const PurchaseCopy& copy) {
  contents.purchase_number = copy.purchase_number;
  contents.volume = volume_of_units(copy.volume_units);
  contents.total = volume_of_units(copy.total_units);
  contents.sequence = copy.sequence;
}

// Identity first: what is wrong with a foreign, tool or blank card is told by it alone.
Result<CardContents, StepError> read_card(CardChannel& channel) {
  if (const auto selected = select_application(channel); !selected) return fail(selected.error());
  const auto identity_file = read_file(channel, File::Identity, kIdentitySize);
  if (!identity_file) return fail(identity_file.error());
  const auto identity = parse_identity(*identity_file);
  if (!identity) return fail(StepError{std::nullopt, identity.error()});
  const auto purchase_file = read_file(channel, File::Purchase, kPurchaseFileSize);
  if (!purchase_file) return fail(purchase_file.error());
  const auto copy = valid_purchase_copy(*purchase_file);
  if (!copy) return fail(StepError{std::nullopt, CardFault::Damaged});
  const auto write_back_file = read_file(channel, File::WriteBack, kWriteBackSize);
  if (!write_back_file) return fail(write_back_file.error());

  CardContents contents;
  contents.card_number = identity->card_number;
  fill_purchase(contents, *copy);
  contents.write_back = parse_write_back(*write_back_file);
  return contents;
}

// The proof after a write: the purchase file and whose card it is.
Result<CardContents, StepError> read_back(CardChannel& channel) {
  if (const auto powered = channel.reset(); !powered)
    return fail(StepError{powered.error(), fault_of(powered.error())});
  if (const auto selected = select_application(channel); !selected) return fail(selected.error());
  const auto purchase_file = read_file(channel, File::Purchase, kPurchaseFileSize);
  if (!purchase_file) return fail(purchase_file.error());
  const auto number_bytes = read_file(channel, File::Identity, kCardNumberSize);
  if (!number_bytes) return fail(number_bytes.error());
  const auto copy = valid_purchase_copy(*purchase_file);
  const auto card_number = parse_card_number(*number_bytes);
  if (!copy || !card_number) return fail(StepError{std::nullopt, CardFault::Damaged});
  CardContents contents;
  contents.card_number = *card_number;
  fill_purchase(contents, *copy);
  return contents;
}

bool worth_another_read(const StepError& error) {
  return error.channel == ChannelError::CardReset || error.channel == ChannelError::NoAnswer;
}

// A number beyond the expected one, or another card's, does not prove that the purchase never got there.
WriteOutcome judge(const CardContents& card, const std::string& card_number, std::uint32_t purchase_number) {
  if (card.card_number != card_number || card.purchase_number > purchase_number) return WriteOutcome::Unknown;
  return card.purchase_number == purchase_number ? WriteOutcome::Verified : WriteOutcome::Disproved;
}

class CpuCard : public GasCard {
 public:
  Result<CardContents, CardFault> read(CardChannel& channel) override {
    last_read_.reset();
    auto contents = read_card(channel);
    for (int attempt = 1; attempt < kReadAttempts && !contents && worth_another_read(contents.error()); ++attempt) {
      if (const auto powered = channel.reset(); !powered) return fail(fault_of(powered.error()));
      contents = read_card(channel);
    }
    if (!contents) return fail(contents.error().fault);
    last_read_ = *contents;
    return *contents;
  }

  Result<Bytes, CardFault> challenge(CardChannel& channel) override {
    auto answer = send(channel, kGetChallenge);
    if (!answer) return fail(answer.error().fault);
    if (answer->status != 0x9000) return fail(fault_of_status(answer->status));
    if (answer->data.size() != kChallengeSize) return fail(CardFault::Damaged);
    return std::move(answer->data);
  }

  WriteReport write(CardChannel& channel, ByteView sealed_command, const std::string& card_number,
                    std::uint32_t purchase_number) override {
    // Whatever this exchange says, only the card read anew says what is on it.
    const auto answer = send(channel, sealed_command);
    auto contents = read_back(channel);
    for (int attempt = 1; attempt < kReadAttempts && !contents && worth_another_read(contents.error()); ++attempt)
      contents = read_back(channel);
    WriteReport report;
    if (answer) report.status_word = static_cast<std::uint16_t>(answer->status);
    if (!contents) return report;
    report.card = *contents;
    // As long as the card has not left the slot no meter can have written on it.
    const bool stayed = answer || answer.error().channel != ChannelError::CardGone;
    if (stayed && last_read_ && last_read_->card_number == contents->card_number)
      report.card.write_back = last_read_->write_back;
    else
      report.card.write_back.torn = true;
    report.outcome = judge(report.card, card_number, purchase_number);
    return report;
  }

 private:
  std::optional<CardContents> last_read_;
};

}  // namespace

std::unique_ptr<GasCard> make_cpu_card() { return std::make_unique<CpuCard>(); }

}  // namespace pilotlight::devices
