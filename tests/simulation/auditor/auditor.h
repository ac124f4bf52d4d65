// The independent auditor of the simulated world: a second, simpler model of the books. It shares no code with the
// product. What it expects comes only from what the peers physically hold and from what was printed and shown; the
// journals and the ledger are what it judges by the laws M1 to M10 (DESIGN.md section 2).
//
// How the world uses it: every physical fact is told at the moment at which it becomes true; every database is looked
// at when something was committed to it (the journal before the ledger that heard of it); `check` is asked after every
// step and `settled` once after the faults have stopped and everything had its time. The first violation stays.
//
// Amounts in fen, volumes in litres, times in milliseconds of the world's steady clock. One thread.
// Incremental: journal rows and the ledger's append-only tables (transfers, outcomes, seals, facts, strays) are read
// once, by their numbers. The ledger's tables that are updated in place (notes, sessions, top_ups, documents, cards,
// book_accounts) have no changed sequence: their rows are looked up by key when one of those numbers names them, and
// all of them once more in `settled`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace pilotlight::audit {

struct Violation {
  std::string law;     // "M1" .. "M10"
  std::string detail;  // readable by a person, with ids and amounts
};

// Who decided that a note goes into the box.
enum class Stacked {
  ByCommand,  // a command of the terminal, a POLL that accepts included
  ByItself    // the device alone: at power-up, by a fault
};
enum class LeftBox {
  Collected,  // by staff: still counted
  Fished      // out of the device by a thief: what no terminal can know, so its loss is nobody's mistake
};

// One piece of paper that left the printer.
struct PrintedPiece {
  std::string_view terminal;
  std::vector<std::string> lines;  // as text, from top to bottom
  bool whole = true;               // cut at its end; false: torn off, cut in the middle, or the roll ended
};

// What the result page told the customer.
struct ShownResult {
  std::string_view terminal;
  std::string_view session;  // 32 hex digits, with or without dashes
  std::string_view ending;   // name of wire::Ending: "Delivered"
  std::int64_t tendered = 0;
  std::int64_t delivered = 0;
  std::int64_t credited = 0;
  std::int64_t pending = 0;
  std::int64_t in_doubt = 0;
  std::uint32_t document = 0;  // 0: none
};

struct Options {
  // M6: longest life of a session on a terminal that has power and no fault, from the last such disturbance on.
  std::int64_t session_bound_ms = 60 * 60 * 1000;
};

// What `settled` is asked about. It leaves open only what nobody in the world can know or do:
// - a note in doubt for each note_unknowable(), and the value of a found note that the device itself did not know: the
//   paper stands for it, one by one, and the sums hold with it and without it;
// - a note in suspense for each note that the device stacked by itself;
// - a pending top-up of a card that nobody has brought back since (not in cards_read);
// - a whole paper whose number was voided because its printer could no longer say that it was printed.
struct SettledWith {
  std::set<std::string> cards_read;  // cards that lay in a reader with the ledger reachable after the last fault:
                                     // nothing may be pending on them
  bool deliver_all = true;           // every journal row has had its time to reach the ledger
};

class Auditor {
 public:
  explicit Auditor(Options options = {});
  ~Auditor();
  Auditor(const Auditor&) = delete;
  Auditor& operator=(const Auditor&) = delete;

  // --- physical facts ---
  // paper_id: the world's own number of the piece of paper money, never used twice.
  void note_in_box(std::string_view terminal, std::uint64_t paper_id, std::int64_t fen,
                   Stacked how = Stacked::ByCommand);
  void note_left_box(std::string_view terminal, std::uint64_t paper_id, LeftBox how = LeftBox::Collected);
  // The acceptor could not tell what became of a moving note: it was exchanged, does not count, or stayed silent for
  // longer than the terminal waits (90 s). One note of this terminal may stay in doubt until staff count the box.
  void note_unknowable(std::string_view terminal);
  // What the valid copy of the card's memory says; the first call is the state before the run.
  void card(std::string_view card_number, std::uint32_t purchase_number, std::int64_t volume_litres,
            std::int64_t total_litres);
  // Somebody who is no part of this system sold gas on this card: what it says now is where counting begins again.
  void card_changed_elsewhere(std::string_view card_number, std::uint32_t purchase_number, std::int64_t volume_litres,
                              std::int64_t total_litres);
  // The meter took a purchase; before `card` tells that the volume is gone from the card.
  void meter_loaded(std::string_view card_number, std::uint32_t purchase_number, std::int64_t litres);
  // The acceptor was enabled, and what the terminal had been told by then.
  void acceptor_enabled(std::string_view terminal, bool uplink_up, bool paper_ok);
  void printed(const PrintedPiece& piece);
  void shown(const ShownResult& result);
  void fault_active(bool active);

  // --- what is judged ---
  void look_at_journal(std::string_view terminal, sqlite3* journal);
  void look_at_ledger(sqlite3* ledger);
  // After a power cut, on the new connection: what could be seen before must still be there (M4, M10).
  void reopened(std::string_view terminal, sqlite3* journal);
  void ledger_reopened(sqlite3* ledger);
  // An older copy took over: what it has forgotten comes again.
  void ledger_restored(sqlite3* ledger);
  // Before sqlite3_close(): gives back the prepared statements. A terminal whose journal is closed has no power.
  void closing(sqlite3* database);

  // --- verdict ---
  std::optional<Violation> check(std::int64_t now_ms);
  std::optional<Violation> settled(std::int64_t now_ms, const SettledWith& with = {});

  struct Counts {
    std::uint64_t journal_rows = 0, ledger_rows = 0, notes = 0, sessions = 0, documents = 0, card_writes = 0;
  };
  Counts counts() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace pilotlight::audit
