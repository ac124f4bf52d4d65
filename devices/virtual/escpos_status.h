// The printer's condition and how it tells it. Source: printer-escpos reference section 3.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

enum class PaperState { Enough, NearEnd, Out };

struct PrinterCondition {
  bool powered = true;
  PaperState paper = PaperState::Enough;
  bool cover_open = false;
  bool cutter_jammed = false;  // something is in the cutter
  bool cutter_error = false;   // a cut was tried and failed
  bool operator==(const PrinterCondition&) const = default;

  bool online() const { return powered && paper != PaperState::Out && !cover_open && !cutter_error; }
};

// The answer to DLE EOT n (1..4); nothing for another n.
std::optional<std::uint8_t> real_time_status(const PrinterCondition& condition, std::uint8_t n);
// The answer to GS r 1 (paper); GS r 2 (drawer) is 0.
std::uint8_t paper_status(const PrinterCondition& condition);
// The four bytes of automatic status back.
std::array<std::uint8_t, 4> automatic_status(const PrinterCondition& condition);

// Finds DLE EOT n and DLE ENQ n in the raw stream as bytes arrive, wherever they are: also inside pictures.
class RealTimeScanner {
 public:
  struct Command {
    bool recover = false;  // DLE ENQ (10 05) instead of DLE EOT (10 04)
    std::uint8_t n = 0;
  };
  std::optional<Command> take(std::uint8_t byte);

 private:
  std::uint8_t before_[2]{};
};

}  // namespace pilotlight::cabinet
