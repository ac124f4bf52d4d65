// Where a simulation takes every decision from: the same seed gives the same numbers on every machine and compiler.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace pilotlight::simulation {

// xoshiro256** (Blackman and Vigna), seeded by splitmix64. Not for keys. 40 bytes, copyable: a copy repeats the stream.
class Chance {
 public:
  explicit Chance(std::uint64_t seed) : seed_(seed) {
    for (std::uint64_t& word : state_) word = splitmix(seed);
  }

  std::uint64_t next() {
    const std::uint64_t result = rotate(state_[1] * 5, 7) * 9;
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = rotate(state_[3], 45);
    return result;
  }

  // 0 … n - 1, each as likely (Lemire's multiplication with rejection). 0 for n = 0.
  std::uint64_t below(std::uint64_t n) {
    if (n == 0) return 0;
    Wide product = static_cast<Wide>(next()) * n;
    if (static_cast<std::uint64_t>(product) < n)
      for (const std::uint64_t surplus = (0 - n) % n; static_cast<std::uint64_t>(product) < surplus;)
        product = static_cast<Wide>(next()) * n;
    return static_cast<std::uint64_t>(product >> 64);
  }

  bool one_in(std::uint64_t n) { return below(n) == 0; }         // n >= 1
  bool percent(std::uint64_t n) { return below(100) < n; }       // 0 never, 100 always
  std::int64_t between(std::int64_t least, std::int64_t most) {  // both included; least <= most
    const std::uint64_t span = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least) + 1;
    const std::uint64_t step = span == 0 ? next() : below(span);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(least) + step);
  }

  // An independent stream for one part of the world. It depends on this one's seed and the name, not on what was drawn:
  // another draw in one part moves nothing in the others. The same name twice is the same stream twice.
  Chance fork(std::string_view name) const {
    std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
    for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    std::uint64_t mixed = seed_;
    return Chance(splitmix(mixed) ^ splitmix(hash));
  }

 private:
  __extension__ using Wide = unsigned __int128;

  static constexpr std::uint64_t rotate(std::uint64_t x, int by) { return (x << by) | (x >> (64 - by)); }
  static constexpr std::uint64_t splitmix(std::uint64_t& x) {
    std::uint64_t z = (x += 0x9e3779b97f4a7c15U);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }

  std::uint64_t seed_;
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace pilotlight::simulation
