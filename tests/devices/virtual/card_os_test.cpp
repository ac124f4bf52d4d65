#include "devices/virtual/card_os.h"

#include "tests/devices/virtual/card_fixture.h"

namespace pilotlight::cabinet {
namespace {

const std::string fci = "6f108302df01840a504c4741532e43505531";

TEST(CardOs, AnswersToReset) {
  Bench bench;
  EXPECT_EQ(to_hex(bench.os->power_up()), "3b1396504c31");
  bench.os->power_off();
  EXPECT_EQ(bench.select(), "");
}

TEST(CardOs, SelectsTheApplicationByNameWithGetResponse) {
  Bench bench;
  EXPECT_EQ(bench.select(), "6112");
  EXPECT_EQ(bench.send("00C0000012"), fci + "9000");
  EXPECT_EQ(bench.send("00C0000012"), "6700") << "an answer is fetched once";
}

TEST(CardOs, GetResponseInPartsAndWithWrongLength) {
  Bench bench;
  bench.select();
  EXPECT_EQ(bench.send("00C0000000"), "6c12");
  EXPECT_EQ(bench.send("00C0000010"), fci.substr(0, 32) + "6102");
  EXPECT_EQ(bench.send("00C0000002"), fci.substr(32) + "9000");
}

TEST(CardOs, SelectsByFileId) {
  Bench bench;
  EXPECT_EQ(bench.send("00A40000020015"), "6a82") << "an EF is found only inside the application";
  EXPECT_EQ(bench.send("00A4000002DF01"), "6112");
  EXPECT_EQ(bench.send("00A40000020015"), "610a");
  EXPECT_EQ(bench.send("00C000000A"), "6f0883020015800200309000");
  EXPECT_EQ(bench.send("00B0000004"), "000000069000") << "reads in the current file";
  EXPECT_EQ(bench.send("00A40000023F00"), "6106");
  EXPECT_EQ(bench.send("00B0000004"), "6a82") << "no current file in the master file";
  EXPECT_EQ(bench.send("00A40000021234"), "6a82");
}

TEST(CardOs, ReadsFilesByShortId) {
  Bench bench;
  EXPECT_EQ(bench.send("00B0950030"), "6a82") << "nothing is selected yet";
  bench.select();
  EXPECT_EQ(bench.send("00B0950030"), to_hex(bench.memory->read(purchase_area)) + "9000");
  EXPECT_EQ(bench.send("00B0960020"), to_hex(bench.memory->read(identity_area)) + "9000");
  EXPECT_EQ(bench.send("00B0970018"), to_hex(bench.memory->read(write_back_area)) + "9000");
  EXPECT_EQ(bench.send("00B0960008"), "61010000000000179000");
  EXPECT_EQ(bench.send("00B0950000"), "6c30");
  EXPECT_EQ(bench.send("00B0952818"), "6c08");
  EXPECT_EQ(bench.send("00B0953001"), "6b00");
  EXPECT_EQ(bench.send("00B0990001"), "6a82");
}

TEST(CardOs, RefusesWhatItDoesNotKnow) {
  Bench bench;
  bench.select();
  EXPECT_EQ(bench.send("80B0950030"), "6e00");
  EXPECT_EQ(bench.send("04B0950030"), "6e00") << "secure messaging is for UPDATE BINARY only";
  EXPECT_EQ(bench.send("0020000003112233"), "6d00");
  EXPECT_EQ(bench.send("00A404000A504C4741532E43505532"), "6a82");
  EXPECT_EQ(bench.send("00A404000A504C4741532E435055"), "6700");
  EXPECT_EQ(bench.send("00A4040C0A504C4741532E43505531"), "6a86");
  EXPECT_EQ(bench.send("00A404000A504C4741532E4350553100"), "6700") << "T=0 knows no Le after data";
  EXPECT_EQ(bench.send("00B0F50001"), "6a86");
  EXPECT_EQ(bench.send("0084000008"), "6c04");
  EXPECT_EQ(bench.send("0084000104"), "6a86");
  EXPECT_EQ(bench.send("00"), "6700");
}

TEST(CardOs, UpdatesThePurchaseFileWithTheRightMac) {
  Bench bench;
  bench.select();
  EXPECT_EQ(bench.sell(4285), "9000");
  EXPECT_EQ(bench.valid()->purchase_number, 4u);
  EXPECT_EQ(bench.valid()->volume, 4285u);
  EXPECT_EQ(bench.valid()->sequence, 7u);
  CardMemory again(bench.disk, "wang", {});
  EXPECT_EQ(again.read(purchase_area), bench.memory->read(purchase_area)) << "it is on the disk";
}

TEST(CardOs, WrongMacCostsATryAndLocksForGood) {
  Bench bench;
  bench.select();
  const Bytes before = bench.memory->read(purchase_area);
  const std::string wrong = "04D695001C" + std::string(48, '0') + "11223344";
  bench.challenge();
  EXPECT_EQ(bench.send(wrong), "6988");
  EXPECT_EQ(bench.memory->tries(1), 14);
  EXPECT_EQ(bench.sell(1), "9000");
  EXPECT_EQ(bench.memory->tries(1), 15) << "a good MAC gives the tries back";
  for (int left = 14; left >= 0; --left) {
    bench.challenge();
    EXPECT_EQ(bench.send(wrong), "6988");
    EXPECT_EQ(bench.memory->tries(1), left);
  }
  EXPECT_EQ(bench.sell(1), "6983");
  EXPECT_NE(bench.memory->read(purchase_area), before);
  const CardMemory again(bench.disk, "wang", {});
  EXPECT_EQ(again.tries(1), 0) << "locked beyond a power cut";
  EXPECT_EQ(again.tries(2), 15);
}

TEST(CardOs, AChallengeServesTheNextCommandOnly) {
  Bench bench;
  bench.select();
  const auto record = encode_copy({7, 4, 1, 12001, 0x20260201, 0});
  EXPECT_EQ(to_hex(bench.os->transmit(bench.sealed_update(1, 0x15, 24, record, {}))), "6984");
  const Challenge used = bench.challenge();
  bench.send("00B0950004");
  EXPECT_EQ(to_hex(bench.os->transmit(bench.sealed_update(1, 0x15, 24, record, used))), "6984");
  const Challenge fresh = bench.challenge();
  const Bytes command = bench.sealed_update(1, 0x15, 24, record, fresh);
  EXPECT_EQ(to_hex(bench.os->transmit(command)), "9000");
  EXPECT_EQ(to_hex(bench.os->transmit(command)), "6984") << "a replay finds no challenge";
  bench.challenge();
  EXPECT_EQ(to_hex(bench.os->transmit(command)), "6988") << "nor does it fit another one";
  EXPECT_EQ(bench.memory->tries(1), 14);
}

TEST(CardOs, ChecksLengthAndPlaceBeforeTheKey) {
  Bench bench;
  bench.select();
  bench.challenge();
  EXPECT_EQ(bench.send("04D695001C0011"), "6700");
  bench.challenge();
  EXPECT_EQ(bench.send("04D695000411223344"), "6700");
  EXPECT_EQ(bench.update(1, 0x15, 40, Bytes(24, 0)), "6b00");
  EXPECT_EQ(bench.send("00D695000100"), "6982") << "EF 15 wants a MAC";
  EXPECT_EQ(bench.memory->tries(1), 15);
}

TEST(CardOs, IdentityNeedsThePersonalisationKey) {
  Bench bench;
  bench.select();
  const auto identity = encode_identity({"6101000000000017", 0x0611, 1, "18"});
  EXPECT_EQ(bench.update(1, 0x16, 0, identity), "6988");
  EXPECT_EQ(bench.memory->tries(2), 14);
  EXPECT_EQ(bench.update(2, 0x16, 0, identity), "9000");
  EXPECT_EQ(decode_identity(bench.memory->read(identity_area))->area, 0x0611);
}

TEST(CardOs, WriteBackIsTheMetersUntilPowerOff) {
  Bench bench;
  bench.select();
  const std::string write = "00D6970018" + to_hex(encode_write_back({4, 1, 2, 0}));
  EXPECT_EQ(bench.send(write), "6982");
  EXPECT_EQ(bench.send("00820003080000000000000000"), "6984");
  bench.challenge();
  EXPECT_EQ(bench.send("00820003080000000000000000"), "6988");
  EXPECT_EQ(bench.memory->tries(3), 14);
  EXPECT_EQ(bench.send(write), "6982");
  const Challenge fresh = bench.challenge();
  EXPECT_EQ(bench.send("0082000308" + to_hex(cryptogram(bench.memory->key(3), fresh))), "9000");
  EXPECT_EQ(bench.memory->tries(3), 15);
  EXPECT_EQ(bench.send(write), "9000");
  EXPECT_EQ(bench.write_back()->purchase_number, 4u);
  bench.os->power_up();
  bench.select();
  EXPECT_EQ(bench.send(write), "6982");
}

TEST(CardOs, NamesItsPoints) {
  Bench bench;
  bench.select();
  bench.sell(10);
  bench.send("00B0950030");
  bench.send("00B0950030");
  EXPECT_EQ(bench.contacts.points,
            (std::vector<std::string>{"card.before-select", "card.before-challenge", "card.after-challenge",
                                      "card.before-update", "card.torn-update", "card.after-update", "card.before-read",
                                      "card.before-readback", "card.before-read"}));
}

TEST(CardOs, ReadBackIsToldAfterThePowerCycleToo) {
  Bench bench;
  bench.select();
  bench.sell(10);
  bench.os->power_up();
  bench.select();
  bench.contacts.points.clear();
  bench.send("00B0950030");
  EXPECT_EQ(bench.contacts.points, (std::vector<std::string>{"card.before-read", "card.before-readback"}));
}

TEST(CardOs, AnswersNothingWhenPulledAtAPoint) {
  for (const char* const point : {"card.before-update", "card.torn-update", "card.after-update"}) {
    Bench bench;
    bench.select();
    const Bytes before = bench.memory->read(purchase_area);
    bench.contacts.cut_at = point;
    EXPECT_EQ(bench.sell(10), "") << point;
    EXPECT_EQ(bench.select(), "") << "dead until powered up again";
    const Bytes after = bench.memory->read(purchase_area);
    EXPECT_EQ(after == before, point == std::string_view("card.before-update")) << point;
    EXPECT_EQ(decode_copy(ByteView(after).subspan(24)).has_value(), point != std::string_view("card.torn-update"));
    EXPECT_EQ(bench.valid()->purchase_number, point == std::string_view("card.after-update") ? 4u : 3u) << point;
  }
}

TEST(CardMemory, RefusesAFileThatIsNoCard) {
  Bench bench;
  bench.disk.write("card-bad.eeprom", "too short");
  EXPECT_THROW(CardMemory(bench.disk, "bad", {}), std::runtime_error);
}

TEST(CardFactory, MakesCardsAsConfigured) {
  Bench bench;
  EXPECT_EQ(bench.valid()->total, 12000u);
  EXPECT_EQ(bench.valid()->purchase_number, 3u);
  EXPECT_EQ(bench.write_back(), (WriteBackRecord{3, 1200, 10800, 0}));
  CardConfig card = wang_card();
  card.volume = 5;
  EXPECT_THROW(make_card(card, nullptr, test_keys()), std::runtime_error) << "10 litres is the card's step";
  card.volume = 0;
  card.kind = CardKind::Blank;
  const CardImage blank = make_card(card, nullptr, test_keys());
  EXPECT_EQ(valid_copy(blank.purchase), std::nullopt);
  EXPECT_EQ(decode_identity(blank.identity)->kind, 0);
  KeysConfig keys = test_keys();
  keys.meter_master.pop_back();
  EXPECT_THROW(make_card(card, nullptr, keys), std::runtime_error);
}

}  // namespace
}  // namespace pilotlight::cabinet
