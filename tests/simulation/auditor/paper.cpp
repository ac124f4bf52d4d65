// What was printed and shown, against the journal: M4, M7, M8.
#include <algorithm>
#include <array>
#include <charconv>

#include "tests/simulation/auditor/model.h"

namespace pilotlight::audit {
namespace {

enum Field { Tendered, Cost, Credited, Volume, PurchaseNumber, NotesInDoubt, AccountTail, CardTail, fields };

struct Label {
  std::string_view words;
  Field field;
};
constexpr Label labels[] = {{"投入现金", Tendered},
                            {"Cash inserted", Tendered},
                            {"购气金额", Cost},
                            {"已付气费", Cost},
                            {"待确认气费", Cost},
                            {"Paid for gas", Cost},
                            {"Gas cost to be confirmed", Cost},
                            {"余额入账户", Credited},
                            {"存入账户", Credited},
                            {"To your account", Credited},
                            {"To account", Credited},
                            {"购气量", Volume},
                            {"待写气量", Volume},
                            {"待确认气量", Volume},
                            {"Gas to be confirmed", Volume},
                            {"To write", Volume},
                            {"Gas", Volume},
                            {"购气序号", PurchaseNumber},
                            {"Purchase number", PurchaseNumber},
                            {"另有待核对纸币", NotesInDoubt},
                            {"Notes still to be checked", NotesInDoubt},
                            {"户号尾号", AccountTail},
                            {"Account ends in", AccountTail},
                            {"卡号尾号", CardTail},
                            {"Card ends in", CardTail}};

struct Title {
  std::string_view words, kind;
};
constexpr Title titles[] = {{"燃气充值凭条", "TopUpReceipt"},  {"GAS TOP-UP RECEIPT", "TopUpReceipt"},
                            {"入账凭条", "CreditSlip"},        {"ACCOUNT CREDIT SLIP", "CreditSlip"},
                            {"充值待写卡凭条", "PendingSlip"}, {"PENDING TOP-UP SLIP", "PendingSlip"},
                            {"待处理凭证", "ClaimSlip"},       {"CLAIM SLIP", "ClaimSlip"}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

// "12.34" is 1234, "7" is 7; what follows the digits is the unit. -1: no number.
std::int64_t digits_of(std::string_view text) {
  std::int64_t value = 0;
  bool any = false;
  for (const char c : text) {
    if (c == '.' && any) continue;
    if (c < '0' || c > '9') break;
    value = value * 10 + (c - '0');
    any = true;
    if (value > 1'000'000'000'000) return -1;
  }
  return any ? value : -1;
}

// The number behind the last dash of "T0042-000017"; 0: none.
std::uint32_t number_behind(std::string_view text) {
  const std::size_t dash = text.rfind('-');
  if (dash == std::string_view::npos) return 0;
  std::uint32_t number = 0;
  std::from_chars(text.data() + dash + 1, text.data() + text.size(), number);
  return number;
}

struct Said {
  std::string_view kind, terminal;
  std::uint32_t number = 0, replaces = 0;
  int heads = 0;
  bool copy = false;
  std::array<std::int64_t, fields> values;
  std::array<std::string_view, fields> words;
};

void read_line(Said& said, std::string_view line, std::string_view following) {
  for (const Title& title : titles)
    if (line == title.words) said.kind = title.kind;
  said.copy = said.copy || line == "副 本" || line == "副本" || line == "COPY";
  if (line.starts_with("No.")) {
    const std::string_view head = trimmed(line.substr(3));
    said.number = number_behind(head);
    said.terminal = head.substr(0, std::min(head.rfind('-'), head.size()));
    said.heads += 1;
    return;
  }
  if (line.starts_with("Replaces") || line.starts_with("补打")) said.replaces = number_behind(line);
  for (const Label& label : labels) {
    if (!line.starts_with(label.words)) continue;
    const std::string_view rest = line.substr(label.words.size());
    if (!rest.empty() && rest.front() != ' ') continue;
    const std::string_view value = trimmed(rest.empty() ? following : rest);
    const std::int64_t number = digits_of(value);
    if ((number < 0 && label.field < AccountTail) || !said.words[label.field].empty()) continue;
    said.values[label.field] = number;
    said.words[label.field] = value;
    return;
  }
}

Said read(const PrintedPiece& piece) {
  Said said;
  said.values.fill(-1);
  for (std::size_t i = 0; i < piece.lines.size(); ++i)
    read_line(said, trimmed(piece.lines[i]),
              i + 1 < piece.lines.size() ? trimmed(piece.lines[i + 1]) : std::string_view());
  return said;
}

std::string_view tail(const std::string& text) {
  return std::string_view(text).substr(text.size() < 4 ? 0 : text.size() - 4);
}

// The first field that the paper tells otherwise than the journal, or leaves out although it must be there.
const char* differing(const Said& said, const Document& d, bool whole) {
  const bool claim = d.kind == "ClaimSlip", credit = d.kind == "CreditSlip";
  const struct {
    Field field;
    const char* name;
    std::int64_t meant;
    bool demanded;
  } all[] = {{Tendered, "tendered", d.tendered, true},
             {Cost, "cost", d.cost, !credit},
             {Credited, "credited", d.credited, true},
             {Volume, "volume", d.volume / 10, !credit},  // printed in hundredths of a cubic metre
             {PurchaseNumber, "purchase number", d.purchase_number, !claim && !credit},
             {NotesInDoubt, "notes in doubt", d.notes_in_doubt, claim}};
  for (const auto& one : all) {
    const std::int64_t value = said.values[one.field];
    if (value >= 0 ? value != one.meant : whole && one.demanded && one.meant != 0) return one.name;
  }
  if (whole && tail(d.account) != said.words[AccountTail]) return "account";
  if (whole && tail(d.card) != said.words[CardTail]) return "card";
  return nullptr;
}

}  // namespace

// The rest of a document whose head is on the piece before: the roll ended, and the printer went on on a new one.
void Auditor::State::rest_printed(Terminal& t, const PrintedPiece& piece) {
  const auto head = t.documents.find(t.torn_document);
  if (head == t.documents.end()) {
    if (piece.whole && !piece.lines.empty()) broken("M8", t.name, ": a whole paper carries no document number");
    return;
  }
  if (const char* field = differing(read(piece), head->second, false))
    broken("M7", t.name, ": the rest of document ", head->first, " tells another ", field, " than the journal");
  if (piece.whole) t.torn_document = 0;
}

void Auditor::State::piece_printed(const PrintedPiece& piece) {
  Terminal& t = terminal(piece.terminal);
  const Said said = read(piece);
  if (said.heads > 1) return broken("M8", t.name, ": one paper carries ", said.heads, " document numbers");
  if (said.number == 0) return rest_printed(t, piece);
  t.torn_document = piece.whole ? 0 : said.number;
  const auto at = t.documents.find(said.number);
  if (at == t.documents.end() || said.terminal != t.name)
    return broken("M4", t.name, ": document ", said.terminal, "-", said.number,
                  " is on paper, and no durable DocumentIntended announces it");
  Document& d = at->second;
  if (const char* field = differing(said, d, piece.whole))
    broken("M7", t.name, ": the paper of document ", d.number, " tells another ", field, " than the journal");
  if (!piece.whole) return;
  if (said.kind != d.kind || said.replaces != d.replaces)
    broken("M8", t.name, ": the paper of document ", d.number, " is a ", said.kind, " replacing ", said.replaces,
           "; the journal has a ", d.kind, " replacing ", d.replaces);
  if (said.copy) return;
  d.whole_papers += 1;
  if (d.whole_papers > 1 || d.state == Paper::Printed)
    broken("M8", t.name, ": document ", d.number, " was printed ", d.whole_papers, " times");
}

void Auditor::State::result_shown(const ShownResult& result) {
  Terminal& t = terminal(result.terminal);
  const auto at = sessions.find(key_of_text(result.session));
  if (at == sessions.end() || at->second.terminal != t.index)
    return broken("M7", t.name, ": the result of session ", result.session, " is shown, and the journal has none such");
  Session& s = at->second;
  // A page may come up while its rows are on their way to the disk: it is compared when they are there, or never true.
  const bool issued = result.document == 0 || t.documents.contains(result.document);
  if (s.ended && issued) return check_shown(t, s, result);
  ShownResult kept = result;
  kept.terminal = t.name;
  kept.session = {};
  kept.ending = t.shown_words.emplace_back(result.ending);
  t.shown.emplace_back(&s, kept);
}

void Auditor::State::compare_shown(Terminal& t, const Session& s) {
  if (t.shown.empty() || !s.ended) return;
  std::erase_if(t.shown, [&](const auto& shown) {
    const auto& [session, result] = shown;
    if (session != &s || (result.document != 0 && !t.documents.contains(result.document))) return false;
    check_shown(t, s, result);
    return true;
  });
}

void Auditor::State::check_shown(const Terminal& t, const Session& s, const ShownResult& r) {
  if (r.ending != s.ending || r.tendered != s.tendered || r.delivered != s.delivered || r.credited != s.credited ||
      r.pending != s.pending || r.in_doubt != s.in_doubt)
    broken("M7", t.name, ": session ", s.id, " is shown as ", r.ending, " (tendered ", r.tendered, ", delivered ",
           r.delivered, ", credited ", r.credited, ", pending ", r.pending, ", in doubt ", r.in_doubt,
           "), the journal has ", s.ending, " (", s.tendered, ", ", s.delivered, ", ", s.credited, ", ", s.pending,
           ", ", s.in_doubt, ")");
  const bool known = std::find(s.documents.begin(), s.documents.end(), r.document) != s.documents.end();
  if (r.document != 0 && !known)
    broken("M7", t.name, ": document ", r.document, " is shown as that of session ", s.id, ", which it is not");
}

}  // namespace pilotlight::audit
