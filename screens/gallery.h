// Every page there is, from fixed states: for the eyes, for the layout tests, for golden pictures.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "kiosk/base/result.h"
#include "kiosk/core/state.h"

namespace pilotlight::screens {

struct Exhibit {
  std::string name;  // "cash-150", a file name
  core::State state;
};

// One of each page, overlay, refusal, trouble, ending and reason for no service, in Chinese; the same every time.
std::vector<Exhibit> exhibits();
// The moment of every exhibit.
Moment exhibit_moment();

// Writes NAME-zh.png and NAME-en.png of every exhibit, in a window of this size. Needs no display. Returns 0, or 1
// after saying on stderr what went wrong.
int run_gallery(const std::filesystem::path& assets, const std::filesystem::path& out_dir, int width, int height);

}  // namespace pilotlight::screens
