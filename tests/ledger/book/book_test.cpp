#include "ledger/book/book.h"

#include <gtest/gtest.h>

#include <random>

namespace pilotlight::book {
namespace {

Id id(std::uint8_t n) {
  Id made;
  made.bytes[15] = n;
  made.bytes[0] = 1;
  return made;
}

const AccountName cash{AccountKind::Cash, "T0001"};
const AccountName tender{AccountKind::Tender, "s1"};
const AccountName pending{AccountKind::Pending, "t1"};
const AccountName revenue{AccountKind::Revenue, ""};
const AccountName wallet{AccountKind::Wallet, "61"};
const AccountName suspense{AccountKind::Suspense, "T0001"};

Transfer note(std::uint8_t n, std::int64_t fen) {
  return Transfer{TransferKind::NoteStacked, id(n), cash, tender, Money{fen}};
}

TEST(Book, ATopUpFromNoteToRevenueAndWallet) {
  Book book;
  ASSERT_TRUE(book.post(note(1, 10'000)));
  ASSERT_TRUE(book.post(note(2, 5'000)));
  ASSERT_TRUE(book.post({TransferKind::TopUpReserved, id(3), tender, pending, Money{15'000}}));
  EXPECT_EQ(book.balance(tender), Money{0});
  EXPECT_EQ(book.balance(pending), Money{15'000});
  ASSERT_TRUE(book.post({TransferKind::CostPosted, id(3), pending, revenue, Money{14'998}}));
  ASSERT_TRUE(book.post({TransferKind::ChangePosted, id(3), pending, wallet, Money{2}}));
  EXPECT_EQ(book.balance(cash), Money{15'000});
  EXPECT_EQ(book.sum(AccountKind::Revenue), Money{14'998});
  EXPECT_EQ(book.balance(wallet), Money{2});
  EXPECT_TRUE(conserved(book));
}

TEST(Book, M5SameIdSameEffectOtherContentRefused) {
  Book book;
  EXPECT_EQ(book.post(note(1, 10'000)).value(), Posted::New);
  EXPECT_EQ(book.post(note(1, 10'000)).value(), Posted::Repeated);
  EXPECT_EQ(book.post(note(1, 5'000)).error(), BookError::ContentChanged);
  EXPECT_EQ(book.balance(cash), Money{10'000});
  EXPECT_EQ(book.size(), 1U);
}

TEST(Book, NothingIsSpentTwice) {
  Book book;
  ASSERT_TRUE(book.post(note(1, 10'000)));
  EXPECT_EQ(book.post({TransferKind::TopUpReserved, id(3), tender, pending, Money{10'001}}).error(),
            BookError::Overdrawn);
  ASSERT_TRUE(book.post({TransferKind::TopUpReserved, id(3), tender, pending, Money{10'000}}));
  EXPECT_EQ(book.post({TransferKind::SessionCredited, id(4), tender, wallet, Money{1}}).error(), BookError::Overdrawn);
  ASSERT_TRUE(book.post({TransferKind::VoidedToWallet, id(3), pending, wallet, Money{10'000}}));
  EXPECT_EQ(book.post({TransferKind::CostPosted, id(3), pending, revenue, Money{1}}).error(), BookError::Overdrawn);
  EXPECT_TRUE(conserved(book));
}

TEST(Book, OnlyItsOwnAccountsAndPositiveAmounts) {
  Book book;
  EXPECT_EQ(book.post(note(1, 0)).error(), BookError::NotPositive);
  EXPECT_EQ(book.post(note(1, -5)).error(), BookError::NotPositive);
  EXPECT_EQ(book.post({TransferKind::NoteStacked, id(1), cash, wallet, Money{5}}).error(), BookError::WrongAccounts);
  EXPECT_EQ(book.post({TransferKind::NoteStacked, id(1), {AccountKind::Cash, ""}, tender, Money{5}}).error(),
            BookError::WrongAccounts);
}

TEST(Book, ADoubtStandsOutsideTheEquation) {
  Book book;
  const AccountName doubted{AccountKind::DoubtedCash, "T0001"};
  const AccountName doubt{AccountKind::Doubt, "T0001"};
  ASSERT_TRUE(book.post(note(1, 10'000)));
  ASSERT_TRUE(book.post({TransferKind::NoteDoubted, id(2), doubted, doubt, Money{5'000}}));
  EXPECT_TRUE(conserved(book));
  EXPECT_EQ(book.sum(AccountKind::Cash), Money{10'000});
  ASSERT_TRUE(book.post({TransferKind::DoubtEnded, id(2), doubt, doubted, Money{5'000}}));
  EXPECT_EQ(book.post({TransferKind::DoubtEnded, id(3), doubt, doubted, Money{1}}).error(), BookError::Overdrawn);
  ASSERT_TRUE(book.post(note(2, 5'000)));
  EXPECT_TRUE(conserved(book));
}

TEST(AccountName, TextAndBack) {
  for (const auto& name : {cash, tender, pending, revenue, wallet, suspense, AccountName{AccountKind::Receivable, "6"},
                           AccountName{AccountKind::DoubtedCash, "T1"}, AccountName{AccountKind::Doubt, "T1"}})
    EXPECT_EQ(parse_account(to_string(name)), name) << to_string(name);
  EXPECT_EQ(to_string(cash), "cash:T0001");
  EXPECT_EQ(to_string(revenue), "revenue:gas");
  for (const char* wrong : {"", "cash", "cash:", "gold:1", "revenue:water"})
    EXPECT_FALSE(parse_account(wrong)) << wrong;
}

// Whatever is tried, in any order and any number of times: the equation holds and nothing falls below zero.
TEST(Book, RandomTransfersNeverBreakTheEquation) {
  std::mt19937 random(42);
  const std::vector<AccountName> accounts = {cash, tender, pending, revenue, wallet, suspense};
  Book book;
  std::size_t made = 0;
  for (int i = 0; i < 20'000; ++i) {
    const auto kind = static_cast<TransferKind>(random() % enum_count<TransferKind>());
    Transfer transfer{kind, id(static_cast<std::uint8_t>(random() % 64)), accounts[random() % accounts.size()],
                      accounts[random() % accounts.size()], Money{static_cast<std::int64_t>(random() % 300) - 5}};
    if (const auto posted = book.post(transfer); posted && *posted == Posted::New) ++made;
    ASSERT_TRUE(conserved(book));
    ASSERT_GE(book.balance(tender).fen, 0);
    ASSERT_GE(book.balance(pending).fen, 0);
  }
  EXPECT_GT(made, 100U);
}

}  // namespace
}  // namespace pilotlight::book
