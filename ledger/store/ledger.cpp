#include "ledger/store/ledger.h"

#include <openssl/rand.h>

#include "kiosk/base/check.h"
#include "ledger/store/audit.h"
#include "ledger/store/chain.h"
#include "ledger/store/documents.h"
#include "ledger/store/import.h"
#include "ledger/store/questions.h"
#include "ledger/store/schema.h"
#include "ledger/store/store.h"
#include "ledger/store/terminals.h"
#include "ledger/store/views.h"

namespace pilotlight::ledger {
namespace {

std::string path_in(const std::string& dir) { return dir + "/ledger.db"; }

std::array<std::uint8_t, 10> system_random() {
  std::array<std::uint8_t, 10> bytes{};
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  return bytes;
}

}  // namespace

Ledger::Store::Store(std::string path, std::unique_ptr<Database> writer, std::unique_ptr<Database> reader,
                     OpenOptions options)
    : path_(std::move(path)),
      writer_(std::move(writer)),
      reader_(std::move(reader)),
      options_(std::move(options)),
      queue_(*writer_, [this] { extend_chain(*writer_); }) {
  if (!options_.random) options_.random = system_random;
  Query row(*writer_, "SELECT production FROM meta");
  production_ = !row.next() || row.integer(0) != 0;
}

Work Ledger::Store::work_for(const std::string& terminal) {
  return Work{*writer_, now_ms(), terminal, false, false, false, options_.keys, &options_.random};
}

std::optional<Trouble> Ledger::Store::pass_gate(Work& work) {
  const auto gate = find_gate(*writer_, work.terminal);
  if (writer_->failed()) return Trouble::Storage;
  if (!gate) return Trouble::UnknownTerminal;
  if (gate->state == TerminalState::Revoked) return Trouble::Revoked;
  work.catching_up = gate->catching_up;
  work.incomplete = gate->incomplete;
  work.may_trade = gate->state == TerminalState::Active && !gate->incomplete;
  return std::nullopt;
}

Result<void, Message> Ledger::Store::change(const std::function<Result<void, Message>(Work&)>& change) {
  Result<void, Message> result;
  const bool durable = queue_.run([&] {
    Work work = work_for("");
    result = change(work);
  });
  if (!durable) return fail(Message{"the ledger's database cannot be written; look at its disk"});
  return result;
}

Ledger::Ledger(std::unique_ptr<Store> store) : store_(std::move(store)) {}
Ledger::~Ledger() = default;

Result<void, Message> Ledger::create(const std::string& dir, const CreateOptions& options) {
  auto database = Database::open(path_in(dir), Database::Mode::Create);
  if (!database) return fail(database.error());
  return make_schema(**database, options.production);
}

Result<std::unique_ptr<Ledger>, Message> Ledger::open(const std::string& dir, const OpenOptions& options) {
  CHECK(options.clock != nullptr);
  auto writer = Database::open(path_in(dir), Database::Mode::Write);
  if (!writer) return fail(writer.error());
  if (auto schema = check_schema(**writer); !schema) return fail(Message{path_in(dir) + ": " + schema.error().text});
  auto reader = Database::open(path_in(dir), Database::Mode::Read);
  if (!reader) return fail(reader.error());
  auto store = std::make_unique<Store>(path_in(dir), std::move(*writer), std::move(*reader), options);
  return std::unique_ptr<Ledger>(new Ledger(std::move(store)));
}

bool Ledger::production() const { return store_->production(); }
std::uint64_t Ledger::commits() const { return store_->commits(); }
std::uint64_t Ledger::epoch() const {
  return store_->read<std::uint64_t>([](Database& db) { return epoch_of(db); });
}

Answer<wire::Identification> Ledger::identify(const std::string& terminal, const wire::IdentifyRequest& request) {
  return store_->ask<wire::Identification>(terminal, [&](Work& work) { return ledger::identify(work, request); });
}
Answer<wire::Authorisation> Ledger::authorise(const std::string& terminal, const wire::AuthoriseRequest& request) {
  return store_->ask<wire::Authorisation>(terminal, [&](Work& work) { return ledger::authorise(work, request); });
}
Answer<wire::SealAnswer> Ledger::seal(const std::string& terminal, const wire::SealRequest& request) {
  return store_->ask<wire::SealAnswer>(terminal, [&](Work& work) { return ledger::seal(work, request); });
}
Answer<wire::Abandonment> Ledger::abandon(const std::string& terminal, const wire::AbandonRequest& request) {
  return store_->ask<wire::Abandonment>(terminal, [&](Work& work) { return ledger::abandon(work, request); });
}
Answer<wire::VoidAnswer> Ledger::void_top_up(const std::string& terminal, const wire::VoidRequest& request) {
  return store_->ask<wire::VoidAnswer>(terminal, [&](Work& work) { return ledger::void_top_up(work, request); });
}
Answer<wire::FactsAnswer> Ledger::facts(const std::string& terminal, const wire::FactsRequest& request) {
  return store_->ask<wire::FactsAnswer>(terminal, [&](Work& work) { return ledger::facts(work, request); });
}
Answer<wire::HeartbeatAnswer> Ledger::heartbeat(const std::string& terminal, const wire::HeartbeatRequest& request) {
  return store_->ask<wire::HeartbeatAnswer>(terminal, [&](Work& work) { return ledger::heartbeat(work, request); });
}

std::vector<TerminalView> Ledger::terminals() {
  return store_->read<std::vector<TerminalView>>([](Database& db) { return list_terminals(db, ""); });
}
std::optional<TerminalView> Ledger::terminal(const std::string& terminal) {
  if (terminal.empty()) return std::nullopt;
  auto list = store_->read<std::vector<TerminalView>>([&](Database& db) { return list_terminals(db, terminal); });
  return list.empty() ? std::nullopt : std::optional(std::move(list.front()));
}
std::vector<CertificateView> Ledger::certificates_of(const std::string& terminal) {
  return store_->read<std::vector<CertificateView>>([&](Database& db) { return list_certificates(db, terminal); });
}
std::optional<CertificateView> Ledger::certificate(const std::string& serial) {
  return store_->read<std::optional<CertificateView>>([&](Database& db) { return view_certificate(db, serial); });
}
std::optional<AccountView> Ledger::account(const std::string& account) {
  const std::int64_t now_ms = store_->now_ms();
  return store_->read<std::optional<AccountView>>([&](Database& db) { return view_account(db, account, now_ms); });
}
std::optional<TopUpView> Ledger::top_up(const Id& top_up) {
  return store_->read<std::optional<TopUpView>>([&](Database& db) { return view_top_up(db, top_up); });
}
std::vector<SuspenseItem> Ledger::suspense() {
  return store_->read<std::vector<SuspenseItem>>([](Database& db) { return list_suspense(db); });
}
std::vector<AlertView> Ledger::alerts(std::int64_t after_number) {
  return store_->read<std::vector<AlertView>>([&](Database& db) { return list_alerts(db, after_number); });
}
std::vector<BalanceView> Ledger::trial_balance() {
  return store_->read<std::vector<BalanceView>>([](Database& db) { return list_balances(db); });
}
std::optional<DocumentView> Ledger::document(const std::string& terminal, std::uint32_t number) {
  return store_->read<std::optional<DocumentView>>([&](Database& db) { return find_document(db, terminal, number); });
}
Result<Audit, Message> Ledger::audit() {
  // On a connection of its own: it takes long, and the receipt page must not wait for it.
  auto database = Database::open(store_->path(), Database::Mode::Read);
  if (!database) return fail(database.error());
  Database& db = **database;
  db.execute("BEGIN");
  Audit audit = audit_everything(db);
  db.execute("COMMIT");
  if (db.failed()) return fail(Message{store_->path() + ": cannot be read: " + db.failure()});
  return audit;
}

}  // namespace pilotlight::ledger
