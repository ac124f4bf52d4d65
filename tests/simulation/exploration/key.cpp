#include "tests/simulation/exploration/key.h"

#include <algorithm>
#include <string_view>
#include <type_traits>
#include <variant>

namespace pilotlight::exploration {
namespace {

// Fields that step() writes and never reads, and settings that never change. Anything new is in the key by itself.
bool left_out(std::string_view field) {
  static constexpr std::array<std::string_view, 4> names = {"settings", "announcement", "note_refusal", "wall_ms"};
  return std::find(names.begin(), names.end(), field) != names.end();
}

template <class T>
concept Described = requires(const T& value) {
  value.describe_fields([](std::string_view, const auto&) {});
};

class Digest {
 public:
  Key key() const { return {a_, b_}; }

  void add(const Money& v) { word(static_cast<std::uint64_t>(v.fen)); }
  void add(const Volume& v) { word(static_cast<std::uint64_t>(v.litres)); }
  void add(const Id& v) { word(v ? ordinal(ids_, v) : 0); }
  void add(const Bytes& v) { word(v.empty() ? 0 : ordinal(tokens_, v)); }
  void add(const std::string& v) {
    word(v.size());
    for (std::size_t i = 0; i < v.size(); i += 8) {
      std::uint64_t part = 0;
      for (std::size_t k = i; k < std::min(i + 8, v.size()); ++k) part = part << 8 | static_cast<std::uint8_t>(v[k]);
      word(part);
    }
  }
  template <class T>
  requires(std::is_integral_v<T> || std::is_enum_v<T>) void add(const T& v) { word(static_cast<std::uint64_t>(v)); }
  template <class T>
  void add(const std::optional<T>& v) {
    word(v.has_value());
    if (v) add(*v);
  }
  template <class T>
  void add(const std::vector<T>& v) {
    word(v.size());
    for (const T& one : v) add(one);
  }
  template <class... T>
  void add(const std::variant<T...>& v) {
    word(v.index());
    std::visit([&](const auto& one) { add(one); }, v);
  }
  template <Described T>
  void add(const T& v) {
    for_each_field(v, [&](std::string_view name, const auto& field) {
      if (!left_out(name)) add(field);
    });
  }

 private:
  // Names do not matter, only which are the same: the n-th one met is n.
  template <class T>
  std::uint64_t ordinal(std::vector<T>& seen, const T& v) {
    const auto at = std::find(seen.begin(), seen.end(), v);
    const auto place = static_cast<std::uint64_t>(at - seen.begin());
    if (at == seen.end()) seen.push_back(v);
    return place + 1;
  }
  void word(std::uint64_t v) {
    a_ = mix((a_ ^ v) * 0x9E3779B97F4A7C15ULL);
    b_ = mix((b_ + v) * 0xC2B2AE3D27D4EB4FULL + 0x165667B19E3779F9ULL);
  }
  static std::uint64_t mix(std::uint64_t v) {
    v ^= v >> 32;
    v *= 0xD6E8FEB86659FD93ULL;
    return v ^ v >> 29;
  }

  std::uint64_t a_ = 1;
  std::uint64_t b_ = 2;
  std::vector<Id> ids_;
  std::vector<Bytes> tokens_;
};

}  // namespace

void canonical(World& world) {
  core::State& state = world.state;
  const std::int64_t shift = model_now_ms - state.now.steady_ms;
  const auto move = [shift](std::int64_t& at) { at = at == 0 ? 0 : at + shift; };
  move(state.talk.last_activity_ms);
  move(state.talk.deadline_ms);
  move(state.talk.retry_ms);
  move(state.talk.settle_notes_ms);
  move(state.recovery.since_ms);
  state.now = {model_now_ms, 0};
  if (core::idle_limit(state) == 0) state.talk.last_activity_ms = model_now_ms;
  if (state.recovery.sessions.empty()) state.recovery = {};
  const core::Page page = state.talk.page;
  if (page != core::Page::Settling && page != core::Page::CardOut && page != core::Page::UplinkWait)
    state.talk.resume = core::Page::Home;
}

Key key_of(const World& world) {
  Digest digest;
  digest.add(world);
  return digest.key();
}

}  // namespace pilotlight::exploration
