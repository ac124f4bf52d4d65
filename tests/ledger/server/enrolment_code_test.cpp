#include "ledger/server/enrolment_code.h"

#include <gtest/gtest.h>

#include <set>

namespace pilotlight::server {
namespace {

TEST(EnrolmentCode, IsFourGroupsOfLettersThatCannotBeMixedUp) {
  const std::string code = make_enrolment_code();
  EXPECT_EQ(code.size(), 19U);
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (i % 5 == 4)
      EXPECT_EQ(code[i], '-');
    else
      EXPECT_NE(std::string("0123456789ABCDEFGHJKMNPQRSTVWXYZ").find(code[i]), std::string::npos);
  }
}

TEST(EnrolmentCode, IsNeverTheSame) {
  std::set<std::string> codes;
  for (int i = 0; i < 1000; ++i) codes.insert(make_enrolment_code());
  EXPECT_EQ(codes.size(), 1000U);
}

TEST(EnrolmentCode, MayBeTypedCarelessly) {
  EXPECT_EQ(enrolment_code_hash("7k2m q0xd 94tb zr81"), enrolment_code_hash("7K2M-QOXD-94TB-ZR8L"));
  EXPECT_NE(enrolment_code_hash("7K2M-Q0XD-94TB-ZR81"), enrolment_code_hash("7K2M-Q0XD-94TB-ZR82"));
}

}  // namespace
}  // namespace pilotlight::server
