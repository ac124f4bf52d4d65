#include "kiosk/runtime/display_face.h"

#include <fstream>

#include "screens/display.h"

namespace pilotlight {
namespace {

class DisplayFace final : public Face {
 public:
  explicit DisplayFace(std::unique_ptr<screens::Display> display) : display_(std::move(display)) {}
  std::vector<core::Intent> turn(const core::State& state, const Moment& now, std::int64_t timeout_ms) override {
    return display_->turn(state, now, timeout_ms);
  }
  void wake() override { display_->wake(); }
  bool closed() const override { return display_->closed(); }

 private:
  std::unique_ptr<screens::Display> display_;
};

}  // namespace

Result<std::unique_ptr<Face>, Message> open_display_face(const KioskConfig& config, const FaceOptions& options) {
  screens::DisplayOptions display;
  display.width = options.width;
  display.height = options.height;
  display.windowed = options.windowed;
  display.assets = config.assets_dir;
  display.sounds = config.assets_dir + "/sounds";
  if (!options.ui_trace.empty()) {
    if (!config.demo) return fail(Message{"--ui-trace is for mode = \"demo\" only: it shows what customers see"});
    auto file = std::make_shared<std::ofstream>(options.ui_trace, std::ios::app);
    if (!*file) return fail(Message{options.ui_trace + ": cannot be written"});
    display.trace = [file](const std::string& line) { *file << line << '\n' << std::flush; };
  }
  auto opened = screens::Display::open(std::move(display));
  if (!opened) return fail(opened.error());
  return std::make_unique<DisplayFace>(std::move(*opened));
}

}  // namespace pilotlight
