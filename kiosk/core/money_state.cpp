#include "kiosk/core/money_state.h"

#include <algorithm>

#include "kiosk/base/check.h"

namespace pilotlight::core {

Money Session::stacked() const {
  Money total;
  for (const Note& note : notes)
    if (note.status == NoteStatus::Stacked) total += note.value;
  return total;
}

Money Session::in_doubt() const {
  Money total;
  for (const Note& note : notes)
    if (note.status == NoteStatus::InDoubt) total += note.value;
  return total;
}

bool Session::note_moving() const {
  return std::any_of(notes.begin(), notes.end(), [](const Note& note) { return note.status == NoteStatus::Stacking; });
}

const Session* MoneyState::session(const Id& id) const {
  const auto at = std::find_if(sessions.begin(), sessions.end(), [&](const Session& s) { return s.id == id; });
  return at == sessions.end() ? nullptr : &*at;
}

namespace {

// One overload per record. Anything that does not fit is a bug in step or a damaged journal, and stops the terminal.
struct Fold {
  MoneyState& money;

  Session& session(const Id& id) {
    const auto found =
        std::find_if(money.sessions.begin(), money.sessions.end(), [&](const Session& s) { return s.id == id; });
    CHECK(found != money.sessions.end());
    return *found;
  }

  Note& note(const Id& session_id, const Id& id) {
    Session& owner = session(session_id);
    const auto found = std::find_if(owner.notes.begin(), owner.notes.end(), [&](const Note& n) { return n.id == id; });
    CHECK(found != owner.notes.end());
    return *found;
  }

  TopUp& top_up(const Id& session_id, const Id& id) {
    Session& owner = session(session_id);
    CHECK(!owner.top_ups.empty() && owner.top_ups.back().id == id);
    return owner.top_ups.back();
  }

  IssuedDocument* document(std::uint32_t number) {
    for (Session& owner : money.sessions)
      for (IssuedDocument& issued : owner.documents)
        if (issued.document.number == number) return &issued;
    return nullptr;
  }

  void into_box(Money value) {
    money.box_notes += 1;
    money.box_total += value;
    if (money.acceptor_stacked != no_count) money.acceptor_stacked += 1;
  }

  // An ended session is kept as long as something of it is unresolved.
  void forget_resolved() {
    std::erase_if(money.sessions, [](const Session& s) {
      if (!s.ended) return false;
      for (const Note& n : s.notes)
        if (n.status == NoteStatus::Stacking || n.status == NoteStatus::InDoubt) return false;
      for (const IssuedDocument& d : s.documents)
        if (d.status == PrintStatus::Intended) return false;
      return true;
    });
  }

  void operator()(const wire::TerminalStarted&) {}
  void operator()(const wire::AcceptorConnected& r) {
    money.acceptor_serial = r.serial;
    money.acceptor_stacked = r.stacked;
    for (Session& s : money.sessions)
      for (Note& n : s.notes)
        if (n.status == NoteStatus::Stacking || n.status == NoteStatus::InDoubt) n.uncounted = true;
  }
  void operator()(const wire::SessionOpened& r) {
    CHECK(money.session(r.session) == nullptr);
    money.sessions.push_back(Session{.id = r.session});
  }
  void operator()(const wire::CustomerIdentified& r) {
    Session& s = session(r.session);
    s.account = r.account;
    s.masked_name = r.masked_name;
    s.card = r.card;
    s.quote = r.quote;
  }
  void operator()(const wire::NoteStacking& r) {
    Session& s = session(r.session);
    CHECK(!s.ended && !s.note_moving() && r.value.fen > 0);
    s.notes.push_back(Note{r.note, r.value, NoteStatus::Stacking});
  }
  void operator()(const wire::NoteStacked& r) {
    Note& n = note(r.session, r.note);
    CHECK(n.status == NoteStatus::Stacking || n.status == NoteStatus::InDoubt);
    n.status = NoteStatus::Stacked;
    n.value = r.value;
    into_box(r.value);
    forget_resolved();
  }
  void operator()(const wire::NoteReturned& r) {
    Note& n = note(r.session, r.note);
    CHECK(n.status == NoteStatus::Stacking || n.status == NoteStatus::InDoubt);
    n.status = NoteStatus::Returned;
    forget_resolved();
  }
  void operator()(const wire::NoteInDoubt& r) {
    Note& n = note(r.session, r.note);
    CHECK(n.status == NoteStatus::Stacking);
    n.status = NoteStatus::InDoubt;
  }
  void operator()(const wire::NoteFound& r) {
    into_box(r.value);
    money.found += r.value;
  }
  void operator()(const wire::AuthoriseIntended& r) {
    Session& s = session(r.request.session);
    CHECK(!s.ended);
    s.top_ups.push_back(TopUp{.id = r.request.top_up, .request = r.request});
  }
  // A top-up that this terminal did not ask for is one that the ledger named as pending: it is resolved here.
  void operator()(const wire::TopUpAuthorised& r) {
    Session& s = session(r.session);
    if (s.top_ups.empty() || s.top_ups.back().id != r.top_up) {
      CHECK(s.stacked() == Money{});
      s.top_ups.push_back(TopUp{.id = r.top_up, .own = false});
    }
    TopUp& t = s.top_ups.back();
    CHECK(t.status == TopUpStatus::Authorising || t.status == TopUpStatus::Abandoning);
    t.status = TopUpStatus::Authorised;
    t.record = r.record;
  }
  void operator()(const wire::TopUpRefused& r) {
    TopUp& t = top_up(r.session, r.top_up);
    CHECK(t.status == TopUpStatus::Authorising);
    t.status = TopUpStatus::Refused;
  }
  void operator()(const wire::AbandonIntended& r) {
    TopUp& t = top_up(r.session, r.top_up);
    CHECK(t.status == TopUpStatus::Authorising);
    t.status = TopUpStatus::Abandoning;
  }
  void operator()(const wire::TopUpAbandoned& r) {
    TopUp& t = top_up(r.session, r.top_up);
    CHECK(t.status == TopUpStatus::Abandoning);
    t.status = TopUpStatus::Abandoned;
  }
  void operator()(const wire::WriteIntended& r) {
    TopUp& t = top_up(r.session, r.top_up);
    CHECK(t.status == TopUpStatus::Authorised || t.status == TopUpStatus::Disproved);
    CHECK(r.attempt > t.attempt && r.purchase_number == t.record.purchase_number);
    t.status = TopUpStatus::Writing;
    t.attempt = r.attempt;
  }
  void operator()(const wire::WriteVerified& r) {
    TopUp& t = top_up(r.session, r.top_up);
    CHECK(t.status == TopUpStatus::Authorised || t.status == TopUpStatus::Writing ||
          t.status == TopUpStatus::Disproved);
    t.status = TopUpStatus::Written;
  }
  void operator()(const wire::WriteDisproved& r) {
    TopUp& t = top_up(r.session, r.top_up);
    CHECK(t.status == TopUpStatus::Writing && r.attempt == t.attempt);
    t.status = TopUpStatus::Disproved;
  }
  void operator()(const wire::TopUpVoided& r) {
    TopUp& t = top_up(r.session, r.top_up);
    CHECK(t.status == TopUpStatus::Disproved);
    t.status = TopUpStatus::Voided;
  }
  void operator()(const wire::DocumentIntended& r) {
    CHECK(r.document.number == money.next_document);
    money.next_document += 1;
    session(r.document.session).documents.push_back(IssuedDocument{r.document});
  }
  void operator()(const wire::DocumentPrinted& r) {
    IssuedDocument* issued = document(r.number);
    CHECK(issued != nullptr && issued->status == PrintStatus::Intended);
    issued->status = PrintStatus::Printed;
    forget_resolved();
  }
  void operator()(const wire::DocumentVoided& r) {
    IssuedDocument* issued = document(r.number);
    CHECK(issued != nullptr && issued->status == PrintStatus::Intended);
    issued->status = PrintStatus::Voided;
    forget_resolved();
  }
  void operator()(const wire::SessionEnded& r) {
    Session& s = session(r.session);
    CHECK(!s.ended && r.tendered == r.delivered + r.credited + r.pending && r.tendered == s.stacked());
    s.ended = r;
    forget_resolved();
  }
  void operator()(const wire::Incident&) {}
};

}  // namespace

void apply(MoneyState& money, const wire::Record& record) { std::visit(Fold{money}, record); }

}  // namespace pilotlight::core
