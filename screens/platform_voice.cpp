#include "screens/platform_voice.h"

#include <SDL.h>

#include <cstring>

namespace pilotlight::screens {

namespace {

constexpr int rate = 22'050;
constexpr std::uint32_t longest = 4U * rate * 2U * 60U;  // bytes of one file as played: bounds memory

// The file's samples as the device wants them; empty when it cannot be read.
std::vector<std::uint8_t> read_clip(const std::filesystem::path& file) {
  SDL_AudioSpec spec{};
  Uint8* samples = nullptr;
  Uint32 length = 0;
  if (SDL_LoadWAV(file.c_str(), &spec, &samples, &length) == nullptr) return {};
  std::vector<std::uint8_t> out;
  SDL_AudioCVT convert{};
  if (length <= longest &&
      SDL_BuildAudioCVT(&convert, spec.format, spec.channels, spec.freq, AUDIO_S16SYS, 1, rate) >= 0) {
    out.resize(static_cast<std::size_t>(length) * static_cast<std::size_t>(std::max(1, convert.len_mult)));
    std::memcpy(out.data(), samples, length);
    if (convert.needed != 0) {
      convert.buf = out.data();
      convert.len = static_cast<int>(length);
      SDL_ConvertAudio(&convert);
      out.resize(static_cast<std::size_t>(convert.len_cvt));
    } else {
      out.resize(length);
    }
  }
  SDL_FreeWAV(samples);
  return out;
}

// The "disk" driver starts its file anew with each opening; keep it open, so that a test hears everything.
bool keeps_open() {
  const char* const driver = SDL_GetCurrentAudioDriver();
  return driver != nullptr && std::strcmp(driver, "disk") == 0;
}

}  // namespace

Voice::~Voice() {
  if (device_ != 0) SDL_CloseAudioDevice(device_);
  if (started_) SDL_QuitSubSystem(SDL_INIT_AUDIO);
}

bool Voice::open() {
  if (device_ != 0) return true;
  if (unavailable_) return false;
  started_ = started_ || SDL_InitSubSystem(SDL_INIT_AUDIO) == 0;
  if (!started_) {
    unavailable_ = true;
    return false;
  }
  SDL_AudioSpec wanted{};
  wanted.freq = rate;
  wanted.format = AUDIO_S16SYS;
  wanted.channels = 1;
  wanted.samples = 1024;
  device_ = SDL_OpenAudioDevice(nullptr, 0, &wanted, nullptr, 0);
  unavailable_ = device_ == 0;
  if (device_ != 0) SDL_PauseAudioDevice(device_, 0);
  return device_ != 0;
}

void Voice::say(const std::filesystem::path& folder, const std::vector<std::string>& clips) {
  stop();
  for (const std::string& clip : clips) {
    const std::filesystem::path file = folder / (clip + ".wav");
    std::error_code error;
    if (!std::filesystem::exists(file, error) || !open()) continue;
    const std::vector<std::uint8_t> samples = read_clip(file);
    if (!samples.empty()) SDL_QueueAudio(device_, samples.data(), static_cast<Uint32>(samples.size()));
  }
}

void Voice::stop() {
  if (device_ != 0) SDL_ClearQueuedAudio(device_);
}

bool Voice::speaking() {
  if (device_ == 0) return false;
  if (SDL_GetQueuedAudioSize(device_) > 0) return true;
  if (keeps_open()) return false;
  SDL_CloseAudioDevice(device_);
  device_ = 0;
  return false;
}

}  // namespace pilotlight::screens
