#include "devices/virtual/points.h"

#include <algorithm>
#include <charconv>

#include "kiosk/base/check.h"

namespace pilotlight::cabinet {
namespace {
constexpr std::size_t most_armed = 64;
}

void Points::set_execute(Execute execute) {
  const std::lock_guard lock(mutex_);
  execute_ = std::move(execute);
}

void Points::declare(std::string_view point) {
  const std::lock_guard lock(mutex_);
  counts_.try_emplace(std::string(point), 0);
}

void Points::declare_family(std::string_view prefix) {
  const std::lock_guard lock(mutex_);
  families_.push_back({std::string(prefix), {}});
}

void Points::reached(std::string_view point) {
  std::vector<std::string> commands;
  Execute execute;
  {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(point);
    CHECK(found != counts_.end());
    ++found->second;
    commands = take_armed(point);
    execute = execute_;
  }
  changed_.notify_all();
  for (const std::string& command : commands) execute(command);
}

void Points::reached(std::string_view prefix, std::size_t n) {
  std::vector<std::string> commands;
  Execute execute;
  {
    const std::lock_guard lock(mutex_);
    const auto family = std::ranges::find(families_, prefix, &Family::prefix);
    CHECK(family != families_.end());
    if (n > most_of_family) return;
    if (family->counts.size() <= n) family->counts.resize(std::min(most_of_family, n * 2) + 1);
    ++family->counts[n];
    if (!armed_.empty()) commands = take_armed(std::string(prefix) + std::to_string(n));
    execute = execute_;
  }
  changed_.notify_all();
  for (const std::string& command : commands) execute(command);
}

bool Points::arm(std::string_view point, std::string command) {
  if (!known(point)) return false;
  const std::lock_guard lock(mutex_);
  std::vector<std::string>& waiting = armed_[std::string(point)];
  if (waiting.size() >= most_armed) return false;
  waiting.push_back(std::move(command));
  return true;
}

bool Points::known(std::string_view point) const {
  const std::lock_guard lock(mutex_);
  std::size_t n = 0;
  return counts_.contains(point) || family_of(point, n) != nullptr;
}

std::uint64_t Points::count(std::string_view point) const {
  const std::lock_guard lock(mutex_);
  return count_locked(point);
}

bool Points::wait(std::string_view point, std::uint64_t n, std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, timeout, [&] { return stopped_ || count_locked(point) >= n; });
  return count_locked(point) >= n;
}

void Points::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
}

std::vector<std::pair<std::string, std::uint64_t>> Points::all() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::uint64_t>> list(counts_.begin(), counts_.end());
  for (const Family& family : families_) {
    std::size_t highest = family.counts.size();
    while (highest > 0 && family.counts[highest - 1] == 0) --highest;
    list.emplace_back(family.prefix + "N", highest == 0 ? 0 : highest - 1);
  }
  std::ranges::sort(list);
  return list;
}

const Points::Family* Points::family_of(std::string_view point, std::size_t& n) const {
  for (const Family& family : families_) {
    if (!point.starts_with(family.prefix)) continue;
    const std::string_view digits = point.substr(family.prefix.size());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
    if (error == std::errc() && end == digits.data() + digits.size() && n >= 1 && n <= most_of_family) return &family;
  }
  return nullptr;
}

std::uint64_t Points::count_locked(std::string_view point) const {
  if (const auto found = counts_.find(point); found != counts_.end()) return found->second;
  std::size_t n = 0;
  const Family* family = family_of(point, n);
  return family && n < family->counts.size() ? family->counts[n] : 0;
}

std::vector<std::string> Points::take_armed(std::string_view point) {
  const auto found = armed_.find(point);
  if (found == armed_.end()) return {};
  std::vector<std::string> commands = std::move(found->second);
  armed_.erase(found);
  return commands;
}

}  // namespace pilotlight::cabinet
