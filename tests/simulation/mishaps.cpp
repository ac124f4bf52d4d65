// What goes wrong in the town: which fault, when, and who puts it right again.
#include <array>

#include "tests/simulation/world.h"

namespace pilotlight::simulation {

void TownWorld::later(std::int64_t least, std::int64_t most, Schedule::Action action) {
  schedule_.in(chance_.between(least, most), [this, action = std::move(action)] {
    if (!faults_over_) action();
  });
}

void TownWorld::plan_faults(Corner& corner) {
  if (options_.faults.empty() || !chance_.percent(options_.faulty_percent)) return;
  const std::vector<Fault> kinds(options_.faults.begin(), options_.faults.end());
  const unsigned count = chance_.percent(70) ? 1 : static_cast<unsigned>(chance_.between(2, 3));
  for (unsigned i = 0; i < count; ++i) {
    PlannedFault fault;
    fault.fault = kinds[chance_.below(kinds.size())];
    const std::uint64_t dice = chance_.below(100);
    fault.since = dice < 20 ? Trigger::Visit : dice < 55 ? Trigger::Money : Trigger::Write;
    const bool soon = fault.since == Trigger::Write || chance_.percent(50);
    fault.after = static_cast<std::uint32_t>(soon ? chance_.below(10) : chance_.below(60));
    fault.detail = chance_.next() >> 8;
    corner.planned.emplace_back(planned_++, fault);
    report_.fault_words.push_back(corner.terminal->name() + " " + std::string(enum_name(fault.fault)) + " " +
                                  std::to_string(fault.after) + " steps after " + std::string(enum_name(fault.since)));
  }
}

Phase TownWorld::phase(const Corner& corner) const {
  if (!corner.terminal->running()) return Phase::NoSession;
  const core::State& state = corner.terminal->screen();
  const core::Session* session = core::current_session(state);
  if (session == nullptr) {
    const bool after = state.talk.page == core::Page::Result || state.talk.page == core::Page::TakeCard;
    return after ? Phase::AfterCard : Phase::NoSession;
  }
  if (session->top_up() != nullptr) return Phase::Write;
  return session->notes.empty() && !corner.terminal->validator.note_moving() ? Phase::BeforeMoney : Phase::Money;
}

void TownWorld::inject(std::size_t index, const PlannedFault& fault) {
  if (faults_over_ || report_.violation) return;
  Corner& corner = corners_[index];
  const Phase now = phase(corner);
  auditor_.fault_active(true);
  const bool done = inject_terminal(corner, fault) || inject_validator(corner, fault) ||
                    inject_cabinet(corner, fault) || inject_network(corner, fault) || inject_ledger(corner, fault);
  if (!done) return;
  report_.faults.add(fault.fault, now);
  story_.tell(corner.terminal->name(), static_cast<std::uint64_t>(fault.fault),
              [&] { return "*** " + std::string(enum_name(fault.fault)) + " (" + std::string(enum_name(now)) + ")"; });
}

bool TownWorld::inject_terminal(Corner& corner, const PlannedFault& fault) {
  TerminalSite& terminal = *corner.terminal;
  if (!terminal.running()) return false;
  const auto back = [this, &terminal] { later(2000, 40'000, [&terminal] { terminal.power_on(); }); };
  switch (fault.fault) {
    case Fault::TerminalPower:
      terminal.cut_power(Crash::Random);
      back();
      return true;
    case Fault::TerminalKilled:
      terminal.cut_power(Crash::KeepAll);
      back();
      return true;
    case Fault::TerminalPowerInWrite:
      terminal.cut_power_in_write(fault.detail % 24);
      return true;
    case Fault::TerminalDiskFull:
      terminal.set_disk_full(true);
      later(10'000, 60'000, [this, &terminal] {
        terminal.set_disk_full(false);
        terminal.cut_power(Crash::KeepAll);
        later(1000, 5000, [&terminal] { terminal.power_on(); });
      });
      return true;
    case Fault::TerminalClockSet:
      terminal.move_clock(chance_.between(-3 * 86'400'000LL, 3 * 86'400'000LL));
      return true;
    default:
      return false;
  }
}

bool TownWorld::inject_validator(Corner& corner, const PlannedFault& fault) {
  Validator& validator = corner.terminal->validator;
  const auto heal = [this, &validator](std::int64_t least, std::int64_t most) {
    later(least, most, [&validator] { validator.heal(); });
  };
  switch (fault.fault) {
    case Fault::ValidatorPower:
      validator.set_power(false);
      later(1000, 30'000, [&validator] { validator.set_power(true); });
      return true;
    case Fault::ValidatorLineCut:
      validator.set_line(false);
      later(500, 20'000, [&validator] { validator.set_line(true); });
      return true;
    case Fault::ValidatorMute:
      validator.damage.mute = 1 + static_cast<unsigned>(fault.detail % 4);
      return true;
    case Fault::ValidatorCorrupt:
      validator.damage.corrupt = 1 + static_cast<unsigned>(fault.detail % 4);
      return true;
    case Fault::ValidatorGarbage:
      validator.damage.garbage = 1 + static_cast<unsigned>(fault.detail % 4);
      return true;
    case Fault::ValidatorLate:
      validator.damage.late = 1 + static_cast<unsigned>(fault.detail % 2);
      return true;
    case Fault::NoteJam:
    case Fault::NoteSafeJam:
      if (!validator.jam(fault.fault == Fault::NoteJam ? cabinet::Jam::Unsafe : cabinet::Jam::Safe)) return false;
      heal(20'000, 120'000);
      return true;
    case Fault::NoteFished:
      return validator.fish();
    case Fault::StackerFull:
      validator.set_full(true);
      later(20'000, 90'000, [&validator] { validator.set_full(false); });
      return true;
    case Fault::StaffEmptiesBox:
      validator.collect();
      return true;
    default:
      return false;
  }
}

bool TownWorld::inject_cabinet(Corner& corner, const PlannedFault& fault) {
  TerminalSite& terminal = *corner.terminal;
  Printer& printer = terminal.printer;
  switch (fault.fault) {
    case Fault::CardTorn:
      terminal.slot.mishaps.tear_at = fault.detail % 24;
      return true;
    case Fault::CardPulled:
      terminal.slot.mishaps.pull_before = static_cast<unsigned>(fault.detail % 8);
      return true;
    case Fault::CardSwitched:
      if (Household* const card = terminal.slot.take()) return terminal.slot.insert(*card);
      return false;
    case Fault::ReaderUnplugged:
      terminal.slot.set_reader(false);
      later(1000, 40'000, [&terminal] { terminal.slot.set_reader(true); });
      return true;
    case Fault::PaperOut:
      fault.detail % 3 == 0 ? printer.set_paper(false) : printer.end_paper_after(fault.detail % 700);
      later(5000, 100'000, [&printer] { printer.set_paper(true); });
      return true;
    case Fault::PrinterPower:
      fault.detail % 3 == 0 ? printer.set_power(false) : printer.lose_power_after(fault.detail % 700);
      later(5000, 60'000, [&printer] { printer.set_power(true); });
      return true;
    case Fault::PrinterCover:
      printer.set_cover(true);
      later(3000, 30'000, [&printer] { printer.set_cover(false); });
      return true;
    default:
      return false;
  }
}

bool TownWorld::inject_network(Corner& corner, const PlannedFault& fault) {
  switch (fault.fault) {
    case Fault::RequestLost:
      return corner.request_lost = true;
    case Fault::RequestTwice:
      return corner.request_twice = true;
    case Fault::RequestLate:
      return corner.request_late = true;
    case Fault::ReplyLost:
      return corner.reply_lost = true;
    case Fault::ReplyGarbage:
      return corner.reply_garbage = true;
    case Fault::ReplyStatus:
      return corner.reply_status = true;
    case Fault::NetworkCut:
      corner.cut = true;
      later(3000, 120'000, [&corner] { corner.cut = false; });
      return true;
    default:
      return false;
  }
}

bool TownWorld::inject_ledger(Corner& corner, const PlannedFault& fault) {
  const auto back = [this](std::int64_t least, std::int64_t most) {
    later(least, most, [this] { ledger_->power_on(); });
  };
  switch (fault.fault) {
    case Fault::LedgerPower:
      if (!ledger_->running()) return false;
      ledger_->cut_power(fault.detail % 2 == 0 ? Crash::Random : Crash::KeepAll);
      back(2000, 60'000);
      return true;
    case Fault::LedgerPowerInWrite:
      ledger_->cut_power_in_write(fault.detail % 30);
      return true;
    case Fault::LedgerDiskFull:
      ledger_->set_disk_full(true);
      later(3000, 60'000, [this] { ledger_->set_disk_full(false); });
      return true;
    case Fault::LedgerRestored:
      if (!ledger_->running()) return false;
      ledger_->restore_copy();
      return true;
    case Fault::CertificateExpired:
      ledger_->expire_certificate(corner.terminal->name());
      later(20'000, 120'000, [this] { ledger_->renew_certificates(); });
      return true;
    default:
      return false;
  }
}

Network TownWorld::network(std::size_t index) {
  return {[this] { return chance_.between(5, 120); },
          [this, index](const std::string& path, const std::string& body) { return post(index, path, body); }};
}

Network::Delivery TownWorld::post(std::size_t index, const std::string& path, const std::string& body) {
  Corner& corner = corners_[index];
  Network::Delivery delivery;
  delivery.back_ms = chance_.between(5, 120);
  if (corner.cut) {
    if (chance_.percent(50)) delivery.back_ms = 8000;
    return delivery;
  }
  if (path != "/v1/heartbeat" && (corner.request_lost || corner.request_late || corner.reply_status ||
                                  corner.reply_lost || corner.reply_garbage || corner.request_twice))
    return mishap(corner, path, body);
  auto reply = ledger_->answer(corner.terminal->name(), path, body);
  if (!reply) {
    if (chance_.percent(50)) delivery.back_ms = 8000;
  } else if (reply->status != 200) {
    delivery.answer = fail(LineError{LineFailure::Status, reply->status, {}});
  } else {
    delivery.answer = std::move(reply->body);
  }
  return delivery;
}

// One of the things that can happen to one message.
Network::Delivery TownWorld::mishap(Corner& corner, const std::string& path, const std::string& body) {
  const std::string name = corner.terminal->name();
  const auto strikes = [](bool& armed) { return armed && !(armed = false); };
  Network::Delivery delivery;
  delivery.answer = fail(LineError{LineFailure::TimedOut, 0, {}});
  delivery.back_ms = 8000;
  if (strikes(corner.request_lost)) return delivery;
  if (strikes(corner.request_late)) {
    schedule_.in(chance_.between(8500, 60'000), [this, name, path, body] { ledger_->answer(name, path, body); });
    return delivery;
  }
  if (strikes(corner.reply_status)) {
    constexpr std::array<long, 4> statuses{401, 403, 409, 500};
    if (chance_.percent(50)) ledger_->answer(name, path, body);
    delivery.answer = fail(LineError{LineFailure::Status, statuses[chance_.below(statuses.size())], {}});
    delivery.back_ms = chance_.between(5, 500);
    return delivery;
  }
  auto reply = ledger_->answer(name, path, body);
  if (strikes(corner.reply_lost)) return delivery;
  if (strikes(corner.reply_garbage)) {
    delivery.answer = std::string(chance_.percent(50) ? "<html>busy</html>" : "{\"record\":{");
    return delivery;
  }
  corner.request_twice = false;
  auto second = ledger_->answer(name, path, body);
  if (chance_.percent(50) && second) reply = std::move(second);
  if (!reply) return delivery;
  delivery.back_ms = chance_.between(5, 300);
  if (reply->status == 200)
    delivery.answer = std::move(reply->body);
  else
    delivery.answer = fail(LineError{LineFailure::Status, reply->status, {}});
  return delivery;
}

}  // namespace pilotlight::simulation
