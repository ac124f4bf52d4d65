#include "devices/virtual/command.h"

#include <charconv>

#include "kiosk/base/check.h"

namespace pilotlight::cabinet {

void Commands::add(std::string verb, Action action, Turn turn) {
  const bool fresh = verbs_.emplace(std::move(verb), Verb{std::move(action), turn}).second;
  CHECK(fresh);
}

void Commands::add_state(std::string name, std::function<boost::json::value()> state) {
  states_.emplace_back(std::move(name), std::move(state));
}

boost::json::object Commands::execute(std::string_view line) {
  const std::vector<std::string> words = split_words(line);
  if (words.empty()) return refused("empty command");
  boost::json::object answer;
  try {
    if (words[0] == "state") {
      const std::lock_guard lock(turn_);
      answer = state();
    } else {
      const auto verb = verbs_.find(words[0]);
      if (verb == verbs_.end()) return refused("unknown command '" + words[0] + "'");
      std::unique_lock lock(turn_, std::defer_lock);
      if (verb->second.turn == Turn::OneAtATime) lock.lock();
      answer = verb->second.action(Words(words).subspan(1));
    }
  } catch (const std::exception& error) {
    return refused(error.what());
  }
  if (answer.contains("ok")) return answer;
  boost::json::object whole{{"ok", true}};
  for (auto& member : answer) whole.insert_or_assign(member.key(), std::move(member.value()));
  return whole;
}

bool Commands::knows(std::string_view verb) const { return verb == "state" || verbs_.contains(verb); }

boost::json::object Commands::state() const {
  boost::json::object all;
  for (const auto& [name, part] : states_) all[name] = part();
  return all;
}

boost::json::object refused(std::string_view reason) { return {{"ok", false}, {"error", reason}}; }

std::vector<std::string> split_words(std::string_view line) {
  std::vector<std::string> words;
  bool in_word = false;
  bool in_quotes = false;
  for (const char c : line) {
    const bool blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (blank && !in_quotes) {
      in_word = false;
      continue;
    }
    if (!in_word) {
      words.emplace_back();
      in_word = true;
    }
    if (c == '"') {
      in_quotes = !in_quotes;
    } else {
      words.back().push_back(c);
    }
  }
  return words;
}

std::optional<long> parse_number(std::string_view word, long min, long max) {
  long value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value < min || value > max) return std::nullopt;
  return value;
}

}  // namespace pilotlight::cabinet
