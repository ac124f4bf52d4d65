#include "devices/transport/recorder.h"

#include <gtest/gtest.h>

namespace pilotlight::devices {
namespace {

TEST(Recorder, writes_and_reads_one_line_per_chunk) {
  const Bytes poll{0x7F, 0x80, 0x01, 0x07, 0x12, 0x02};
  const std::string line = to_record_line(12034, "acceptor", Direction::Out, poll);
  EXPECT_EQ(line, "12034 acceptor > 7f8001071202");
  EXPECT_EQ(parse_record_line(line), (RecordedBytes{12034, "acceptor", Direction::Out, poll}));
  EXPECT_EQ(parse_record_line("-5 p < 00"), (RecordedBytes{-5, "p", Direction::In, Bytes{0}}));
}

TEST(Recorder, refuses_anything_else) {
  for (const char* line : {"", "12", "12 a", "12 a <", "12 a < ", "12 a = 00", "x a < 00", "12x a < 00", "12  < 00",
                           "12 a < 0", "12 a < zz", "99999999999999999999 a < 00"})
    EXPECT_FALSE(parse_record_line(line)) << line;
}

}  // namespace
}  // namespace pilotlight::devices
