// Carries out one move: the hands, the devices and the ledger act, and the core hears of it.
#include <algorithm>

#include "kiosk/base/check.h"
#include "tests/simulation/exploration/course.h"

namespace pilotlight::exploration {
namespace {

core::Fact without_answer(const core::Effect& question) {
  if (const auto* q = std::get_if<core::AskIdentify>(&question)) return core::IdentifyAnswered{q->request.session};
  if (const auto* q = std::get_if<core::AskAuthorise>(&question)) return core::AuthoriseAnswered{q->request.top_up};
  if (const auto* q = std::get_if<core::AskSeal>(&question)) return core::SealAnswered{q->request.top_up};
  if (const auto* q = std::get_if<core::AskAbandon>(&question)) return core::AbandonAnswered{q->request.top_up};
  return core::VoidAnswered{std::get<core::AskVoid>(question).request.top_up};
}

core::Effect pop(std::vector<core::Effect>& commands) {
  CHECK(!commands.empty());
  core::Effect first = std::move(commands.front());
  commands.erase(commands.begin());
  return first;
}

struct Making {
  Course& c;
  World& w;
  const Move& m;
  const Bounds& bounds;

  bool lost() const { return m.how == How::Lost || m.how == How::Unanswered; }
  // The core hears it, and perhaps hears it again later.
  void hear(core::Fact fact, bool may_repeat = true) {
    c.out.may_repeat = may_repeat && w.left.repeated_messages > 0 && !w.echo;
    if (m.repeat) {
      w.echo = fact;
      w.left.repeated_messages -= 1;
    }
    c.take(std::move(fact));
  }
  void hear_unless_lost(core::Fact fact, bool may_repeat = true) {
    if (lost())
      w.left.lost_messages -= 1;
    else
      hear(std::move(fact), may_repeat);
  }
  PaperNote& held() { return w.notes[w.acceptor.held - 1U]; }
  void note_back() {
    held().place = Place::Back;
    w.acceptor.held = 0;
  }

  // --- person ---
  void touch() { c.take(core::Touched{touches_of(w.state, bounds.every_touch)[m.arg]}); }
  void card_in() {
    w.reader.card_in_slot = true;
    w.left.card_insertions -= 1;
    hear(core::CardInserted{});
  }
  void card_out() {
    w.reader.card_in_slot = false;
    w.left.card_removals -= 1;
    w.reader.challenge.clear();
    hear(core::CardRemoved{});
  }
  void feed() {
    w.notes[m.arg].place = Place::Escrow;
    w.acceptor.held = static_cast<std::uint8_t>(m.arg + 1);
    w.acceptor.last = w.acceptor.held;
    hear(core::NoteEscrowed{w.notes[m.arg].value}, bounds.verdicts_may_repeat);
  }

  // --- acceptor ---
  void stack(const core::StackNote& command) {
    if (w.acceptor.held == 0) {
      if (m.how == How::Unanswered) w.left.lost_messages -= 1;
      return;
    }
    PaperNote& note = held();
    if (m.how == How::Fails) {
      w.left.returned_notes -= 1;
      note_back();
      return hear(core::NoteRejected{}, bounds.verdicts_may_repeat);
    }
    into_box(w, command.note);
    hear_unless_lost(core::NoteCredited{note.value}, bounds.verdicts_may_repeat);
  }
  void acceptor() {
    const core::Effect command = pop(w.acceptor.commands);
    if (m.how == How::Lost) {
      w.left.lost_messages -= 1;
      return;
    }
    if (const auto* stacks = std::get_if<core::StackNote>(&command)) return stack(*stacks);
    if (std::holds_alternative<core::ReturnNote>(command) && w.acceptor.held != 0) {
      note_back();
      return hear_unless_lost(core::NoteRejected{}, bounds.verdicts_may_repeat);
    }
    if (m.how == How::Unanswered) w.left.lost_messages -= 1;
    if (!std::holds_alternative<core::DisableAcceptor>(command)) return;
    w.acceptor.enabled = false;
    if (m.how == How::Unanswered) return;
    w.acceptor.rest_owed = w.acceptor.held != 0;
    if (!w.acceptor.rest_owed) hear(core::AcceptorAtRest{count()}, bounds.verdicts_may_repeat);
  }
  std::uint32_t count() const { return bounds.acceptor_counts ? w.acceptor.stacked : core::no_count; }
  void rests() {
    w.acceptor.rest_owed = false;
    hear_unless_lost(core::AcceptorAtRest{count()}, bounds.verdicts_may_repeat);
  }
  void restarts() {
    w.left.acceptor_restarts -= 1;
    if (w.acceptor.held != 0) note_back();
    w.acceptor.commands.clear();
    w.acceptor.enabled = false;
    w.acceptor.rest_owed = false;
    hear(core::AcceptorReady{"1873452", count()}, false);
  }

  // --- card ---
  void write(const core::WriteCard& command) {
    ReaderModel& r = w.reader;
    const bool sealed_for_now = !r.challenge.empty() && command.command == r.challenge;
    const bool wanted = m.how == How::Plain || m.how == How::Unanswered || m.how == How::Unsure;
    const bool takes = sealed_for_now && wanted && !bounds.card_never_takes;
    if (m.how != How::Plain && m.how != How::Unanswered) w.left.failed_writes -= 1;
    if (takes) r.card_number = command.purchase_number;
    r.challenge.clear();
    core::CardWritten said{core::WriteOutcome::Unknown, {}};
    if (m.how != How::Unsure && m.how != How::UnsureUndone) {
      const bool there = r.card_number >= command.purchase_number;
      said = {there ? core::WriteOutcome::Verified : core::WriteOutcome::Disproved, card_state(r)};
    }
    hear_unless_lost(said, bounds.verdicts_may_repeat);
  }
  void reader() {
    const core::Effect command = pop(w.reader.commands);
    ReaderModel& r = w.reader;
    if (m.how == How::Lost) {
      w.left.lost_messages -= 1;
      r.broken_off = false;
      return;
    }
    const auto trouble = r.card_in_slot ? core::CardTrouble::None : core::CardTrouble::Gone;
    if (const auto* writes = std::get_if<core::WriteCard>(&command)) {
      if (r.card_in_slot && !r.broken_off) return write(*writes);
      r.broken_off = false;
      return hear_unless_lost(core::CardWritten{}, bounds.verdicts_may_repeat);
    }
    if (std::holds_alternative<core::ReadCard>(command))
      return hear_unless_lost(core::CardRead{trouble, r.card_in_slot ? card_state(r) : wire::CardState{}});
    if (r.card_in_slot) r.challenge = next_token(w);
    hear_unless_lost(core::ChallengeGiven{trouble, r.challenge});
  }
  // She pulls the card while it is being written: the slot is empty before the reader has said so.
  void breaks_off() {
    ReaderModel& r = w.reader;
    const auto& command = std::get<core::WriteCard>(r.commands.front());
    if (m.how == How::Unsure && command.command == r.challenge && !bounds.card_never_takes)
      r.card_number = command.purchase_number;
    r.broken_off = true;
    card_out();
  }

  // --- printer ---
  void printer() {
    const auto command = std::get<core::PrintDocument>(pop(w.printer.commands));
    const std::uint32_t number = command.document.number;
    if (m.how == How::Fails) {
      if (w.printer.ready) w.left.failed_prints -= 1;
      return hear(
          core::PrintEnded{number, w.printer.ready ? core::PrintOutcome::PartPrinted : core::PrintOutcome::NotPrinted});
    }
    if (m.how != How::Lost) {
      const auto& done = w.printer.printed;
      c.law(std::find(done.begin(), done.end(), number) == done.end(), "M8: a number is printed once");
      w.printer.printed.push_back(number);
    }
    if (lost()) w.printer.unanswered.push_back(number);
    hear_unless_lost(core::PrintEnded{number, core::PrintOutcome::Printed});
  }
  void printer_changes(bool ready) {
    w.printer.ready = ready;
    if (!ready) w.left.printer_losses -= 1;
    hear(core::PrinterChanged{ready, !ready, false, false});
  }

  // --- ledger ---
  void executes() {
    Question& q = w.questions[m.arg];
    const bool quote_changes = m.how == How::Fails;
    if (quote_changes) w.left.changed_quotes -= 1;
    c.out.may_repeat = w.left.repeated_messages > 0 && !q.orphan;
    Question copy{q.asked, true, {}};
    q.answer = execute(w, q.asked, quote_changes);
    if (q.orphan) w.questions.erase(w.questions.begin() + m.arg);
    if (!m.repeat) return;
    w.left.repeated_messages -= 1;
    w.questions.push_back(std::move(copy));
  }
  void answers() {
    const Question q = w.questions[m.arg];
    w.questions.erase(w.questions.begin() + m.arg);
    if (m.how == How::Lost) {
      w.left.lost_messages -= 1;
      if (!q.answer && !std::holds_alternative<core::AskIdentify>(q.asked)) w.questions.push_back({q.asked, true, {}});
      return hear(without_answer(q.asked));
    }
    hear(q.answer ? *q.answer : execute(w, q.asked, false));
  }
  void outbox() {
    for (const OutboxLine& line : w.outbox) c.law(take_outbox(w.ledger, line), "M3: no gas that the ledger has voided");
    w.outbox.clear();
  }
  void uplink_changes(bool up) {
    w.uplink_up = up;
    if (!up) w.left.uplink_losses -= 1;
    hear(core::UplinkChanged{up, true});
  }

  void boots() {
    switch (m.act) {
      case Act::UplinkBoots:
        w.boot.uplink = false;
        return hear(core::UplinkChanged{true, true});
      case Act::PrinterBoots:
        w.boot.printer = false;
        return hear(core::PrinterChanged{true, false, false, false});
      case Act::AcceptorBoots:
        w.boot.acceptor = false;
        hear(core::AcceptorReady{"1873452", count()}, false);
        // What it has to say of its notes it says at once.
        if (w.acceptor.cleared) c.take(*std::exchange(w.acceptor.cleared, std::nullopt));
        return;
      default:
        w.boot.card = false;
        return hear(core::CardInserted{});
    }
  }
  void rarities() {
    switch (m.act) {
      case Act::FaultRises:
        w.left.acceptor_faults -= 1;
        return hear(
            core::AcceptorFaultRaised{m.arg == 0 ? core::AcceptorFault::LineLost : core::AcceptorFault::UnsafeJam});
      case Act::FaultGoes:
        if (w.state.devices.acceptor_faults.front() == core::AcceptorFault::LineLost) {
          w.left.acceptor_restarts += 1;
          return restarts();
        }
        return hear(core::AcceptorFaultCleared{w.state.devices.acceptor_faults.front()});
      case Act::ReaderGoes:
        w.left.reader_losses -= 1;
        w.reader.challenge.clear();
        return hear(core::ReaderLost{});
      case Act::ReaderComes:
        w.boot.card = w.reader.card_in_slot;
        return hear(core::ReaderReady{});
      default:
        w.left.journal_failures -= 1;
        return hear(core::JournalFailed{"model"}, false);
    }
  }

  void go() {
    switch (m.act) {
      case Act::Time: {
        const auto due = next_change_ms(w.state);
        return c.take(core::TimePassed{}, std::max<std::int64_t>(0, *due - w.state.now.steady_ms));
      }
      case Act::Touch:
        return touch();
      case Act::CardIn:
        return card_in();
      case Act::CardOut:
        return card_out();
      case Act::FeedNote:
        return feed();
      case Act::FeedUnreadable:
        w.left.unreadable_notes -= 1;
        c.take(core::NoteReading{});
        return hear(core::NoteRejected{});
      case Act::EscrowLimit:
        note_back();
        return hear(core::NoteRejected{}, bounds.verdicts_may_repeat);
      case Act::AcceptorObeys:
        return acceptor();
      case Act::AcceptorRests:
        return rests();
      case Act::AcceptorRestarts:
        return restarts();
      case Act::ReaderObeys:
        return reader();
      case Act::CardBreaksOff:
        return breaks_off();
      case Act::PrinterObeys:
        return printer();
      case Act::PrinterGoes:
      case Act::PrinterComes:
        return printer_changes(m.act == Act::PrinterComes);
      case Act::LedgerExecutes:
        return executes();
      case Act::AnswerArrives:
        return answers();
      case Act::OutboxArrives:
        return outbox();
      case Act::UplinkGoes:
      case Act::UplinkComes:
        return uplink_changes(m.act == Act::UplinkComes);
      case Act::EchoArrives:
        return c.take(*std::exchange(w.echo, std::nullopt));
      case Act::DiskCatchesUp:
        return c.catch_up();
      case Act::PowerCut:
        w.left.crashes -= 1;
        return c.power_cut(m.arg);
      case Act::UplinkBoots:
      case Act::PrinterBoots:
      case Act::AcceptorBoots:
      case Act::CardBoots:
        return boots();
      default:
        return rarities();
    }
  }
};

}  // namespace

Outcome make(World& world, const Move& move, const Bounds& bounds, const StepFunction& step) {
  Course course{world, step, move.slow, {}};
  if (move.slow) world.left.slow_records -= 1;
  Making{course, world, move, bounds}.go();
  obey_enabling(world.acceptor);
  std::erase_if(world.questions, [&](const Question& q) { return q.orphan && is_idle(world.ledger, q.asked); });
  if (course.out.law.empty()) course.out.law = broken_law(world);
  return std::move(course.out);
}

}  // namespace pilotlight::exploration
