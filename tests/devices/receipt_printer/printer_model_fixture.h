// A receipt printer for the driver's tests: takes ESC/POS bytes, answers status queries, remembers what it printed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kiosk/base/bytes.h"

namespace pilotlight::devices::test {

class PrinterModel {
 public:
  // Takes bytes as they arrive and returns what the printer sends back because of them.
  Bytes feed(ByteView bytes);

  // The physical switches; each returns what the printer sends back by itself.
  Bytes set_paper_out(bool out);
  Bytes set_cover_open(bool open);
  Bytes set_near_end(bool near);
  Bytes set_cutter_fault(bool fault);

  void forget_received() { pending_.clear(); }  // SOFT_RESET

  bool can_print() const { return !paper_out_ && !cover_open_ && !cutter_fault_; }

  // Things that happened to the paper.
  struct Dots {
    unsigned width_bytes = 0;
    unsigned rows = 0;
    Bytes data;
  };
  std::vector<Bytes> lines;  // text lines, undecoded
  std::vector<Dots> rasters;
  std::vector<std::string> qr_codes;
  unsigned cuts = 0;
  unsigned markers = 0;
  std::uint64_t content_bytes = 0;   // consumed that leave a mark
  std::vector<std::string> unknown;  // commands it does not know: the tests want none

  bool answers_marker = true;
  bool automatic_status = true;
  bool answers_queries = true;

 private:
  std::size_t command(ByteView bytes, Bytes& answer);
  std::size_t esc_command(ByteView bytes);
  std::size_t gs_command(ByteView bytes, Bytes& answer);
  std::size_t qr_command(ByteView bytes);
  std::uint8_t answer_to(std::uint8_t query) const;
  Bytes block() const;
  Bytes changed() const;

  Bytes pending_;
  Bytes line_;
  std::string qr_;
  bool automatic_on_ = false;
  bool paper_out_ = false;
  bool cover_open_ = false;
  bool near_end_ = false;
  bool cutter_fault_ = false;
};

}  // namespace pilotlight::devices::test
