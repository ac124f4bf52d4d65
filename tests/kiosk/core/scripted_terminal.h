// A core with a hand on every wire: tests say what happens, in the words of events, and read what the core did.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "kiosk/core/step.h"

namespace pilotlight::core {

inline Id test_id(std::uint32_t n) {
  std::array<std::uint8_t, 10> random{};  // the last byte is for Id::derive
  for (unsigned i = 0; i < 4; ++i) random[5 + i] = static_cast<std::uint8_t>(n >> (24 - 8 * i));
  return make_id(1'700'000'000'000 + n, random);
}

struct ScriptedTerminal {
  State state;
  std::vector<wire::Record> journal;  // everything ever recorded
  std::vector<wire::Record> records;  // of the last step
  std::vector<Effect> effects;        // of the last step
  Moment at{1000, 1'764'000'000'000};
  std::uint32_t ids = 1000;  // below: for tests

  explicit ScriptedTerminal(MoneyState money = {}) : state(initial_state(settings(), std::move(money))) {}

  static Settings settings() {
    Settings s;
    s.terminal = "T0042";
    s.hotline = "95158";
    s.emergency = "119";
    for (const int value : {1, 5, 10, 20, 50, 100}) s.denominations.push_back(yuan(value));
    for (const int value : {50, 100, 150, 200}) s.quick_amounts.push_back(yuan(value));
    return s;
  }
  static wire::CardState card(std::uint32_t number = 3) {
    wire::CardState c;
    c.card_number = "6101000000000017";
    c.purchase_number = number;
    c.total = Volume{120'000};
    c.sequence = 6;
    return c;
  }
  static wire::Quote quote() { return {test_id(200), "2026-11-24", {{Money{350}, Volume{0}}}, Volume{10}, yuan(1000)}; }
  static wire::Identification identified() {
    wire::Identification i;
    i.account = "100017";
    i.masked_name = "王*";
    i.quote = quote();
    return i;
  }

  ScriptedTerminal& on(Fact fact) {
    const Event event{at, test_id(++ids), std::move(fact)};
    Step step = core::step(std::move(state), event);
    state = std::move(step.state);
    records = step.records;
    effects = step.effects;
    journal.insert(journal.end(), step.records.begin(), step.records.end());
    return *this;
  }
  ScriptedTerminal& touch(Wish wish, Money amount = {}) { return on(Touched{{wish, amount}}); }
  // Lets time pass, taking every TimePassed that falls due on the way.
  ScriptedTerminal& wait(std::int64_t ms) {
    const std::int64_t end = at.steady_ms + ms;
    for (auto due = deadline(state); due && *due <= end; due = deadline(state)) {
      at.wall_ms += *due - at.steady_ms;
      at.steady_ms = std::max(at.steady_ms, *due);
      on(TimePassed{});
    }
    at.wall_ms += end - at.steady_ms;
    at.steady_ms = end;
    return *this;
  }
  ScriptedTerminal& start(std::uint32_t stacked = 0) {
    on(Started{"test"});
    on(UplinkChanged{true, true});
    on(ReaderReady{});
    on(PrinterChanged{true, false, false, false});
    on(AcceptorReady{"1873452", stacked});
    return wait(3000);
  }
  ScriptedTerminal& identify(std::uint32_t number = 3) {
    on(CardInserted{});
    on(CardRead{CardTrouble::None, card(number)});
    return on(IdentifyAnswered{state.talk.session, true, identified()});
  }
  ScriptedTerminal& to_cash() {
    identify();
    touch(Wish::Continue);
    return touch(Wish::ChooseAmount, yuan(150));
  }
  ScriptedTerminal& note(int value) {
    on(NoteReading{});
    on(NoteEscrowed{yuan(value)});
    return on(NoteCredited{yuan(value)});
  }
  ScriptedTerminal& to_confirm() {
    to_cash();
    note(100);
    note(50);
    touch(Wish::FinishFeeding);
    return on(AcceptorAtRest{state.money.acceptor_stacked});
  }
  ScriptedTerminal& to_authorising() {
    to_confirm();
    touch(Wish::Confirm);
    return on(ChallengeGiven{CardTrouble::None, {1, 2, 3, 4}});
  }
  wire::TopUpRecord record() const {
    const auto& asked = current_session(state)->top_up()->request;
    return {4, asked.volume, Volume{120'000} + asked.volume, asked.cost, asked.change};
  }
  ScriptedTerminal& to_writing() {
    to_authorising();
    wire::Authorisation a;
    a.record = record();
    a.seal = {1, {0x04, 0xD6}};
    return on(AuthoriseAnswered{top_up_id(), true, a});
  }
  Id top_up_id() const { return current_session(state)->top_up()->id; }
  wire::CardState written_card() const { return card(4); }

  template <class T>
  const T* effect() const {
    for (const Effect& e : effects)
      if (const T* found = std::get_if<T>(&e)) return found;
    return nullptr;
  }
  template <class T>
  const T* last_record() const {
    for (auto r = journal.rbegin(); r != journal.rend(); ++r)
      if (const T* found = std::get_if<T>(&*r)) return found;
    return nullptr;
  }
  std::vector<std::string> kinds() const {
    std::vector<std::string> names;
    for (const wire::Record& r : records) names.emplace_back(wire::kind_of(r));
    return names;
  }
  // A power cut: what is left is what the journal folds to.
  ScriptedTerminal reborn() const {
    MoneyState money;
    for (const wire::Record& r : journal) apply(money, r);
    ScriptedTerminal next(std::move(money));
    next.journal = journal;
    next.at = at;
    next.ids = ids;
    return next;
  }
};

}  // namespace pilotlight::core
