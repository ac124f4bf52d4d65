#include "screens/strings.h"

#include <fstream>
#include <optional>
#include <set>
#include <sstream>

namespace pilotlight::screens {

namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::optional<std::string> unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') return std::nullopt;
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (++i == text.size()) return std::nullopt;
    if (text[i] == 'n')
      out += '\n';
    else if (text[i] == '"' || text[i] == '\\')
      out += text[i];
    else
      return std::nullopt;
  }
  return out;
}

std::set<std::string> places_in(std::string_view text) {
  std::set<std::string> places;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1))
    places.emplace(text.substr(at, text.find('}', at) - at));
  return places;
}

Result<Words, Message> read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(Message{"cannot read " + file.string()});
  std::ostringstream text;
  text << in.rdbuf();
  return read_words(text.str(), file.string());
}

}  // namespace

Result<Words, Message> read_words(std::string_view text, const std::string& origin) {
  Words words;
  int number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::string where = origin + ":" + std::to_string(number) + ": ";
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return fail(Message{where + "expected key = \"text\""});
    const std::string key(trimmed(line.substr(0, equals)));
    const auto value = unquoted(trimmed(line.substr(equals + 1)));
    if (key.empty() ||
        key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.") != std::string::npos)
      return fail(Message{where + "a key is letters, digits, dots and _"});
    if (!value) return fail(Message{where + key + " needs a text in double quotes; escapes are \\\" \\\\ \\n"});
    if (!words.emplace(key, *value).second) return fail(Message{where + key + " stands here a second time"});
  }
  return words;
}

namespace {

Result<Strings, Message> read_pair(const std::filesystem::path& directory) {
  auto chinese = read_file(directory / "zh.toml");
  if (!chinese) return fail(chinese.error());
  auto english = read_file(directory / "en.toml");
  if (!english) return fail(english.error());
  for (const auto& [key, text] : *chinese) {
    const auto other = english->find(key);
    if (other == english->end()) return fail(Message{(directory / "en.toml").string() + ": " + key + " is missing"});
    if (places_in(text) != places_in(other->second))
      return fail(Message{directory.string() + ": " + key + " has other {places} in English than in Chinese"});
  }
  for (const auto& [key, text] : *english)
    if (!chinese->contains(key)) return fail(Message{(directory / "zh.toml").string() + ": " + key + " is missing"});
  return Strings{std::move(*chinese), std::move(*english)};
}

}  // namespace

Result<Strings, Message> Strings::load(const std::filesystem::path& assets) {
  auto strings = read_pair(assets / "strings");
  if (!strings) return strings;
  auto safety = read_pair(assets / "safety");
  if (!safety) return safety;
  strings->chinese.merge(safety->chinese);
  strings->english.merge(safety->english);
  return strings;
}

std::string say(const Words& words, std::string_view key,
                std::initializer_list<std::pair<std::string_view, std::string>> places) {
  const auto found = words.find(key);
  if (found == words.end()) return std::string(key);
  std::string text = found->second;
  for (const auto& [place, value] : places) {
    const std::string mark = "{" + std::string(place) + "}";
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  }
  return text;
}

}  // namespace pilotlight::screens
