// A world that answers a terminal's questions late, twice, wrongly or not at all, whose devices come and go, and that
// says things nobody asked for. Everything follows from one seed.
#pragma once

#include <random>
#include <vector>

#include "tests/kiosk/core/scripted_terminal.h"

namespace pilotlight::core {

class WildWorld {
 public:
  explicit WildWorld(std::uint64_t seed) : dice_(seed), wildness_(static_cast<int>(seed % 4) * 8) {}

  std::uint32_t below(std::size_t n) { return static_cast<std::uint32_t>(dice_() % n); }
  bool one_in(std::uint32_t n) { return below(n) == 0; }

  // What was asked for will be answered, mostly.
  void hear(const std::vector<Effect>& effects, const ScriptedTerminal& t) {
    for (const Effect& effect : effects) std::visit([&](const auto& e) { answer(e, t); }, effect);
  }
  void forget() {
    due_.clear();
    note_ = {};
  }

  Fact next(const ScriptedTerminal& t) {
    if (below(100) < static_cast<std::uint32_t>(wildness_)) return one_in(3) ? absurd(t) : device();
    if (!due_.empty() && !one_in(4)) return take_due();
    if (!said_.empty() && one_in(12)) return said_[below(said_.size())];  // again, late
    if (t.state.devices.acceptor_enabled && one_in(2)) return NoteEscrowed{note_ = denomination()};
    if (one_in(12)) return device();
    if (!t.state.devices.card_present && one_in(3)) return CardInserted{};
    return touch();
  }

 private:
  Money denomination() {
    static constexpr int values[] = {1, 5, 10, 20, 50, 100, 100, 100, 37};
    return yuan(values[below(9)]);
  }

  Fact take_due() {
    const std::size_t at = one_in(5) ? below(due_.size()) : 0;
    Fact fact = due_[at];
    due_.erase(due_.begin() + static_cast<std::ptrdiff_t>(at));
    if (said_.size() < 40) said_.push_back(fact);
    return fact;
  }
  void owe(Fact fact) {
    if (!one_in(15) && due_.size() < 20) due_.push_back(std::move(fact));
  }

  Fact touch() {
    static constexpr Wish likely[] = {Wish::Continue, Wish::ChooseAmount,  Wish::FinishFeeding, Wish::Confirm,
                                      Wish::TopUp,    Wish::FinishFeeding, Wish::Confirm,       Wish::Start};
    const Wish wish = one_in(4) ? static_cast<Wish>(below(enum_count<Wish>())) : likely[below(8)];
    return Touched{{wish, wish == Wish::Digit ? Money{below(12)} : yuan(below(8) * 50)}};
  }

  Fact device() {
    switch (below(14)) {
      case 0:
        return AcceptorReady{one_in(8) ? "999" : "1873452", one_in(6) ? no_count : stacked_ + below(3)};
      case 1:
        return AcceptorFaultRaised{static_cast<AcceptorFault>(below(enum_count<AcceptorFault>()))};
      case 2:
      case 3:
        return AcceptorFaultCleared{static_cast<AcceptorFault>(below(enum_count<AcceptorFault>()))};
      case 4:
        return NoteCleared{one_in(2), one_in(3) ? Money{} : denomination()};
      case 5:
        return AcceptorAtRest{one_in(6) ? no_count : stacked_ + below(2)};
      case 6:
        return one_in(4) ? Fact{ReaderLost{}} : Fact{ReaderReady{}};
      case 7:
      case 8:
        return CardRemoved{};
      case 9:
        return CardInserted{};
      case 10:
        return PrinterChanged{!one_in(3), one_in(2), one_in(2), one_in(2)};
      case 11:
        return UplinkChanged{!one_in(3), !one_in(4)};
      case 12:
        return NoteReading{};
      default:
        return NoteRejected{};
    }
  }

  Id some_id(const ScriptedTerminal& t) {
    const Session* session = current_session(t.state);
    if (one_in(4) || session == nullptr) return test_id(below(900));
    return session->top_up() == nullptr || one_in(3) ? session->id : session->top_up()->id;
  }
  wire::CardState some_card() {
    wire::CardState card = ScriptedTerminal::card(below(6));
    if (one_in(5)) card.card_number = "6101000000000099";
    return card;
  }
  wire::TopUpRecord some_record() {
    return {below(6), Volume{below(90) * 1000}, Volume{}, Money{below(20000)}, Money{below(300)}};
  }
  wire::Refusal some_refusal() { return static_cast<wire::Refusal>(below(enum_count<wire::Refusal>())); }
  CardTrouble some_trouble() { return static_cast<CardTrouble>(below(enum_count<CardTrouble>())); }

  Fact absurd(const ScriptedTerminal& t) {
    switch (below(14)) {
      case 0:
        return NoteEscrowed{denomination()};
      case 1:
        return NoteCredited{denomination()};
      case 2:
        return CardRead{some_trouble(), some_card()};
      case 3:
        return ChallengeGiven{some_trouble(), {9, 9, 9, 9}};
      case 4:
        return CardWritten{static_cast<WriteOutcome>(below(3)), some_card()};
      case 5:
        return PrintEnded{below(12), static_cast<PrintOutcome>(below(3))};
      case 6:
        return identified(some_id(t));
      case 7:
        return AuthoriseAnswered{
            some_id(t), !one_in(4), {some_refusal(), some_record(), {below(5), {4}}, ScriptedTerminal::quote()}};
      case 8:
        return SealAnswered{some_id(t), !one_in(4), {some_refusal(), some_record(), {below(9), {4}}}};
      case 9:
        return AbandonAnswered{some_id(t), !one_in(4), abandonment(some_id(t), some_record())};
      case 10:
        return VoidAnswered{some_id(t), !one_in(4), {some_refusal()}};
      case 11:
        return TimePassed{};
      case 12:
        return one_in(10) ? Fact{JournalFailed{"disk"}} : Fact{TimePassed{}};
      default:
        return AcceptorReady{"1873452", below(5000)};
    }
  }

  wire::Abandonment abandonment(const Id& top_up, const wire::TopUpRecord& record) {
    if (one_in(3)) return {false, wire::PendingTopUp{top_up, record, below(3)}};
    return {!one_in(4), std::nullopt};
  }
  Fact identified(const Id& session) {
    wire::Identification found = ScriptedTerminal::identified();
    if (one_in(8)) found.quote->tiers[0].price_per_m3 = Money{below(3)};
    if (one_in(8)) found.quote->maximum = yuan(below(60));
    if (one_in(8)) found.quote.reset();
    if (one_in(8)) found.refusal = some_refusal();
    if (one_in(8)) found.pending = wire::PendingTopUp{test_id(below(900)), some_record(), below(4)};
    return IdentifyAnswered{session, !one_in(10), found};
  }

  // --- answers to what the core asks for ---
  void answer(const EnableAcceptor&, const ScriptedTerminal&) {}
  void answer(const DisableAcceptor&, const ScriptedTerminal&) { owe(AcceptorAtRest{stacked_}); }
  void answer(const StackNote&, const ScriptedTerminal&) {
    if (one_in(10)) return owe(NoteRejected{});
    stacked_ += 1;
    owe(NoteCredited{note_});
  }
  void answer(const ReturnNote&, const ScriptedTerminal&) { owe(NoteRejected{}); }
  void answer(const ReadCard&, const ScriptedTerminal&) {
    owe(CardRead{one_in(8) ? some_trouble() : CardTrouble::None, one_in(8) ? some_card() : card()});
  }
  void answer(const AskChallenge&, const ScriptedTerminal&) {
    owe(ChallengeGiven{one_in(8) ? some_trouble() : CardTrouble::None, {1, 2, 3, 4}});
  }
  void answer(const WriteCard& e, const ScriptedTerminal&) {
    const bool done = !one_in(3);
    if (done) number_ = std::max(number_, e.purchase_number);
    if (one_in(3)) return owe(CardWritten{WriteOutcome::Unknown, {}});
    owe(CardWritten{done ? WriteOutcome::Verified : WriteOutcome::Disproved, card()});
  }
  void answer(const ReleaseCard&, const ScriptedTerminal&) {
    if (one_in(2)) owe(CardRemoved{});
  }
  void answer(const PrintDocument& e, const ScriptedTerminal&) {
    owe(PrintEnded{e.document.number, one_in(4) ? static_cast<PrintOutcome>(below(3)) : PrintOutcome::Printed});
  }
  void answer(const AskIdentify& e, const ScriptedTerminal&) { owe(identified(e.request.session)); }
  void answer(const AskAuthorise& e, const ScriptedTerminal&) {
    if (one_in(5)) return owe(AuthoriseAnswered{e.request.top_up, false, {}});
    wire::Authorisation given{one_in(6) ? some_refusal() : wire::Refusal::None, record_for(e.request), {1, {4}}, {}};
    if (given.refusal == wire::Refusal::QuoteChanged) given.new_quote = ScriptedTerminal::quote();
    owe(AuthoriseAnswered{e.request.top_up, true, given});
  }
  void answer(const AskSeal& e, const ScriptedTerminal& t) {
    const Session* session = current_session(t.state);
    const std::uint32_t attempt = session == nullptr ? 1 : session->top_up()->attempt + (one_in(6) ? 0 : 1);
    owe(SealAnswered{
        e.request.top_up, !one_in(5), {one_in(9) ? some_refusal() : wire::Refusal::None, {}, {attempt, {4}}}});
  }
  void answer(const AskAbandon& e, const ScriptedTerminal& t) {
    wire::TopUpRecord record = some_record();
    for (const Session& session : t.state.money.sessions)
      if (session.top_up() != nullptr && session.top_up()->id == e.request.top_up && !one_in(6))
        record = record_for(session.top_up()->request);
    owe(AbandonAnswered{e.request.top_up, !one_in(5), abandonment(e.request.top_up, record)});
  }
  void answer(const AskVoid& e, const ScriptedTerminal&) {
    owe(VoidAnswered{e.request.top_up, !one_in(4), {one_in(6) ? some_refusal() : wire::Refusal::None}});
  }

  static wire::TopUpRecord record_for(const wire::AuthoriseRequest& asked) {
    return {asked.card.purchase_number + 1, asked.volume, asked.volume, asked.cost, asked.change};
  }
  wire::CardState card() const { return ScriptedTerminal::card(number_); }

  std::mt19937_64 dice_;
  const int wildness_;  // percent
  std::vector<Fact> due_;
  std::vector<Fact> said_;
  std::uint32_t stacked_ = 0;
  std::uint32_t number_ = 3;
  Money note_;
};

}  // namespace pilotlight::core
