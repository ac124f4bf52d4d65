#include "screens/gallery.h"

#include <cstdio>

#include "screens/painter.h"
#include "screens/present.h"

namespace pilotlight::screens {

namespace {

Result<void, Message> write_all(const std::filesystem::path& assets, const std::filesystem::path& out_dir, int width,
                                int height) {
  const auto strings = Strings::load(assets);
  if (!strings) return fail(strings.error());
  auto painter = Painter::open({}, width, height);
  if (!painter) return fail(painter.error());
  std::error_code error;
  std::filesystem::create_directories(out_dir, error);
  for (Exhibit& exhibit : exhibits())
    for (const core::Language language : {core::Language::Chinese, core::Language::English}) {
      exhibit.state.talk.language = language;
      const View view = present(exhibit.state, *strings, exhibit_moment());
      (*painter)->pass(view, {}, exhibit_moment().steady_ms);
      (*painter)->paint();
      const std::string name = exhibit.name + (language == core::Language::English ? "-en.png" : "-zh.png");
      if (const auto written = write_png((*painter)->picture(), out_dir / name); !written) return written;
    }
  return {};
}

}  // namespace

int run_gallery(const std::filesystem::path& assets, const std::filesystem::path& out_dir, int width, int height) {
  const auto done = write_all(assets, out_dir, width, height);
  if (done) return 0;
  std::fprintf(stderr, "gallery: %s\n", done.error().text.c_str());
  return 1;
}

}  // namespace pilotlight::screens
