// Watches a terminal from outside and knows the money laws only: it reads records and effects, keeps its own books and
// never asks the core what it thinks. The first law broken is named in `broken`.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "kiosk/core/step.h"

namespace pilotlight::core {

class MoneyWitness {
 public:
  std::string broken;
  std::map<wire::Ending, int> endings;  // how many sessions ended how

  // One step: the records made, the effects asked for, and the state after it.
  void see(const std::vector<wire::Record>& records, const std::vector<Effect>& effects, const State& state) {
    intended_now_.clear();
    for (const wire::Record& record : records) {
      apply(folded_, record);
      std::visit([this](const auto& r) { book(r); }, record);
    }
    for (const Effect& effect : effects) std::visit([this](const auto& e) { allow(e); }, effect);
    law(folded_ == state.money, "the fold of the journal is the money state");
    law(state.money.box_total == box_, "M1: what is in the box was stacked or found");
    law(state.money.found == found_, "M1: suspense");
    law(moving() <= 1, "one note moves at a time");
    if (!recovering(state)) law(open_sessions() <= 1, "M6: one session is open, or none");
  }

  std::size_t open_sessions() const {
    std::size_t count = 0;
    for (const auto& [id, session] : sessions_) count += session.ended ? 0 : 1;
    return count;
  }

 private:
  enum class Place { Moving, Box, Customer, Doubt };
  struct NoteBook {
    Id session;
    Money value;
    Place place = Place::Moving;
  };
  enum class Fate { Open, Written, Freed };
  struct TopUpBook {
    bool own = false;
    Fate fate = Fate::Open;
    bool answered = false;  // authorised
    bool abandoning = false;
    bool on_its_way = false;  // a write whose outcome is not known
    std::uint32_t attempt = 0;
    Money cost;
    wire::AuthoriseRequest request;
  };
  struct SessionBook {
    bool ended = false;
    Money stacked;
    std::string card_number;
    std::optional<Id> top_up;
  };

  static bool recovering(const State& state) { return !state.recovery.sessions.empty(); }

  void law(bool holds, const char* name) {
    if (!holds && broken.empty()) broken = name;
  }
  std::size_t moving() const {
    std::size_t count = 0;
    for (const auto& [id, note] : notes_) count += note.place == Place::Moving ? 1 : 0;
    return count;
  }

  // --- records ---
  template <class Other>
  void book(const Other&) {}

  void book(const wire::SessionOpened& r) { law(sessions_.emplace(r.session, SessionBook{}).second, "a new session"); }
  void book(const wire::CustomerIdentified& r) { sessions_[r.session].card_number = r.card.card_number; }
  void book(const wire::NoteStacking& r) {
    law(!sessions_[r.session].ended, "no note is taken for a session that has ended");
    law(notes_.emplace(r.note, NoteBook{r.session, r.value}).second, "M2: every note has its own id");
  }
  void book(const wire::NoteStacked& r) {
    NoteBook& note = notes_[r.note];
    law(note.place == Place::Moving || note.place == Place::Doubt, "M2: a note is credited once, a returned one never");
    law(!sessions_[r.session].ended || note.place == Place::Doubt, "M2: no money after the end of its session");
    note.place = Place::Box;
    note.value = r.value;
    sessions_[r.session].stacked += r.value;
    box_ += r.value;
  }
  void book(const wire::NoteReturned& r) {
    const Place place = notes_[r.note].place;
    law(place == Place::Moving || place == Place::Doubt, "M2: a stacked note does not come back");
    notes_[r.note].place = Place::Customer;
  }
  void book(const wire::NoteInDoubt& r) {
    law(notes_[r.note].place == Place::Moving, "only a moving note can be in doubt");
    notes_[r.note].place = Place::Doubt;
  }
  void book(const wire::NoteFound& r) {
    law(notes_.find(r.note) == notes_.end(), "M2: every note has its own id");
    notes_[r.note] = {Id{}, r.value, Place::Box};
    box_ += r.value;
    found_ += r.value;
  }
  void book(const wire::AuthoriseIntended& r) {
    SessionBook& session = sessions_[r.request.session];
    if (session.top_up) law(top_ups_[*session.top_up].fate == Fate::Freed, "M3: one top-up at a time");
    session.top_up = r.request.top_up;
    Money notes;
    for (const wire::TenderedNote& note : r.request.notes) notes += note.value;
    law(notes == session.stacked && r.request.amount == notes, "M7: what is asked for is what was put in");
    law(r.request.cost + r.request.change == r.request.amount, "M7: cost and change are the amount");
    law(top_ups_.emplace(r.request.top_up, TopUpBook{.own = true, .request = r.request}).second, "M5: a new id");
  }
  void book(const wire::TopUpAuthorised& r) {
    auto [at, fresh] = top_ups_.try_emplace(r.top_up);
    if (fresh || !at->second.own) {  // another session's, or another terminal's
      at->second = TopUpBook{};
      sessions_[r.session].top_up = r.top_up;
    }
    at->second.answered = true;
    at->second.cost = r.record.cost;
  }
  void book(const wire::TopUpRefused& r) { top_ups_[r.top_up].fate = Fate::Freed; }
  void book(const wire::AbandonIntended& r) { top_ups_[r.top_up].abandoning = true; }
  void book(const wire::TopUpAbandoned& r) {
    law(top_ups_[r.top_up].abandoning && !top_ups_[r.top_up].answered, "only what was abandoned is");
    top_ups_[r.top_up].fate = Fate::Freed;
  }
  void book(const wire::WriteIntended& r) {
    TopUpBook& top_up = top_ups_[r.top_up];
    law(top_up.answered && !top_up.on_its_way && top_up.fate == Fate::Open,
        "M4: one write at a time, after it is paid");
    law(r.attempt > top_up.attempt, "every attempt has its own number");
    top_up.on_its_way = true;
    top_up.attempt = r.attempt;
    intended_now_ = r;
  }
  void book(const wire::WriteVerified& r) {
    top_ups_[r.top_up].fate = Fate::Written;
    top_ups_[r.top_up].on_its_way = false;
  }
  void book(const wire::WriteDisproved& r) { top_ups_[r.top_up].on_its_way = false; }
  void book(const wire::TopUpVoided& r) {
    law(top_ups_[r.top_up].attempt > 0 && !top_ups_[r.top_up].on_its_way, "only a disproved write is voided");
    top_ups_[r.top_up].fate = Fate::Freed;
  }
  void book(const wire::DocumentIntended& r) {
    law(r.document.number == ++last_document_, "M8: document numbers have no gap");
    documents_.push_back(r.document);
    settled_.push_back(false);
  }
  void settle_document(std::uint32_t number) {
    const bool known = number >= 1 && number <= settled_.size();
    law(known && !settled_[number - 1], "M8: a document is printed or voided once");
    if (known) settled_[number - 1] = true;
  }
  void book(const wire::DocumentPrinted& r) { settle_document(r.number); }
  void book(const wire::DocumentVoided& r) { settle_document(r.number); }
  void book(const wire::SessionEnded& r) {
    SessionBook& session = sessions_[r.session];
    law(!session.ended, "M6: a session ends once");
    session.ended = true;
    endings[r.ending] += 1;
    Money doubt;
    for (const auto& [id, note] : notes_) {
      law(note.session != r.session || note.place != Place::Moving, "no session ends while its note moves");
      if (note.session == r.session && note.place == Place::Doubt) doubt += note.value;
    }
    law(r.tendered == session.stacked, "M7: tendered is what was stacked");
    law(r.in_doubt == doubt, "M1: in doubt is what nobody can place");
    law(r.tendered == r.delivered + r.credited + r.pending, "M7: the ending adds up");
    law(r.delivered.fen >= 0 && r.credited.fen >= 0 && r.pending.fen >= 0, "M7: no ending owes less than nothing");
    Money delivered;
    Money pending;
    if (session.top_up && top_ups_[*session.top_up].own) {
      const TopUpBook& top_up = top_ups_[*session.top_up];
      if (top_up.fate == Fate::Written) delivered = top_up.cost;
      if (top_up.fate == Fate::Open) pending = top_up.request.amount;
    }
    law(r.delivered == delivered, "M3: delivered is what was verified on the card");
    law(r.pending == pending, "M3: what may still reach the card is credited to nobody");
    const bool money = session.stacked.fen > 0 || doubt.fen > 0;
    law(money || session.top_up || r.ending == wire::Ending::NothingTendered, "M6: the ending fits");
    law(!money || r.ending != wire::Ending::NothingTendered, "M6: money is never nothing");
    law(doubt.fen == 0 || r.ending == wire::Ending::HandedToStaff || session.top_up, "M6: doubt goes to staff");
  }

  // --- effects ---
  template <class Other>
  void allow(const Other&) {}
  void allow(const StackNote& e) {
    const auto note = notes_.find(e.note);
    law(note != notes_.end() && note->second.place == Place::Moving, "M4: no note is stacked without an intention");
  }
  void allow(const WriteCard& e) {
    law(intended_now_.top_up == e.top_up && intended_now_.purchase_number == e.purchase_number,
        "M4: no card is written without an intention");
    law(e.card_number == sessions_[intended_now_.session].card_number, "M3: written to the card that paid");
    intended_now_.clear();
  }
  void allow(const PrintDocument& e) {
    const std::uint32_t number = e.document.number;
    const bool intended = number >= 1 && number <= documents_.size() && documents_[number - 1] == e.document;
    law(intended && !settled_[number - 1], "M4: no paper without a number in the journal");
  }
  void allow(const AskAuthorise& e) {
    const auto known = top_ups_.find(e.request.top_up);
    law(known != top_ups_.end(), "M4: nothing is authorised without an intention");
    if (known == top_ups_.end()) return;
    wire::AuthoriseRequest again = e.request;
    again.challenge = known->second.request.challenge;
    law(again == known->second.request, "M5: same id, same content");
    law(!known->second.abandoning, "what is abandoned is not asked for again");
  }
  void allow(const AskAbandon& e) { law(top_ups_[e.request.top_up].abandoning, "M4: abandon is intended first"); }
  void allow(const AskVoid& e) {
    const TopUpBook& top_up = top_ups_[e.request.top_up];
    law(!top_up.on_its_way && e.request.attempt == top_up.attempt && top_up.fate == Fate::Open,
        "a void names the highest attempt, read back and disproved");
  }

  struct Intended {
    Id session;
    Id top_up;
    std::uint32_t purchase_number = 0;
    Intended& operator=(const wire::WriteIntended& r) {
      session = r.session;
      top_up = r.top_up;
      purchase_number = r.purchase_number;
      return *this;
    }
    void clear() { *this = Intended{}; }
  };

  MoneyState folded_;
  std::map<Id, NoteBook> notes_;
  std::map<Id, SessionBook> sessions_;
  std::map<Id, TopUpBook> top_ups_;
  std::vector<wire::Document> documents_;
  std::vector<bool> settled_;
  std::uint32_t last_document_ = 0;
  Intended intended_now_;
  Money box_;
  Money found_;
};

}  // namespace pilotlight::core
