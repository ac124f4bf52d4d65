// A receipt printer behind a TCP connection, at the byte level. A small interpreter of its own for the text of a
// receipt: what comes out is lines, not dots (tests/e2e looks at the dots).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/base/bytes.h"
#include "tests/simulation/story.h"

namespace pilotlight::simulation {

struct PaperPiece {
  std::vector<std::string> lines;  // UTF-8
  bool whole = false;              // cut at its end
};

class Printer {
 public:
  struct Watch {
    std::function<void(const PaperPiece&)> piece;
    std::function<void(ByteView)> to_terminal;
    std::function<void()> hung_up;
  };
  Printer(std::string name, Schedule& schedule, Story& story, Watch watch);

  bool connect();  // false: nobody answers
  void disconnect();
  void receive(ByteView bytes);

  void set_power(bool on);
  void set_paper(bool there);
  void set_cover(bool open);
  // The roll ends (or the power goes) when this many more bytes have been printed.
  void end_paper_after(std::size_t bytes) { paper_ends_in_ = bytes; }
  void lose_power_after(std::size_t bytes) { power_ends_in_ = bytes; }

 private:
  void work();
  std::size_t command(ByteView bytes);
  std::size_t graphics(ByteView bytes);
  void line_feed();
  void cut();
  void tear();
  void answer(ByteView bytes);
  void tell_status();
  std::uint8_t paper_bits() const { return paper_ ? 0x00 : 0x0C; }

  const std::string name_;
  Schedule& schedule_;
  Story& story_;
  const Watch watch_;
  bool powered_ = true, paper_ = true, cover_open_ = false, connected_ = false;
  bool automatic_ = false;
  std::optional<std::size_t> paper_ends_in_, power_ends_in_;
  Bytes buffer_;
  std::string line_;  // GB18030
  PaperPiece piece_;
  std::uint64_t connection_ = 0;
  Life life_ = new_life();
};

}  // namespace pilotlight::simulation
