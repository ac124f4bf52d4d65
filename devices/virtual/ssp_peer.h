// The validator as a part of the cabinet: its thread, its line, its commands and its faults.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "devices/virtual/part.h"
#include "devices/virtual/ssp_line.h"
#include "devices/virtual/ssp_slave.h"

namespace pilotlight::cabinet {

// Damage done to the next replies; each counts down as replies are sent.
struct SspFaults {
  long mute = 0;     // not sent
  long corrupt = 0;  // wrong CRC
  long garbage = 0;  // noise before the STX
  long split = 0;    // byte by byte
  long late = 0;     // after the host's time-out of 1 s
};

class ValidatorPeer : public Part {
 public:
  explicit ValidatorPeer(const Surroundings& surroundings);
  ~ValidatorPeer() override;
  void start() override;

 private:
  using Answer = boost::json::object;

  void loop();
  void on_frame(const SspFrame& frame);
  void pass_time();
  bool send(const SspFrame& reply);
  void send_late();
  void wake();
  int wait_ms();
  std::int64_t now() const;

  Answer note_command(Words words);
  Answer validator_command(Words words);
  Answer power(bool on);
  Answer jam(Jam jam);
  Answer line(std::string_view what);
  Answer fault(Words words);
  Answer state();

  Points& points_;
  std::mutex mutex_;  // everything below; never held when a point is reached
  NotePath path_;
  SspSlave slave_;
  SspLine line_;
  SspReceiver receiver_;
  SspFaults faults_;
  std::uint64_t power_cuts_ = 0;
  struct Late {
    std::int64_t due;
    Bytes bytes;
  };
  std::optional<Late> late_;
  int wake_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace pilotlight::cabinet
