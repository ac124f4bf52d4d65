#include "tests/simulation/ledger_site.h"

#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>

#include "kiosk/base/check.h"
#include "ledger/keys/mac.h"
#include "tests/simulation/card_slot.h"

namespace pilotlight::simulation {
namespace {

constexpr std::int64_t month_ms = 30LL * 24 * 3600 * 1000;

// The company's card keys, known to cards and ledger alike. In production they are sealed (ledger/keys/sealed_file.h).
class CompanyKeys final : public keys::CardKeys {
 public:
  Result<std::array<std::uint8_t, 4>, Message> seal(ByteView header_and_data, ByteView challenge,
                                                    const std::string& card_number) const override {
    const auto factor = keys::diversifier(card_number);
    if (!factor) return fail(factor.error());
    keys::Key16 master{};
    const Bytes bytes = company_keys().purchase_master;
    std::copy(bytes.begin(), bytes.end(), master.begin());
    return keys::retail_mac(keys::diversify(master, *factor), challenge, header_and_data);
  }
};
const CompanyKeys card_keys;

// Enrolment needs an authority; the simulation's terminals are enrolled already, so one serves every world.
const server::Authority& authority() {
  static const server::Authority one = [] {
    char folder[] = "/tmp/pilotlight-simulate-XXXXXX";
    CHECK(::mkdtemp(folder) != nullptr);
    CHECK(server::Authority::create(folder, {}, 1'790'000'000'000));
    auto opened = server::Authority::open(folder);
    CHECK(opened.has_value());
    std::filesystem::remove_all(folder);
    return std::move(*opened);
  }();
  return one;
}

}  // namespace

struct LedgerSite::Wall final : Clock {
  Wall(const Schedule& s, std::int64_t e) : schedule(s), epoch_ms(e) {}
  Moment now() override { return {schedule.now(), epoch_ms + schedule.now()}; }
  const Schedule& schedule;
  const std::int64_t epoch_ms;
};

LedgerSite::LedgerSite(Schedule& schedule, Story& story, Chance chance, std::int64_t epoch_ms, const TownBooks& books,
                       Watch watch)
    : schedule_(schedule),
      story_(story),
      chance_(chance),
      watch_(std::move(watch)),
      clock_(std::make_unique<Wall>(schedule, epoch_ms)) {
  CHECK(ledger::Ledger::create("/ledger", {.production = false}));
  open(false);
  CHECK(ledger_->import_tariffs(books.tariffs_csv));
  CHECK(ledger_->import_accounts(books.accounts_csv));
  CHECK(ledger_->import_cards(books.cards_csv));
  disk_.before([this](const Operation& operation) {
    if (!crash_at_ || operation.number < *crash_at_) return;
    crash_at_.reset();
    crashed_ = true;
    disk_.crash(chance_, Crash::Random);
  });
}

LedgerSite::~LedgerSite() { shut(Crash::KeepAll); }

void LedgerSite::open(bool restored) {
  ledger::Ledger::OpenOptions options;
  options.clock = clock_.get();
  options.keys = &card_keys;
  options.random = [this] {
    std::array<std::uint8_t, 10> bytes{};
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(chance_.next());
    return bytes;
  };
  auto opened = ledger::Ledger::open("/ledger", options);
  CHECK(opened.has_value());
  ledger_ = std::move(*opened);
  if (restored) CHECK(ledger_->declare_restored());
  api_ = std::make_unique<server::TerminalApi>(*ledger_, authority(), *clock_);
  CHECK(sqlite3_open_v2("/ledger/ledger.db", &eye_, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK);
  commits_ = 0;
}

void LedgerSite::add_terminal(const std::string& terminal) {
  CHECK(ledger_->add_terminal(terminal, "simulated"));
  const std::int64_t now = clock_->now().wall_ms;
  certificates_[terminal] = {terminal, to_hex(as_bytes(terminal)), now - 1000, now + 12 * month_ms};
  CHECK(ledger_->add_certificate({terminal, to_hex(as_bytes(terminal)), "", now + 12 * month_ms, false}));
}

std::optional<server::HttpReply> LedgerSite::answer(const std::string& terminal, const std::string& path,
                                                    const std::string& body) {
  if (ledger_ == nullptr) return std::nullopt;
  server::HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.body = body;
  request.peer = certificates_.at(terminal);
  story_.tell("ledger", body.size(), [&] { return terminal + " " + path + " " + body; });
  server::HttpReply reply = api_->answer(request);
  if (crashed_) {
    die();
    return std::nullopt;
  }
  story_.tell("ledger", reply.status, [&] { return std::to_string(reply.status) + " " + reply.body; });
  if (const std::uint64_t commits = ledger_->commits(); commits != commits_) {
    commits_ = commits;
    watch_.committed(eye_);
  }
  return reply;
}

void LedgerSite::shut(Crash how) {
  if (eye_ != nullptr) {
    watch_.closing(eye_);
    sqlite3_close(eye_);
    eye_ = nullptr;
  }
  api_.reset();
  if (!crashed_) disk_.crash(chance_, how);
  ledger_.reset();
  crash_at_.reset();
  crashed_ = false;
}

void LedgerSite::die() {
  story_.tell("ledger", 1, [] { return std::string("has no power"); });
  shut(Crash::Random);
  watch_.died();
}

void LedgerSite::cut_power(Crash how) {
  if (ledger_ == nullptr) return;
  story_.tell("ledger", 2, [] { return std::string("loses power"); });
  shut(how);
}

void LedgerSite::cut_power_in_write(std::uint64_t operations) {
  if (ledger_ != nullptr) crash_at_ = disk_.counters().operations + 1 + operations;
}

void LedgerSite::restore_copy() {
  if (copy_.empty()) return;
  shut(Crash::LoseAll);
  story_.tell("ledger", 3, [] { return std::string("is taken over by the standby, from an older copy"); });
  disk_.full(false);
  disk_.restore(copy_);
  open(true);
  watch_.reopened(eye_, true);
}

void LedgerSite::expire_certificate(const std::string& terminal) {
  certificates_.at(terminal).not_after_ms = clock_->now().wall_ms;
}

void LedgerSite::renew_certificates() {
  for (auto& [terminal, facts] : certificates_) facts.not_after_ms = clock_->now().wall_ms + 12 * month_ms;
}

void LedgerSite::power_on() {
  disk_.full(false);
  if (ledger_ != nullptr) return;
  story_.tell("ledger", 4, [] { return std::string("has power again"); });
  open(false);
  watch_.reopened(eye_, false);
}

}  // namespace pilotlight::simulation
