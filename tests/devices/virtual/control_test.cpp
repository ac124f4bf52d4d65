#include "devices/virtual/control.h"

#include <gtest/gtest.h>

#include <thread>

#include "tests/devices/virtual/cabinet_fixture.h"

namespace pilotlight::cabinet {
namespace {

class ScriptTest : public ::testing::Test {
 protected:
  ScriptTest() {
    points_.set_execute([this](const std::string& line) { last_ = commands_.execute(line); });
    points_.declare("here");
    points_.declare_family("byte-");
    add_script_commands(commands_, points_, [this] { quits_ = true; });
    commands_.add("say", [this](Words words) {
      for (const std::string& word : words) said_ += "<" + word + ">";
      return boost::json::object{};
    });
    commands_.add("fall", [](Words) -> boost::json::object { throw std::runtime_error("over"); });
  }
  std::string ask(const std::string& line) { return boost::json::serialize(commands_.execute(line)); }

  Commands commands_;
  Points points_;
  boost::json::object last_;
  std::string said_;
  bool quits_ = false;
};

TEST_F(ScriptTest, AnswersOneObjectALine) {
  EXPECT_EQ(ask("say a \"b c\"  d\r"), R"({"ok":true})");
  EXPECT_EQ(said_, "<a><b c><d>");
  EXPECT_EQ(ask("nonsense"), R"({"ok":false,"error":"unknown command 'nonsense'"})");
  EXPECT_EQ(ask(" "), R"({"ok":false,"error":"empty command"})");
  EXPECT_EQ(ask("fall"), R"({"ok":false,"error":"over"})");
  ask("quit");
  EXPECT_TRUE(quits_);
}

TEST_F(ScriptTest, ArmedCommandRunsOnceWhenThePointIsReached) {
  EXPECT_EQ(ask("at here do say \"x y\""), R"({"ok":true})");
  EXPECT_EQ(said_, "");
  points_.reached("here");
  EXPECT_EQ(said_, "<x y>");
  points_.reached("here");
  EXPECT_EQ(said_, "<x y>");
  EXPECT_EQ(ask("points"), R"({"ok":true,"points":{"byte-N":0,"here":2}})");
}

TEST_F(ScriptTest, ArmedCommandsOfAFamilyRunAtTheirNumber) {
  ask("at byte-3 do say three");
  for (std::size_t n = 1; n <= 2; ++n) points_.reached("byte-", n);
  EXPECT_EQ(said_, "");
  points_.reached("byte-", 3);
  EXPECT_EQ(said_, "<three>");
  EXPECT_EQ(points_.count("byte-3"), 1u);
  EXPECT_EQ(points_.count("byte-4"), 0u);
}

TEST_F(ScriptTest, RefusesWhatItCannotArm) {
  EXPECT_EQ(ask("at nowhere do say"), R"({"ok":false,"error":"unknown point 'nowhere'"})");
  EXPECT_EQ(ask("at byte-0 do say"), R"({"ok":false,"error":"unknown point 'byte-0'"})");
  EXPECT_EQ(ask("at byte-1x do say"), R"({"ok":false,"error":"unknown point 'byte-1x'"})");
  EXPECT_EQ(ask("at here do nonsense"), R"({"ok":false,"error":"unknown command 'nonsense'"})");
  EXPECT_EQ(ask("at here say"), R"({"ok":false,"error":"usage: at POINT do COMMAND"})");
  for (int i = 0; i < 64; ++i) EXPECT_EQ(ask("at here do say"), R"({"ok":true})");
  EXPECT_EQ(ask("at here do say"), R"({"ok":false,"error":"too many commands wait at that point"})");
}

TEST_F(ScriptTest, AnArmedCommandMayArmTheNext) {
  ask("at here do at byte-1 do say deep");
  points_.reached("here");
  points_.reached("byte-", 1);
  EXPECT_EQ(said_, "<deep>");
}

TEST_F(ScriptTest, WaitReturnsWhenAnotherThreadReachesThePoint) {
  std::thread peer([this] {
    points_.reached("here");
    points_.reached("here");
  });
  EXPECT_EQ(ask("wait here 2"), R"({"ok":true,"count":2})");
  peer.join();
  points_.stop();
  EXPECT_EQ(ask("wait here 3"), R"({"ok":false,"error":"not reached in time"})");
}

TEST_F(ScriptTest, RunsAProgramAndWaitsForIt) {
  EXPECT_EQ(ask("run /bin/sh -c \"exit 3\""), R"({"ok":true,"exit":3})");
  EXPECT_EQ(ask("run /no/such/program"), R"({"ok":false,"error":"/no/such/program: No such file or directory"})");
  EXPECT_EQ(ask("kill 1"), R"({"ok":false,"error":"not a process id"})");
}

class ControlSocketTest : public CabinetTest {};

TEST_F(ControlSocketTest, ServesAndKillsItself) {
  start("");
  EXPECT_FALSE(ask("note insert 1").at("ok").as_bool());  // no validator is configured
  must("state");
  ask("kill cabinet");
  wait_for_death();
  start_again();  // over the dead one's socket
  must("points");
}

TEST_F(ControlSocketTest, EndsAConnectionWhoseLineNeverEnds) {
  start("");
  const boost::json::object answer = ask(std::string(6000, 'x'));
  EXPECT_FALSE(answer.at("ok").as_bool());
}

}  // namespace
}  // namespace pilotlight::cabinet
