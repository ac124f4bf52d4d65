#include "tests/simulation/exploration/moves.h"

#include <algorithm>

namespace pilotlight::exploration {
namespace {

using core::Page;
using core::Wish;

template <class T>
const T* front(const std::vector<core::Effect>& commands) {
  return commands.empty() ? nullptr : std::get_if<T>(&commands.front());
}

struct Listing {
  const World& w;
  const Bounds& bounds;
  std::vector<Move> moves;

  void add(Act act, How how = How::Plain, std::size_t arg = 0) {
    moves.push_back({act, how, static_cast<std::uint8_t>(arg)});
  }
  void add_with_losses(Act act) {
    add(act);
    if (w.left.lost_messages == 0) return;
    add(act, How::Lost);
    add(act, How::Unanswered);
  }

  void person() {
    const std::size_t touches = touches_of(w.state, bounds.every_touch).size();
    for (std::size_t i = 0; i < touches; ++i) add(Act::Touch, How::Plain, i);
    if (w.boot.card) return;
    if (w.reader.card_in_slot) {
      if (w.left.card_removals > 0) add(Act::CardOut);
    } else if (w.left.card_insertions > 0 && w.state.devices.reader_ready && !w.reader.broken_off) {
      add(Act::CardIn);
    }
  }

  void acceptor() {
    const AcceptorModel& a = w.acceptor;
    if (w.boot.acceptor) return add(Act::AcceptorBoots);
    if (a.enabled && a.held == 0 && w.books.ended.empty()) {
      for (std::size_t i = 0; i < w.notes.size(); ++i)
        if (w.notes[i].place == Place::Hand) {
          add(Act::FeedNote, How::Plain, i);
          break;
        }
      if (w.left.unreadable_notes > 0) add(Act::FeedUnreadable);
    }
    if (!a.commands.empty()) {
      add_with_losses(Act::AcceptorObeys);
      if (front<core::StackNote>(a.commands) != nullptr && a.held != 0 && w.left.returned_notes > 0)
        add(Act::AcceptorObeys, How::Fails);
      return;
    }
    if (a.held != 0) add(Act::EscrowLimit);
    if (a.held == 0 && a.rest_owed) {
      add(Act::AcceptorRests);
      if (w.left.lost_messages > 0) add(Act::AcceptorRests, How::Unanswered);
    }
  }

  void reader() {
    if (w.boot.card) return add(Act::CardBoots);
    if (w.reader.commands.empty()) return;
    add_with_losses(Act::ReaderObeys);
    if (front<core::WriteCard>(w.reader.commands) == nullptr || w.reader.broken_off || !w.reader.card_in_slot) return;
    if (w.left.failed_writes > 0) add(Act::ReaderObeys, How::Fails);
    for (const How how : {How::Unsure, How::UnsureUndone}) {
      if (w.left.failed_writes > 0) add(Act::ReaderObeys, how);
      if (w.left.card_removals > 0) add(Act::CardBreaksOff, how);
    }
  }

  void printer() {
    if (w.boot.printer) return add(Act::PrinterBoots);
    if (!w.printer.commands.empty()) {
      if (w.printer.ready) add_with_losses(Act::PrinterObeys);
      if (w.left.failed_prints > 0 || !w.printer.ready) add(Act::PrinterObeys, How::Fails);
    }
    if (w.printer.ready && w.left.printer_losses > 0) add(Act::PrinterGoes);
    if (!w.printer.ready) add(Act::PrinterComes);
  }

  void question(std::size_t i) {
    const Question& q = w.questions[i];
    const bool identify = std::holds_alternative<core::AskIdentify>(q.asked);
    if (!q.answer && !identify) {
      add(Act::LedgerExecutes, How::Plain, i);
      if (std::holds_alternative<core::AskAuthorise>(q.asked) && w.left.changed_quotes > 0)
        add(Act::LedgerExecutes, How::Fails, i);
    }
    if (q.orphan) return;
    if (q.answer || identify) add(Act::AnswerArrives, How::Plain, i);
    if (w.left.lost_messages > 0) add(Act::AnswerArrives, How::Lost, i);
  }

  void ledger() {
    if (w.boot.uplink) return add(Act::UplinkBoots);
    if (!w.uplink_up) return add(Act::UplinkComes);
    for (std::size_t i = 0; i < w.questions.size(); ++i) question(i);
    // Only a question can tell whether it has: it may as well come just before one.
    if (!w.outbox.empty() && !w.questions.empty()) add(Act::OutboxArrives);
    if (w.left.uplink_losses > 0) add(Act::UplinkGoes);
  }

  void power_cuts() {
    if (w.left.crashes == 0 || w.state.money.sessions.empty()) return;  // nothing to lose yet, or any more
    const auto stacks = [](const core::Effect& e) { return std::holds_alternative<core::StackNote>(e); };
    const auto& commands = w.acceptor.commands;
    const bool stacking = w.acceptor.held != 0 && std::any_of(commands.begin(), commands.end(), stacks);
    const bool writing = front<core::WriteCard>(w.reader.commands) != nullptr && w.reader.card_in_slot;
    for (std::uint8_t done = 0; done < 8; ++done) {
      if ((done & cut_note_boxed) != 0 && !stacking) continue;
      if ((done & cut_card_written) != 0 && !writing) continue;
      if ((done & cut_note_told) != 0 && w.acceptor.last == 0) continue;
      add(Act::PowerCut, How::Plain, done);
    }
  }

  void rarities() {
    if (w.echo) add(Act::EchoArrives);
    if (w.disk.behind && !w.state.devices.journal_failed) add(Act::DiskCatchesUp);
    const bool met = !w.boot.acceptor;
    if (w.left.acceptor_faults > 0 && met) {
      add(Act::FaultRises, How::Plain, 0);
      add(Act::FaultRises, How::Plain, 1);
    }
    if (!w.state.devices.acceptor_faults.empty()) add(Act::FaultGoes);
    if (w.left.acceptor_restarts > 0 && met) add(Act::AcceptorRestarts);
    if (w.left.reader_losses > 0 && w.state.devices.reader_ready && !w.boot.card) add(Act::ReaderGoes);
    if (!w.state.devices.reader_ready) add(Act::ReaderComes);
    if (w.left.journal_failures > 0 && !w.state.devices.journal_failed) add(Act::JournalFails);
  }
};

std::vector<core::Intent> every_touch() {
  std::vector<core::Intent> touches;
  for (std::size_t i = 0; i < enum_count<Wish>(); ++i) {
    const auto wish = static_cast<Wish>(i);
    touches.push_back({wish, wish == Wish::Digit ? Money{1} : yuan(150)});
  }
  return touches;
}

std::vector<Wish> wishes_on(Page page) {
  switch (page) {
    case Page::Attract:
      return {Wish::Start};
    case Page::Home:
      return {Wish::TopUp};
    case Page::InsertCard:
    case Page::Reading:
      return {Wish::Cancel};
    case Page::CardProblem:
    case Page::NotSold:
    case Page::Result:
      return {Wish::Continue};
    case Page::Account:
      return {Wish::Continue, Wish::Cancel};
    case Page::Amount:
      return {Wish::ChooseAmount, Wish::Cancel};
    case Page::Cash:
      return {Wish::FinishFeeding, Wish::Cancel, Wish::Back};
    case Page::Confirm:
      return {Wish::Confirm, Wish::FeedMore, Wish::Cancel};
    case Page::Settling:
    case Page::CardOut:
    case Page::UplinkWait:
      return {Wish::Cancel};
    default:
      return {};
  }
}

}  // namespace

std::vector<core::Intent> touches_of(const core::State& state, bool every) {
  if (every) return every_touch();
  using core::Overlay;
  if (state.talk.overlay == Overlay::CancelQuestion) return {{Wish::Cancel, {}}, {Wish::CloseOverlay, {}}};
  if (state.talk.overlay == Overlay::StillThere) return {{Wish::CloseOverlay, {}}};
  std::vector<core::Intent> touches;
  for (const Wish wish : wishes_on(state.talk.page))
    touches.push_back({wish, wish == Wish::ChooseAmount ? yuan(150) : Money{}});
  return touches;
}

std::optional<std::int64_t> next_change_ms(const core::State& state) {
  if (!state.recovery.sessions.empty()) return core::deadline(state);
  core::State later = state;
  later.now.steady_ms += 864'000'000;  // so far ahead no countdown is visible: what is left is what is really due
  return core::deadline(later);
}

std::vector<Move> moves_of(const World& world, const Bounds& bounds) {
  Listing listing{world, bounds, {}};
  if (next_change_ms(world.state)) listing.add(Act::Time);
  listing.person();
  listing.acceptor();
  listing.reader();
  listing.printer();
  listing.ledger();
  listing.power_cuts();
  listing.rarities();
  return std::move(listing.moves);
}

}  // namespace pilotlight::exploration
