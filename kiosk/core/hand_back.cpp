// Endings, slips and the card's way back (DESIGN.md section 3, steps 6 and 7; law M6).
#include "kiosk/core/turn.h"

namespace pilotlight::core {
namespace {

constexpr std::int64_t slip_wait_ms = 60'000;  // a printer in trouble may come back while the customer is here

wire::DocumentKind kind_for(wire::Ending ending) {
  switch (ending) {
    case wire::Ending::Delivered:
      return wire::DocumentKind::TopUpReceipt;
    case wire::Ending::PendingOnCard:
      return wire::DocumentKind::PendingSlip;
    case wire::Ending::HandedToStaff:
      return wire::DocumentKind::ClaimSlip;
    default:
      return wire::DocumentKind::CreditSlip;
  }
}

std::uint32_t notes_in_doubt(const Session& session) {
  std::uint32_t count = 0;
  for (const Note& note : session.notes) count += note.status == NoteStatus::InDoubt ? 1 : 0;
  return count;
}

const IssuedDocument* unprinted(const MoneyState& money, std::uint32_t number) {
  for (const Session& session : money.sessions)
    for (const IssuedDocument& issued : session.documents)
      if (issued.document.number == number && issued.status == PrintStatus::Intended) return &issued;
  return nullptr;
}

}  // namespace

wire::SessionEnded outcome_of(const Session& session, wire::Ending ending) {
  wire::SessionEnded ended{.session = session.id, .ending = ending, .account = session.account};
  ended.tendered = session.stacked();
  ended.in_doubt = session.in_doubt();
  const TopUp* top_up = session.top_up();
  if (top_up != nullptr && top_up->own) {
    switch (top_up->status) {
      case TopUpStatus::Written:
        ended.delivered = top_up->record.cost;
        break;
      case TopUpStatus::Authorising:
      case TopUpStatus::Abandoning:
      case TopUpStatus::Authorised:
      case TopUpStatus::Writing:
      case TopUpStatus::Disproved:
        ended.pending = top_up->request.amount;
        break;
      case TopUpStatus::Voided:
      case TopUpStatus::Refused:
      case TopUpStatus::Abandoned:
        break;
    }
  }
  ended.credited = ended.tendered - ended.delivered - ended.pending;
  return ended;
}

namespace {

void issue_slip(Turn& t, const Session& session, const wire::SessionEnded& ended) {
  wire::Document document{.number = t.state.money.next_document,
                          .kind = kind_for(ended.ending),
                          .session = session.id,
                          .wall_ms = t.event.at.wall_ms,
                          .account = session.account,
                          .masked_name = session.masked_name,
                          .card_number = session.card.card_number,
                          .tendered = ended.tendered,
                          .credited = ended.credited,
                          .notes_in_doubt = notes_in_doubt(session)};
  const TopUp* top_up = session.top_up();
  if (top_up != nullptr && top_up->status != TopUpStatus::Voided && top_up->status != TopUpStatus::Refused &&
      top_up->status != TopUpStatus::Abandoned) {
    const bool known = top_up->status != TopUpStatus::Authorising && top_up->status != TopUpStatus::Abandoning;
    document.top_up = top_up->id;
    document.cost = known ? top_up->record.cost : top_up->request.cost;
    document.volume = known ? top_up->record.volume : top_up->request.volume;
    document.purchase_number = top_up->record.purchase_number;
  }
  t.talk().document = document;
  t.talk().document_number = document.number;
  t.talk().slip = SlipState::Waiting;
  t.record(wire::DocumentIntended{document});
  try_slip(t);
}

}  // namespace

void close_session(Turn& t, const Id& id, wire::Ending ending) {
  const Session session = *t.state.money.session(id);
  const wire::SessionEnded ended = outcome_of(session, ending);
  if (ending != wire::Ending::NothingTendered) issue_slip(t, session, ended);
  t.record(ended);
}

void finish(Turn& t, wire::Ending ending) {
  Conversation& talk = t.talk();
  talk.ending = ending;
  talk.outcome = outcome_of(*t.session(), ending);
  talk.document_number = 0;
  talk.document = {};
  talk.slip = SlipState::None;
  close_session(t, talk.session, ending);
  if (ending != wire::Ending::NothingTendered) return t.show_until(Page::Result, slip_wait_ms);
  t.perform(ReleaseCard{});
  t.devices().card_present ? t.show_until(Page::TakeCard, t.settings().take_card_ms) : to_start(t);
}

void finish_by_money(Turn& t) {
  const Session& session = *t.session();
  if (session.in_doubt().fen > 0) return finish(t, wire::Ending::HandedToStaff);
  finish(t, session.stacked().fen > 0 ? wire::Ending::Credited : wire::Ending::NothingTendered);
}

void on_print_ended(Turn& t, const PrintEnded& ended) {
  if (unprinted(t.state.money, ended.number) == nullptr) return;
  const bool shown = t.talk().document_number == ended.number && t.talk().page == Page::Result;
  if (ended.outcome == PrintOutcome::Printed) {
    t.record(wire::DocumentPrinted{ended.number});
    if (t.talk().document_number == ended.number) t.talk().slip = SlipState::Printed;
    if (shown) t.show_until(Page::Result, t.settings().take_card_ms);
    return;
  }
  if (!shown) {
    t.record(wire::DocumentVoided{ended.number, std::string(enum_name(ended.outcome))});
    return;
  }
  t.talk().slip = SlipState::Failed;
  t.show_until(Page::Result, slip_wait_ms);
  try_slip(t);
}

namespace {

// Number k is spoiled: k + 1 replaces it (DOC-3). Tried twice; after that the number on the screen has to do.
void replace_slip(Turn& t) {
  const std::uint32_t spoiled = t.talk().document_number;
  const IssuedDocument* issued = unprinted(t.state.money, spoiled);
  if (issued == nullptr) return;
  const Session* session = t.state.money.session(issued->document.session);
  CHECK(session != nullptr);
  if (session->documents.size() >= 3) return;
  wire::Document document = issued->document;
  document.replaces = spoiled;
  document.number = t.state.money.next_document;
  t.record(wire::DocumentIntended{document});
  t.record(wire::DocumentVoided{spoiled, "not printed whole"});
  t.talk().document = document;
  t.talk().document_number = document.number;
  t.talk().slip = SlipState::Waiting;
  try_slip(t);
}

}  // namespace

void try_slip(Turn& t) {
  Conversation& talk = t.talk();
  if (!t.devices().printer_ready) return;
  if (talk.slip == SlipState::Failed && talk.page == Page::Result) return replace_slip(t);
  if (talk.slip != SlipState::Waiting) return;
  talk.slip = SlipState::Printing;
  if (talk.page == Page::Result) t.show_until(Page::Result, slip_wait_ms);
  t.perform(PrintDocument{talk.document});
}

void void_unprinted(Turn& t, const char* reason) {
  Conversation& talk = t.talk();
  if (talk.slip != SlipState::Failed && talk.slip != SlipState::Waiting) return;
  if (unprinted(t.state.money, talk.document_number) == nullptr) return;
  t.record(wire::DocumentVoided{talk.document_number, reason});
  talk.slip = SlipState::Failed;
}

void leave_result(Turn& t) {
  void_unprinted(t, "not printed");
  t.perform(ReleaseCard{});
  t.devices().card_present ? t.show_until(Page::TakeCard, t.settings().take_card_ms) : to_start(t);
}

void to_start(Turn& t) {
  Conversation fresh;
  fresh.language = t.talk().language;
  fresh.overlay = t.talk().overlay;  // who reads what to do about gas reads on
  fresh.announcement = t.talk().announcement;
  fresh.settle_notes_ms = t.talk().settle_notes_ms;
  t.talk() = fresh;
  t.show(no_service(t.state) == NoService::None ? Page::Home : Page::OutOfService);
}

}  // namespace pilotlight::core
