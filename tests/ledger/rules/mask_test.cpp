#include "ledger/rules/mask.h"

#include <gtest/gtest.h>

namespace pilotlight::rules {
namespace {

TEST(Mask, NameKeepsItsFirstCharacter) {
  EXPECT_EQ(mask_name("王小明"), "王*");
  EXPECT_EQ(mask_name("欧阳修远"), "欧*");
  EXPECT_EQ(mask_name("Li Lei"), "L*");
  EXPECT_EQ(mask_name(""), "");
  EXPECT_EQ(mask_name("\xE7"), "\xE7*");  // a broken character does not run past the end
}

TEST(Mask, AddressLosesItsNumbers) {
  EXPECT_EQ(mask_address("幸福路12号3单元402"), "幸福路**号*单元***");
  EXPECT_EQ(mask_address("A座1201室"), "*座****室");
}

}  // namespace
}  // namespace pilotlight::rules
