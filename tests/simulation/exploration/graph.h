// What is remembered of the states met: their keys, how each was reached first, and every transition between them.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/simulation/exploration/key.h"
#include "tests/simulation/exploration/moves.h"

namespace pilotlight::exploration {

inline constexpr std::uint32_t nowhere = 0xFFFFFFFF;

class Graph {
 public:
  // The state's number, and whether it is new.
  std::pair<std::uint32_t, bool> add(const Key& key, std::uint32_t from, const Move& by);
  void edge(std::uint32_t from, std::uint32_t to, bool by_time);
  void rests(std::uint32_t state) { resting_[state] = true; }
  void ended(std::uint32_t state) { ended_[state] = true; }

  std::uint32_t size() const { return static_cast<std::uint32_t>(origins_.size()); }
  std::uint64_t edges() const { return edges_.size(); }
  std::uint64_t resting() const;
  // The moves from the first state to this one.
  std::vector<Move> path_to(std::uint32_t state) const;
  // The first met from which no resting state can be reached; from which time alone leads to no end. nowhere: none.
  std::uint32_t without_exit() const;
  std::uint32_t without_exit_by_time() const;

 private:
  struct Slot {
    Key key;
    std::uint32_t state = nowhere;
  };
  struct Origin {
    std::uint32_t from;
    Move by;
  };
  struct Edge {
    std::uint32_t from;
    std::uint32_t to;
  };
  void grow();
  std::size_t place_of(const Key& key) const;

  std::vector<Slot> slots_ = std::vector<Slot>(1U << 16);
  std::vector<Origin> origins_;
  std::vector<std::uint32_t> by_time_;
  std::vector<bool> resting_;
  std::vector<bool> ended_;
  std::vector<Edge> edges_;
};

}  // namespace pilotlight::exploration
