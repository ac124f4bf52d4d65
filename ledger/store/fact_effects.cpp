#include "ledger/store/fact_effects.h"

#include <fmt/format.h>

#include "kiosk/base/check.h"
#include "ledger/rules/calendar.h"
#include "ledger/store/documents.h"
#include "ledger/store/limits.h"
#include "ledger/store/sessions.h"
#include "ledger/store/top_ups.h"
#include "ledger/wire/json.h"

namespace pilotlight::ledger {
namespace {

constexpr const char* out_of_range = "an amount is out of range";

std::string name_of(const Id& top_up) { return "top-up " + to_string(top_up); }

constexpr const char* unknown = "this top-up is not known here";

// What another terminal tells of a top-up that its own has still to send again waits for it.
template <class Fact>
std::string await(Work& work, const Fact& fact) {
  if (!work.incomplete) return unknown;
  const wire::Record record(fact);
  work.db.run("INSERT INTO awaited (top_up, terminal, kind, body) VALUES (?1, ?2, ?3, ?4)", fact.top_up, work.terminal,
              wire::kind_of(record), wire::record_body(record));
  return {};
}

void apply_awaited(Work& work, const Id& top_up) {
  std::vector<wire::Record> records;
  {
    Query rows(work.db, "SELECT kind, body FROM awaited WHERE top_up = ?1 ORDER BY number", top_up);
    while (rows.next())
      if (auto record = wire::record_from(rows.text(0), rows.text(1))) records.push_back(std::move(*record));
  }
  work.db.run("DELETE FROM awaited WHERE top_up = ?1", top_up);
  for (const wire::Record& record : records)
    if (const std::string reason = apply(work, record); !reason.empty())
      alert(work, "FactParked", name_of(top_up) + ", told before it was known: " + reason);
}

// A restored ledger builds again what it has forgotten, from the terminal's own journal.
// Only then: a journal alone must never be able to order a seal for gas that nobody has paid.
std::string rebuild(Work& work, const wire::TopUpAuthorised& fact) {
  std::string body;
  {
    Query row(work.db, "SELECT request FROM intentions WHERE top_up = ?1", fact.top_up);
    if (!row.next()) return await(work, fact);  // paid at another terminal
    body = row.text(0);
  }
  if (!work.catching_up) return unknown;
  const auto request = wire::from_json<wire::AuthoriseRequest>(body);
  if (!request || request->session != fact.session) return "its intention is of another session";
  const auto& record = fact.record;
  const auto card = find_card(work.db, request->card.card_number);
  if (!card || card->account != request->account) return "its card is not known here";
  if (!amount_in_range(request->amount) || !amount_in_range(record.cost) || !amount_in_range(record.change) ||
      request->amount.fen == 0 || record.cost + record.change != request->amount || record.volume.litres <= 0 ||
      record.volume > card_total_maximum)
    return out_of_range;
  const auto open = pending_of_card(work.db, card->card_number);
  if (open && open->record.purchase_number == record.purchase_number) return "another top-up of this card is open";
  const auto quote = find_quote(work.db, request->quote, request->session, request->account);
  if (!quote || quote->tiers.empty() || rules::cost_of(record.volume, quote->tiers) != record.cost)
    return "its cost is not that of its quote";
  TopUp top_up;
  top_up.top_up = fact.top_up;
  top_up.terminal = work.terminal;
  top_up.session = fact.session;
  top_up.account = card->account;
  top_up.card_number = card->card_number;
  top_up.amount = request->amount;
  top_up.record = record;
  top_up.business_date = quote->business_date;
  top_up.highest_attempt = 1;  // the seal that rode in the answer; WriteIntended raises it
  for (const wire::TenderedNote& note : request->notes)
    if (in_range(note.value)) take_note(work, request->session, note.note, note.value, "authorise");
  if (balance(work.db, tender_of(fact.session)) < request->amount) return "its session does not hold the money";
  // A number is given only when the one before it is on the card: of two purchases the lower one was written.
  if (open && open->record.purchase_number < record.purchase_number) post_written(work, *open, open->session);
  const bool written = (open && open->record.purchase_number > record.purchase_number) ||
                       card->purchase_number >= record.purchase_number;
  top_up.state = written ? TopUpState::Written : TopUpState::Pending;
  CHECK(reserve(work, top_up) || work.db.failed());
  if (written) {
    top_up.state = TopUpState::Pending;
    post_written(work, top_up, fact.session);
  }
  wire::Authorisation answer;
  answer.record = record;
  keep_outcome(work, OutcomeKind::Authorise, fact.top_up, authorise_content(*request), wire::to_json(answer));
  alert(work, "Rebuilt", name_of(fact.top_up) + " was built again from the terminal's journal");
  apply_awaited(work, fact.top_up);
  return {};
}

// Only a quote that every rule can work with is taken from a journal.
bool quote_good(const wire::Quote& quote) {
  if (quote.tiers.empty() || quote.tiers.size() > 20 || !rules::day_number(quote.business_date)) return false;
  for (const Tier& tier : quote.tiers)
    if (tier.price_per_m3.fen <= 0 || tier.remaining.litres < 0) return false;
  return quote.scale == rules::card_scale;
}

struct Effect {
  Work& work;

  std::string operator()(const wire::TerminalStarted& fact) const {
    work.db.run("UPDATE terminals SET version = ?2 WHERE terminal = ?1", work.terminal, fact.version.substr(0, 100));
    return {};
  }
  std::string operator()(const wire::AcceptorConnected&) const { return {}; }
  std::string operator()(const wire::SessionOpened& fact) const {
    open_session(work, fact.session, "");
    return {};
  }
  std::string operator()(const wire::CustomerIdentified& fact) const {
    open_session(work, fact.session, fact.account);
    if (work.catching_up && quote_good(fact.quote) && account_exists(work.db, fact.account))
      remember_quote(work, fact.session, fact.account, fact.quote);
    return {};
  }
  std::string operator()(const wire::NoteStacking& fact) const {
    open_session(work, fact.session, "");
    return {};
  }
  std::string operator()(const wire::NoteStacked& fact) const {
    if (!in_range(fact.value)) return out_of_range;
    return take_note(work, fact.session, fact.note, fact.value, enum_name(fact.evidence)) ? "" : "contradicts the book";
  }
  std::string operator()(const wire::NoteReturned& fact) const {
    if (!in_range(fact.value)) return out_of_range;
    note_returned(work, fact);
    return {};
  }
  std::string operator()(const wire::NoteInDoubt& fact) const {
    if (!in_range(fact.value)) return out_of_range;
    note_in_doubt(work, fact);
    return {};
  }
  std::string operator()(const wire::NoteFound& fact) const {
    if (fact.value.fen != 0 && !in_range(fact.value)) return out_of_range;
    note_found(work, fact);
    return {};
  }
  std::string operator()(const wire::AuthoriseIntended& fact) const {
    if (fact.request.notes.size() > notes_maximum) return "too many notes";
    work.db.run("INSERT INTO intentions (top_up, request) VALUES (?1, ?2) ON CONFLICT DO NOTHING", fact.request.top_up,
                wire::to_json(fact.request));
    return {};
  }
  std::string operator()(const wire::TopUpAuthorised& fact) const {
    const auto top_up = find_top_up(work.db, fact.top_up);
    if (!top_up) return rebuild(work, fact);
    if (top_up->record == fact.record) return {};
    alert(work, "RecordDiffers", name_of(fact.top_up) + " has another record at the terminal");
    return "its record differs from the ledger's";
  }
  std::string operator()(const wire::TopUpRefused& fact) const { return unless_paid(fact.top_up, "refused"); }
  std::string operator()(const wire::AbandonIntended&) const { return {}; }  // only `abandon` decides the race
  std::string operator()(const wire::TopUpAbandoned& fact) const {
    if (!find_top_up(work.db, fact.top_up)) keep_unpaid(work, fact.top_up, fact.session, TopUpState::Abandoned);
    return unless_paid(fact.top_up, "abandoned");
  }
  std::string operator()(const wire::WriteIntended& fact) const {
    const auto top_up = find_top_up(work.db, fact.top_up);
    if (!top_up) return await(work, fact);
    if (work.incomplete && fact.attempt > top_up->highest_attempt)
      work.db.run("UPDATE top_ups SET highest_attempt = ?2 WHERE top_up = ?1", fact.top_up, fact.attempt);
    return {};
  }
  std::string operator()(const wire::WriteVerified& fact) const {
    const auto top_up = find_top_up(work.db, fact.top_up);
    if (!top_up && work.incomplete) return await(work, fact);
    if (!top_up || top_up->state == TopUpState::Abandoned || top_up->state == TopUpState::Refused)
      return gas_without_money(fact.top_up, "no top-up of this id was paid");
    if (fact.card.card_number != top_up->card_number || fact.card.purchase_number < top_up->record.purchase_number)
      return gas_without_money(fact.top_up, "the card read back is not the one, or does not show it");
    post_written(work, *top_up, fact.session);
    return {};
  }
  // Evidence only: the terminal goes on to seal and write again, and money is freed by the question /v1/void alone.
  std::string operator()(const wire::WriteDisproved&) const { return {}; }
  std::string operator()(const wire::TopUpVoided& fact) const {
    const auto top_up = find_top_up(work.db, fact.top_up);
    if (!top_up) return await(work, fact);
    // This ledger acknowledged the void; a restored one has forgotten it.
    if (work.incomplete && top_up->state == TopUpState::Pending)
      void_pending(work, *top_up, top_up->highest_attempt, fact.session);
    return unless_paid(fact.top_up, "voided");
  }
  std::string operator()(const wire::DocumentIntended& fact) const {
    if (fact.document.number == 0) return "documents count from 1";
    document_intended(work, fact.document);
    return {};
  }
  std::string operator()(const wire::DocumentPrinted& fact) const {
    document_printed(work, fact.number);
    return {};
  }
  std::string operator()(const wire::DocumentVoided& fact) const {
    document_voided(work, fact.number, fact.reason);
    return {};
  }
  std::string operator()(const wire::SessionEnded& fact) const {
    for (const Money amount : {fact.tendered, fact.delivered, fact.credited, fact.pending, fact.in_doubt})
      if (!amount_in_range(amount)) {
        alert(work, "AmountsDiffer", "session " + to_string(fact.session) + " ended with an amount out of range");
        wire::SessionEnded bare;
        bare.session = fact.session;
        bare.account = fact.account;
        bare.ending = wire::Ending::HandedToStaff;
        end_session(work, bare);
        return {};
      }
    end_session(work, fact);
    return {};
  }
  std::string operator()(const wire::Incident& fact) const {
    alert(work, "Incident", fact.code.substr(0, 100) + ": " + fact.detail.substr(0, 2000));
    return {};
  }

  // The terminal says that nothing came of it; the ledger must not hold it paid.
  std::string unless_paid(const Id& id, std::string_view what) const {
    const auto top_up = find_top_up(work.db, id);
    if (!top_up || (top_up->state != TopUpState::Pending && top_up->state != TopUpState::Written)) return {};
    alert(work, "TopUpContradicted", fmt::format("{} is {} at the terminal and paid here", name_of(id), what));
    return {};
  }
  std::string gas_without_money(const Id& id, const std::string& why) const {
    alert(work, "WrittenUnknown", name_of(id) + " was written to a card: " + why);
    return why;
  }
};

}  // namespace

std::string apply(Work& work, const wire::Record& record) { return std::visit(Effect{work}, record); }

void give_up_awaited(Work& work) {
  std::vector<std::string> left;
  {
    Query rows(work.db, "SELECT DISTINCT top_up, terminal FROM awaited");
    while (rows.next()) left.push_back(name_of(rows.id(0)) + ", told by " + rows.text(1));
  }
  for (const std::string& what : left) alert(work, "WrittenUnknown", what + ": no terminal has paid for it");
  work.db.run("DELETE FROM awaited");
}

}  // namespace pilotlight::ledger
