// Speaks by playing sound files one after the other. Without a sound device, or without a file, it is silent: the
// screen says everything too. The device is open only while something is said, so that a silent terminal sleeps. Main
// thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace pilotlight::screens {

class Voice {
 public:
  Voice() = default;
  ~Voice();
  Voice(const Voice&) = delete;
  Voice& operator=(const Voice&) = delete;

  // Cuts off what is being said and says this: FOLDER/CLIP.wav for each clip, mono or stereo, any rate.
  void say(const std::filesystem::path& folder, const std::vector<std::string>& clips);
  void stop();
  // Closes the device when all has been said; true while there is still something to say.
  bool speaking();

 private:
  bool open();

  std::uint32_t device_ = 0;
  bool started_ = false;
  bool unavailable_ = false;
};

}  // namespace pilotlight::screens
