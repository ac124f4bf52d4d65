#include "devices/virtual/ssp_frame.h"

#include <gtest/gtest.h>

namespace pilotlight::cabinet {
namespace {

Bytes hex(std::string_view text) { return from_hex(text).value(); }

std::vector<SspFrame> receive(SspReceiver& receiver, ByteView line) {
  std::vector<SspFrame> frames;
  for (const std::uint8_t byte : line)
    if (auto frame = receiver.take(byte)) frames.push_back(std::move(*frame));
  return frames;
}

TEST(SspFrame, CrcHasTheReferenceValues) {
  EXPECT_EQ(ssp_crc({}), 0xFFFF);
  EXPECT_EQ(ssp_crc(as_bytes("A")), 0xFC84);
  EXPECT_EQ(ssp_crc(as_bytes("ABC")), 0x069B);
}

struct Vector {
  const char* line;
  std::uint8_t address;
  const char* data;
};

class SspVector : public ::testing::TestWithParam<Vector> {};

TEST_P(SspVector, IsEncodedAndReceived) {
  const Vector& vector = GetParam();
  const Bytes line = hex(vector.line);
  EXPECT_EQ(to_hex(ssp_encode({vector.address, hex(vector.data)})), to_hex(line));
  SspReceiver receiver;
  const auto frames = receive(receiver, line);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(frames[0].address, vector.address);
  EXPECT_EQ(to_hex(frames[0].data), to_hex(hex(vector.data)));
}

INSTANTIATE_TEST_SUITE_P(Reference, SspVector,
                         ::testing::Values(Vector{"7F 80 01 11 65 82", 0x80, "11"},
                                           Vector{"7F 00 01 F0 20 0A", 0x00, "F0"},
                                           Vector{"7F 80 03 02 7F 7F FF 2C 24", 0x80, "02 7F FF"},
                                           Vector{"7F 80 01 6A 7F 7F 83", 0x80, "6A"},
                                           Vector{"7F 00 01 EA 7F 7F 8A", 0x00, "EA"},
                                           Vector{"7F 80 04 F0 EE 06 CC 68 DA", 0x80, "F0 EE 06 CC"},
                                           Vector{"7F 80 05 F0 00 1C 96 2C D4 97", 0x80, "F0 00 1C 96 2C"}));

TEST(SspReceiver, DropsNoiseDamageAndHalfFramesAndFindsTheNextFrame) {
  SspReceiver receiver;
  const Bytes line =
      hex("00 FF 13"           // noise
          "7F 80 01 07 12 03"  // wrong CRC
          "7F 80 05 02 07"     // broken off by the next STX
          "7F 80 00 82 83"     // nothing in it
          "7F 80 01 07 12 02");
  const auto frames = receive(receiver, line);
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(to_hex(frames[0].data), "07");
}

TEST(SspFrame, SpoiledCrcIsNotReceived) {
  SspReceiver receiver;
  EXPECT_TRUE(receive(receiver, ssp_encode({0x80, {0x07}}, true)).empty());
}

}  // namespace
}  // namespace pilotlight::cabinet
