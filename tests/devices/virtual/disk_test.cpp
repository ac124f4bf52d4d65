#include "devices/virtual/disk.h"

#include <gtest/gtest.h>

#include <fstream>

namespace pilotlight::cabinet {
namespace {

class DiskTest : public ::testing::Test {
 protected:
  DiskTest() {
    std::string name = (std::filesystem::temp_directory_path() / "disk-XXXXXX").string();
    directory_ = ::mkdtemp(name.data());
  }
  ~DiskTest() override { std::filesystem::remove_all(directory_); }
  std::filesystem::path directory_;
};

TEST_F(DiskTest, GivesBackWhatWasWrittenLast) {
  const FileDisk disk(directory_ / "deep" / "state");
  EXPECT_EQ(disk.read("note"), std::nullopt);
  disk.write("note", "one");
  disk.write("note", std::string("t\0wo", 4));
  EXPECT_EQ(disk.read("note"), std::string("t\0wo", 4));
  disk.write("note", "");
  EXPECT_EQ(disk.read("note"), "");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "deep" / "state" / "note.new"));
}

TEST_F(DiskTest, AWriteThatWasKilledLeavesTheOldContent) {
  const FileDisk disk(directory_);
  disk.write("note", "whole");
  std::ofstream(directory_ / "note.new") << "ha";  // what a kill before the rename leaves
  EXPECT_EQ(disk.read("note"), "whole");
  disk.write("note", "next");
  EXPECT_EQ(disk.read("note"), "next");
}

TEST_F(DiskTest, EndsTheProgramWhenTheDiskRefuses) {
  const FileDisk disk(directory_ / "gone");
  std::filesystem::remove_all(directory_ / "gone");
  EXPECT_DEATH(disk.write("note", "x"), "cannot open");
}

}  // namespace
}  // namespace pilotlight::cabinet
