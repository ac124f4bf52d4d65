#include "ledger/keys/sealed_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace pilotlight::keys {
namespace {

class SealedFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "pilotlight-keys-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    dir_ = name;
    by_file_ = SealedFile{dir_ + "/card-keys.sealed", dir_ + "/card-keys.unseal", ""};
    by_passphrase_ = SealedFile{dir_ + "/card-keys.sealed", "", "correct horse"};
    const Bytes key = from_hex("0123456789ABCDEFFEDCBA9876543210").value();
    std::copy(key.begin(), key.end(), master_keys_.purchase.begin());
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  static std::string vector_mac(const CardKeys& card_keys) {
    return to_hex(
        card_keys.seal(from_hex("04D695000C0000001E0000002A").value(), from_hex("A1B2C3D4").value(), "1000000000012345")
            .value());
  }

  std::string dir_;
  SealedFile by_file_;
  SealedFile by_passphrase_;
  MasterKeys master_keys_;
};

TEST_F(SealedFileTest, SealsTheVectorAfterReopening) {
  ASSERT_TRUE(write_sealed(by_file_, master_keys_, false));
  EXPECT_EQ(vector_mac(**open_sealed(by_file_)), "acaf5a3a");
}

TEST_F(SealedFileTest, WorksWithAPassphraseAndOnlyWithTheRightOne) {
  ASSERT_TRUE(write_sealed(by_passphrase_, master_keys_, false));
  EXPECT_EQ(vector_mac(**open_sealed(by_passphrase_)), "acaf5a3a");
  by_passphrase_.passphrase = "correct house";
  const auto opened = open_sealed(by_passphrase_);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().text.find("wrong passphrase"), std::string::npos);
}

TEST_F(SealedFileTest, HoldsNoKeyInClearAndNoOneElseMayRead) {
  ASSERT_TRUE(write_sealed(by_file_, master_keys_, true));
  std::ifstream in(by_file_.path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(text.find(std::string(as_text(master_keys_.purchase))), std::string::npos);
  struct stat mode {};
  ASSERT_EQ(stat(by_file_.path.c_str(), &mode), 0);
  EXPECT_EQ(mode.st_mode & 0777U, 0600U);
  ASSERT_EQ(chmod(by_file_.path.c_str(), 0644), 0);
  EXPECT_FALSE(open_sealed(by_file_));
}

TEST_F(SealedFileTest, EveryAlteredByteIsFound) {
  ASSERT_TRUE(write_sealed(by_file_, master_keys_, true));
  const auto size = std::filesystem::file_size(by_file_.path);
  for (std::uintmax_t at = 0; at < size; ++at) {
    std::fstream file(by_file_.path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(static_cast<std::streamoff>(at));
    const char old = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(old ^ 1));
    file.flush();
    EXPECT_FALSE(open_sealed(by_file_)) << "byte " << at;
    file.seekp(static_cast<std::streamoff>(at));
    file.put(old);
  }
  EXPECT_TRUE(open_sealed(by_file_));
}

TEST_F(SealedFileTest, NeverOverwrites) {
  ASSERT_TRUE(write_sealed(by_file_, master_keys_, false));
  EXPECT_FALSE(write_sealed(by_file_, master_keys_, false));
  EXPECT_EQ(vector_mac(**open_sealed(by_file_)), "acaf5a3a");
}

TEST_F(SealedFileTest, ExportsDemoKeysOnly) {
  ASSERT_TRUE(write_sealed(by_file_, master_keys_, true));
  EXPECT_EQ(export_demo(by_file_)->purchase, master_keys_.purchase);
  SealedFile production{dir_ + "/p.sealed", dir_ + "/p.unseal", ""};
  ASSERT_TRUE(write_sealed(production, master_keys_, false));
  EXPECT_FALSE(export_demo(production));
}

TEST_F(SealedFileTest, RefusesWrongChallengesAndCardNumbers) {
  ASSERT_TRUE(write_sealed(by_file_, master_keys_, false));
  const auto card_keys = open_sealed(by_file_).value();
  const Bytes input = from_hex("04D69500").value();
  EXPECT_FALSE(card_keys->seal(input, from_hex("A1B2C3").value(), "1000000000012345"));
  EXPECT_FALSE(card_keys->seal(input, from_hex("A1B2C3D4").value(), "12345"));
}

TEST(MasterKeys, ADemoHasAMeterKeyAndProductionHasNone) {
  EXPECT_NE(make_master_keys(true)->meter, MasterKey{});
  EXPECT_EQ(make_master_keys(false)->meter, MasterKey{});
  EXPECT_NE(make_master_keys(false)->purchase, make_master_keys(false)->purchase);
}

}  // namespace
}  // namespace pilotlight::keys
