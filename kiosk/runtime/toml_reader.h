// Reads one TOML document key by key and complains like a person: file, line, key, what is wrong, what would be right.
#pragma once

#include <toml++/toml.h>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace pilotlight {

// The first mistake wins; after it every getter returns its default.
class TomlReader {
 public:
  TomlReader(std::string_view text, std::string name);

  // Keys are "section.key" or "key". Required unless a default is given.
  std::string text(const std::string& key, std::optional<std::string> otherwise = std::nullopt);
  std::int64_t whole(const std::string& key, std::int64_t least, std::int64_t most,
                     std::optional<std::int64_t> otherwise = std::nullopt);
  bool flag(const std::string& key, std::optional<bool> otherwise = std::nullopt);
  std::vector<std::int64_t> wholes(const std::string& key, std::int64_t least, std::int64_t most);
  std::vector<std::string> texts(const std::string& key);

  void complain(const std::string& key, const std::string& what);
  // Call last: the first mistake, counting keys that nobody asked for; empty if there is none.
  std::string finish();

 private:
  const toml::node* find(const std::string& key, bool required);
  void complain_at(const toml::node* node, const std::string& key, const std::string& what);
  void look_for_unknown(const toml::table& table, const std::string& prefix);

  std::string name_;
  toml::table table_;
  std::set<std::string> asked_;
  std::string mistake_;
};

}  // namespace pilotlight
