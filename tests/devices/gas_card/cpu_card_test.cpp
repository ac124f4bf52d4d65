#include "devices/gas_card/cpu_card.h"

#include <gtest/gtest.h>

#include <deque>

#include "devices/gas_card/cpu_layout.h"

namespace pilotlight::devices {
namespace {

const std::string kNumber = "6101000000000017";
const std::string kSelect = "00a404000a504c4741532e43505531";
const std::string kReadIdentity = "00b0960020";
const std::string kReadNumber = "00b0960008";
const std::string kReadPurchase = "00b0950030";
const std::string kReadWriteBack = "00b0970018";
const std::string kGetChallenge = "0084000004";
const std::string kSealed = "04d695181c00000007000000040000";  // sent as it is, whatever it holds
const std::string kReset = "reset";

const std::string kIdentity = "610100000000001706100101000000000000001700000000000000000000f989";
const std::string kCopySix = "00000006000000030000000000002ee0202611010200a973";
const std::string kCopySeven = "0000000700000004000010bd00003f9d2026112402001cfc";
const std::string kNoCopy(48, 'f');
const std::string kWriteBack = "00000003000004b000002a30000500000000000000001183";
const std::string kOk = "9000";

// A card that expects exactly these commands in this order and answers what is written beside them.
class ScriptedCard : public CardChannel {
 public:
  struct Line {
    std::string command;  // hex, or "reset"
    Result<std::string, ChannelError> answer;
  };
  explicit ScriptedCard(std::vector<Line> lines) : lines_(lines.begin(), lines.end()) {}
  ~ScriptedCard() override { EXPECT_TRUE(lines_.empty()) << "never sent: " << lines_.front().command; }

  Result<Bytes, ChannelError> transmit(ByteView command) override {
    const auto answer = next(to_hex(command));
    if (!answer) return fail(answer.error());
    return *from_hex(*answer);
  }
  Result<void, ChannelError> reset() override {
    const auto answer = next(kReset);
    if (!answer) return fail(answer.error());
    return {};
  }

 private:
  Result<std::string, ChannelError> next(const std::string& command) {
    if (lines_.empty()) {
      ADD_FAILURE() << "unexpected: " << command;
      return fail(ChannelError::CardGone);
    }
    const Line line = lines_.front();
    lines_.pop_front();
    EXPECT_EQ(command, line.command);
    return line.answer;
  }
  std::deque<Line> lines_;
};

using Lines = std::vector<ScriptedCard::Line>;

Lines whole_read() {
  return {{kSelect, kOk},
          {kReadIdentity, kIdentity + kOk},
          {kReadPurchase, kCopySix + kCopySeven + kOk},
          {kReadWriteBack, kWriteBack + kOk}};
}

Lines proof(const std::string& purchase_file, const std::string& number = kNumber) {
  return {{kReset, ""}, {kSelect, "6118"}, {kReadPurchase, purchase_file + kOk}, {kReadNumber, number + kOk}};
}

Lines operator+(Lines a, const Lines& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

CardFault read_fault(Lines lines) {
  ScriptedCard card(std::move(lines));
  const auto contents = make_cpu_card()->read(card);
  EXPECT_FALSE(contents);
  return contents ? CardFault::Gone : contents.error();
}

WriteReport write(Lines lines, std::uint32_t purchase_number = 4) {
  ScriptedCard card(std::move(lines));
  return make_cpu_card()->write(card, *from_hex(kSealed), kNumber, purchase_number);
}

TEST(CpuCard, ReadsACardWithFourExchanges) {
  ScriptedCard card(whole_read());
  const auto contents = make_cpu_card()->read(card);
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->card_number, kNumber);
  EXPECT_EQ(contents->purchase_number, 4U);
  EXPECT_EQ(contents->volume, Volume{42850});
  EXPECT_EQ(contents->total, Volume{162850});
  EXPECT_EQ(contents->sequence, 7U);
  EXPECT_EQ(contents->write_back.purchase_number, 3U);
  EXPECT_EQ(contents->write_back.used, Volume{108000});
}

TEST(CpuCard, SelectionMayAnswerWithOrWithoutFileInformation) {
  for (const std::string& answer : std::vector<std::string>{"9000", "611a", "6f0e840a504c4741532e435055319000"}) {
    Lines lines = whole_read();
    lines[0].answer = answer;
    ScriptedCard card(lines);
    EXPECT_TRUE(make_cpu_card()->read(card)) << answer;
  }
}

TEST(CpuCard, EveryFaultHasItsName) {
  const std::string tool = "610100000000001706101001000000000000001700000000000000000000a769";
  const std::string zeros(64, '0');
  EXPECT_EQ(read_fault({{kSelect, "6a82"}}), CardFault::Foreign);
  EXPECT_EQ(read_fault({{kSelect, "6e00"}}), CardFault::Foreign);
  EXPECT_EQ(read_fault({{kSelect, "6a81"}}), CardFault::KeyLocked);
  EXPECT_EQ(read_fault({{kSelect, kOk}, {kReadIdentity, tool + kOk}}), CardFault::NotUserCard);
  EXPECT_EQ(read_fault({{kSelect, kOk}, {kReadIdentity, zeros + kOk}}), CardFault::Blank);
  EXPECT_EQ(read_fault({{kSelect, kOk}, {kReadIdentity, "6a82"}}), CardFault::Foreign);
  EXPECT_EQ(read_fault({{kSelect, kOk}, {kReadIdentity, kIdentity.substr(0, 60) + kOk}}), CardFault::Damaged);
  EXPECT_EQ(read_fault({{kSelect, kOk}, {kReadIdentity, kIdentity + "6281"}}), CardFault::Damaged);
  const Lines identified{{kSelect, kOk}, {kReadIdentity, kIdentity + kOk}};
  EXPECT_EQ(read_fault(identified + Lines{{kReadPurchase, kNoCopy + kNoCopy + kOk}}), CardFault::Damaged);
  EXPECT_EQ(read_fault(identified + Lines{{kReadPurchase, "6581"}}), CardFault::Damaged);
}

TEST(CpuCard, ACardThatIsGoneIsNotAskedAgain) {
  EXPECT_EQ(read_fault({{kSelect, fail(ChannelError::CardGone)}}), CardFault::Gone);
  EXPECT_EQ(read_fault({{kSelect, kOk}, {kReadIdentity, fail(ChannelError::ReaderGone)}}), CardFault::ReaderGone);
}

TEST(CpuCard, AMuteCardGetsOneColdReset) {
  const Lines mute{{kSelect, fail(ChannelError::NoAnswer)}};
  EXPECT_EQ(read_fault(mute + Lines{{kReset, ""}} + mute), CardFault::Unreadable);
  EXPECT_EQ(read_fault(mute + Lines{{kReset, fail(ChannelError::CardGone)}}), CardFault::Gone);
  EXPECT_EQ(read_fault(Lines{{kSelect, "90"}} + Lines{{kReset, ""}} + mute), CardFault::Unreadable) << "half an answer";
  const Lines reset_in_between{{kSelect, kOk}, {kReadIdentity, fail(ChannelError::CardReset)}, {kReset, ""}};
  ScriptedCard card(reset_in_between + whole_read());
  EXPECT_TRUE(make_cpu_card()->read(card));
}

TEST(CpuCard, ChallengeIsFourBytes) {
  const auto ask = [](const Result<std::string, ChannelError>& answer) {
    ScriptedCard card({{kGetChallenge, answer}});
    return make_cpu_card()->challenge(card);
  };
  EXPECT_EQ(*ask("a1b2c3d49000"), *from_hex("a1b2c3d4"));
  EXPECT_EQ(ask("a1b2c39000").error(), CardFault::Damaged);
  EXPECT_EQ(ask("6d00").error(), CardFault::Foreign);
  EXPECT_EQ(ask("6983").error(), CardFault::KeyLocked);
  EXPECT_EQ(ask(fail(ChannelError::CardGone)).error(), CardFault::Gone);
}

TEST(CpuCard, AWriteIsProvenByAReadBackOfThreeExchanges) {
  const WriteReport report = write(Lines{{kSealed, kOk}} + proof(kCopySix + kCopySeven));
  EXPECT_EQ(report.outcome, WriteOutcome::Verified);
  EXPECT_EQ(report.card.purchase_number, 4U);
  EXPECT_EQ(report.card.volume, Volume{42850});
  EXPECT_EQ(report.status_word, 0x9000);
  EXPECT_TRUE(report.card.write_back.torn) << "nobody has read it";
}

// The command is sent once whatever it is answered, and the read-back alone decides.
TEST(CpuCard, TheNumberOnTheCardDecidesAndNeverTheAnswer) {
  const std::vector<Result<std::string, ChannelError>> answers{kOk,
                                                               "6988",
                                                               "6984",
                                                               "6983",
                                                               "6581",
                                                               "6d00",
                                                               "90",
                                                               "",
                                                               fail(ChannelError::NoAnswer),
                                                               fail(ChannelError::CardGone),
                                                               fail(ChannelError::CardReset),
                                                               fail(ChannelError::ReaderGone)};
  for (const auto& answer : answers) {
    const Lines sent{{kSealed, answer}};
    EXPECT_EQ(write(sent + proof(kCopySix + kCopySeven)).outcome, WriteOutcome::Verified);
    EXPECT_EQ(write(sent + proof(kCopySix + kNoCopy)).outcome, WriteOutcome::Disproved);
    EXPECT_EQ(write(sent + Lines{{kReset, fail(ChannelError::CardGone)}}).outcome, WriteOutcome::Unknown);
  }
  EXPECT_EQ(write(Lines{{kSealed, "6988"}} + proof(kCopySix + kNoCopy)).status_word, 0x6988);
  EXPECT_EQ(write(Lines{{kSealed, "90"}} + proof(kCopySix + kNoCopy)).status_word, 0);
}

TEST(CpuCard, WhatProvesNothingIsUnknown) {
  const Lines sent{{kSealed, fail(ChannelError::NoAnswer)}};
  EXPECT_EQ(write(sent + proof(kCopySix + kCopySeven, "6101000000000018")).outcome, WriteOutcome::Unknown);
  EXPECT_EQ(write(sent + proof(kCopySix + kNoCopy, "6101000000000018")).outcome, WriteOutcome::Unknown);
  EXPECT_EQ(write(sent + proof(kCopySix + kCopySeven), 3).outcome, WriteOutcome::Unknown) << "a larger number";
  EXPECT_EQ(
      write(sent +
            Lines{{kReset, ""}, {kSelect, kOk}, {kReadPurchase, kNoCopy + kNoCopy + kOk}, {kReadNumber, kNumber + kOk}})
          .outcome,
      WriteOutcome::Unknown);
  EXPECT_EQ(write(sent + Lines{{kReset, ""}, {kSelect, "6a82"}}).outcome, WriteOutcome::Unknown);
  EXPECT_EQ(write(sent + Lines{{kReset, fail(ChannelError::ReaderGone)}}).outcome, WriteOutcome::Unknown);
}

TEST(CpuCard, AReadBackWithoutAnswerIsTriedOnceMore) {
  const Lines sent{{kSealed, fail(ChannelError::NoAnswer)}};
  const Lines no_reset{{kReset, fail(ChannelError::NoAnswer)}};
  const Lines cut{{kReset, ""}, {kSelect, kOk}, {kReadPurchase, fail(ChannelError::NoAnswer)}};
  EXPECT_EQ(write(sent + no_reset + proof(kCopySix + kCopySeven)).outcome, WriteOutcome::Verified);
  EXPECT_EQ(write(sent + cut + proof(kCopySix + kNoCopy)).outcome, WriteOutcome::Disproved);
  EXPECT_EQ(write(sent + cut + cut).outcome, WriteOutcome::Unknown);
}

TEST(CpuCard, TheWriteBackOfTheReadStandsWhileTheCardStays) {
  const auto write_after_read = [](const Result<std::string, ChannelError>& answer) {
    ScriptedCard card(whole_read() + Lines{{kSealed, answer}} + proof(kCopySix + kCopySeven));
    const auto gas_card = make_cpu_card();
    EXPECT_TRUE(gas_card->read(card));
    return gas_card->write(card, *from_hex(kSealed), kNumber, 4).card.write_back;
  };
  EXPECT_EQ(write_after_read(kOk).purchase_number, 3U);
  EXPECT_FALSE(write_after_read(kOk).torn);
  EXPECT_TRUE(write_after_read(fail(ChannelError::CardGone)).torn) << "it may have been in a meter";
}

}  // namespace
}  // namespace pilotlight::devices
