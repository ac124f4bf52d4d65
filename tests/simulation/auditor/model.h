// What the auditor remembers: the physical things, what the journals say of them, and the ledger's book added up anew.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "tests/simulation/auditor/auditor.h"
#include "tests/simulation/auditor/key.h"
#include "tests/simulation/auditor/rows.h"

namespace pilotlight::audit {

struct Note;
struct Session;
struct TopUp;

// A piece of paper money that went into a box.
struct Banknote {
  std::uint64_t paper_id = 0;
  std::int64_t fen = 0;
  bool by_itself = false;
  bool fished = false;
  Note* note = nullptr;  // the id it has in the journal
};

enum class Fate { Stacking, Stacked, Returned, InDoubt, Found };
inline bool in_box_for_certain(Fate fate) { return fate == Fate::Stacked || fate == Fate::Found; }

// A note by its id, as the journal tells.
struct Note {
  Key id;
  Session* session = nullptr;  // none for a found one
  std::int64_t fen = 0;
  Fate fate = Fate::Stacking;
  Fate told = Fate::Stacking;  // by the journal rows that the ledger has
  bool ever_doubted = false;
  bool late = false;  // stacked after the end of its session
  std::uint32_t terminal = 0;
  Banknote* banknote = nullptr;
};

enum class Stand { Asked, Abandoning, Authorised, Writing, Disproved, Written, Voided, Refused, Abandoned };
inline bool outcome_open(Stand stand) { return stand <= Stand::Disproved; }

// A top-up as one session sees it.
struct Attempted {
  TopUp* top_up = nullptr;
  Stand stand = Stand::Asked;
  bool own = true;
  std::int64_t attempt = 0;
};

struct Record {  // fixed by the ledger for one purchase
  std::int64_t number = 0, volume = 0, total = 0, cost = 0, change = 0;
  bool operator==(const Record&) const = default;
};

struct TopUp {
  Key id;
  Session* session = nullptr;  // that paid it
  std::string account, card;
  std::uint64_t asked_sum = 0;  // of the whole request: another content under this id would show
  std::int64_t amount = 0, volume = 0, cost = 0;
  bool asked = false;
  bool authorised = false;  // a journal holds its record
  Record record;
  bool write_intended = false;
  bool on_card = false;  // seen there
  bool verified = false;
  bool voided = false;         // a journal says so
  bool reserved_ever = false;  // its money stood pending at the ledger, before a restore perhaps
  // The ledger of now:
  bool reserved = false, posted = false, change_posted = false, given_back = false;
};

struct Tier {
  std::int64_t price = 0, litres = 0;
};

struct Session {
  Key id;
  std::uint32_t terminal = 0;
  std::string account, card;
  bool identified = false;
  bool ended = false;
  bool ledger_knows_end = false;
  bool over_at_ledger_checked = false;
  std::string ending;
  std::int64_t tendered = 0, delivered = 0, credited = 0, pending = 0, in_doubt = 0;  // as told by SessionEnded
  std::int64_t credited_at_ledger = 0;  // SessionCredited, SessionSuspended
  std::int64_t since_ms = 0;
  Key quote;
  std::vector<Tier> tiers;
  std::int64_t scale = 0;
  std::vector<Note*> notes;
  std::vector<Attempted> top_ups;
  std::vector<std::uint32_t> documents;
};

enum class Paper { Intended, Printed, Voided };
struct Document {
  std::uint32_t number = 0, replaces = 0;
  std::string kind, account, card;
  Session* session = nullptr;
  Key top_up;
  std::int64_t tendered = 0, cost = 0, credited = 0, volume = 0, purchase_number = 0, notes_in_doubt = 0;
  std::uint64_t body_sum = 0;     // of the journal's words
  std::uint64_t content_sum = 0;  // without number and replaces: a replacement says the same
  Paper state = Paper::Intended;
  Paper told = Paper::Intended;  // by the rows that the ledger has
  int whole_papers = 0;
};

enum class Kind : std::uint8_t { Other, Session, SessionEnd, Note, TopUp, Document };
// What a journal row was about, for when the ledger has it too.
struct Line {
  std::array<std::uint8_t, 32> hash;
  Kind kind = Kind::Other;
  Fate fate = Fate::Stacking;     // of a note
  Paper paper = Paper::Intended;  // of a document
  Key key;
  std::uint32_t document = 0;
};

struct Terminal {
  std::string name;
  std::uint32_t index = 0;
  sqlite3* journal = nullptr;
  Rows rows, rows_head;
  std::vector<Line> lines;  // row n at n - 1
  std::unordered_map<std::uint64_t, Banknote> banknotes;
  std::vector<Banknote*> unclaimed;  // stacked by the device itself, and in no record yet
  Note* moving = nullptr;
  std::vector<Note*> doubted;
  std::int64_t unknowable = 0;
  // M1: physical + lost == certain + uncertain
  std::int64_t physical_fen = 0, lost_fen = 0, certain_fen = 0, uncertain_fen = 0;
  std::map<std::uint32_t, Document> documents;
  std::uint32_t torn_document = 0;  // whose head is on the last piece of paper, without its end
  std::vector<Session*> open;
  bool powered = true;
  std::vector<std::pair<Session*, ShownResult>> shown;  // before their end was recorded
  std::deque<std::string> shown_words;                  // what those results point to
  // The ledger of now:
  std::uint64_t facts = 0;
  std::uint64_t facts_ever = 0;  // before a restore
  std::int64_t parked = 0;
  std::string parked_why;
};

struct Card {
  std::string number;
  bool known = false;
  std::int64_t base = 0, purchase_number = 0, volume = 0, total = 0, loaded = 0;
  std::int64_t moved_litres = 0;  // that reached the card since the start
  std::int64_t meter_litres = 0;  // that reached the meter since the start
  std::int64_t start_litres = 0;  // that stood on it then
  TopUp* intended = nullptr;      // the last write that a journal announced
  std::unordered_map<std::int64_t, TopUp*> written;
  // The ledger's:
  bool at_ledger = false;
  std::int64_t ledger_base = 0, ledger_number = 0;
  TopUp* pending = nullptr;
  std::unordered_map<std::int64_t, TopUp*> issued;
};

enum class AccountKind { Cash, Tender, Pending, Revenue, Wallet, Suspense, Receivable, DoubtedCash, Doubt, Unknown };
struct Account {
  AccountKind kind = AccountKind::Unknown;
  std::string owner;
  Key owner_key;
  std::int64_t debit = 0, credit = 0;
  bool on_debit_side() const {
    return kind == AccountKind::Cash || kind == AccountKind::Receivable || kind == AccountKind::DoubtedCash;
  }
  std::int64_t balance() const { return on_debit_side() ? debit - credit : credit - debit; }
};

struct Transfer {
  std::int64_t debit = 0, credit = 0, fen = 0;
};
struct Posted {
  std::int64_t kind = 0;
  Key ref;
  bool operator==(const Posted&) const = default;
};
struct PostedHash {
  std::size_t operator()(const Posted& p) const { return KeyHash()(p.ref) * 31 + static_cast<std::size_t>(p.kind); }
};

enum Table { Transfers, Outcomes, Seals, Facts, Strays, tables };

struct Ledger {
  sqlite3* database = nullptr;
  std::array<Rows, tables> fresh;
  Rows account, card, note, top_up, session, document;
  Rows begin, commit;
  std::array<std::int64_t, tables> last{};
  std::array<std::uint64_t, tables> sum{};
  std::vector<Account> accounts;  // by id
  std::unordered_map<Posted, Transfer, PostedHash> transfers;
  std::unordered_set<Posted, PostedHash> outcomes;
  std::array<std::int64_t, 10> by_kind{};
  // To be looked up at the end of one look.
  std::vector<std::int64_t> touched_accounts;
  std::vector<TopUp*> touched_top_ups;
  std::vector<Note*> touched_notes;
  std::vector<Session*> touched_sessions;
  std::vector<std::pair<Terminal*, std::uint32_t>> touched_documents;
};

template <class... Parts>
std::string cat(const Parts&... parts) {
  std::ostringstream text;
  (text << ... << parts);
  return text.str();
}
inline std::ostream& operator<<(std::ostream& out, const Key& key) { return out << to_text(key); }

struct Auditor::State {
  explicit State(Options given) : options(given) {}

  Options options;
  std::optional<Violation> violation;
  std::int64_t now_ms = 0;
  bool fault = false;
  bool unread = false;  // a database could not be read to its end; it is looked at again
  Counts counts;

  std::deque<Terminal> terminals;
  std::unordered_map<std::string, Terminal*, TextHash, std::equal_to<>> terminal_names;
  std::unordered_map<std::string, Card, TextHash, std::equal_to<>> cards;
  std::unordered_map<Key, Note, KeyHash> notes;
  std::unordered_map<Key, Session, KeyHash> sessions;
  std::unordered_map<Key, TopUp, KeyHash> top_ups;
  std::unordered_set<Key, KeyHash> quotes;
  Ledger ledger;
  std::vector<Terminal*> unequal;  // whose M1 equation is to be looked at

  template <class... Parts>
  void broken(const char* law, const Parts&... parts) {
    if (!violation) violation = Violation{law, cat(parts...)};
  }

  Terminal& terminal(std::string_view name);
  Card& card(std::string_view number);

  // physical.cpp
  void enter_box(Terminal& t, std::uint64_t paper_id, std::int64_t fen, bool by_itself);
  void leave_box(Terminal& t, std::uint64_t paper_id, bool fished);
  void card_says(Card& c, std::int64_t number, std::int64_t volume, std::int64_t total);
  void card_moved_on(Card& c, std::int64_t number, std::int64_t volume, std::int64_t total);
  void check_conservation();
  void check_bounds();

  // journal.cpp
  void read_journal(Terminal& t, sqlite3* journal);
  void read_journal_again(Terminal& t, sqlite3* journal);

  // journal_notes.cpp, journal_top_ups.cpp, journal_documents.cpp: one row each, in the order of the journal
  struct Row;
  void take(Terminal& t, Row& row);
  Session* session_of(const Row& row, const char* what);
  void session_opened(Terminal& t, Row& row);
  void identified(Row& row);
  void note_stacking(Terminal& t, Row& row);
  void note_stacked(Terminal& t, Row& row);
  void note_returned(Terminal& t, Row& row);
  void note_doubted(Terminal& t, Row& row);
  void note_found(Terminal& t, Row& row);
  void note_certain(Terminal& t, Note& note);
  Note* open_note(Terminal& t, Row& row, const char* what);
  void session_ended(Terminal& t, Row& row);
  void check_ending(const Session& s);
  void check_slip(const Session& s);
  void authorise_intended(Row& row);
  void check_price(const Session& s, const TopUp& t, std::int64_t volume, std::int64_t cost);
  void top_up_row(Row& row);
  void authorised(Row& row, Session& s, TopUp& t);
  void write_intended(Row& row, Attempted& a);
  void write_verified(Row& row, Attempted& a);
  void write_disproved(Row& row, Attempted& a);
  void document_intended(Terminal& t, Row& row);
  void document_settled(Terminal& t, Row& row, Paper to);

  // paper.cpp
  void piece_printed(const PrintedPiece& piece);
  void rest_printed(Terminal& t, const PrintedPiece& piece);
  void result_shown(const ShownResult& result);
  void compare_shown(Terminal& t, const Session& s);
  void check_shown(const Terminal& t, const Session& s, const ShownResult& result);

  // ledger_read.cpp
  void read_ledger(sqlite3* database);
  void read_ledger_again(sqlite3* database);
  void forget_ledger();
  void read_account(std::int64_t id);
  void read_fact(Rows& row);
  void touch(Terminal& t, const Line& line);

  // ledger_book.cpp
  void transfer(std::int64_t kind, const Key& ref, const Transfer& made, std::string_view terminal);
  void note_transfer(std::int64_t kind, Note& note, const Account& debit, const Account& credit, std::int64_t fen);
  void top_up_transfer(std::int64_t kind, TopUp& t, const Account& debit, const Account& credit, std::int64_t fen);
  void session_transfer(std::int64_t kind, Session& s, const Account& debit, const Account& credit, std::int64_t fen);

  // ledger_rows.cpp
  void look_up_touched();
  void check_account_row(std::int64_t id);
  void check_top_up_row(TopUp& t);
  void check_note_row(Note& n);
  void check_session_row(Session& s);
  void check_document_row(Terminal& t, std::uint32_t number);
  void check_card_row(Card& c);
  void check_end_at_ledger(Session& s);

  // settled.cpp
  void settle_terminal(Terminal& t, bool deliver_all);
  void settle_session(const Session& s);
  void settle_top_up(TopUp& t, const SettledWith& with);
  void settle_card(Card& c);
  void settle_sums();
};

}  // namespace pilotlight::audit
