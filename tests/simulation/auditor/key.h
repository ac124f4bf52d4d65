// An id as the journal writes it (UUID text) and as the ledger stores it (16 bytes), and numbers of bytes for
// comparing.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

namespace pilotlight::audit {

struct Key {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  bool operator==(const Key&) const = default;
  explicit operator bool() const { return (high | low) != 0; }
};

// Zeros for what is no id.
inline Key key_of_text(std::string_view text) {
  Key key;
  int digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0 || digits == 32) return {};
    std::uint64_t& half = digits < 16 ? key.high : key.low;
    half = half << 4 | static_cast<std::uint64_t>(digit);
    ++digits;
  }
  return digits == 32 ? key : Key{};
}

inline Key key_of_bytes(const void* bytes, int size) {
  if (bytes == nullptr || size != 16) return {};
  Key key;
  const auto* at = static_cast<const std::uint8_t*>(bytes);
  for (int i = 0; i < 8; ++i) key.high = key.high << 8 | at[i];
  for (int i = 8; i < 16; ++i) key.low = key.low << 8 | at[i];
  return key;
}

inline std::string to_text(const Key& key) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (int i = 0; i < 32; ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
    const std::uint64_t half = i < 16 ? key.high : key.low;
    text += digits[half >> (60 - 4 * (i % 16)) & 15];
  }
  return text;
}

struct KeyHash {
  std::size_t operator()(const Key& key) const { return key.high * 0x9E3779B97F4A7C15u ^ key.low; }
};

// FNV-1a: to see whether something is still the same.
inline std::uint64_t mixed(std::uint64_t sum, const void* data, std::size_t size) {
  const auto* at = static_cast<const std::uint8_t*>(data);
  for (std::size_t i = 0; i < size; ++i) sum = (sum ^ at[i]) * 0x100000001B3u;
  return sum;
}
inline std::uint64_t mixed(std::uint64_t sum, std::string_view text) { return mixed(sum, text.data(), text.size()); }
inline std::uint64_t mixed(std::uint64_t sum, std::int64_t number) { return mixed(sum, &number, sizeof number); }
inline constexpr std::uint64_t no_sum = 0xCBF29CE484222325u;

// Lets maps be asked by string_view without making a string.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

}  // namespace pilotlight::audit
