// The words of the screens, one file per language: lines of key = "text", with \" \\ \n as in TOML, # for comments.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "kiosk/base/result.h"
#include "kiosk/core/state.h"

namespace pilotlight::screens {

using Words = std::map<std::string, std::string, std::less<>>;

// Errors name `origin`, line and what is wrong: not key = "text", a key twice, an unknown escape.
Result<Words, Message> read_words(std::string_view text, const std::string& origin);

struct Strings {
  Words chinese;
  Words english;

  // Reads zh.toml and en.toml in assets/strings (the screens) and assets/safety (the advice); both languages must have
  // the same keys with the same {places}.
  static Result<Strings, Message> load(const std::filesystem::path& assets);
  const Words& of(core::Language language) const { return language == core::Language::English ? english : chinese; }
};

// A text with its {places} filled. A key that is not there shows as the key: seen in every gallery, never a crash.
std::string say(const Words& words, std::string_view key,
                std::initializer_list<std::pair<std::string_view, std::string>> places = {});

}  // namespace pilotlight::screens
