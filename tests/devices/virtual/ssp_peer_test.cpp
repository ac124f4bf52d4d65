// The virtual validator, over its pty, with a host written from the reference; and over its own death.
#include "devices/virtual/ssp_peer.h"

#include "tests/devices/virtual/cabinet_fixture.h"
#include "tests/devices/virtual/ssp_host_fixture.h"

namespace pilotlight::cabinet {
namespace {

namespace json = boost::json;

class ValidatorTest : public CabinetTest {
 protected:
  void start_validator(const std::string& more = "") {
    start("[validator]\npty = \"" + tty().string() + "\"\nreading_ms = 30\nstacking_ms = 30\n" + more);
  }
  std::filesystem::path tty() const { return directory_ / "tty"; }
  json::object truth() { return must("validator counters"); }
  std::int64_t stacked() { return truth().at("stacked").as_int64(); }
};

TEST_F(ValidatorTest, AnswersTheReferenceFramesByteForByte) {
  start_validator();
  SspHost host(tty());
  EXPECT_EQ(host.sync(), "f0");
  must("validator power off");
  must("validator power on");
  std::string reset;  // the first POLL after a power cut, sent with sequence bit 1
  for (int i = 0; i < 20 && reset.empty(); ++i) reset = host.raw("7F 80 01 07 12 02", 100);
  EXPECT_EQ(reset, "7f8003f0f1e8bf8c");
  EXPECT_EQ(host.raw("7F 80 01 11 65 82"), "7f8001f02380");
  EXPECT_EQ(host.raw("7F 00 02 06 06 1B 94"), "7f0001f0200a");
  EXPECT_EQ(
      host.raw("7F 80 01 05 1D 82"),
      "7f8047f00030333333434e59000001060105"
      "0a14326402020202020200006406434e59434e59434e59434e59434e59434e5901000000050000000a0000001400000032000000640000"
      "004f6e");
  EXPECT_EQ(host.raw("7F 00 01 04 1B 88"), "7f0001f0200a");
  EXPECT_EQ(host.raw("7F 80 01 0C 2B 82"), "7f8005f0001c962cd497");
  EXPECT_EQ(host.raw("7F 00 03 02 3F 00 2B 1A"), "7f0001f0200a");
  EXPECT_EQ(host.raw("7F 80 02 06 09 06 14"), "7f8001f81000");
  EXPECT_EQ(host.raw("7F 00 01 EA 7F 7F 8A"), "7f0001f22f8a");
  EXPECT_EQ(host.raw("7F 80 01 08 30 02"), "7f8001f53d80");
}

TEST_F(ValidatorTest, TakesANoteThroughEscrowAndCreditsItOnce) {
  start_validator();
  SspHost host(tty());
  EXPECT_FALSE(ask("note insert 100").at("ok").as_bool());  // disabled
  EXPECT_EQ(host.start(), "f0f1e8b5");
  EXPECT_EQ(host.poll(), "f0");
  must("note insert 100");
  EXPECT_NE(host.poll_until("ef06"), "");
  EXPECT_EQ(host.repeat(), "f0ef06");   // the same frame again does not accept
  EXPECT_EQ(host.command("18"), "f0");  // HOLD
  EXPECT_EQ(truth().at("escrow").at("value").as_int64(), 100);
  EXPECT_EQ(host.poll(), "f0cc");
  EXPECT_EQ(host.repeat(), "f0cc");
  EXPECT_NE(host.poll_until("ee06cc"), "");
  EXPECT_EQ(host.poll(), "f0eb");
  EXPECT_EQ(host.poll(), "f0");
  const json::object after = truth();
  EXPECT_EQ(after.at("stacked").as_int64(), 1);
  EXPECT_EQ(json::serialize(after.at("stacker")), R"([{"id":1,"value":100,"channel":6}])");
  EXPECT_TRUE(after.at("escrow").is_null());
  EXPECT_EQ(host.command("58"),
            "f005"
            "01000000"
            "00000000"
            "00000000"
            "00000000"
            "00000000");
}

TEST_F(ValidatorTest, ReturnsANoteOnRejectUntilItIsTaken) {
  start_validator();
  SspHost host(tty());
  host.start();
  must("note insert 50");
  EXPECT_NE(host.poll_until("ef05"), "");
  EXPECT_EQ(host.command("08"), "f0");
  EXPECT_EQ(host.command("08"), "f5");
  EXPECT_NE(host.poll_until("ec"), "");
  EXPECT_EQ(host.command("17"), "f008");
  EXPECT_FALSE(ask("note insert 20").at("ok").as_bool());  // the mouth is not empty
  EXPECT_EQ(must("note take").at("value").as_int64(), 50);
  EXPECT_FALSE(ask("note take").at("ok").as_bool());
  EXPECT_EQ(stacked(), 0);
  EXPECT_EQ(truth().at("rejected").as_int64(), 1);
}

TEST_F(ValidatorTest, RefusesUnknownAndInhibitedNotesWithTheirReasons) {
  start_validator();
  SspHost host(tty());
  host.start();
  must("note insert 2");
  EXPECT_NE(host.poll_until("ec"), "");
  EXPECT_EQ(host.command("17"), "f005");
  must("note take");
  EXPECT_EQ(host.command("020700"), "f0");
  must("note insert 100");
  EXPECT_NE(host.poll_until("ec"), "");
  EXPECT_EQ(host.command("17"), "f006");
}

TEST_F(ValidatorTest, ReturnsTheNoteAndDisablesItselfWhenTheHostFallsSilent) {
  start_validator("escrow_silence_ms = 400\n");
  SspHost host(tty());
  host.start();
  must("note insert 10");
  EXPECT_NE(host.poll_until("ef03"), "");
  must("wait validator.escrow 1");
  for (int i = 0; i < 200 && truth().at("mouth").is_null(); ++i) readable(-1, 20);
  EXPECT_EQ(truth().at("mouth").at("value").as_int64(), 10);
  EXPECT_EQ(host.poll(), "f0ece8");
  EXPECT_EQ(host.command("17"), "f013");
  EXPECT_EQ(stacked(), 0);
}

TEST_F(ValidatorTest, LosesInhibitsAndProtocolWithThePower) {
  start_validator();
  SspHost host(tty());
  host.start();
  must("validator power off");
  EXPECT_EQ(host.command("07", 300), "");
  EXPECT_FALSE(ask("note insert 1").at("ok").as_bool());
  must("validator power on");
  EXPECT_EQ(host.sync(), "f0");
  EXPECT_EQ(host.poll(), "f0f1e8");  // version 6 again: no B5
  EXPECT_EQ(host.command("0A"), "f0");
  EXPECT_FALSE(ask("note insert 1").at("ok").as_bool());  // all inhibited
}

// --- power lost at each stage of a note ---------------------------------------------------------------------------

struct PowerCut {
  const char* point;
  const char* event;  // in the first poll afterwards; "" for none
  bool in_box;
};
class ValidatorPowerCut : public ValidatorTest, public ::testing::WithParamInterface<std::tuple<PowerCut, bool>> {};

TEST_P(ValidatorPowerCut, LosesNoNote) {
  const auto& [cut, kill] = GetParam();
  start_validator();
  {
    SspHost host(tty());
    host.start();
    must(std::string("at ") + cut.point + " do " + (kill ? "kill cabinet" : "validator power off"));
    must("note insert 100");
    // A host that does what hosts do until the validator is silent.
    for (int i = 0; i < 200 && host.command("07", kill ? 200 : 500) != ""; ++i) readable(-1, 5);
  }
  if (kill) {
    wait_for_death();
    start_again();
  } else {
    must("validator power on");
  }
  SspHost host(tty());
  EXPECT_EQ(host.start("06"), "f0f1" + std::string(cut.event) + "e8");
  EXPECT_EQ(host.poll(), "f0");
  const json::object after = truth();
  EXPECT_EQ(after.at("stacked").as_int64(), cut.in_box ? 1 : 0);
  EXPECT_EQ(after.at("stacker").as_array().size(), cut.in_box ? 1u : 0u);
  EXPECT_EQ(after.at("mouth").is_null(), cut.in_box);
  EXPECT_TRUE(after.at("path").is_null());
}

INSTANTIATE_TEST_SUITE_P(AtEachStage, ValidatorPowerCut,
                         ::testing::Combine(::testing::Values(PowerCut{"validator.escrow", "e106", false},
                                                              PowerCut{"validator.before-stack", "e106", false},
                                                              PowerCut{"validator.stacking", "e206", true},
                                                              PowerCut{"validator.stacked-unreported", "e206", true},
                                                              PowerCut{"validator.credit-sent", "", true}),
                                            ::testing::Bool()),
                         [](const auto& at) {
                           std::string name = std::get<0>(at.param).point + 10;
                           std::erase(name, '-');
                           return name + (std::get<1>(at.param) ? "Killed" : "PowerOff");
                         });

// --- faults -------------------------------------------------------------------------------------------------------

TEST_F(ValidatorTest, DamagesRepliesAsAsked) {
  start_validator();
  SspHost host(tty());
  host.start();
  must("validator mute 2");
  EXPECT_EQ(host.command("0C", 200), "");
  EXPECT_EQ(host.repeat(200), "");
  EXPECT_EQ(host.repeat(200), "f0001c962c");
  must("validator corrupt 1");
  EXPECT_EQ(host.command("07", 200), "");
  EXPECT_EQ(host.repeat(200), "f0");
  must("validator garbage 1");
  EXPECT_EQ(host.command("0C"), "f0001c962c");
  must("validator split 1");
  EXPECT_EQ(host.command("0C"), "f0001c962c");
  must("validator late 1");
  EXPECT_EQ(host.command("0C", 1000), "");
  must("validator serial 7");
  EXPECT_EQ(host.command("0C", 3000), "f000000007");
  must("validator event 99");
  EXPECT_NE(host.poll().find("99"), std::string::npos);
}

TEST_F(ValidatorTest, GivesALostCreditAgainOnlyForTheSameFrame) {
  start_validator();
  SspHost host(tty());
  host.start();
  must("note insert 20");
  EXPECT_NE(host.poll_until("ef04"), "");
  must("at validator.stacked-unreported do validator mute 1");
  EXPECT_EQ(host.poll(), "f0cc");
  must("wait validator.stacked-unreported 1");
  EXPECT_EQ(host.command("07", 200), "");
  EXPECT_EQ(host.repeat(), "f0ee04cc");
  EXPECT_EQ(host.poll(), "f0eb");
  EXPECT_EQ(host.poll(), "f0");
}

TEST_F(ValidatorTest, ShowsJamFullFraudAndTheCashbox) {
  start_validator();
  SspHost host(tty());
  host.start();
  must("validator full");
  EXPECT_EQ(host.poll(), "f0e7e8");
  EXPECT_FALSE(ask("note insert 1").at("ok").as_bool());
  must("validator empty");
  must("validator cashbox remove");
  EXPECT_EQ(host.poll(), "f0e3e8");
  must("validator cashbox replace");
  EXPECT_EQ(host.poll(), "f0e4");
  must("note insert 5");
  EXPECT_NE(host.poll_until("ef02"), "");
  must("at validator.stacking do validator jam");
  EXPECT_EQ(host.poll(), "f0cc");
  EXPECT_EQ(host.poll(), "f0e9e8");
  must("validator unjam");
  EXPECT_EQ(must("note take").at("value").as_int64(), 5);
  must("note insert 10");
  EXPECT_NE(host.poll_until("ef03"), "");
  must("at validator.stacking do validator fraud");
  EXPECT_EQ(host.poll(), "f0cc");
  EXPECT_EQ(host.poll(), "f0e603");
  EXPECT_EQ(stacked(), 0);
}

TEST_F(ValidatorTest, SurvivesAPulledAdapterAndARestartedApplication) {
  start_validator();
  {
    SspHost host(tty());
    host.start();
    must("validator line cut");
    EXPECT_TRUE(host.gone());
    EXPECT_FALSE(std::filesystem::exists(std::filesystem::symlink_status(tty())));
    must("validator line plug");
  }
  for (int application = 0; application < 2; ++application) {
    SspHost host(tty());
    EXPECT_EQ(host.sync(), "f0");
    EXPECT_EQ(host.poll(), "f0");  // it kept its power: no F1
  }
}

TEST_F(ValidatorTest, EmptyingTheBoxKeepsTheEvidence) {
  start_validator();
  SspHost host(tty());
  host.start();
  must("note insert 1");
  EXPECT_NE(host.poll_until("eb"), "");
  must("validator empty");
  EXPECT_EQ(truth().at("stacker").as_array().size(), 0u);
  EXPECT_EQ(truth().at("collected").as_array().size(), 1u);
  kill_cabinet();
  start_again();
  EXPECT_EQ(truth().at("collected").as_array().size(), 1u);
  EXPECT_EQ(stacked(), 1);
}

}  // namespace
}  // namespace pilotlight::cabinet
