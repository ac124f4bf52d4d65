#include "tests/simulation/exploration/course.h"

#include <algorithm>

#include "tests/simulation/exploration/coverage.h"
#include "tests/simulation/exploration/key.h"

namespace pilotlight::exploration {

// Keeps the witness's own books of what has become durable.
struct Ledgerkeeper {
  Course& c;

  PaperNote* note(const Id& id) {
    const auto at = std::find_if(c.w.notes.begin(), c.w.notes.end(), [&](const PaperNote& n) { return n.id == id; });
    return at == c.w.notes.end() ? nullptr : &*at;
  }
  Promise* promise(const Id& id) {
    auto& all = c.w.books.promises;
    const auto at = std::find_if(all.begin(), all.end(), [&](const Promise& p) { return p.top_up == id; });
    return at == all.end() ? nullptr : &*at;
  }
  bool ended(const Id& session) {
    const auto& all = c.w.books.ended;
    return std::find(all.begin(), all.end(), session) != all.end();
  }
  void set(const Id& top_up, Fate fate) {
    Promise* known = promise(top_up);
    c.law(known != nullptr && (known->fate == Fate::Open || known->fate == fate), "M3: a settled top-up is settled");
    if (known != nullptr) known->fate = fate;
  }

  template <class Other>
  void operator()(const Other&) {}
  void operator()(const wire::NoteStacked& r) {
    PaperNote* stacked = note(r.note);
    c.law(stacked != nullptr && stacked->place == Place::Box, "M2: no credit without a note in the box");
    if (stacked == nullptr) return;
    const bool doubted = stacked->booked == Booked::Doubt;
    c.law(doubted || !ended(r.session), "M2: no money after the end of its session, but what was in doubt");
    c.law(doubted || stacked->booked == Booked::Intended, "M2: a note is credited once, a returned one never");
    c.law(stacked->value == r.value, "M7: a note is booked at its value");
    stacked->booked = Booked::Stacked;
  }
  void operator()(const wire::NoteReturned& r) {
    PaperNote* back = note(r.note);
    c.law(back == nullptr || back->place != Place::Box, "M1: a note in the box is not booked as returned");
    if (back != nullptr) back->booked = Booked::Returned;
  }
  void operator()(const wire::NoteInDoubt& r) {
    if (PaperNote* doubted = note(r.note)) doubted->booked = Booked::Doubt;
  }
  void operator()(const wire::NoteFound&) { c.w.books.found += 1; }
  void operator()(const wire::AuthoriseIntended& r) {
    for (const wire::TenderedNote& n : r.request.notes) {
      const PaperNote* paid = note(n.note);
      c.law(paid != nullptr && paid->booked == Booked::Stacked, "M3: only money in the box pays");
    }
    c.law(promise(r.request.top_up) == nullptr, "M5: a new top-up has a new id");
    c.w.books.promises.push_back({r.request.top_up, r.request.session});
  }
  void operator()(const wire::TopUpAuthorised& r) {
    if (Promise* known = promise(r.top_up))
      known->session = r.session;
    else
      c.w.books.promises.push_back({r.top_up, r.session});
  }
  void operator()(const wire::TopUpRefused& r) { set(r.top_up, Fate::Freed); }
  void operator()(const wire::TopUpAbandoned& r) { set(r.top_up, Fate::Freed); }
  void operator()(const wire::TopUpVoided& r) { set(r.top_up, Fate::Freed); }
  void operator()(const wire::WriteVerified& r) {
    set(r.top_up, Fate::Written);
    c.w.outbox.push_back({true, r.top_up});
  }
  void operator()(const wire::AbandonIntended& r) { c.w.outbox.push_back({false, r.top_up}); }
  void operator()(const wire::SessionEnded& r) {
    Money stacked;
    for (const PaperNote& n : c.w.notes)
      if (n.session == r.session && n.booked == Booked::Stacked) stacked += n.value;
    c.law(!ended(r.session), "M6: a session ends once");
    c.law(r.tendered == stacked, "M7: tendered is what is in the box");
    c.law(r.tendered == r.delivered + r.credited + r.pending, "M1: the ending adds up");
    c.w.books.ended.push_back(r.session);
  }
};

// Gives each effect to the thing that carries it out; the intention must be durable by now (M4).
struct Performance {
  Course& c;

  const core::Session* session_of_note(const Id& note) {
    for (const core::Session& s : c.w.state.money.sessions)
      for (const core::Note& n : s.notes)
        if (n.id == note) return &s;
    return nullptr;
  }
  // Does the journal hold this top-up, standing there? Ahead of a slow disk it may have gone on.
  bool intended(const Id& id, core::TopUpStatus status) {
    for (const core::Session& s : c.w.state.money.sessions)
      for (const core::TopUp& t : s.top_ups)
        if (t.id == id && (t.status == status || c.w.disk.behind)) return true;
    return false;
  }
  void ask(core::Effect question) { c.w.questions.push_back({std::move(question)}); }

  void operator()(const core::EnableAcceptor& e) {
    c.law(core::no_service(c.w.state) == core::NoService::None, "M9: no cash for what cannot be delivered");
    c.w.acceptor.commands.push_back(e);
    obey_enabling(c.w.acceptor);
  }
  void operator()(const core::DisableAcceptor& e) { c.w.acceptor.commands.push_back(e); }
  void operator()(const core::StackNote& e) {
    c.law(session_of_note(e.note) != nullptr, "M4: no note is stacked without a durable intention");
    c.w.acceptor.commands.push_back(e);
  }
  void operator()(const core::ReturnNote& e) { c.w.acceptor.commands.push_back(e); }
  void operator()(const core::ReadCard& e) { c.w.reader.commands.push_back(e); }
  void operator()(const core::AskChallenge& e) { c.w.reader.commands.push_back(e); }
  void operator()(const core::WriteCard& e) {
    c.law(intended(e.top_up, core::TopUpStatus::Writing), "M4: no card is written without a durable intention");
    c.w.reader.commands.push_back(e);
  }
  void operator()(const core::ReleaseCard&) {}  // the slot is a manual one: nothing moves
  void operator()(const core::PrintDocument& e) {
    bool numbered = c.w.disk.behind;
    for (const core::Session& s : c.w.state.money.sessions)
      for (const core::IssuedDocument& d : s.documents)
        numbered |= d.status == core::PrintStatus::Intended && d.document == e.document;
    c.law(numbered, "M4: no paper without a durable number");
    c.w.printer.commands.push_back(e);
  }
  void operator()(const core::AskIdentify& e) { ask(e); }
  void operator()(const core::AskAuthorise& e) {
    c.law(intended(e.request.top_up, core::TopUpStatus::Authorising),
          "M4: nothing is authorised without a durable intention");
    ask(e);
  }
  void operator()(const core::AskSeal& e) { ask(e); }
  void operator()(const core::AskAbandon& e) {
    c.law(intended(e.request.top_up, core::TopUpStatus::Abandoning), "M4: abandoning is a durable intention first");
    ask(e);
  }
  void operator()(const core::AskVoid& e) {
    c.law(intended(e.request.top_up, core::TopUpStatus::Disproved), "M4: only a disproved write is voided");
    ask(e);
  }
};

void Course::book(const wire::Record& record) { std::visit(Ledgerkeeper{*this}, record); }
void Course::perform(core::Effect effect) { std::visit(Performance{*this}, effect); }

void Course::keep(std::vector<wire::Record> records, const core::MoneyState& before) {
  if (records.empty()) return;
  out.recorded = true;
  core::MoneyState folded = before;
  for (const wire::Record& record : records) core::apply(folded, record);
  law(folded == w.state.money, "M4: the money is the fold of the journal and of nothing else");
  if (w.disk.behind || slow) {
    if (!w.disk.behind) w.disk.durable = before;
    w.disk.behind = true;
    for (wire::Record& record : records) w.disk.records.push_back(std::move(record));
    return;
  }
  for (const wire::Record& record : records) book(record);
}

void Course::take(core::Fact fact, std::int64_t after_ms) {
  out.seen.push_back({class_of(w.state), event_of(fact)});
  const core::Event event{{w.state.now.steady_ms + after_ms, 0}, next_id(w), std::move(fact)};
  const core::MoneyState before = w.state.money;
  core::Step done = step(std::move(w.state), event);
  w.state = std::move(done.state);
  if (w.state.devices.journal_failed) {
    law(done.records.empty(), "M4: nothing is recorded on a disk that has failed");
    w.disk.effects.clear();
    w.disk.records.clear();
    for (core::Effect& effect : done.effects) perform(std::move(effect));
  } else {
    keep(std::move(done.records), before);
    for (core::Effect& effect : done.effects)
      w.disk.behind ? w.disk.effects.push_back(std::move(effect)) : perform(std::move(effect));
  }
  canonical(w);
}

void Course::catch_up() {
  SlowDisk disk = std::exchange(w.disk, SlowDisk{});
  for (const wire::Record& record : disk.records) book(record);
  w.disk.behind = true;  // the state may have gone on: effects are judged by what is durable, which is all of it
  for (core::Effect& effect : disk.effects) perform(std::move(effect));
  w.disk.behind = false;
}

void Course::acceptor_power_cut(std::uint8_t done) {
  AcceptorModel& a = w.acceptor;
  bool boxed = false;
  if ((done & cut_note_boxed) != 0) {
    for (const core::Effect& command : a.commands)
      if (const auto* stack = std::get_if<core::StackNote>(&command); stack != nullptr && a.held != 0) {
        into_box(w, stack->note);
        boxed = true;
      }
  }
  if (a.held != 0) w.notes[a.held - 1U].place = Place::Back;  // rejected before the first poll
  std::optional<core::NoteCleared> cleared;
  if ((done & cut_note_told) != 0 && a.last != 0) {
    const PaperNote& note = w.notes[a.last - 1U];
    cleared = core::NoteCleared{boxed || note.place == Place::Box, note.value};
  }
  a = AcceptorModel{.stacked = a.stacked, .last = a.last, .cleared = cleared};
  w.boot.acceptor = true;
}

void Course::power_cut(std::uint8_t done) {
  acceptor_power_cut(done);
  ReaderModel& r = w.reader;
  if ((done & cut_card_written) != 0) {
    const auto& write = std::get<core::WriteCard>(r.commands.front());
    if (write.command == r.challenge) r.card_number = write.purchase_number;
  }
  r.challenge.clear();
  r.commands.clear();
  r.broken_off = false;
  w.printer.commands.clear();
  w.echo.reset();
  std::erase_if(w.questions, [](const Question& q) {
    return q.answer.has_value() || std::holds_alternative<core::AskIdentify>(q.asked);
  });
  for (Question& q : w.questions) q.orphan = true;
  core::MoneyState money = w.disk.behind ? w.disk.durable : w.state.money;
  w.disk = {};
  w.boot = {w.uplink_up, w.printer.ready, true, r.card_in_slot};
  w.state = core::initial_state(w.state.settings, std::move(money));
  w.state.now.steady_ms = model_now_ms;
  take(core::Started{"model"});
  take(core::ReaderReady{});
}

}  // namespace pilotlight::exploration
