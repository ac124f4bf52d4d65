#include "ledger/server/terminal_api.h"

#include <gtest/gtest.h>

#include "ledger/server/enrolment_code.h"
#include "ledger/wire/json.h"
#include "tests/ledger/server/served_ledger.h"

namespace pilotlight::server {
namespace {

using wire::from_json;
using wire::to_json;

std::string heartbeat() { return to_json(wire::HeartbeatRequest{0, "test", "in_service"}); }

Id id(std::uint8_t last) {
  Id made = *parse_id("0198f3a2-7c11-7d3e-8a52-000000000000");
  made.bytes[15] = last;
  return made;
}

wire::CardState wang() {
  wire::CardState card;
  card.card_number = "6101000000000017";
  card.purchase_number = 3;
  card.total = Volume{120'000};
  card.sequence = 6;
  card.write_back = {3, Volume{12'000}, Volume{108'000}, 0};
  return card;
}

// One hundred yuan from identify to authorise, as a terminal does it.
wire::AuthoriseRequest hundred_yuan(TlsClient& terminal, std::uint8_t family) {
  const wire::IdentifyRequest question{id(family), wang()};
  const auto identified = from_json<wire::Identification>(terminal.post("/v1/identify", to_json(question)).body);
  EXPECT_TRUE(identified && identified->quote);
  wire::AuthoriseRequest request;
  if (!identified || !identified->quote) return request;
  const Purchase purchase = buy(yuan(100), identified->quote->tiers, identified->quote->scale);
  request.top_up = id(static_cast<std::uint8_t>(family + 1));
  request.session = id(family);
  request.quote = identified->quote->id;
  request.account = identified->account;
  request.card = wang();
  request.notes = {{id(static_cast<std::uint8_t>(family + 2)), yuan(100)}};
  request.amount = yuan(100);
  request.volume = purchase.volume;
  request.cost = purchase.cost;
  request.change = purchase.change;
  request.challenge = {1, 2, 3, 4, 5, 6, 7, 8};
  return request;
}

class TerminalApiTest : public testing::Test {
 protected:
  static std::string error_in(const HttpAnswer& answer) {
    const auto from = answer.body.find("\"error\":\"");
    if (from == std::string::npos) return answer.body;
    return answer.body.substr(from + 9, answer.body.find('"', from + 9) - from - 9);
  }
  ServedLedger served;
};

TEST_F(TerminalApiTest, EnrolsATerminalAndAnswersIt) {
  const TestIdentity identity = served.enrolled("T0042");
  TlsClient terminal(served.client(identity));
  const HttpAnswer answer = terminal.post("/v1/heartbeat", heartbeat());
  ASSERT_EQ(answer.status, 200U) << answer.body;
  const auto beat = from_json<wire::HeartbeatAnswer>(answer.body);
  ASSERT_TRUE(beat);
  EXPECT_TRUE(beat->may_trade);
  EXPECT_FALSE(beat->production);
  EXPECT_EQ(served.ledger->terminal("T0042")->version, "test");
}

TEST_F(TerminalApiTest, AnEnrolmentCodeServesOneKeyOnly) {
  const std::string code = served.code_for("T0042");
  const TestIdentity first = TestIdentity::make();
  const HttpAnswer certificate = served.enrol(first, code);
  ASSERT_EQ(certificate.status, 200U) << certificate.body;
  EXPECT_EQ(served.enrol(first, code).body, certificate.body) << "its answer may have been lost";
  const HttpAnswer second = served.enrol(TestIdentity::make(), code);
  EXPECT_EQ(second.status, 403U);
  EXPECT_EQ(error_in(second), "UsedCode");
  EXPECT_EQ(served.ledger->certificates_of("T0042").size(), 1U);
}

TEST_F(TerminalApiTest, RefusesUnknownOldAndMalformedEnrolments) {
  EXPECT_EQ(error_in(served.enrol(TestIdentity::make(), make_enrolment_code())), "UnknownCode");
  const std::string code = served.code_for("T0042");
  TestIdentity broken = TestIdentity::make("P-384");
  EXPECT_EQ(error_in(served.enrol(broken, code)), "BadRequest");
  served.clock.advance_ms(enrolment_code_life_ms + 1);
  EXPECT_EQ(error_in(served.enrol(TestIdentity::make(), code)), "ExpiredCode");
}

TEST_F(TerminalApiTest, LimitsGuessing) {
  HttpRequest guess;
  guess.method = "POST";
  guess.path = "/v1/enrol";
  guess.body = to_json(wire::EnrolRequest{"0000-0000-0000-0000", "x"});
  unsigned limited = 0;
  for (int i = 0; i < 200; ++i) limited += served.api->answer(guess).status == 429 ? 1U : 0U;
  EXPECT_GE(limited, 100U);
  EXPECT_LT(limited, 200U);
}

TEST_F(TerminalApiTest, WithoutACertificateOnlyEnrolmentAnswers) {
  for (const auto& route : terminal_routes()) {
    const HttpAnswer answer = TlsClient(served.client()).post(route.path, "{}");
    EXPECT_EQ(answer.status, route.certificate ? 401U : 400U) << route.path;
  }
}

TEST_F(TerminalApiTest, ACertificateThatIsNotInTheRegisterIsRefused) {
  TestIdentity smuggled = TestIdentity::make();
  served.code_for("T0042");
  smuggled.certificate_pem = served.authority->issue(smuggled.csr_pem, "T0042", served.clock.now().wall_ms)->pem;
  const HttpAnswer answer = TlsClient(served.client(smuggled)).post("/v1/heartbeat", heartbeat());
  EXPECT_EQ(answer.status, 403U);
  EXPECT_EQ(error_in(answer), "UnknownCertificate");
}

TEST_F(TerminalApiTest, AnExpiredCertificateMayDeliverAndRenewAndNothingElse) {
  TestIdentity identity = served.enrolled("T0042");
  TlsClient terminal(served.client(identity));
  ASSERT_EQ(terminal.post("/v1/heartbeat", heartbeat()).status, 200U);
  served.clock.advance_ms((terminal_certificate_days + 1) * one_day_ms);
  for (const auto& route : terminal_routes()) {
    if (!route.certificate) continue;
    const HttpAnswer answer = terminal.post(route.path, "{}");
    EXPECT_EQ(answer.status, route.expired_too ? 400U : 403U) << route.path;
    EXPECT_EQ(error_in(answer), route.expired_too ? "BadRequest" : "Expired") << route.path;
  }
  TestJournal journal;
  const wire::FactsRequest facts{{journal.add(wire::TerminalStarted{"test"}, served.clock.now().wall_ms)}};
  EXPECT_EQ(terminal.post("/v1/facts", to_json(facts)).status, 200U);
  const TestIdentity fresh = TestIdentity::make();
  const auto renewed =
      from_json<wire::Certificate>(terminal.post("/v1/renew", to_json(wire::RenewRequest{fresh.csr_pem})).body);
  ASSERT_TRUE(renewed);
  TestIdentity next = fresh;
  next.certificate_pem = renewed->certificate_pem;
  const wire::IdentifyRequest question{id(1), wang()};
  EXPECT_EQ(TlsClient(served.client(next)).post("/v1/identify", to_json(question)).status, 200U);
}

TEST_F(TerminalApiTest, RenewalCanBeRepeatedAndLeavesTheOldCertificateUntilItRunsOut) {
  const TestIdentity identity = served.enrolled("T0042");
  TlsClient terminal(served.client(identity));
  const std::string request = to_json(wire::RenewRequest{TestIdentity::make().csr_pem});
  const HttpAnswer first = terminal.post("/v1/renew", request);
  ASSERT_EQ(first.status, 200U) << first.body;
  EXPECT_EQ(terminal.post("/v1/renew", request).body, first.body);
  EXPECT_EQ(terminal.post("/v1/heartbeat", heartbeat()).status, 200U);
  EXPECT_EQ(served.ledger->certificates_of("T0042").size(), 2U);
}

TEST_F(TerminalApiTest, RevocationStopsALivingConnectionAndDeletesNothing) {
  const TestIdentity identity = served.enrolled("T0042");
  TlsClient terminal(served.client(identity));
  TestJournal journal;
  const wire::FactsRequest facts{{journal.add(wire::TerminalStarted{"test"}, served.clock.now().wall_ms)}};
  ASSERT_EQ(terminal.post("/v1/facts", to_json(facts)).status, 200U);
  ASSERT_TRUE(served.ledger->revoke_terminal("T0042", "stolen"));
  for (const auto& route : terminal_routes()) {
    if (!route.certificate) continue;
    const HttpAnswer answer = terminal.post(route.path, "{}");
    EXPECT_EQ(answer.status, 403U) << route.path;
    EXPECT_EQ(error_in(answer), "Revoked") << route.path;
  }
  EXPECT_EQ(served.ledger->terminal("T0042")->last_contiguous, 1U);
}

TEST_F(TerminalApiTest, SellsAndAnswersTheSameAgain) {
  const TestIdentity identity = served.enrolled("T0042");
  TlsClient terminal(served.client(identity));
  const wire::AuthoriseRequest request = hundred_yuan(terminal, 0x10);
  const HttpAnswer first = terminal.post("/v1/authorise", to_json(request));
  const auto authorised = from_json<wire::Authorisation>(first.body);
  ASSERT_TRUE(authorised) << first.body;
  EXPECT_EQ(authorised->refusal, wire::Refusal::None);
  EXPECT_EQ(authorised->record.purchase_number, 4U);
  EXPECT_EQ(authorised->seal.attempt, 1U);
  EXPECT_FALSE(authorised->seal.command.empty());
  EXPECT_EQ(terminal.post("/v1/authorise", to_json(request)).body, first.body);
  EXPECT_TRUE(served.ledger->audit()->violations.empty());
}

TEST_F(TerminalApiTest, AnotherTerminalCannotAuthoriseOrAbandonWhatIsNotItsOwn) {
  const TestIdentity owner = served.enrolled("T0042");
  const TestIdentity other = served.enrolled("T0043");
  TlsClient first(served.client(owner));
  const wire::AuthoriseRequest request = hundred_yuan(first, 0x20);
  ASSERT_EQ(first.post("/v1/authorise", to_json(request)).status, 200U);
  TlsClient second(served.client(other));
  const HttpAnswer authorise = second.post("/v1/authorise", to_json(request));
  EXPECT_EQ(authorise.status, 403U);
  EXPECT_EQ(error_in(authorise), "ForeignTopUp");
  EXPECT_EQ(authorise.body.find("record"), std::string::npos);
  const HttpAnswer abandon = second.post("/v1/abandon", to_json(wire::AbandonRequest{request.top_up, request.session}));
  EXPECT_EQ(error_in(abandon), "ForeignTopUp");
  EXPECT_EQ(served.ledger->top_up(request.top_up)->state, "Pending");
}

TEST_F(TerminalApiTest, AnyTerminalMaySealAgainWhatStandsOpenOnTheCard) {
  const TestIdentity owner = served.enrolled("T0042");
  const TestIdentity other = served.enrolled("T0043");
  TlsClient first(served.client(owner));
  const wire::AuthoriseRequest request = hundred_yuan(first, 0x30);
  ASSERT_EQ(first.post("/v1/authorise", to_json(request)).status, 200U);
  TlsClient second(served.client(other));
  const wire::SealRequest seal{id(0x3A), request.top_up, wang(), {9, 9, 9, 9, 9, 9, 9, 9}};
  const auto sealed = from_json<wire::SealAnswer>(second.post("/v1/seal", to_json(seal)).body);
  ASSERT_TRUE(sealed);
  EXPECT_EQ(sealed->refusal, wire::Refusal::None);
  EXPECT_EQ(sealed->seal.attempt, 2U);
  EXPECT_EQ(sealed->record.purchase_number, 4U);
}

TEST_F(TerminalApiTest, SaysWhichFieldIsWrong) {
  const TestIdentity identity = served.enrolled("T0042");
  TlsClient terminal(served.client(identity));
  const HttpAnswer answer = terminal.post("/v1/abandon", R"({"top_up":"nonsense"})");
  EXPECT_EQ(answer.status, 400U);
  EXPECT_NE(answer.body.find("$.top_up: UUID expected"), std::string::npos) << answer.body;
  EXPECT_EQ(terminal.post("/v1/facts", "[[[[").status, 400U);
  EXPECT_EQ(terminal.post("/v1/facts", R"({"facts":"\u0000<script>"})").status, 400U);
}

TEST_F(TerminalApiTest, KnowsItsPathsAndMethods) {
  const TestIdentity identity = served.enrolled("T0042");
  TlsClient terminal(served.client(identity));
  const HttpAnswer wrong = terminal.get("/v1/facts");
  EXPECT_EQ(wrong.status, 405U);
  EXPECT_NE(wrong.head.find("Allow: POST"), std::string::npos);
  EXPECT_EQ(terminal.get("/v1/secrets").status, 404U);
  EXPECT_EQ(terminal.get("/r?d=x").status, 404U) << "the receipt page is on the public address";
  EXPECT_EQ(TlsClient(served.stranger()).post("/v1/enrol", "{}").status, 404U);
}

TEST(TerminalName, IsCapitalLettersAndDigits) {
  EXPECT_TRUE(is_terminal_name("T0042"));
  for (const char* wrong : {"", "T", "t0042", "0042", "T-0042", "T0042 ", "ABCDEFGHIJKLMNOPQ", "T00\n2"})
    EXPECT_FALSE(is_terminal_name(wrong)) << wrong;
}

}  // namespace
}  // namespace pilotlight::server
