// The central ledger: every question of a terminal, every fact, and what staff ask of it. Rules live in ledger/rules,
// double entry in ledger/book; here they meet one durable store (SQLite, WAL, synchronous FULL).
//
// Threads: every function may be called from any thread. Calls that change something wait until they are durable;
// those that arrive while a transaction is being committed are taken together into the next one (group commit, no
// timer), so many blocked callers are cheap. Calls that only read see the last committed state on a connection of their
// own.
//
// Failures: a question that is refused by a rule gets an answer with a wire::Refusal. A Trouble is for what has no
// answer; nothing has been changed then and the caller may repeat.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/base/clock.h"
#include "kiosk/base/result.h"
#include "ledger/keys/card_keys.h"
#include "ledger/wire/messages.h"
#include "ledger/wire/records.h"

namespace pilotlight::ledger {

enum class Trouble {
  UnknownTerminal,  // not enrolled here (HTTP 403)
  Revoked,          // this terminal's trust was taken away (403); it keeps its journal (M10)
  TooMany,          // more than 100 facts or 1000 notes, or a challenge that is not 4 or 8 bytes long (400)
  CatchingUp,       // after a restore this ledger may have forgotten what the question is about: repeat later (503)
  Storage           // the disk or database failed; nothing was changed (503)
};
PILOTLIGHT_ENUM(Trouble, UnknownTerminal, Revoked, TooMany, CatchingUp, Storage)

template <class T>
using Answer = Result<T, Trouble>;

// --- what staff and the command line see -----------------------------------------------------------------------------

enum class TerminalState {
  Active,
  Disabled,  // by staff: no sales, no card writes; facts are taken
  Behind,    // it had forgotten facts this ledger has (restored from an older copy): until staff enable it
  Revoked
};
PILOTLIGHT_ENUM(TerminalState, Active, Disabled, Behind, Revoked)

struct TerminalView {
  std::string terminal;  // "T0042"
  std::string place;
  TerminalState state = TerminalState::Active;
  std::string reason;  // why it is not Active
  std::uint64_t last_contiguous = 0;
  std::uint64_t last_seq_told = 0;     // by its latest heartbeat
  std::int64_t last_heartbeat_ms = 0;  // 0: never
  std::string version;
  std::string reported_state;
  Money cash;      // in its box, by the book
  Money suspense;  // of this terminal
  PILOTLIGHT_DESCRIBE(terminal, place, state, reason, last_contiguous, last_seq_told, last_heartbeat_ms, version,
                      reported_state, cash, suspense)
};

struct TopUpView {
  Id top_up;
  std::string terminal;
  Id session;
  std::string account;
  std::string card_number;
  std::string state;  // "Pending", "Written", "Voided", "Abandoned", "Refused"
  Money amount;
  wire::TopUpRecord record;
  std::uint32_t highest_attempt = 0;
  std::int64_t wall_ms = 0;
  PILOTLIGHT_DESCRIBE(top_up, terminal, session, account, card_number, state, amount, record, highest_attempt, wall_ms)
};

struct CardView {
  std::string card_number;
  std::uint32_t purchase_number = 0;  // of the last posted purchase: what the card must show
  bool blocked = false;
  PILOTLIGHT_DESCRIBE(card_number, purchase_number, blocked)
};

struct AccountView {
  std::string account;
  std::string masked_name;  // the full name stays in the database
  std::string masked_address;
  std::string tariff;
  bool open = true;
  bool safety_hold = false;
  Money wallet;
  Money arrears;
  Volume year_volume;  // bought in the year of today's business date
  std::vector<CardView> cards;
  std::vector<TopUpView> top_ups;  // the latest 50, newest first
  PILOTLIGHT_DESCRIBE(account, masked_name, masked_address, tariff, open, safety_hold, wallet, arrears, year_volume,
                      cards, top_ups)
};

struct SuspenseItem {
  Id id;  // the note's or session's
  std::string terminal;
  Money value;          // 0: the device does not know
  std::string state;    // "Suspense" or "InDoubt"
  std::string account;  // it most likely belongs to; empty if none
  std::string evidence;
  std::int64_t wall_ms = 0;
  PILOTLIGHT_DESCRIBE(id, terminal, value, state, account, evidence, wall_ms)
};

struct AlertView {  // something staff must look at; facts are never refused, differences land here
  std::int64_t number = 0;
  std::int64_t wall_ms = 0;
  std::string terminal;
  std::string code;  // "AmountsDiffer", "ChainBroken", "ForkedJournal", "WrittenAfterVoid", ...
  std::string detail;
  PILOTLIGHT_DESCRIBE(number, wall_ms, terminal, code, detail)
};

struct BalanceView {
  std::string account;  // of the book, "cash:T0042", "wallet:610100000001"
  Money debit;
  Money credit;
  PILOTLIGHT_DESCRIBE(account, debit, credit)
};

struct Violation {
  std::string law;     // "M1" ... "M10", or "book" for double entry, "chain" for an altered or missing row
  std::string detail;  // names ids and amounts
  PILOTLIGHT_DESCRIBE(law, detail)
};

struct Audit {
  std::vector<Violation> violations;  // empty: every law holds
  std::uint64_t transfers = 0;
  std::uint64_t facts = 0;
  std::uint64_t top_ups_written = 0;
  std::uint64_t top_ups_pending = 0;
  std::uint64_t documents = 0;
  Money stacked;  // every note in every box
  Money revenue;
  Money wallets;
  Money tendered;  // held by open sessions
  Money pending;
  Money suspense;
  Money in_doubt;  // outside the book: it holds with and without each item
  std::uint64_t alerts = 0;
  PILOTLIGHT_DESCRIBE(violations, transfers, facts, top_ups_written, top_ups_pending, documents, stacked, revenue,
                      wallets, tendered, pending, suspense, in_doubt, alerts)
};

// What the public receipt page may show: no name, no address, only tails.
struct DocumentView {
  std::string terminal;
  wire::Document document;
  bool printed = false;
  bool voided = false;
  std::uint32_t replaced_by = 0;  // 0: none
  std::string top_up_state;       // as TopUpView.state; empty if the document names no top-up
  PILOTLIGHT_DESCRIBE(terminal, document, printed, voided, replaced_by, top_up_state)
};

struct CertificateView {
  std::string terminal;
  std::string serial;  // lower-case hex
  std::string certificate_pem;
  std::int64_t not_after_ms = 0;
  bool revoked = false;
  PILOTLIGHT_DESCRIBE(terminal, serial, certificate_pem, not_after_ms, revoked)
};

enum class CodeRefusal { Unknown, Expired, Used, Storage };  // Used: by another key than this one
PILOTLIGHT_ENUM(CodeRefusal, Unknown, Expired, Used, Storage)

struct ImportCounts {
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  PILOTLIGHT_DESCRIBE(added, changed)
};

// --- the ledger ------------------------------------------------------------------------------------------------------

class Ledger {
 public:
  struct CreateOptions {
    bool production = true;  // false: a demo ledger; cannot be changed later
  };
  struct OpenOptions {
    Clock* clock = nullptr;                // wall time of the ledger; required
    const keys::CardKeys* keys = nullptr;  // required for authorise and seal
    // Ten random bytes for quote ids (the simulation hands in its own). Empty: OpenSSL's generator.
    std::function<std::array<std::uint8_t, 10>()> random;
  };

  // Makes DIR/ledger.db; the directory must exist and hold none yet. The words say what went wrong and what to do.
  static Result<void, Message> create(const std::string& dir, const CreateOptions& options);
  // Opens it; an older schema is brought up to date, a newer one refused.
  static Result<std::unique_ptr<Ledger>, Message> open(const std::string& dir, const OpenOptions& options);
  ~Ledger();
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  bool production() const;
  std::uint64_t epoch() const;

  // --- questions of a terminal; `terminal` is the name in its certificate ---
  Answer<wire::Identification> identify(const std::string& terminal, const wire::IdentifyRequest& request);
  Answer<wire::Authorisation> authorise(const std::string& terminal, const wire::AuthoriseRequest& request);
  Answer<wire::SealAnswer> seal(const std::string& terminal, const wire::SealRequest& request);
  Answer<wire::Abandonment> abandon(const std::string& terminal, const wire::AbandonRequest& request);
  Answer<wire::VoidAnswer> void_top_up(const std::string& terminal, const wire::VoidRequest& request);
  Answer<wire::FactsAnswer> facts(const std::string& terminal, const wire::FactsRequest& request);
  Answer<wire::HeartbeatAnswer> heartbeat(const std::string& terminal, const wire::HeartbeatRequest& request);

  // --- terminals, enrolment, certificates ---
  Result<void, Message> add_terminal(const std::string& terminal, const std::string& place);
  // Takes its trust away: every later question is Trouble::Revoked. Deletes nothing.
  Result<void, Message> revoke_terminal(const std::string& terminal, const std::string& reason);
  Result<void, Message> disable_terminal(const std::string& terminal, const std::string& reason);
  Result<void, Message> enable_terminal(const std::string& terminal);  // from Disabled or Behind; also ends a catch-up
  std::vector<TerminalView> terminals();
  std::optional<TerminalView> terminal(const std::string& terminal);

  // A one-time enrolment code, known here only by its hash.
  Result<void, Message> add_code(const std::string& terminal, ByteView code_hash, std::int64_t valid_until_ms);
  // Binds the code to the key that shows it first; the same key may come again (its answer was lost) while it is valid.
  Result<std::string, CodeRefusal> redeem_code(ByteView code_hash, ByteView key_hash);
  Result<void, Message> add_certificate(const CertificateView& certificate);
  std::vector<CertificateView> certificates_of(const std::string& terminal);  // newest first; keys that signed receipts
  std::optional<CertificateView> certificate(const std::string& serial);

  // --- staff ---
  // Each takes a whole CSV text or nothing; the error names the line: "accounts.csv line 7: ...". Columns in WIRE.md.
  Result<ImportCounts, Message> import_accounts(std::string_view csv);
  Result<ImportCounts, Message> import_cards(std::string_view csv);
  Result<ImportCounts, Message> import_tariffs(std::string_view csv);
  Result<void, Message> block_card(const std::string& card_number, const std::string& reason);
  Result<void, Message> set_safety_hold(const std::string& account, bool hold, const std::string& reason);

  std::optional<AccountView> account(const std::string& account);
  std::optional<TopUpView> top_up(const Id& top_up);
  std::vector<SuspenseItem> suspense();                          // open items only
  std::vector<AlertView> alerts(std::int64_t after_number = 0);  // at most 500
  std::vector<BalanceView> trial_balance();                      // debit and credit totals of every book account
  std::optional<DocumentView> document(const std::string& terminal, std::uint32_t number);
  // Re-adds the whole book, re-hashes every chain and checks the laws; reads only. O(size of the book).
  Result<Audit, Message> audit();
  // After the database was brought back from an older copy: raises the epoch; every terminal first sends what is
  // missing before it may trade again.
  Result<std::uint64_t, Message> declare_restored();

  std::uint64_t commits() const;  // durable transactions so far, for tests and metrics

 private:
  class Store;
  explicit Ledger(std::unique_ptr<Store> store);
  std::unique_ptr<Store> store_;
};

}  // namespace pilotlight::ledger
