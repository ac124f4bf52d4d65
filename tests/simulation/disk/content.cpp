#include "tests/simulation/disk/content.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace pilotlight::simulation {

void Content::put(const std::uint8_t* from, std::size_t size, std::size_t at) {
  if (size == 0) return;
  if (at > now_.size()) now_.resize(at);
  const std::size_t over = std::min(size, now_.size() - at);
  if (over != 0) std::memcpy(now_.data() + at, from, over);
  now_.insert(now_.end(), from + over, from + size);
}

void Content::remember(const Change& change) {
  if (changes_.size() >= most_changes) write_back_older_half();
  if (change.kept != 0) {
    const std::uint8_t* old = now_.data() + change.at;
    undo_.insert(undo_.end(), old, old + change.kept);
  }
  changes_.push_back(change);
}

void Content::write_back_older_half() {
  const auto half = changes_.begin() + most_changes / 2;
  std::size_t bytes = 0;
  for (auto change = changes_.begin(); change != half; ++change) bytes += change->kept;
  changes_.erase(changes_.begin(), half);
  undo_.erase(undo_.begin(), undo_.begin() + static_cast<std::ptrdiff_t>(bytes));
}

void Content::write(const std::uint8_t* from, std::size_t size, std::size_t at) {
  if (size == 0) return;
  const std::size_t kept = at >= now_.size() ? 0 : std::min(size, now_.size() - at);
  remember(Change{at, size, kept, now_.size(), false});
  put(from, size, at);
}

void Content::truncate(std::size_t size) {
  if (size == now_.size()) return;
  const std::size_t kept = size < now_.size() ? now_.size() - size : 0;
  remember(Change{size, 0, kept, now_.size(), true});
  now_.resize(size);
}

void Content::make_durable() {
  changes_.clear();
  undo_.clear();
}

void Content::undo(const Change& change, std::vector<std::uint8_t>& file, const std::uint8_t* kept) {
  file.resize(change.old_size);
  if (change.kept != 0) std::memcpy(file.data() + change.at, kept, change.kept);
}

std::vector<std::uint8_t> Content::durable() const {
  std::vector<std::uint8_t> file = now_;
  std::size_t top = undo_.size();
  for (auto change = changes_.rbegin(); change != changes_.rend(); ++change) {
    top -= change->kept;
    undo(*change, file, undo_.data() + top);
  }
  return file;
}

void Content::fill(const std::vector<std::uint8_t>& bytes) {
  now_ = bytes;
  make_durable();
}

// Goes back change by change, keeping what each had written, then forward again with those that survive.
void Content::crash(Chance& chance, Crash how) {
  readers = 0;
  writer = nullptr;
  pending = false;
  shared_memory.reset();
  if (how != Crash::KeepAll) {
    std::vector<std::vector<std::uint8_t>> written(changes_.size());
    std::size_t top = undo_.size();
    for (std::size_t i = changes_.size(); i-- > 0;) {
      const Change& change = changes_[i];
      const auto from = now_.begin() + static_cast<std::ptrdiff_t>(change.at);
      if (!change.truncation) written[i].assign(from, from + static_cast<std::ptrdiff_t>(change.size));
      top -= change.kept;
      undo(change, now_, undo_.data() + top);
    }
    // Nearly nothing, nearly everything and anything between, so that the ends are not rare.
    constexpr std::array<unsigned, 5> surviving{0, 10, 50, 90, 100};
    const unsigned percent = how == Crash::LoseAll ? 0 : surviving[chance.below(surviving.size())];
    const Survival survival{percent, percent != 0 && chance.one_in(2)};
    for (std::size_t i = 0; i < changes_.size() && percent != 0; ++i)
      survive(changes_[i], written[i].data(), survival, chance);
  }
  make_durable();
}

void Content::survive(const Change& change, const std::uint8_t* bytes, Survival survival, Chance& chance) {
  if (change.truncation) {
    if (chance.percent(survival.percent)) now_.resize(change.at);
    return;
  }
  for (std::size_t done = 0; done < change.size;) {
    const std::size_t at = change.at + done;
    const std::size_t piece = std::min(change.size - done, sector - at % sector);
    if (chance.percent(survival.percent)) {
      const bool torn = survival.tears && chance.one_in(8);
      put(bytes + done, torn ? static_cast<std::size_t>(chance.below(piece)) : piece, at);
    }
    done += piece;
  }
}

}  // namespace pilotlight::simulation
