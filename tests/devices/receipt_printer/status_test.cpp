#include "devices/receipt_printer/status.h"

#include <gtest/gtest.h>

#include <vector>

#include "kiosk/base/bytes.h"

namespace pilotlight::devices::escpos {
namespace {

// A printer that has answered "all is well" to everything.
StatusReader well() {
  StatusReader reader;
  for (const Query query : {Query::Printer, Query::OfflineCause, Query::ErrorCause, Query::Paper}) {
    reader.expect_answer(query);
    EXPECT_TRUE(reader.feed(0x12).answer);
  }
  return reader;
}

PrinterStatus after(Query query, std::uint8_t answer) {
  StatusReader reader = well();
  reader.expect_answer(query);
  EXPECT_TRUE(reader.feed(answer).answer);
  return reader.status();
}

PrinterStatus after_block(const char* hex) {
  StatusReader reader = well();
  unsigned blocks = 0;
  const Bytes bytes = from_hex(hex).value();
  for (const std::uint8_t byte : bytes) blocks += reader.feed(byte).automatic ? 1 : 0;
  EXPECT_EQ(blocks, 1u) << hex;
  return reader.status();
}

const PrinterStatus fine{true, false, false, false, false, false};

TEST(PrinterStatusBytes, AnswersToQueries) {
  EXPECT_EQ(well().status(), fine);
  EXPECT_EQ(after(Query::Printer, 0x1A), (PrinterStatus{.online = false}));
  EXPECT_EQ(after(Query::OfflineCause, 0x16), (PrinterStatus{.online = true, .cover_open = true}));
  EXPECT_EQ(after(Query::OfflineCause, 0x32), (PrinterStatus{.online = true, .paper_out = true}));
  EXPECT_EQ(after(Query::OfflineCause, 0x36), (PrinterStatus{.online = true, .paper_out = true, .cover_open = true}));
  EXPECT_EQ(after(Query::ErrorCause, 0x1A), (PrinterStatus{.online = true, .cutter_fault = true}));
  EXPECT_EQ(after(Query::ErrorCause, 0x32), (PrinterStatus{.online = true, .unrecoverable = true}));
  EXPECT_EQ(after(Query::ErrorCause, 0x52), fine);  // recovers by itself
  EXPECT_EQ(after(Query::Paper, 0x1E), (PrinterStatus{.online = true, .paper_near_end = true}));
  EXPECT_EQ(after(Query::Paper, 0x72), (PrinterStatus{.online = true, .paper_out = true}));
  EXPECT_EQ(after(Query::Paper, 0x7E), (PrinterStatus{.online = true, .paper_out = true, .paper_near_end = true}));
}

TEST(PrinterStatusBytes, AutomaticBlocks) {
  EXPECT_EQ(after_block("10 00 00 00"), fine);
  EXPECT_EQ(after_block("14 00 00 00"), fine);  // drawer pin
  EXPECT_EQ(after_block("38 00 00 00"), (PrinterStatus{.cover_open = true}));
  EXPECT_EQ(after_block("18 00 0C 00"), (PrinterStatus{.paper_out = true}));
  EXPECT_EQ(after_block("18 00 0F 00"), (PrinterStatus{.paper_out = true, .paper_near_end = true}));
  EXPECT_EQ(after_block("10 00 03 0F"), (PrinterStatus{.online = true, .paper_near_end = true}));
  EXPECT_EQ(after_block("18 08 00 00"), (PrinterStatus{.cutter_fault = true}));
  EXPECT_EQ(after_block("18 20 00 00"), (PrinterStatus{.unrecoverable = true}));
}

TEST(PrinterStatusBytes, AnAnswerMayComeInsideABlock) {
  for (unsigned at = 1; at < 4; ++at) {
    StatusReader reader = well();
    reader.expect_answer(Query::OfflineCause);
    const Bytes block = {0x38, 0x00, 0x00, 0x00};
    bool answered = false;
    bool complete = false;
    for (unsigned i = 0; i < 4; ++i) {
      if (i == at) answered = reader.feed(0x16).answer;
      complete = reader.feed(block[i]).automatic;
    }
    EXPECT_TRUE(answered);
    EXPECT_TRUE(complete);
    EXPECT_EQ(reader.status(), (PrinterStatus{.cover_open = true}));
  }
}

TEST(PrinterStatusBytes, StrayAnswersChangeNothing) {
  StatusReader reader = well();
  EXPECT_FALSE(reader.feed(0x36).answer);
  EXPECT_EQ(reader.status(), fine);
}

TEST(PrinterStatusBytes, AMarkerCountsOnlyWhenItIsOutAndNotInsideABlock) {
  StatusReader reader = well();
  EXPECT_FALSE(reader.feed(0x00).marker);
  reader.expect_marker(true);
  for (const std::uint8_t byte : Bytes{0x10, 0x00, 0x00, 0x00}) EXPECT_FALSE(reader.feed(byte).marker);
  EXPECT_TRUE(reader.feed(0x03).marker);
  EXPECT_TRUE(reader.status().paper_near_end);
  reader.expect_marker(false);
  EXPECT_FALSE(reader.feed(0x00).marker);
}

TEST(PrinterStatusBytes, ABlockCutShortIsDroppedByTheNextOne) {
  StatusReader reader = well();
  reader.feed(0x38);
  reader.feed(0x00);
  unsigned blocks = 0;
  for (const std::uint8_t byte : Bytes{0x10, 0x00, 0x00, 0x00}) blocks += reader.feed(byte).automatic ? 1 : 0;
  EXPECT_EQ(blocks, 1u);
  EXPECT_EQ(reader.status(), fine);
}

TEST(PrinterStatusBytes, NoByteIsTwoThings) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    StatusReader reader = well();
    reader.expect_answer(Query::Printer);
    reader.expect_marker(true);
    const auto seen = reader.feed(static_cast<std::uint8_t>(byte));
    EXPECT_LE(int{seen.answer} + int{seen.automatic} + int{seen.marker}, 1) << byte;
    EXPECT_EQ(seen.answer, (byte & 0x93) == 0x12) << byte;
    EXPECT_EQ(seen.marker, (byte & 0x90) == 0) << byte;
  }
}

}  // namespace
}  // namespace pilotlight::devices::escpos
