// The host's side of SSP, written for these tests from cash-ssp sections 1 and 2 – not from the peer, not from the
// terminal's driver.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

class SspHost {
 public:
  explicit SspHost(const std::filesystem::path& tty);
  ~SspHost();
  SspHost(const SspHost&) = delete;
  SspHost& operator=(const SspHost&) = delete;

  // Sends bytes as they are and gives the bytes of the whole reply frame in hex, "" after the time.
  std::string raw(const std::string& line_hex, int timeout_ms = 1000);
  // Sends a new command (the sequence bit is toggled) and gives the reply's data in hex, "" if none came.
  std::string command(const std::string& data_hex, int timeout_ms = 1000);
  std::string repeat(int timeout_ms = 1000);  // the last command's identical bytes
  std::string sync();
  std::string poll() { return command("07"); }
  // Polls until the reply holds `event_hex`; gives all that was said on the way, "" if it never came.
  std::string poll_until(const std::string& event_hex);
  // SYNC, protocol, first poll, all channels, ENABLE. The first poll's reply.
  std::string start(const std::string& protocol_hex = "08");
  bool gone();  // the adapter was pulled

 private:
  std::optional<Bytes> receive(int timeout_ms);
  std::string data_of(const std::optional<Bytes>& frame) const;

  int fd_ = -1;
  std::uint8_t sequence_ = 0x80;
  Bytes last_sent_;
};

}  // namespace pilotlight::cabinet
