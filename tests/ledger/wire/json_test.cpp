// The JSON form is a contract: hashes and every other implementation depend on it.
#include "ledger/wire/json.h"

#include <gtest/gtest.h>

#include <random>

namespace pilotlight::wire {
namespace {

Id id(std::uint8_t n) {
  Id made;
  for (auto& byte : made.bytes) byte = n;
  return made;
}

AuthoriseRequest request() {
  AuthoriseRequest made;
  made.top_up = id(1);
  made.session = id(2);
  made.quote = id(3);
  made.account = "610100000001";
  made.card = {"6101000000000017", 3, Volume{0}, Volume{120'000}, 6, {3, Volume{12'000}, Volume{108'000}, 1}};
  made.notes = {{id(4), yuan(100)}, {id(5), yuan(50)}};
  made.amount = yuan(150);
  made.volume = Volume{57'030};
  made.cost = Money{14'998};
  made.change = Money{2};
  made.challenge = {0xA1, 0xB2, 0xC3, 0xD4};
  return made;
}

TEST(Json, IsCanonical) {
  EXPECT_EQ(to_json(request()),
            R"({"top_up":"01010101-0101-0101-0101-010101010101","session":"02020202-0202-0202-0202-020202020202",)"
            R"("quote":"03030303-0303-0303-0303-030303030303","account":"610100000001",)"
            R"("card":{"card_number":"6101000000000017","purchase_number":3,"volume":0,"total":120000,"sequence":6,)"
            R"("write_back":{"purchase_number":3,"remaining":12000,"used":108000,"status":1}},)"
            R"("notes":[{"note":"04040404-0404-0404-0404-040404040404","value":10000},)"
            R"({"note":"05050505-0505-0505-0505-050505050505","value":5000}],)"
            R"("amount":15000,"volume":57030,"cost":14998,"change":2,"challenge":"a1b2c3d4"})");
}

TEST(Json, OptionalsAreValueOrNull) {
  Identification answer;
  answer.refusal = Refusal::UnknownCard;
  EXPECT_EQ(to_json(answer),
            R"({"refusal":"UnknownCard","account":"","masked_name":"","masked_address":"","arrears":0,"wallet":0,)"
            R"("last_top_up":0,"quote":null,"pending":null})");
  answer.masked_name = "王*";
  answer.quote =
      Quote{id(1), "2026-11-24", {{Money{263}, Volume{300'000}}, {Money{394}, Volume{0}}}, Volume{10}, yuan(9)};
  answer.pending = PendingTopUp{id(2), {4, Volume{10}, Volume{20}, Money{2}, Money{1}}, 3};
  EXPECT_EQ(from_json<Identification>(to_json(answer)).value(), answer);
}

TEST(Json, TextAndBack) {
  EXPECT_EQ(from_json<AuthoriseRequest>(to_json(request())).value(), request());
  const Fact fact{UINT64_MAX, INT64_MIN, "SessionOpened", "{\"a\":\"\\u0000\n\"}", Bytes(32, 0xFF)};
  EXPECT_EQ(from_json<Fact>(to_json(fact)).value(), fact);
}

TEST(Json, ANewerPeerMaySayMore) {
  EXPECT_EQ(
      from_json<TopUpRecord>(R"({"new":[1,{"x":null}],"purchase_number":4,"volume":10,"total":20,"cost":2,"change":1})")
          .value(),
      (TopUpRecord{4, Volume{10}, Volume{20}, Money{2}, Money{1}}));
}

TEST(Json, TheErrorNamesTheField) {
  const auto error = [](std::string_view text) { return from_json<TopUpRecord>(text).error().text; };
  EXPECT_EQ(error("[]"), "$: object expected");
  EXPECT_EQ(error(R"({"purchase_number":4})"), "$.volume: missing");
  EXPECT_EQ(error(R"({"purchase_number":-1,"volume":1,"total":1,"cost":1,"change":1})"),
            "$.purchase_number: out of range");
  EXPECT_EQ(error(R"({"purchase_number":4294967296,"volume":1,"total":1,"cost":1,"change":1})"),
            "$.purchase_number: out of range");
  EXPECT_EQ(error(R"({"purchase_number":1.0,"volume":1,"total":1,"cost":1,"change":1})"),
            "$.purchase_number: whole number expected");
  EXPECT_EQ(error(R"({"purchase_number":1,"volume":"1","total":1,"cost":1,"change":1})"),
            "$.volume: whole number expected");
  EXPECT_EQ(from_json<SealAnswer>(R"({"refusal":"Perhaps"})").error().text, "$.refusal: unknown name 'Perhaps'");
  EXPECT_EQ(from_json<AbandonRequest>(R"({"top_up":"x"})").error().text, "$.top_up: UUID expected");
  EXPECT_EQ(from_json<FactsRequest>(R"({"facts":[{"seq":1,"wall_ms":1,"kind":"","body":"","hash":"0"}]})").error().text,
            "$.facts[0].hash: hexadecimal expected");
  EXPECT_EQ(from_json<FactsRequest>(R"({"facts":null})").error().text, "$.facts: array expected");
}

TEST(Json, IsBounded) {
  EXPECT_NE(from_json<FactsRequest>(std::string((1 << 20) + 1, ' ')).error().text.find("longer than"),
            std::string::npos);
  EXPECT_FALSE(from_json<FactsRequest>(std::string(100'000, '[')));
  std::string many = R"({"facts":[0)";
  for (int i = 0; i < 10'001; ++i) many += ",0";
  EXPECT_EQ(from_json<FactsRequest>(many + "]}").error().text, "$.facts: too many items");
}

TEST(Json, NoPrefixOfAMessageIsAMessage) {
  const std::string text = to_json(request());
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(from_json<AuthoriseRequest>(text.substr(0, length))) << length;
}

TEST(Json, AlteredBytesNeverCrash) {
  std::mt19937 random(7);
  const std::string good = to_json(request());
  int parsed = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = good;
    for (auto n = 1 + random() % 3; n > 0; --n) text[random() % text.size()] = static_cast<char>(random());
    if (const auto value = from_json<AuthoriseRequest>(text)) {
      ++parsed;
      EXPECT_EQ(from_json<AuthoriseRequest>(to_json(*value)).value(), *value);
    }
  }
  EXPECT_GT(parsed, 0);
}

TEST(Record, EveryKindGoesThroughItsNameAndBody) {
  Document document;
  document.number = 7;
  const Record records[] = {TerminalStarted{"0.1"},
                            AcceptorConnected{"1873452", 12},
                            SessionOpened{id(1)},
                            CustomerIdentified{id(1), "61", "王*", request().card, Quote{}},
                            NoteStacking{id(1), id(2), yuan(10), 3},
                            NoteStacked{id(1), id(2), yuan(10), NoteEvidence::PowerUpEvent},
                            NoteReturned{id(1), id(2), yuan(10), NoteEvidence::Counter},
                            NoteInDoubt{id(1), id(2), yuan(10)},
                            NoteFound{id(2), yuan(10), "", "why"},
                            AuthoriseIntended{request()},
                            TopUpAuthorised{id(1), id(2), TopUpRecord{}},
                            TopUpRefused{id(1), id(2), Refusal::OverLimit},
                            AbandonIntended{id(1), id(2)},
                            TopUpAbandoned{id(1), id(2)},
                            WriteIntended{id(1), id(2), 1, 4},
                            WriteVerified{id(1), id(2), request().card},
                            WriteDisproved{id(1), id(2), 1, request().card},
                            TopUpVoided{id(1), id(2)},
                            DocumentIntended{document},
                            DocumentPrinted{7},
                            DocumentVoided{7, "paper"},
                            SessionEnded{},
                            Incident{"PaperOut", ""}};
  static_assert(std::size(records) == std::variant_size_v<Record>);
  for (std::size_t i = 0; i < std::size(records); ++i) {
    EXPECT_EQ(records[i].index(), i);
    EXPECT_EQ(record_from(kind_of(records[i]), record_body(records[i])).value(), records[i]) << kind_of(records[i]);
  }
  EXPECT_FALSE(record_from("Nonsense", "{}"));
  EXPECT_FALSE(record_from("SessionOpened", "{}"));
}

}  // namespace
}  // namespace pilotlight::wire
