// The published vectors of PBOC-type secure messaging (card-iso7816-gas.md section 2).
#include "ledger/keys/mac.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pilotlight::keys {
namespace {

template <std::size_t N>
std::array<std::uint8_t, N> bytes(const char* hex) {
  const Bytes parsed = from_hex(hex).value();
  std::array<std::uint8_t, N> out{};
  EXPECT_EQ(parsed.size(), N);
  std::copy(parsed.begin(), parsed.end(), out.begin());
  return out;
}

const Key16 master_key = bytes<16>("0123456789ABCDEFFEDCBA9876543210");

TEST(Mac, DiversifiesLevelOneAndTwo) {
  const Key16 one = diversify(master_key, bytes<8>("1000000000012345"));
  EXPECT_EQ(to_hex(one), "fe5c679050eb83dcfa0f8c109ef14f17");
  EXPECT_EQ(to_hex(diversify(one, bytes<8>("3701020300000000"))), "5c63da66907a23cd9c20ec388b2110d0");
}

TEST(Mac, DiversifierIsThePackedCardNumber) {
  EXPECT_EQ(to_hex(diversifier("1000000000012345").value()), "1000000000012345");
  for (const char* wrong : {"", "100000000001234", "10000000000123456", "10000000000123AF", "1000 00000012345"})
    EXPECT_FALSE(diversifier(wrong)) << wrong;
}

TEST(Mac, RetailMacOfUnalignedInput) {
  const Key16 key = diversify(master_key, bytes<8>("1000000000012345"));
  const auto mac = retail_mac(key, from_hex("A1B2C3D4").value(), from_hex("04D695000C0000001E0000002A").value());
  EXPECT_EQ(to_hex(mac), "acaf5a3a");
}

TEST(Mac, AlignedInputGetsAWholePaddingBlock) {
  const Key16 key = diversify(master_key, bytes<8>("1000000000012345"));
  const auto mac = retail_mac(key, from_hex("A1B2C3D4").value(), from_hex("04D695080F00112233445566778899AA").value());
  EXPECT_EQ(to_hex(mac), "cd8bd891");
}

TEST(Mac, EightByteChallengeIsUsedWhole) {
  const Key16 key = diversify(master_key, bytes<8>("1000000000012345"));
  const auto input = from_hex("04D695000C0000001E0000002A").value();
  EXPECT_EQ(retail_mac(key, from_hex("A1B2C3D400000000").value(), input),
            retail_mac(key, from_hex("A1B2C3D4").value(), input));
  EXPECT_NE(retail_mac(key, from_hex("A1B2C3D400000001").value(), input),
            retail_mac(key, from_hex("A1B2C3D4").value(), input));
}

}  // namespace
}  // namespace pilotlight::keys
