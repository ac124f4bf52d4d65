#include <map>

#include "kiosk/base/tariff.h"
#include "ledger/keys/sealed_file.h"
#include "ledger/store/terminals.h"
#include "tests/ledger/store/town.h"

namespace pilotlight::ledger {
namespace {

constexpr const char* tariffs_csv =
    "tariff,upto_m3,price_yuan,per_sale_m3\n"
    "home,300,2.63,500\n"
    "home,500,3.15,500\n"
    "home,,3.94,500\n"
    "works,,4.20,9999\n";

constexpr const char* accounts_csv =
    "account,name,address,class,tariff,open,safety_hold,supply_stopped,arrears_yuan,due_date,year,year_m3\n"
    "610100000001,王小明,幸福路12号3单元402,residential,home,yes,no,no,0.00,,2026,0\n"
    "610100000002,李雷,幸福路14号,residential,home,yes,no,no,35.20,2026-10-31,2026,290\n"
    "610100000003,东风厂,工业路1号,public,works,yes,no,no,0,,2026,0\n";

constexpr const char* cards_csv =
    "card_number,account,purchase_number,replacement_count,state\n"
    "6101000000000017,610100000001,3,0,active\n"
    "6101000000000025,610100000002,3,0,active\n"
    "6101000000000033,610100000003,3,0,active\n";

std::uint64_t counter = 0;

}  // namespace

Id fresh_id() {
  std::array<std::uint8_t, 10> tail{};
  const std::uint64_t n = ++counter;
  for (std::size_t i = 0; i < 8; ++i) tail[i] = static_cast<std::uint8_t>(n >> (8 * i));
  return make_id(1'795'500'000'000 + static_cast<std::int64_t>(n), tail);
}

Bytes fresh_challenge() {
  const std::uint64_t n = ++counter;
  return {static_cast<std::uint8_t>(n >> 24), static_cast<std::uint8_t>(n >> 16), static_cast<std::uint8_t>(n >> 8),
          static_cast<std::uint8_t>(n)};
}

void Town::SetUp() {
  std::string name = testing::TempDir() + "pilotlight-ledger-XXXXXX";
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  dir_ = name;
  const keys::SealedFile file{dir_ + "/card-keys.sealed", dir_ + "/card-keys.unseal", ""};
  ASSERT_TRUE(keys::write_sealed(file, *keys::make_master_keys(true), true));
  keys_ = std::move(*keys::open_sealed(file));
  ASSERT_TRUE(Ledger::create(dir_, {.production = false}));
  reopen();
  ASSERT_EQ(ledger_->import_tariffs(tariffs_csv)->added, 2U);
  ASSERT_EQ(ledger_->import_accounts(accounts_csv)->added, 3U);
  ASSERT_EQ(ledger_->import_cards(cards_csv)->added, 3U);
  for (const char* terminal : {"T0001", "T0002"}) ASSERT_TRUE(ledger_->add_terminal(terminal, "hall"));
}

void Town::TearDown() {
  ledger_.reset();
  std::filesystem::remove_all(dir_);
}

void Town::reopen() {
  ledger_.reset();
  Ledger::OpenOptions options;
  options.clock = &clock_;
  options.keys = keys_.get();
  auto opened = Ledger::open(dir_, options);
  ASSERT_TRUE(opened) << opened.error().text;
  ledger_ = std::move(*opened);
}

wire::CardState Town::card(const std::string& number, std::uint32_t purchase_number) const {
  wire::CardState state;
  state.card_number = number;
  state.purchase_number = purchase_number;
  state.total = Volume{120'000};
  state.sequence = 6;
  return state;
}

Town::Visit Town::visit(const std::string& terminal, const wire::CardState& card) {
  Visit visit{terminal, fresh_id(), card, {}, {}};
  visit.identification = ledger_->identify(terminal, {visit.session, card}).value();
  return visit;
}

void Town::put_in(Visit& visit, std::vector<int> yuan_notes) const {
  for (const int value : yuan_notes) visit.notes.push_back({fresh_id(), yuan(value)});
}

wire::AuthoriseRequest Town::request_for(const Visit& visit) const {
  wire::AuthoriseRequest request;
  request.top_up = fresh_id();
  request.session = visit.session;
  request.account = visit.identification.account;
  request.card = visit.card;
  request.notes = visit.notes;
  for (const auto& note : visit.notes) request.amount += note.value;
  if (visit.identification.quote) {
    const wire::Quote& quote = *visit.identification.quote;
    request.quote = quote.id;
    const Purchase purchase = buy(request.amount, quote.tiers, quote.scale);
    request.volume = purchase.volume;
    request.cost = purchase.cost;
    request.change = purchase.change;
  }
  request.challenge = fresh_challenge();
  return request;
}

wire::Fact Town::fact(const std::string& terminal, const wire::Record& record) {
  Journal& journal = journals_[terminal];
  wire::Fact made;
  made.seq = ++journal.seq;
  made.wall_ms = clock_.at.wall_ms;
  made.kind = wire::kind_of(record);
  made.body = wire::record_body(record);
  made.hash = fact_hash(journal.hash, made);
  journal.hash = made.hash;
  return made;
}

wire::FactResult Town::tell(const std::string& terminal, const wire::Record& record) {
  const auto answer = ledger_->facts(terminal, {{fact(terminal, record)}});
  EXPECT_TRUE(answer);
  EXPECT_EQ(answer->results.size(), 1U);
  return answer->results.at(0);
}

void Town::expect_lawful() {
  const auto audit = ledger_->audit();
  ASSERT_TRUE(audit) << audit.error().text;
  for (const auto& violation : audit->violations) ADD_FAILURE() << violation.law << ": " << violation.detail;
}

std::int64_t Town::book(const std::string& account) {
  for (const auto& row : ledger_->trial_balance())
    if (row.account == account) return row.credit.fen - row.debit.fen;
  return 0;
}

}  // namespace pilotlight::ledger
