// Documents as the journal tells them: M4, M8.
#include "tests/simulation/auditor/journal_row.h"

namespace pilotlight::audit {

void Auditor::State::document_intended(Terminal& t, Row& row) {
  const auto& from = row.inner("document");
  const auto number = static_cast<std::uint32_t>(Row::number(from, "number"));
  row.line->kind = Kind::Document;
  row.line->document = number;
  row.line->paper = Paper::Intended;
  const std::uint32_t expected = t.documents.empty() ? 1 : t.documents.rbegin()->first + 1;
  if (number != expected)
    return broken("M8", t.name, ", row ", row.seq, ": document ", number, " is issued, ", expected, " comes next");
  const auto at = sessions.find(key_of_text(Row::text(from, "session")));
  if (at == sessions.end() || at->second.terminal != t.index)
    return broken("M8", t.name, ": document ", number, " belongs to no session of this terminal");
  Document& d = t.documents[number];
  counts.documents += 1;
  d.number = number;
  d.replaces = static_cast<std::uint32_t>(Row::number(from, "replaces"));
  d.kind = Row::text(from, "kind");
  d.account = Row::text(from, "account");
  d.card = Row::text(from, "card_number");
  d.session = &at->second;
  d.top_up = key_of_text(Row::text(from, "top_up"));
  d.tendered = Row::number(from, "tendered");
  d.cost = Row::number(from, "cost");
  d.credited = Row::number(from, "credited");
  d.volume = Row::number(from, "volume");
  d.purchase_number = Row::number(from, "purchase_number");
  d.notes_in_doubt = Row::number(from, "notes_in_doubt");
  d.body_sum = mixed(no_sum, row.body);
  const std::size_t content = row.body.find("\"kind\"");  // number and replaces stand before it
  d.content_sum = mixed(no_sum, content == std::string_view::npos ? row.body : row.body.substr(content));
  d.session->documents.push_back(number);
  compare_shown(t, *d.session);
  if (d.replaces == 0) return;
  const auto before = t.documents.find(d.replaces);
  if (d.replaces >= number || before == t.documents.end())
    broken("M8", t.name, ": document ", number, " replaces ", d.replaces, ", which was never issued");
  else if (before->second.state == Paper::Printed)
    broken("M8", t.name, ": document ", number, " replaces ", d.replaces, ", which is printed");
  else if (before->second.content_sum != d.content_sum)
    broken("M8", t.name, ": document ", number, " does not say what the replaced ", d.replaces, " said");
}

void Auditor::State::document_settled(Terminal& t, Row& row, Paper to) {
  const auto number = static_cast<std::uint32_t>(row.number("number"));
  row.line->kind = Kind::Document;
  row.line->document = number;
  row.line->paper = to;
  const auto at = t.documents.find(number);
  const char* what = to == Paper::Printed ? "printed" : "void";
  if (at == t.documents.end() || at->second.state != Paper::Intended)
    return broken("M8", t.name, ", row ", row.seq, ": document ", number, " is said to be ", what,
                  at == t.documents.end() ? " and was never issued" : " after it was printed or voided");
  Document& d = at->second;
  d.state = to;
  if (to == Paper::Printed && d.whole_papers == 0)
    broken("M8", t.name, ": document ", number, " is said to be printed, and no whole paper of it came out");
  if (to == Paper::Printed && d.replaces != 0 && t.documents.at(d.replaces).state != Paper::Voided)
    broken("M8", t.name, ": document ", number, " is printed, and ", d.replaces, ", which it replaces, is not void");
}

}  // namespace pilotlight::audit
