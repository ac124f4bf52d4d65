// The receipt printer as a part of the cabinet: a network printer on its TCP port, one client at a time.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>

#include "devices/virtual/escpos_paper.h"
#include "devices/virtual/escpos_printer.h"
#include "devices/virtual/escpos_status.h"
#include "devices/virtual/part.h"

namespace pilotlight::cabinet {

class PrinterPeer : public Part {
 public:
  explicit PrinterPeer(const Surroundings& surroundings);
  ~PrinterPeer() override;
  void start() override;
  // The port in use (when the configuration says 0: which one it became).
  std::uint16_t port() const { return port_; }

 private:
  using Answer = boost::json::object;

  void loop();
  void listen();
  void accept_client();
  void drop_client();
  void receive();
  void real_time(RealTimeScanner::Command command);
  bool print_some();
  void print_step(std::unique_lock<std::mutex>& lock);
  void after_step(std::unique_lock<std::mutex>& lock, const PrintStep& step);
  void finish_abandoned(bool half_a_command);
  void say(ByteView bytes);
  void wake();
  bool may_print(std::int64_t now) const;
  int wait_ms() const;

  Answer command(Words words);
  Answer last() const;
  // Puts the new condition on disk, tells it, and does what it means for paper, buffer and connection.
  void apply(const PrinterCondition& next);
  void lose_power();
  Answer state();
  void load();

  const PrinterConfig& config_;
  const Disk& disk_;
  Points& points_;
  std::mutex mutex_;  // everything below; never held when a point is reached
  PrinterCondition condition_;
  Paper paper_;
  EscposPrinter printer_;
  RealTimeScanner scanner_;
  Bytes buffer_;
  std::size_t job_bytes_ = 0;
  std::uint8_t automatic_ = 0;   // GS a mask
  std::int64_t busy_until_ = 0;  // the paper is moving
  std::uint64_t resets_ = 0;     // power cuts and cleared buffers: a step that sees one stops
  bool cut_announced_ = false;   // printer.before-cut was reached for the cut at the front
  std::uint16_t port_ = 0;
  int listener_ = -1;
  int client_ = -1;
  int wake_ = -1;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace pilotlight::cabinet
