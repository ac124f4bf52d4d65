#include "devices/virtual/card_crypto.h"

#include "tests/devices/virtual/card_fixture.h"

namespace pilotlight::cabinet {
namespace {

template <class Array>
Array fixed(std::string_view text) {
  Array array{};
  const Bytes bytes = hex(text);
  EXPECT_EQ(bytes.size(), array.size());
  std::copy_n(bytes.begin(), array.size(), array.begin());
  return array;
}

const Key16 master = fixed<Key16>("0123456789ABCDEFFEDCBA9876543210");
const Key16 card_key = fixed<Key16>("FE5C679050EB83DCFA0F8C109EF14F17");
const Challenge challenge = fixed<Challenge>("A1B2C3D4");

// The vectors of card-iso7816-gas.md section 2.
TEST(CardCrypto, DiversifiesByCardNumber) {
  const Key16 first = diversify(master, fixed<Block8>("1000000000012345"));
  EXPECT_EQ(to_hex(first), "fe5c679050eb83dcfa0f8c109ef14f17");
  EXPECT_EQ(to_hex(diversify(first, fixed<Block8>("3701020300000000"))), "5c63da66907a23cd9c20ec388b2110d0");
}

TEST(CardCrypto, RetailMacPadsWithEighty) {
  EXPECT_EQ(to_hex(retail_mac(card_key, challenge, hex("04D695000C0000001E0000002A"))), "acaf5a3a");
}

TEST(CardCrypto, AlignedInputGetsAWholeBlockOfPadding) {
  EXPECT_EQ(to_hex(retail_mac(card_key, challenge, hex("04D695080F00112233445566778899AA"))), "cd8bd891");
}

TEST(CardCrypto, EqualHalvesMakeSingleDes) {
  const Key16 left_twice = fixed<Key16>("FE5C679050EB83DCFE5C679050EB83DC");
  EXPECT_EQ(to_hex(retail_mac(left_twice, challenge, hex("04D695000C0000001E0000002A"))), "63a61525");
}

TEST(CardCrypto, CryptogramOfExternalAuthenticate) {
  EXPECT_EQ(to_hex(cryptogram(card_key, challenge)), "2bcc04a4f3dfb595");
  EXPECT_EQ(to_hex(encrypt_block(card_key, fixed<Block8>("A1B2C3D4E5F60718"))), "92051d832d9b5dcb");
}

TEST(CardCrypto, SecretsOfOtherLengthDiffer) {
  EXPECT_TRUE(same_secret(hex("0102"), hex("0102")));
  EXPECT_FALSE(same_secret(hex("0102"), hex("0103")));
  EXPECT_FALSE(same_secret(hex("0102"), hex("010203")));
}

}  // namespace
}  // namespace pilotlight::cabinet
