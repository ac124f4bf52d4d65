// Reads a journal, row after row: M10 (nothing disappears or changes) and the way of each row to its rule.
#include <openssl/evp.h>

#include <algorithm>

#include "tests/simulation/auditor/journal_row.h"

namespace pilotlight::audit {
namespace {

using Hash = std::array<std::uint8_t, 32>;

// SHA-256(previous hash, seq and wall_ms as 8 bytes BE, kind, 00, body), as kiosk/journal/FORMAT.md says.
Hash chained(const Hash& previous, std::int64_t seq, std::int64_t wall_ms, std::string_view kind,
             std::string_view body) {
  static EVP_MD_CTX* const context = EVP_MD_CTX_new();
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::uint8_t head[48];
  std::copy(previous.begin(), previous.end(), head);
  for (int i = 0; i < 8; ++i) {
    head[32 + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(seq) >> (56 - 8 * i));
    head[40 + i] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(wall_ms) >> (56 - 8 * i));
  }
  Hash hash{};
  EVP_DigestInit_ex2(context, sha256, nullptr);
  EVP_DigestUpdate(context, head, sizeof head);
  EVP_DigestUpdate(context, kind.data(), kind.size());
  EVP_DigestUpdate(context, "", 1);
  EVP_DigestUpdate(context, body.data(), body.size());
  EVP_DigestFinal_ex(context, hash.data(), nullptr);
  return hash;
}

bool same(const Hash& hash, std::string_view bytes) {
  return bytes.size() == hash.size() && std::equal(hash.begin(), hash.end(), bytes.begin(), [](std::uint8_t a, char b) {
           return a == static_cast<std::uint8_t>(b);
         });
}

constexpr const char* rows_after = "SELECT seq, wall_ms, kind, body, hash FROM records WHERE seq > ?1 ORDER BY seq";

}  // namespace

void Auditor::State::read_journal(Terminal& t, sqlite3* journal) {
  if (t.journal != journal) {
    t.journal = journal;
    t.rows = Rows(journal, rows_after);
  }
  t.powered = true;
  Rows& rows = t.rows.from(static_cast<std::int64_t>(t.lines.size()));
  while (rows.next()) {
    const auto expected = static_cast<std::int64_t>(t.lines.size()) + 1;
    Row row;
    row.seq = rows.number(0);
    row.kind = rows.text(2);
    row.body = rows.text(3);
    row.terminal = t.name;
    if (row.seq != expected)
      return rows.done(), broken("M10", t.name, ": journal row ", expected, " is missing, ", row.seq, " follows");
    const Hash previous = t.lines.empty() ? Hash{} : t.lines.back().hash;
    Line& line = t.lines.emplace_back();
    line.hash = chained(previous, row.seq, rows.number(1), row.kind, row.body);
    if (!same(line.hash, rows.blob(4)))
      broken("M10", t.name, ": journal row ", row.seq, " (", row.kind, ") does not continue the chain");
    row.line = &line;
    counts.journal_rows += 1;
    take(t, row);
  }
  unread = unread || !rows.good();
}

void Auditor::State::read_journal_again(Terminal& t, sqlite3* journal) {
  Rows rows(journal, rows_after);
  rows.from(0);
  std::size_t index = 0;
  Hash previous{};
  while (index < t.lines.size() && rows.next()) {
    const Hash hash = chained(previous, rows.number(0), rows.number(1), rows.text(2), rows.text(3));
    const auto number = static_cast<std::int64_t>(index) + 1;
    if (rows.number(0) != number)
      return broken("M10", t.name, ": journal row ", number, " could be seen and is gone, ", rows.number(0),
                    " follows");
    if (hash != t.lines[index].hash || !same(hash, rows.blob(4)))
      return broken("M10", t.name, ": journal row ", number, " is another one than could be seen before");
    previous = hash;
    index += 1;
  }
  if (!rows.good())
    unread = true;
  else if (index < t.lines.size())
    broken("M4", t.name, ": ", t.lines.size(), " journal rows could be seen, ", index, " are left");
}

void Auditor::State::take(Terminal& t, Row& row) {
  using Take = void (*)(State&, Terminal&, Row&);
  static const std::unordered_map<std::string_view, Take> takes = {
      {"SessionOpened", [](State& s, Terminal& at, Row& r) { s.session_opened(at, r); }},
      {"CustomerIdentified", [](State& s, Terminal&, Row& r) { s.identified(r); }},
      {"NoteStacking", [](State& s, Terminal& at, Row& r) { s.note_stacking(at, r); }},
      {"NoteStacked", [](State& s, Terminal& at, Row& r) { s.note_stacked(at, r); }},
      {"NoteReturned", [](State& s, Terminal& at, Row& r) { s.note_returned(at, r); }},
      {"NoteInDoubt", [](State& s, Terminal& at, Row& r) { s.note_doubted(at, r); }},
      {"NoteFound", [](State& s, Terminal& at, Row& r) { s.note_found(at, r); }},
      {"AuthoriseIntended", [](State& s, Terminal&, Row& r) { s.authorise_intended(r); }},
      {"TopUpAuthorised", [](State& s, Terminal&, Row& r) { s.top_up_row(r); }},
      {"TopUpRefused", [](State& s, Terminal&, Row& r) { s.top_up_row(r); }},
      {"AbandonIntended", [](State& s, Terminal&, Row& r) { s.top_up_row(r); }},
      {"TopUpAbandoned", [](State& s, Terminal&, Row& r) { s.top_up_row(r); }},
      {"WriteIntended", [](State& s, Terminal&, Row& r) { s.top_up_row(r); }},
      {"WriteVerified", [](State& s, Terminal&, Row& r) { s.top_up_row(r); }},
      {"WriteDisproved", [](State& s, Terminal&, Row& r) { s.top_up_row(r); }},
      {"TopUpVoided", [](State& s, Terminal&, Row& r) { s.top_up_row(r); }},
      {"DocumentIntended", [](State& s, Terminal& at, Row& r) { s.document_intended(at, r); }},
      {"DocumentPrinted", [](State& s, Terminal& at, Row& r) { s.document_settled(at, r, Paper::Printed); }},
      {"DocumentVoided", [](State& s, Terminal& at, Row& r) { s.document_settled(at, r, Paper::Voided); }},
      {"SessionEnded", [](State& s, Terminal& at, Row& r) { s.session_ended(at, r); }},
      {"TerminalStarted", [](State&, Terminal&, Row&) {}},
      {"AcceptorConnected", [](State&, Terminal&, Row&) {}},
      {"Incident", [](State&, Terminal&, Row&) {}}};
  const auto found = takes.find(row.kind);
  if (found == takes.end())
    return broken("M10", t.name, ": journal row ", row.seq, " is of the unknown kind ", row.kind);
  unsigned char space[8192];
  boost::json::monotonic_resource memory(space, sizeof space);
  boost::json::error_code error;
  const boost::json::value body =
      boost::json::parse(boost::json::string_view(row.body.data(), row.body.size()), error, &memory);
  if (error || !body.is_object())
    return broken("M10", t.name, ": journal row ", row.seq, " (", row.kind, ") cannot be read");
  row.fields = &body.get_object();
  found->second(*this, t, row);
}

}  // namespace pilotlight::audit
