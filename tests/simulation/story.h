// What happened, for a person to read (--trace) and as one number to compare: the same seed and binary give the same.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "kiosk/base/bytes.h"
#include "tests/simulation/schedule.h"

namespace pilotlight::simulation {

class Story {
 public:
  Story(const Schedule& schedule, bool told) : schedule_(schedule), told_(told) {}

  bool told() const { return told_; }

  // `words` makes the line's text and is asked only when somebody reads; `mark` goes into the number always.
  template <class Words>
  void tell(std::string_view who, std::uint64_t mark, Words&& words) {
    add(as_bytes(who));
    add(mark);
    if (told_) print(who, words());
  }
  void bytes(std::string_view who, char direction, ByteView bytes) {
    add(as_bytes(who));
    add(bytes);
    if (told_) print(who, std::string(1, direction) + " " + to_hex(bytes));
  }

  std::uint64_t hash() const { return hash_; }

 private:
  void add(ByteView bytes) {
    for (const std::uint8_t byte : bytes) hash_ = (hash_ ^ byte) * 0x100000001b3U;  // FNV-1a
    add(bytes.size());
  }
  void add(std::uint64_t value) {
    hash_ = (hash_ ^ value ^ static_cast<std::uint64_t>(schedule_.now()) << 24) * 0x100000001b3U;
  }
  void print(std::string_view who, const std::string& text) {
    std::printf("%10.3f %-10.*s %s\n", static_cast<double>(schedule_.now()) / 1000.0, static_cast<int>(who.size()),
                who.data(), text.c_str());
  }

  const Schedule& schedule_;
  const bool told_;
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

}  // namespace pilotlight::simulation
