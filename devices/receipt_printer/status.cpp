#include "devices/receipt_printer/status.h"

namespace pilotlight::devices::escpos {
namespace {

constexpr std::uint8_t fixed_bits = 0x93;
constexpr std::uint8_t answer_bits = 0x12;
constexpr std::uint8_t block_bits = 0x10;
constexpr std::uint8_t rest_mask = 0x90;  // clear in the rest of a block and in a GS r answer

bool any(std::uint8_t byte, std::uint8_t bits) { return (byte & bits) != 0; }

}  // namespace

StatusReader::Seen StatusReader::feed(std::uint8_t byte) {
  Seen seen;
  if ((byte & fixed_bits) == answer_bits) {
    // May come in the middle of a block: real-time answers overtake.
    if (query_ == Query::None) return seen;  // stray
    take_answer(byte);
    query_ = Query::None;
    seen.answer = true;
  } else if ((byte & fixed_bits) == block_bits) {
    block_[0] = byte;
    block_size_ = 1;
  } else if ((byte & rest_mask) == 0) {
    if (block_size_ > 0) {
      block_[block_size_++] = byte;
      if (block_size_ == 4) {
        take_block();
        block_size_ = 0;
        seen.automatic = true;
      }
    } else if (marker_expected_) {
      paper_near_end_ = any(byte, 0x03);
      paper_end_ = any(byte, 0x0C);
      seen.marker = true;
    }
  } else {
    block_size_ = 0;  // not a status byte: whatever was being read is damaged
  }
  return seen;
}

void StatusReader::restart() {
  query_ = Query::None;
  marker_expected_ = false;
  block_size_ = 0;
}

PrinterStatus StatusReader::status() const {
  return {!offline_, paper_end_ || stopped_by_paper_, paper_near_end_, cover_open_, cutter_fault_, unrecoverable_};
}

void StatusReader::take_answer(std::uint8_t byte) {
  switch (query_) {
    case Query::None:
      return;
    case Query::Printer:
      offline_ = any(byte, 0x08);
      return;
    case Query::OfflineCause:
      cover_open_ = any(byte, 0x04);
      stopped_by_paper_ = any(byte, 0x20);
      return;
    case Query::ErrorCause:
      cutter_fault_ = any(byte, 0x08);
      unrecoverable_ = any(byte, 0x20);
      return;
    case Query::Paper:
      paper_near_end_ = any(byte, 0x0C);
      paper_end_ = any(byte, 0x60);
      return;
  }
}

void StatusReader::take_block() {
  offline_ = any(block_[0], 0x08);
  cover_open_ = any(block_[0], 0x20);
  cutter_fault_ = any(block_[1], 0x08);
  unrecoverable_ = any(block_[1], 0x20);
  paper_near_end_ = any(block_[2], 0x03);
  paper_end_ = any(block_[2], 0x0C);
  stopped_by_paper_ = paper_end_;
}

}  // namespace pilotlight::devices::escpos
