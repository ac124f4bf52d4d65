// What an ESC/POS printer says about itself: three kinds of answer share one stream without framing and are told apart
// by fixed bits. Pure and incremental; takes any bytes without harm.
//
//   DLE EOT n  one byte, (b & 93) == 12; the answer to the one query that is out
//   GS a       four bytes by themselves at every change, the first (b & 93) == 10, the others with bits 4 and 7 clear
//   GS r 1     one byte with bits 4 and 7 clear; only when a marker is out, and not inside a GS a block
#pragma once

#include <cstdint>

#include "devices/receipt_printer/receipt_printer.h"

namespace pilotlight::devices::escpos {

// The n of DLE EOT n.
enum class Query : std::uint8_t { None = 0, Printer = 1, OfflineCause = 2, ErrorCause = 3, Paper = 4 };

class StatusReader {
 public:
  // The next DLE EOT answer belongs to this query. One at a time: answers carry no number.
  void expect_answer(Query query) { query_ = query; }
  bool answer_is_out() const { return query_ != Query::None; }

  // Bytes of GS r form count from now on / no longer.
  void expect_marker(bool expected) { marker_expected_ = expected; }

  struct Seen {
    bool answer = false;     // to the query that was out
    bool automatic = false;  // a whole GS a block
    bool marker = false;     // GS r 1
  };
  Seen feed(std::uint8_t byte);

  // Forgets what is out and half-read blocks; keeps the status.
  void restart();

  // `online` here: the printer does not call itself offline. Whether there is a connection is the caller's knowledge.
  PrinterStatus status() const;

  // USB GET_PORT_STATUS, for a printer that answers nothing else at the moment.
  void set_paper_out(bool out) { paper_end_ = out; }

 private:
  void take_answer(std::uint8_t byte);
  void take_block();

  Query query_ = Query::None;
  bool marker_expected_ = false;
  std::uint8_t block_[4] = {};
  unsigned block_size_ = 0;  // 0: not inside a block

  bool offline_ = true;
  bool cover_open_ = false;
  bool stopped_by_paper_ = false;
  bool paper_end_ = false;
  bool paper_near_end_ = false;
  bool cutter_fault_ = false;
  bool unrecoverable_ = false;
};

}  // namespace pilotlight::devices::escpos
