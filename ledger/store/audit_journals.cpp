#include <fmt/format.h>

#include <map>

#include "ledger/store/audit.h"
#include "ledger/store/documents.h"
#include "ledger/store/sessions.h"
#include "ledger/store/terminals.h"
#include "ledger/store/top_ups.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

// What an applied fact must have left behind; empty if it has.
struct Trace {
  Database& db;
  const std::string& terminal;

  bool document_exists(std::uint32_t number) const {
    Query row(db, "SELECT 1 FROM documents WHERE terminal = ?1 AND number = ?2", terminal, number);
    return row.next();
  }
  std::string operator()(const wire::NoteStacked& fact) const {
    Query row(db, "SELECT value, state FROM notes WHERE note = ?1", fact.note);
    const bool there =
        row.next() && row.money(0) == fact.value && row.integer(1) == static_cast<std::int64_t>(NoteState::Stacked);
    return there ? "" : "M2 note " + to_string(fact.note) + " is missing or altered";
  }
  std::string operator()(const wire::NoteFound& fact) const { return note_there(fact.note); }
  std::string operator()(const wire::NoteReturned& fact) const { return note_there(fact.note); }
  std::string operator()(const wire::NoteInDoubt& fact) const { return note_there(fact.note); }
  std::string operator()(const wire::WriteVerified& fact) const {
    const auto top_up = find_top_up(db, fact.top_up);
    return top_up && top_up->state == TopUpState::Written ? ""
                                                          : "M3 top-up " + to_string(fact.top_up) + " is not written";
  }
  std::string operator()(const wire::SessionEnded& fact) const {
    const auto session = find_session(db, fact.session);
    return session && session->ended ? "" : "M6 session " + to_string(fact.session) + " has not ended here";
  }
  std::string operator()(const wire::SessionOpened& fact) const {
    return find_session(db, fact.session) ? "" : "M6 session " + to_string(fact.session) + " is missing";
  }
  std::string operator()(const wire::DocumentIntended& fact) const {
    Query row(db, "SELECT body FROM documents WHERE terminal = ?1 AND number = ?2", terminal, fact.document.number);
    const bool there = row.next() && row.text(0) == wire::record_body(fact);
    return there ? "" : fmt::format("M8 document {}-{:06} is missing or altered", terminal, fact.document.number);
  }
  std::string operator()(const wire::DocumentPrinted& fact) const {
    return document_exists(fact.number) ? "" : fmt::format("M8 document {}-{:06} is missing", terminal, fact.number);
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return {};
  }

  std::string note_there(const Id& note) const {
    Query row(db, "SELECT 1 FROM notes WHERE note = ?1", note);
    return row.next() ? "" : "M2 note " + to_string(note) + " is missing";
  }
};

struct Journal {
  std::uint64_t last = 0;
  Bytes hash = Bytes(32);
};

void check_fact(Database& db, const Query& row, Journal& journal, Findings& findings) {
  const std::string terminal = row.text(0);
  const wire::Fact fact{row.u64(1), row.integer(2), row.text(3), row.text(4), row.blob(5)};
  const std::string parked = row.text(6);
  if (fact.seq != journal.last + 1)
    findings.broken("M10",
                    fmt::format("terminal {}: facts {} to {} are missing", terminal, journal.last + 1, fact.seq - 1));
  else if (parked.empty() && fact_hash(journal.hash, fact) != fact.hash)
    findings.broken("M10", fmt::format("terminal {}: fact {} was altered", terminal, fact.seq));
  journal = {fact.seq, fact.hash};
  if (!parked.empty()) return;
  const auto record = wire::record_from(fact.kind, fact.body);
  if (!record) {
    findings.broken("M10", fmt::format("terminal {}: fact {} cannot be read", terminal, fact.seq));
    return;
  }
  const std::string lost = std::visit(Trace{db, terminal}, *record);
  if (!lost.empty())
    findings.broken(lost.substr(0, lost.find(' ')),
                    fmt::format("{} (fact {} of {})", lost.substr(lost.find(' ') + 1), fact.seq, terminal));
}

void check_journals(Database& db, Findings& findings) {
  std::map<std::string, Journal> journals;
  {
    Query rows(db, "SELECT terminal, number, wall_ms, kind, body, hash, parked FROM facts ORDER BY terminal, number");
    while (rows.next()) {
      findings.audit.facts += 1;
      check_fact(db, rows, journals[rows.text(0)], findings);
    }
  }
  Query rows(db, "SELECT terminal, last_contiguous, last_hash FROM terminals");
  while (rows.next()) {
    const Journal& journal = journals[rows.text(0)];
    if (journal.last != rows.u64(1) || journal.hash != rows.blob(2))
      findings.broken("M10", fmt::format("terminal {}: facts up to {} were confirmed, {} are here", rows.text(0),
                                         rows.u64(1), journal.last));
  }
}

void check_document(Database& db, const DocumentView& view, bool newest, Findings& findings) {
  const wire::Document& document = view.document;
  const std::string name = fmt::format("{}-{:06}", view.terminal, document.number);
  if (!view.printed && !view.voided && !newest)
    findings.broken("M8", "document " + name + " is neither printed nor voided");
  if (document.replaces != 0) {
    const auto replaced = find_document(db, view.terminal, document.replaces);
    if (!replaced || !replaced->voided) findings.broken("M8", "document " + name + " replaces one that is not voided");
  }
  if (view.voided || document.kind != wire::DocumentKind::TopUpReceipt) return;
  const auto top_up = find_top_up(db, document.top_up);
  if (!top_up || top_up->state != TopUpState::Written || top_up->record.cost != document.cost ||
      top_up->record.volume != document.volume || top_up->record.purchase_number != document.purchase_number)
    findings.broken("M7", "receipt " + name + " does not say what was booked");
}

void check_documents(Database& db, Findings& findings) {
  std::map<std::string, std::vector<std::uint32_t>> registers;
  {
    Query rows(db, "SELECT terminal, number FROM documents ORDER BY terminal, number");
    while (rows.next()) registers[rows.text(0)].push_back(rows.u32(1));
  }
  for (const auto& [terminal, numbers] : registers) {
    std::uint32_t expected = 1;
    for (const std::uint32_t number : numbers) {
      findings.audit.documents += 1;
      if (number != expected)
        findings.broken("M8", fmt::format("documents {}-{:06} to {:06} are missing", terminal, expected, number - 1));
      expected = number + 1;
      if (const auto view = find_document(db, terminal, number))
        check_document(db, *view, number == numbers.back(), findings);
      else
        findings.broken("M8", fmt::format("document {}-{:06} cannot be read", terminal, number));
    }
  }
}

// What terminals and book have told differently stays open until staff settle it.
void check_alerts(Database& db, Findings& findings) {
  static const std::map<std::string, std::string> laws = {
      {"AmountsDiffer", "M7"},        {"RecordDiffers", "M7"},  {"DocumentTwice", "M8"},
      {"DocumentContradicted", "M8"}, {"WrittenUnknown", "M3"}, {"TopUpContradicted", "M3"},
      {"NoteContradicted", "M2"},     {"ChainBroken", "M10"},   {"ForkedJournal", "M10"}};
  Query rows(db, "SELECT code, terminal, detail FROM alerts");
  while (rows.next()) {
    findings.audit.alerts += 1;
    const auto law = laws.find(rows.text(0));
    if (law != laws.end()) findings.broken(law->second, fmt::format("{} ({})", rows.text(2), rows.text(1)));
  }
}

}  // namespace

void audit_journals(Database& db, Findings& findings) {
  check_journals(db, findings);
  check_documents(db, findings);
  check_alerts(db, findings);
}

}  // namespace pilotlight::ledger
