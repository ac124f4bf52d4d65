// The thread that stands in SCardGetStatusChange: finds the reader, says what is in its slot, and comes back by itself
// when the daemon or the device does.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "devices/card_reader/pcsc_reader.h"
#include "devices/card_reader/slot_state.h"

namespace pilotlight::devices {

class StatusWatch {
 public:
  // Called on the watch's thread at every change, and possibly once more while the watch is being destroyed.
  using Publish = std::function<void(const SlotState&)>;
  StatusWatch(std::string reader_name, const ReaderLimits& limits, Publish publish);
  ~StatusWatch();  // bounded by limits.shutdown
  StatusWatch(const StatusWatch&) = delete;
  StatusWatch& operator=(const StatusWatch&) = delete;

  struct Shared;  // outlives the watch where its thread had to be left behind

 private:
  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace pilotlight::devices
