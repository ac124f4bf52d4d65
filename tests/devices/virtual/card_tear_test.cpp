// Power lost at every byte of every write to the purchase file, by the terminal and by the meter, in every order: the
// card reads as before or as after, and no purchase is ever loaded twice or lost.
#include "devices/virtual/meter_device.h"
#include "tests/devices/virtual/card_fixture.h"

namespace pilotlight::cabinet {
namespace {

constexpr std::size_t whole = std::numeric_limits<std::size_t>::max();
// A meter's visit programs its copy of EF 15 and then EF 17.
constexpr std::size_t bytes_of_a_visit = copy_size + 24;

// The household: one card in use, its meter, and what has happened to them.
struct Household : Bench {
  MeterDevice meter() const { return MeterDevice(disk, wang_meter(), test_keys()); }
  std::int64_t remaining() const { return meter().state().remaining; }

  // The card in the meter, its power cut before byte `cut` of what the meter writes.
  LoadOutcome visit(std::size_t cut = whole) { return visit(*memory, cut); }
  LoadOutcome visit(CardMemory& card, std::size_t cut) const {
    TestContacts springs;
    springs.cut_before_byte = cut;
    return meter().load(card, springs);
  }

  // The terminal sells; its power is cut before byte `cut`. Then what a terminal does: read, and write the same
  // purchase again if the card still shows the old number.
  void sell_through_tear(std::uint32_t units, std::size_t cut) {
    power_up();
    select();
    const std::uint32_t before = valid()->purchase_number;
    contacts.cut_before_byte = cut;
    sell(units);
    power_up();
    select();
    if (valid()->purchase_number == before) {
      ASSERT_EQ(sell(units), "9000");
    }
    ASSERT_EQ(valid()->purchase_number, before + 1);
  }

  // A new card for a lost one: same number, same purchase number and volume as the ledger knows them, one more
  // replacement.
  std::unique_ptr<CardMemory> replace(const std::string& name, std::uint32_t volume) const {
    CardConfig card = wang_card();
    card.purchase_number = 4;
    card.volume = volume * litres_per_unit;
    card.total = 120000 + 4285 * litres_per_unit;
    const MeterConfig config = wang_meter();
    return std::make_unique<CardMemory>(disk, name, make_card(card, &config, test_keys()));
  }
};

TEST(CardTear, EveryByteOfAPurchaseLeavesTheOldOrTheNewRecord) {
  std::size_t old_seen = 0;
  std::size_t new_seen = 0;
  for (std::size_t cut = 0; cut <= copy_size; ++cut) {
    Bench bench;
    bench.select();
    const PurchaseCopy before = *bench.valid();
    bench.contacts.cut_before_byte = cut;
    const std::string answer = bench.sell(4285);
    EXPECT_EQ(answer, cut < copy_size ? "" : "9000");
    bench.power_up();
    ASSERT_EQ(bench.select(), "6112");
    const Bytes read = hex(bench.send("00B0950030"));
    const std::optional<PurchaseCopy> valid = valid_copy(ByteView(read).first(48));
    ASSERT_TRUE(valid) << "cut at " << cut;
    if (*valid == before) {
      ++old_seen;
    } else {
      EXPECT_EQ(*valid, (PurchaseCopy{7, 4, 4285, 16285, 0x20260201, 0})) << "cut at " << cut;
      ++new_seen;
    }
    const CardMemory on_disk(bench.disk, "wang", {});
    EXPECT_EQ(on_disk.read(purchase_area), bench.memory->read(purchase_area)) << "the file is torn like the card";
    EXPECT_EQ(bench.memory->tries(1), most_tries);
  }
  EXPECT_EQ(old_seen, copy_size);
  EXPECT_EQ(new_seen, 1u);
}

TEST(CardTear, ATornCopyIsRepairedByTheSamePurchase) {
  for (std::size_t cut = 0; cut <= copy_size; ++cut) {
    Household house;
    ASSERT_NO_FATAL_FAILURE(house.sell_through_tear(4285, cut)) << "cut at " << cut;
    EXPECT_EQ(house.valid()->volume, 4285u);
    EXPECT_EQ(house.valid()->total, 16285u) << "bought once";
  }
}

TEST(CardTear, MeterLoadsOnceWhereverItsWritingIsCut) {
  for (std::size_t cut = 0; cut <= bytes_of_a_visit; ++cut) {
    Household house;
    house.select();
    ASSERT_EQ(house.sell(4285), "9000");
    const LoadOutcome first = house.visit(cut);
    EXPECT_EQ(first.loaded, 42850) << cut;
    EXPECT_EQ(first.written_back, cut == bytes_of_a_visit) << cut;
    ASSERT_TRUE(house.valid()) << cut;
    EXPECT_EQ(house.valid()->purchase_number, 4u) << cut;
    const LoadOutcome second = house.visit();
    EXPECT_EQ(second.loaded, 0) << cut;
    EXPECT_EQ(second.reason, "already loaded") << cut;
    EXPECT_TRUE(second.written_back) << cut;
    EXPECT_EQ(house.valid()->volume, 0u) << "the second visit finishes the first one's writing";
    EXPECT_EQ(house.write_back(), (WriteBackRecord{4, 5485, 10800, 0}));
    EXPECT_EQ(house.remaining(), 12000 + 42850) << cut;
  }
}

TEST(CardTear, SaleAndVisitCutAnywhereLoadEachPurchaseOnce) {
  constexpr std::size_t step = 5;  // of the pairs; each cut alone is tried above
  for (std::size_t sale_cut = 0; sale_cut <= copy_size; ++sale_cut)
    for (std::size_t visit_cut = sale_cut % step; visit_cut <= bytes_of_a_visit; visit_cut += step) {
      Household house;
      ASSERT_NO_FATAL_FAILURE(house.sell_through_tear(4285, sale_cut));
      house.visit(visit_cut);
      house.visit();
      ASSERT_NO_FATAL_FAILURE(house.sell_through_tear(100, sale_cut));
      house.visit(visit_cut);
      house.visit();
      ASSERT_EQ(house.remaining(), 12000 + 42850 + 1000) << sale_cut << " " << visit_cut;
      ASSERT_EQ(house.valid()->total, 16385u);
      ASSERT_EQ(house.valid()->purchase_number, 5u);
    }
}

// Before the terminal's write was repaired the customer goes home: nothing is lost, nothing is loaded twice.
TEST(CardTear, MeterBeforeTheRepairOfATornSale) {
  for (std::size_t cut = 0; cut < copy_size; ++cut) {
    Household house;
    house.select();
    house.contacts.cut_before_byte = cut;
    ASSERT_EQ(house.sell(4285), "");
    EXPECT_EQ(house.visit().reason, "already loaded") << cut;
    EXPECT_EQ(house.write_back()->purchase_number, 3u) << "the proof that purchase 4 was not loaded";
    ASSERT_NO_FATAL_FAILURE(house.sell_through_tear(4285, whole));
    EXPECT_EQ(house.visit().loaded, 42850) << cut;
    EXPECT_EQ(house.remaining(), 12000 + 42850) << cut;
  }
}

enum class Step { OldCard, OldCardTorn, NewCard, NewCardTorn };

// Lost after a sale, replaced with the same number and volume, found again: every order of four visits.
TEST(CardTear, OldAndReplacementCardInEveryOrderLoadOnce) {
  constexpr std::array steps{Step::OldCard, Step::OldCardTorn, Step::NewCard, Step::NewCardTorn};
  constexpr std::size_t visits = 4;
  for (std::size_t order = 0; order < 256; ++order) {
    Household house;
    house.select();
    ASSERT_EQ(house.sell(4285), "9000");
    const std::unique_ptr<CardMemory> replacement = house.replace("wang-new", 4285);
    std::int64_t loaded = 0;
    for (std::size_t i = 0, rest = order; i < visits; ++i, rest /= steps.size()) {
      const Step step = steps.at(rest % steps.size());
      const bool old_card = step == Step::OldCard || step == Step::OldCardTorn;
      const bool torn = step == Step::OldCardTorn || step == Step::NewCardTorn;
      loaded += house.visit(old_card ? *house.memory : *replacement, torn ? 7 + order % 30 : whole).loaded;
    }
    ASSERT_EQ(loaded, 42850) << order;
    ASSERT_EQ(house.remaining(), 12000 + 42850) << order;
  }
}

TEST(CardTear, ReplacementAfterALoadedPurchaseAddsNothing) {
  Household house;
  house.select();
  ASSERT_EQ(house.sell(4285), "9000");
  EXPECT_EQ(house.visit().loaded, 42850);
  const std::unique_ptr<CardMemory> replacement = house.replace("wang-new", 4285);
  EXPECT_EQ(house.visit(*replacement, whole).reason, "already loaded");
  EXPECT_EQ(valid_copy(replacement->read(purchase_area))->volume, 0u);
  EXPECT_EQ(house.remaining(), 12000 + 42850);
}

}  // namespace
}  // namespace pilotlight::cabinet
