#include "devices/virtual/meter_device.h"

#include "tests/devices/virtual/card_fixture.h"

namespace pilotlight::cabinet {
namespace {

struct MeterBench : Bench {
  explicit MeterBench(const CardConfig& card = wang_card()) : Bench(card) {}
  LoadOutcome load() {
    TestContacts meter_contacts;
    return meter().load(*memory, meter_contacts);
  }
  // A fresh object each time: all that the meter knows must be on its disk.
  MeterDevice meter() const { return MeterDevice(disk, wang_meter(), test_keys()); }
};

TEST(MeterDevice, LoadsAPurchaseOnceAndWritesBack) {
  MeterBench bench;
  bench.select();
  ASSERT_EQ(bench.sell(4285), "9000");
  const LoadOutcome first = bench.load();
  EXPECT_EQ(first.loaded, 42850);
  EXPECT_EQ(first.reason, "");
  EXPECT_TRUE(first.written_back);
  EXPECT_EQ(bench.valid()->purchase_number, 4u);
  EXPECT_EQ(bench.valid()->volume, 0u);
  EXPECT_EQ(bench.valid()->total, 16285u);
  EXPECT_EQ(bench.valid()->sequence, 8u);
  EXPECT_EQ(bench.write_back(), (WriteBackRecord{4, 5485, 10800, 0}));
  const LoadOutcome second = bench.load();
  EXPECT_EQ(second.loaded, 0);
  EXPECT_EQ(second.reason, "already loaded");
  EXPECT_EQ(bench.meter().state().remaining, 54850);
}

TEST(MeterDevice, RefusesCardsThatAreNotItsOwn) {
  CardConfig other = wang_card();
  other.card_number = "6101000000000018";
  EXPECT_EQ(MeterBench(other).load().reason, "not this meter's card");
  CardConfig tool = wang_card();
  tool.kind = CardKind::Tool;
  EXPECT_EQ(MeterBench(tool).load().reason, "not a user card");
  CardConfig blank = wang_card();
  blank.kind = CardKind::Blank;
  EXPECT_EQ(MeterBench(blank).load().reason, "not a user card");
}

TEST(MeterDevice, RefusesNumbersThatDoNotFollow) {
  CardConfig ahead = wang_card();
  ahead.purchase_number = 5;
  ahead.volume = 1000;
  MeterBench bench(ahead);
  const LoadOutcome outcome = bench.load();
  EXPECT_EQ(outcome.loaded, 0);
  EXPECT_EQ(outcome.reason, "purchase 5 does not follow 3");
  EXPECT_EQ(bench.valid()->volume, 100u) << "what was bought stays on the card";
  EXPECT_EQ(bench.write_back()->purchase_number, 3u) << "the meter's own count comes back as evidence";
  CardConfig empty = wang_card();
  empty.purchase_number = 4;
  EXPECT_EQ(MeterBench(empty).load().reason, "no volume on the card");
}

TEST(MeterDevice, DamagedStateIsAnError) {
  MeterBench bench;
  bench.disk.write("meter-m-wang.json", "{\"number\":");
  EXPECT_THROW(bench.meter(), std::runtime_error);
}

}  // namespace
}  // namespace pilotlight::cabinet
