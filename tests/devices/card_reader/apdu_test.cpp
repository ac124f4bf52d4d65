#include "devices/card_reader/apdu.h"

#include <gtest/gtest.h>

#include <deque>

namespace pilotlight::devices {
namespace {

// What went to the card (hex) and what came back, for one command.
struct Dialogue {
  CardProtocol protocol = CardProtocol::T0;
  std::string command;
  std::vector<std::string> answers;
  std::vector<std::string> sent = {};

  std::string run() {
    std::deque<std::string> left(answers.begin(), answers.end());
    const auto result = exchange_apdu(protocol, *from_hex(command), [&](ByteView bytes) -> Result<Bytes, ChannelError> {
      sent.push_back(to_hex(bytes));
      if (left.empty()) return fail(ChannelError::CardGone);
      const std::string answer = left.front();
      left.pop_front();
      return *from_hex(answer);
    });
    return result ? to_hex(*result) : std::string(enum_name(result.error()));
  }
};

using Sent = std::vector<std::string>;

TEST(Apdu, EachCaseAsItGoesToTheCard) {
  const std::vector<std::tuple<std::string, std::string, std::string>> rows{
      {"00840000", "0084000000", "00840000"},                       // case 1
      {"0084000004", "0084000004", "0084000004"},                   // case 2
      {"00a40000023f00", "00a40000023f00", "00a40000023f00"},       // case 3
      {"00a40000023f0000", "00a40000023f00", "00a40000023f0000"}};  // case 4
  for (const auto& [command, t0, t1] : rows) {
    Dialogue over_t0{CardProtocol::T0, command, {"9000"}};
    Dialogue over_t1{CardProtocol::T1, command, {"9000"}};
    EXPECT_EQ(over_t0.run(), "9000");
    EXPECT_EQ(over_t1.run(), "9000");
    EXPECT_EQ(over_t0.sent, Sent{t0});
    EXPECT_EQ(over_t1.sent, Sent{t1});
  }
}

TEST(Apdu, FetchesWhatTheCardOffers) {
  Dialogue once{CardProtocol::T0, "00a40000023f0000", {"6102", "6f009000"}};
  EXPECT_EQ(once.run(), "6f009000");
  EXPECT_EQ(once.sent, (Sent{"00a40000023f00", "00c0000002"}));

  Dialogue in_parts{CardProtocol::T0, "00b0000000", {"01026101", "039000"}};
  EXPECT_EQ(in_parts.run(), "0102039000");
  EXPECT_EQ(in_parts.sent, (Sent{"00b0000000", "00c0000001"}));

  Dialogue other_length{CardProtocol::T0, "00a40000023f0000", {"6100", "6c02", "6f009000"}};
  EXPECT_EQ(other_length.run(), "6f009000");
  EXPECT_EQ(other_length.sent, (Sent{"00a40000023f00", "00c0000000", "00c0000002"}));
}

TEST(Apdu, RepeatsOnceWithTheRightLength) {
  Dialogue once{CardProtocol::T0, "00b0950000", {"6c30", "aa9000"}};
  EXPECT_EQ(once.run(), "aa9000");
  EXPECT_EQ(once.sent, (Sent{"00b0950000", "00b0950030"}));
  Dialogue twice{CardProtocol::T0, "00b0950000", {"6c30", "6c31"}};
  EXPECT_EQ(twice.run(), "6c31");
}

TEST(Apdu, ACommandWithDataIsNeverSentTwice) {
  for (const std::string& answer : std::vector<std::string>{"6c18", "6104", "6f00", "9000"}) {
    Dialogue write{CardProtocol::T0, "04d69518011c", {answer}};
    EXPECT_EQ(write.run(), answer);
    EXPECT_EQ(write.sent, Sent{"04d69518011c"});
  }
  Dialogue with_le{CardProtocol::T0, "04d69518011c00", {"6c18"}};
  EXPECT_EQ(with_le.run(), "6c18");
  EXPECT_EQ(with_le.sent.size(), 1U);
}

// The published example of a write with its MAC (reference, section 2): unread and unchanged to the card.
TEST(Apdu, ASealedWriteGoesOutByteForByte) {
  const std::string sealed = "04d695000c0000001e0000002aacaf5a3a";
  Dialogue write{CardProtocol::T0, sealed, {"9000"}};
  EXPECT_EQ(write.run(), "9000");
  EXPECT_EQ(write.sent, Sent{sealed});
}

TEST(Apdu, EndlessOffersComeToAnEnd) {
  Dialogue endless{CardProtocol::T0, "00b0000000", std::vector<std::string>(100, "aa6101")};
  EXPECT_EQ(endless.run(), "aaaaaaaaaaaaaaaaaa6101");
  EXPECT_EQ(endless.sent.size(), 1U + kMostResponses);
}

TEST(Apdu, FewerThanTwoBytesAreNoAnswer) {
  EXPECT_EQ((Dialogue{CardProtocol::T0, "0084000004", {""}}.run()), "NoAnswer");
  EXPECT_EQ((Dialogue{CardProtocol::T0, "0084000004", {"90"}}.run()), "NoAnswer");
  EXPECT_EQ((Dialogue{CardProtocol::T0, "00a40000023f0000", {"6102", "90"}}.run()), "NoAnswer");
  EXPECT_EQ((Dialogue{CardProtocol::T0, "0084000004", {}}.run()), "CardGone");
}

TEST(Apdu, WhatIsNoCommandIsNotSent) {
  for (const std::string& command : std::vector<std::string>{"", "84", "008400", "00a4000002aa", "00a4000001aabbcc",
                                                             "00a400000000aa", "00a40000000000"}) {
    Dialogue dialogue{CardProtocol::T0, command, {"9000"}};
    EXPECT_EQ(dialogue.run(), "6700") << command;
    EXPECT_TRUE(dialogue.sent.empty()) << command;
  }
}

}  // namespace
}  // namespace pilotlight::devices
