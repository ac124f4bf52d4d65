#include "ledger/store/documents.h"

#include <fmt/format.h>

#include "ledger/store/top_ups.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

std::optional<DocumentState> state_of(Database& db, const std::string& terminal, std::uint32_t number) {
  Query row(db, "SELECT state FROM documents WHERE terminal = ?1 AND number = ?2", terminal, number);
  if (!row.next()) return std::nullopt;
  return static_cast<DocumentState>(row.integer(0));
}

void move_on(Work& work, std::uint32_t number, DocumentState to, const std::string& reason) {
  const auto state = state_of(work.db, work.terminal, number);
  if (state == to) return;
  if (state != DocumentState::Intended) {
    alert(work, "DocumentContradicted",
          fmt::format("{}-{:06} said to be {}; known as {}", work.terminal, number, enum_name(to),
                      state ? enum_name(*state) : "never intended"));
    return;
  }
  work.db.run("UPDATE documents SET state = ?3, reason = ?4 WHERE terminal = ?1 AND number = ?2", work.terminal, number,
              to, reason);
}

}  // namespace

void document_intended(Work& work, const wire::Document& document) {
  const std::string body = wire::record_body(wire::DocumentIntended{document});
  if (state_of(work.db, work.terminal, document.number)) {
    alert(work, "DocumentTwice", fmt::format("{}-{:06} was issued twice", work.terminal, document.number));
    return;
  }
  work.db.run("INSERT INTO documents (terminal, number, replaces, state, reason, body) VALUES (?1, ?2, ?3, ?4, '', ?5)",
              work.terminal, document.number, document.replaces, DocumentState::Intended, body);
}

void document_printed(Work& work, std::uint32_t number) { move_on(work, number, DocumentState::Printed, ""); }

void document_voided(Work& work, std::uint32_t number, const std::string& reason) {
  move_on(work, number, DocumentState::Voided, reason);
}

std::optional<DocumentView> find_document(Database& db, const std::string& terminal, std::uint32_t number) {
  DocumentView view;
  view.terminal = terminal;
  {
    Query row(db, "SELECT state, body FROM documents WHERE terminal = ?1 AND number = ?2", terminal, number);
    if (!row.next()) return std::nullopt;
    const auto state = static_cast<DocumentState>(row.integer(0));
    view.printed = state == DocumentState::Printed;
    view.voided = state == DocumentState::Voided;
    const auto record = wire::record_from("DocumentIntended", row.text(1));
    if (!record) return std::nullopt;
    view.document = std::get<wire::DocumentIntended>(*record).document;
  }
  {
    Query row(db, "SELECT number FROM documents WHERE terminal = ?1 AND replaces = ?2", terminal, number);
    if (number > 0 && row.next()) view.replaced_by = row.u32(0);
  }
  if (const auto top_up = find_top_up(db, view.document.top_up)) view.top_up_state = enum_name(top_up->state);
  return view;
}

}  // namespace pilotlight::ledger
