#include "devices/card_reader/slot_state.h"

#include <gtest/gtest.h>

namespace pilotlight::devices {
namespace {

std::string told(const SlotState& before, const SlotState& now) {
  std::string names;
  for (const ReaderEvent& event : slot_events(before, now)) {
    if (std::holds_alternative<ReaderReady>(event)) names += "ready ";
    if (std::holds_alternative<ReaderLost>(event)) names += "lost ";
    if (std::holds_alternative<CardPresent>(event)) names += "present ";
    if (std::holds_alternative<CardAbsent>(event)) names += "absent ";
  }
  return names;
}

TEST(SlotState, WhatHappenedBetweenTwoLooks) {
  const SlotState none{};
  const SlotState lost{"Virtual PCD 00 00", 1, false, false, 0};
  const SlotState empty{"Virtual PCD 00 00", 1, true, false, 0};
  const SlotState first_card{"Virtual PCD 00 00", 1, true, true, 1};
  const SlotState other_card{"Virtual PCD 00 00", 1, true, true, 3};
  const SlotState empty_again{"Virtual PCD 00 00", 1, true, false, 2};
  const SlotState found_again{"Virtual PCD 00 00", 2, true, true, 1};
  const SlotState found_empty{"Virtual PCD 00 00", 2, true, false, 0};

  EXPECT_EQ(told(none, none), "");
  EXPECT_EQ(told(none, lost), "");
  EXPECT_EQ(told(none, empty), "ready absent ");
  EXPECT_EQ(told(none, first_card), "ready present ");
  EXPECT_EQ(told(empty, first_card), "present ");
  EXPECT_EQ(told(first_card, first_card), "");
  EXPECT_EQ(told(first_card, empty_again), "absent ");
  EXPECT_EQ(told(first_card, other_card), "absent present ");
  EXPECT_EQ(told(empty, empty_again), "") << "came and went unseen";
  EXPECT_EQ(told(first_card, lost), "lost ");
  EXPECT_EQ(told(lost, first_card), "ready present ");
  EXPECT_EQ(told(first_card, found_again), "lost ready present ") << "the daemon was restarted between two looks";
  EXPECT_EQ(told(first_card, found_empty), "lost ready absent ");
}

}  // namespace
}  // namespace pilotlight::devices
