#include "devices/virtual/card_memory.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include "kiosk/base/check.h"

namespace pilotlight::cabinet {
namespace {

constexpr std::string_view mark("PLCARD1\0", 8);
constexpr std::size_t keys_at = 112;
constexpr std::size_t tries_at = 160;

std::string fresh_content(const CardImage& image) {
  std::string content(card_memory_size, '\0');
  const auto put = [&content](std::size_t at, ByteView bytes) {
    std::ranges::copy(bytes, content.begin() + static_cast<std::ptrdiff_t>(at));
  };
  std::ranges::copy(mark, content.begin());
  put(purchase_area.at, image.purchase);
  put(identity_area.at, image.identity);
  put(write_back_area.at, image.write_back);
  for (std::size_t n = 0; n < image.keys.size(); ++n) put(keys_at + n * 16, image.keys[n]);
  for (std::size_t n = 0; n < image.keys.size(); ++n) content[tries_at + n] = static_cast<char>(most_tries);
  return content;
}

}  // namespace

CardMemory::CardMemory(const Disk& disk, const std::string& name, const CardImage& factory)
    : disk_(disk), file_("card-" + name + ".eeprom") {
  if (!disk_.read(file_)) disk_.write(file_, fresh_content(factory));
  const std::string content = disk_.read(file_).value_or("");
  if (content.size() != card_memory_size || !content.starts_with(mark))
    throw std::runtime_error(file_ + " is not a card's memory; delete it to get a new card");
  std::ranges::transform(content, bytes_.begin(), [](char c) { return static_cast<std::uint8_t>(c); });
}

Bytes CardMemory::read(CardArea area) const {
  const std::lock_guard lock(mutex_);
  CHECK(area.at + area.size <= bytes_.size());
  const auto from = bytes_.begin() + static_cast<std::ptrdiff_t>(area.at);
  return {from, from + static_cast<std::ptrdiff_t>(area.size)};
}

std::uint8_t CardMemory::byte(std::size_t at) const {
  const std::lock_guard lock(mutex_);
  return bytes_.at(at);
}

void CardMemory::program(std::size_t at, std::uint8_t value) {
  const std::lock_guard lock(mutex_);
  bytes_.at(at) = value;
  disk_.program(file_, at, value);
}

void CardMemory::sync() const { disk_.sync(file_); }

Key16 CardMemory::key(std::size_t number) const {
  CHECK(number >= 1 && number <= 3);
  const Bytes bytes = read({keys_at + (number - 1) * 16, 16});
  Key16 key{};
  std::ranges::copy(bytes, key.begin());
  return key;
}

std::uint8_t CardMemory::tries(std::size_t number) const {
  CHECK(number >= 1 && number <= 3);
  return byte(tries_at + number - 1);
}

void CardMemory::set_tries(std::size_t number, std::uint8_t left) {
  CHECK(number >= 1 && number <= 3);
  if (tries(number) == left) return;
  program(tries_at + number - 1, left);
  sync();
}

}  // namespace pilotlight::cabinet
