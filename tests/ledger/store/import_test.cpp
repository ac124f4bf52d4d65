// What staff bring in: all or nothing, errors exact to the line.
#include "ledger/store/csv.h"
#include "tests/ledger/store/town.h"

namespace pilotlight::ledger {
namespace {

TEST(Csv, ReadsQuotesEmptyFieldsAndLineEnds) {
  const auto rows = parse_csv(
      "\xEF\xBB\xBF"
      "a,b\r\n1,\"x, \"\"y\"\"\nz\"\r\n\n2,\n",
      {"a", "b"});
  ASSERT_TRUE(rows) << rows.error().text;
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ((*rows)[0].fields, (std::vector<std::string>{"1", "x, \"y\"\nz"}));
  EXPECT_EQ((*rows)[1].fields, (std::vector<std::string>{"2", ""}));
  EXPECT_EQ((*rows)[1].line, 5U);
}

TEST(Csv, NamesTheLine) {
  const auto error = [](std::string_view text) { return parse_csv(text, {"a", "b"}).error().text; };
  EXPECT_EQ(error("b,a\n"), "line 1: the header must be: a,b");
  EXPECT_EQ(error("a,b\n1,2\n3\n"), "line 3: 2 fields expected, 1 found");
  EXPECT_EQ(error("a,b\n1,\"2\n"), "line 2: a quoted field is not closed");
  EXPECT_EQ(error("a,b\n1,2\"3\n"), "line 2: a quote inside an unquoted field");
  EXPECT_EQ(error("a,b\n\"1\"x,2\n"), "line 2: a comma or line end is expected after a quoted field");
  EXPECT_EQ(error(""), "line 1: the header must be: a,b");
}

TEST(Csv, Amounts) {
  EXPECT_EQ(*parse_yuan("12.5"), Money{1250});
  EXPECT_EQ(*parse_yuan("0"), Money{0});
  EXPECT_EQ(*parse_cubic_metres("0.5"), Volume{500});
  for (const char* wrong : {"", "-1", "1.", ".5", "1.234", "1e3", "1 ", "1234567890", "1,5"})
    EXPECT_FALSE(parse_yuan(wrong)) << wrong;
  EXPECT_FALSE(parse_count("256", 255));
  EXPECT_FALSE(parse_yes_no("YES"));
}

class ImportTest : public Town {
 protected:
  static std::string accounts(const std::string& rows) {
    return "account,name,address,class,tariff,open,safety_hold,supply_stopped,arrears_yuan,due_date,year,year_m3\n" +
           rows;
  }
};

TEST_F(ImportTest, AllOrNothingWithTheLine) {
  const std::string good = "700000000001,赵,路,residential,home,yes,no,no,0,,2026,0\n";
  const auto error = [&](const std::string& row) {
    const auto result = ledger_->import_accounts(accounts(good + row));
    EXPECT_FALSE(ledger_->account("700000000001")) << row;
    return result ? "" : result.error().text;
  };
  EXPECT_EQ(error("70000000000x,赵,路,residential,home,yes,no,no,0,,2026,0\n"),
            "accounts.csv line 3: an account number has digits only, not '70000000000x'");
  EXPECT_EQ(error("700000000002,,路,residential,home,yes,no,no,0,,2026,0\n"), "accounts.csv line 3: field 2 is empty");
  EXPECT_EQ(error("700000000002,赵,路,residential,gold,yes,no,no,0,,2026,0\n"),
            "accounts.csv line 3: tariff 'gold' is not known; import tariffs first");
  EXPECT_EQ(error("700000000002,赵,路,villa,home,yes,no,no,0,,2026,0\n"),
            "accounts.csv line 3: the class is residential or public, not 'villa'");
  EXPECT_EQ(error("700000000002,赵,路,residential,home,yes,no,no,x,,2026,0\n"),
            "accounts.csv line 3: an amount in yuan such as 12.50 is expected, not 'x'");
  EXPECT_EQ(error("700000000002,赵,路,residential,home,yes,no,no,0,2026-02-30,2026,0\n"),
            "accounts.csv line 3: a date such as 2026-11-20 is expected, not '2026-02-30'");
  EXPECT_EQ(error(good), "accounts.csv line 3: this account stands in the file twice");
  EXPECT_EQ(error("1\n"), "accounts.csv line 3: 12 fields expected, 1 found");
}

TEST_F(ImportTest, ACardKeepsItsAccountAndItsNumber) {
  const std::string header = "card_number,account,purchase_number,replacement_count,state\n";
  EXPECT_EQ(ledger_->import_cards(header + "6101000000000017,610100000002,3,0,active\n").error().text,
            "cards.csv line 2: this card belongs to account 610100000001");
  EXPECT_EQ(ledger_->import_cards(header + "610100000000001,610100000002,3,0,active\n").error().text,
            "cards.csv line 2: a card number has 16 digits, not '610100000000001'");
  EXPECT_EQ(ledger_->import_cards(header + "6101000000000017,610100000001,9,0,blocked\n")->changed, 1U);
  EXPECT_EQ(ledger_->account(wang)->cards[0].purchase_number, 3U);  // M3: only this ledger issues numbers
  EXPECT_TRUE(ledger_->account(wang)->cards[0].blocked);
  expect_lawful();
}

TEST_F(ImportTest, TariffStepsMustRiseAndEnd) {
  const auto error = [&](const std::string& rows) {
    return ledger_->import_tariffs("tariff,upto_m3,price_yuan,per_sale_m3\n" + rows).error().text;
  };
  EXPECT_EQ(error("x,300,2.63,500\n"), "tariffs.csv line 2: the last step of 'x' must leave upto_m3 empty");
  EXPECT_EQ(error("x,300,2.63,500\nx,300,3,500\nx,,4,500\n"), "tariffs.csv line 3: the steps must rise");
  EXPECT_EQ(error("x,,2.63,500\nx,300,3,500\n"), "tariffs.csv line 3: a step after the last one of its tariff");
  EXPECT_EQ(error("x,,0,500\n"), "tariffs.csv line 2: a price is more than 0");
  EXPECT_EQ(error("x,300,1,500\nx,,2,400\n"), "tariffs.csv line 3: per_sale_m3 differs within this tariff");
  EXPECT_EQ(error("x,,2,0\n"), "tariffs.csv line 2: per_sale_m3 is at least 0.01");
}

class AdministrationTest : public Town {};

TEST_F(AdministrationTest, ACodeWorksOncePerKey) {
  const Bytes code(32, 1);
  const Bytes key(32, 2);
  const Bytes other(32, 3);
  EXPECT_FALSE(ledger_->add_code("T0099", code, clock_.at.wall_ms + 1000));
  ASSERT_TRUE(ledger_->add_code("T0001", code, clock_.at.wall_ms + 1000));
  EXPECT_EQ(ledger_->redeem_code(Bytes(32, 9), key).error(), CodeRefusal::Unknown);
  EXPECT_EQ(ledger_->redeem_code(code, key).value(), "T0001");
  EXPECT_EQ(ledger_->redeem_code(code, key).value(), "T0001");  // its answer was lost
  EXPECT_EQ(ledger_->redeem_code(code, other).error(), CodeRefusal::Used);
  clock_.at.wall_ms += 2000;
  EXPECT_EQ(ledger_->redeem_code(code, key).error(), CodeRefusal::Expired);
}

TEST_F(AdministrationTest, CertificatesNewestFirst) {
  ASSERT_TRUE(ledger_->add_certificate({"T0001", "0a", "first", 1, false}));
  clock_.at.wall_ms += 1;
  ASSERT_TRUE(ledger_->add_certificate({"T0001", "0b", "second", 2, false}));
  ASSERT_EQ(ledger_->certificates_of("T0001").size(), 2U);
  EXPECT_EQ(ledger_->certificates_of("T0001")[0].serial, "0b");
  EXPECT_FALSE(ledger_->certificate("0a")->revoked);
  ASSERT_TRUE(ledger_->revoke_terminal("T0001", "stolen"));
  EXPECT_TRUE(ledger_->certificate("0a")->revoked);
  EXPECT_FALSE(ledger_->certificate("0c"));
}

TEST_F(AdministrationTest, NamesAndTwice) {
  EXPECT_FALSE(ledger_->add_terminal("T0001", "again"));
  for (const char* wrong : {"", "T 1", "T0042T0042T0042T0042", "../x"}) EXPECT_FALSE(ledger_->add_terminal(wrong, ""));
  EXPECT_FALSE(ledger_->block_card("1", ""));
  EXPECT_FALSE(ledger_->set_safety_hold("1", true, ""));
  EXPECT_FALSE(Ledger::create(dir_, {}));
  Ledger::OpenOptions options;
  options.clock = &clock_;
  EXPECT_FALSE(Ledger::open(dir_ + "/nowhere", options));
  EXPECT_FALSE(ledger_->production());
}

}  // namespace
}  // namespace pilotlight::ledger
