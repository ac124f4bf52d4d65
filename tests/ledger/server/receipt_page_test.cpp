#include "ledger/server/receipt_page.h"

#include <gtest/gtest.h>

#include "ledger/wire/json.h"
#include "ledger/wire/receipt_code.h"
#include "tests/ledger/server/served_ledger.h"

namespace pilotlight::server {
namespace {

wire::Document slip(std::uint32_t number, std::int64_t wall_ms) {
  wire::Document document;
  document.number = number;
  document.kind = wire::DocumentKind::CreditSlip;
  document.session = *parse_id("0198f3a2-7c11-7d3e-8a52-0123456789ab");
  document.wall_ms = wall_ms;
  document.account = "610100000001";
  document.masked_name = "王*";
  document.card_number = "6101000000000017";
  document.tendered = yuan(150);
  document.credited = yuan(150);
  return document;
}

class ReceiptPageTest : public testing::Test {
 protected:
  void deliver(const std::vector<wire::Record>& records) {
    wire::FactsRequest request;
    for (const auto& record : records) request.facts.push_back(journal.add(record, served.clock.now().wall_ms));
    TlsClient terminal(served.client(identity));
    ASSERT_EQ(terminal.post("/v1/facts", wire::to_json(request)).status, 200U);
  }
  std::string code_of(const wire::Document& shown, const TestIdentity& signer) const {
    const std::string payload = wire::receipt_payload("T0042", shown);
    return wire::receipt_url("", payload, signer.sign(payload));
  }
  HttpAnswer look(const std::string& target) { return TlsClient(served.stranger()).get(target); }
  static std::string verdict(const HttpAnswer& answer) {
    const auto from = answer.head.find("X-Receipt: ");
    return from == std::string::npos ? "" : answer.head.substr(from + 11, answer.head.find('\r', from) - from - 11);
  }

  ServedLedger served;
  TestIdentity identity = served.enrolled("T0042");
  TestJournal journal;
  wire::Document document = slip(1, served.clock.now().wall_ms);
};

TEST_F(ReceiptPageTest, ConfirmsAGenuineReceiptInBothLanguages) {
  deliver({wire::DocumentIntended{document}, wire::DocumentPrinted{1}});
  const HttpAnswer answer = look(code_of(document, identity));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(verdict(answer), "Genuine");
  for (const char* words : {"T0042-000001", "150.00", "凭条真实有效", "This receipt is genuine", "入账凭条"})
    EXPECT_NE(answer.body.find(words), std::string::npos) << words;
}

TEST_F(ReceiptPageTest, ShowsNobodysNameAccountOrCard) {
  deliver({wire::DocumentIntended{document}, wire::DocumentPrinted{1}});
  const HttpAnswer answer = look(code_of(document, identity));
  for (const char* secret : {"王", "610100000001", "00000001", "0017"})
    EXPECT_EQ(answer.body.find(secret), std::string::npos) << secret;
}

TEST_F(ReceiptPageTest, RunsAndLoadsNothing) {
  const HttpAnswer answer = look("/r?d=x");
  EXPECT_NE(answer.head.find("Content-Security-Policy: default-src 'none'"), std::string::npos);
  EXPECT_NE(answer.head.find("nosniff"), std::string::npos);
  EXPECT_NE(answer.head.find("no-store"), std::string::npos);
  EXPECT_EQ(answer.body.find("<script"), std::string::npos);
}

TEST_F(ReceiptPageTest, RefusesAnyChangeToTheCode) {
  deliver({wire::DocumentIntended{document}, wire::DocumentPrinted{1}});
  wire::Document changed = document;
  changed.tendered = yuan(1500);
  const std::string payload = wire::receipt_payload("T0042", document);
  const std::string forged = wire::receipt_url("", wire::receipt_payload("T0042", changed), identity.sign(payload));
  const HttpAnswer answer = look(forged);
  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(verdict(answer), "Forged");
  EXPECT_EQ(answer.body.find("1500"), std::string::npos) << "forged numbers are not repeated under our name";
}

TEST_F(ReceiptPageTest, RefusesAnotherTerminalsKeyAndUnknownTerminals) {
  deliver({wire::DocumentIntended{document}, wire::DocumentPrinted{1}});
  EXPECT_EQ(verdict(look(code_of(document, served.enrolled("T0043")))), "Forged");
  EXPECT_EQ(verdict(look(code_of(document, TestIdentity::make()))), "Forged");
  const std::string payload = wire::receipt_payload("T9999", document);
  EXPECT_EQ(verdict(look(wire::receipt_url("", payload, identity.sign(payload)))), "Forged");
}

TEST_F(ReceiptPageTest, SaysWhenTheLedgerKnowsOtherNumbers) {
  deliver({wire::DocumentIntended{document}, wire::DocumentPrinted{1}});
  wire::Document other = document;
  other.tendered = yuan(200);
  const HttpAnswer answer = look(code_of(other, identity));
  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(verdict(answer), "Differs");
}

TEST_F(ReceiptPageTest, SaysWhenTheLedgerHasNotHeardOfItYet) {
  const HttpAnswer answer = look(code_of(document, identity));
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(verdict(answer), "Unreported");
}

TEST_F(ReceiptPageTest, SaysWhenTheNumberWasVoided) {
  deliver({wire::DocumentIntended{document}, wire::DocumentVoided{1, "paper out"}});
  EXPECT_EQ(verdict(look(code_of(document, identity))), "Voided");
}

TEST_F(ReceiptPageTest, AReceiptOutlivesItsKey) {
  deliver({wire::DocumentIntended{document}, wire::DocumentPrinted{1}});
  TlsClient terminal(served.client(identity));
  const std::string renewal = wire::to_json(wire::RenewRequest{TestIdentity::make().csr_pem});
  ASSERT_EQ(terminal.post("/v1/renew", renewal).status, 200U);
  EXPECT_EQ(verdict(look(code_of(document, identity))), "Genuine");
}

TEST_F(ReceiptPageTest, TellsWhatIsNoCode) {
  for (const char* target : {"/r", "/r?d=", "/r?d=abc", "/r?d=AAAA.AAAA", "/r?x=1&y=2", "/r?d=%3Cscript%3E.AA"}) {
    const HttpAnswer answer = look(target);
    EXPECT_EQ(answer.status, 400U) << target;
    EXPECT_EQ(verdict(answer), "Unreadable") << target;
  }
  EXPECT_EQ(look("/").status, 404U);
  EXPECT_EQ(look("/r?" + std::string(6000, '&') + "d=x").status, 400U);
}

}  // namespace
}  // namespace pilotlight::server
