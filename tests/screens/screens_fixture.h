// What every test of the screens needs: the real strings, the real fonts, a painter.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "screens/gallery.h"
#include "screens/painter.h"
#include "screens/present.h"

namespace pilotlight::screens {

inline const std::filesystem::path assets = std::filesystem::path(SOURCE_DIR) / "assets";

inline const Strings& real_strings() {
  static const Strings strings = [] {
    auto loaded = Strings::load(assets);
    if (!loaded) ADD_FAILURE() << loaded.error().text;
    return loaded ? *loaded : Strings{};
  }();
  return strings;
}

inline core::State exhibit(const std::string& name) {
  for (const Exhibit& e : exhibits())
    if (e.name == name) return e.state;
  ADD_FAILURE() << "no exhibit " << name;
  return {};
}

inline View view_of(const core::State& state) { return present(state, real_strings(), exhibit_moment()); }

}  // namespace pilotlight::screens
