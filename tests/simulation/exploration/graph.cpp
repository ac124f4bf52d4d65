#include "tests/simulation/exploration/graph.h"

#include <algorithm>

namespace pilotlight::exploration {

std::size_t Graph::place_of(const Key& key) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = key.a & mask;
  while (slots_[at].state != nowhere && !(slots_[at].key == key)) at = (at + 1) & mask;
  return at;
}

void Graph::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old)
    if (slot.state != nowhere) slots_[place_of(slot.key)] = slot;
}

std::pair<std::uint32_t, bool> Graph::add(const Key& key, std::uint32_t from, const Move& by) {
  Slot& slot = slots_[place_of(key)];
  if (slot.state != nowhere) return {slot.state, false};
  const std::uint32_t state = size();
  slot = {key, state};
  origins_.push_back({from, by});
  by_time_.push_back(nowhere);
  resting_.push_back(false);
  ended_.push_back(false);
  if (origins_.size() * 3 > slots_.size() * 2) grow();
  return {state, true};
}

void Graph::edge(std::uint32_t from, std::uint32_t to, bool by_time) {
  edges_.push_back({from, to});
  if (by_time) by_time_[from] = to;
}

std::uint64_t Graph::resting() const {
  return static_cast<std::uint64_t>(std::count(resting_.begin(), resting_.end(), true));
}

std::vector<Move> Graph::path_to(std::uint32_t state) const {
  std::vector<Move> path;
  for (; state != nowhere && origins_[state].from != nowhere; state = origins_[state].from)
    path.push_back(origins_[state].by);
  std::reverse(path.begin(), path.end());
  return path;
}

std::uint32_t Graph::without_exit() const {
  std::vector<std::uint32_t> first(size() + 1U, 0);
  for (const Edge& edge : edges_) ++first[edge.to + 1U];
  for (std::uint32_t i = 0; i < size(); ++i) first[i + 1U] += first[i];
  std::vector<std::uint32_t> sources(edges_.size());
  std::vector<std::uint32_t> next(first.begin(), first.end() - 1);
  for (const Edge& edge : edges_) sources[next[edge.to]++] = edge.from;
  std::vector<bool> out = resting_;
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < size(); ++i)
    if (out[i]) open.push_back(i);
  while (!open.empty()) {
    const std::uint32_t state = open.back();
    open.pop_back();
    for (std::uint32_t k = first[state]; k < first[state + 1U]; ++k)
      if (!out[sources[k]]) {
        out[sources[k]] = true;
        open.push_back(sources[k]);
      }
  }
  const auto stuck = std::find(out.begin(), out.end(), false);
  return stuck == out.end() ? nowhere : static_cast<std::uint32_t>(stuck - out.begin());
}

std::uint32_t Graph::without_exit_by_time() const {
  enum : std::uint8_t { Unknown, Walking, Out, Stuck };
  std::vector<std::uint8_t> fate(size(), Unknown);
  std::vector<std::uint32_t> walk;
  for (std::uint32_t start = 0; start < size(); ++start) {
    std::uint32_t state = start;
    walk.clear();
    while (state != nowhere && fate[state] == Unknown && !ended_[state]) {
      fate[state] = Walking;
      walk.push_back(state);
      state = by_time_[state];
    }
    const bool out = state != nowhere && (ended_[state] || fate[state] == Out);
    for (const std::uint32_t passed : walk) fate[passed] = out ? Out : Stuck;
    if (!walk.empty() && !out) return start;
  }
  return nowhere;
}

}  // namespace pilotlight::exploration
