#include "kiosk/runtime/device_facts.h"

#include <gtest/gtest.h>

namespace pilotlight {
namespace {

TEST(DeviceFacts, EveryFaultOfTheDriverIsOneOfTheCore) {
  ASSERT_EQ(enum_count<devices::AcceptorFault>(), enum_count<core::AcceptorFault>());
  for (std::size_t i = 0; i < enum_count<devices::AcceptorFault>(); ++i) {
    const auto fault = static_cast<devices::AcceptorFault>(i);
    const auto raised = fact_of(devices::AcceptorEvent(devices::FaultRaised{fault}));
    EXPECT_EQ(enum_name(std::get<core::AcceptorFaultRaised>(raised).fault), enum_name(fault));
    const auto cleared = fact_of(devices::AcceptorEvent(devices::FaultCleared{fault}));
    EXPECT_EQ(enum_name(std::get<core::AcceptorFaultCleared>(cleared).fault), enum_name(fault));
  }
  const auto front = fact_of(devices::AcceptorEvent(devices::NoteCleared{devices::ClearedTo::Front, std::nullopt}));
  EXPECT_FALSE(std::get<core::NoteCleared>(front).to_cashbox);
  EXPECT_EQ(std::get<core::NoteCleared>(front).value, Money{});
  const auto box = fact_of(devices::AcceptorEvent(devices::NoteCleared{devices::ClearedTo::Cashbox, yuan(20)}));
  EXPECT_TRUE(std::get<core::NoteCleared>(box).to_cashbox);
}

}  // namespace
}  // namespace pilotlight
