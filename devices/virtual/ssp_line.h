// The serial line of the validator: a pseudo terminal whose slave an application opens as if it were a USB-serial
// adapter. Source: virtual-hardware reference section 3. Not thread-safe.
#pragma once

#include <filesystem>
#include <string>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

class SspLine {
 public:
  // Plugs in. Throws std::runtime_error if no pseudo terminal can be had or the link cannot be made.
  explicit SspLine(std::filesystem::path link);
  ~SspLine();
  SspLine(const SspLine&) = delete;
  SspLine& operator=(const SspLine&) = delete;

  // The adapter comes back: a new pty under the same link (renamed into place). Nothing happens if it is plugged.
  void plug();
  // The adapter is pulled: an application that has it open reads its end; the link is gone.
  void cut();
  bool plugged() const { return master_ >= 0; }

  int descriptor() const { return master_; }  // to poll for reading; -1 while cut
  Bytes read();                               // what has arrived, never blocks
  // Puts bytes on the wire; what does not fit because nobody reads is lost, as on a real wire.
  void write(ByteView bytes);

 private:
  std::filesystem::path link_;
  int master_ = -1;
  int slave_ = -1;  // kept open so that the pty lives when the application closes its end
};

}  // namespace pilotlight::cabinet
