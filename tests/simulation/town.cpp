#include "tests/simulation/town.h"

#include <cstdio>

#include "kiosk/base/check.h"
#include "tests/simulation/world.h"

namespace pilotlight::simulation {
namespace {

constexpr std::int64_t epoch_ms = 1'796'083'200'000;   // 2026-12-01 00:00 UTC
constexpr std::int64_t longest_ms = 12 * 3600 * 1000;  // of a town's life
constexpr std::int64_t recovery_ms = 150'000;          // longer than any wait of the core for money

std::string padded(unsigned value, int width) {
  char text[32];
  std::snprintf(text, sizeof text, "%0*u", width, value);
  return text;
}

}  // namespace

TownReport play(const TownOptions& options) {
  TownWorld world(options);
  return world.run();
}

TownWorld::TownWorld(const TownOptions& options)
    : options_(options), chance_(options.seed), story_(schedule_, options.told), visits_left_(options.visits) {
  MemoryDisk::set_random([random = Chance(options.seed).fork("sqlite")]() mutable { return random.next(); });
  MemoryDisk::set_clock([this] { return epoch_ms + schedule_.now(); });
  build();
}

void TownWorld::build() {
  TownBooks books;
  books.tariffs_csv =
      "tariff,upto_m3,price_yuan,per_sale_m3\nresidential,360,3.50,300\nresidential,600,4.20,300\nresidential,,5.25,"
      "300\n";
  books.accounts_csv =
      "account,name,address,class,tariff,open,safety_hold,supply_stopped,arrears_yuan,due_date,year,year_m3\n";
  books.cards_csv = "card_number,account,purchase_number,replacement_count,state\n";
  Chance chance = chance_.fork("town");
  for (unsigned i = 0; i < options_.households; ++i) {
    const std::string card_number = "61010000" + padded((i + 1) * 10 + 7, 8);
    const auto number = static_cast<std::uint32_t>(chance.between(1, 6));
    const bool unloaded = chance.percent(15);
    households_.push_back(std::make_unique<Household>(card_number, number, unloaded ? 12'340 : 0));
    // The last two are relatives: two cards, one account.
    const unsigned account = i + 1 == options_.households && i > 1 ? i - 1 : i;
    if (account == i)
      books.accounts_csv += "6101" + padded(i + 1, 8) +
                            ",王秀英,幸福路8号,residential,residential,yes,no,no,0.00,,2026," +
                            (chance.percent(30) ? "345.00" : "12.00") + "\n";
    books.cards_csv += card_number + ",6101" + padded(account + 1, 8) + "," + std::to_string(number) + ",0,active\n";
    tell_card(*households_.back());
  }
  ledger_ = std::make_unique<LedgerSite>(
      schedule_, story_, chance_.fork("ledger"), epoch_ms, books,
      LedgerSite::Watch{[this](sqlite3* db) { auditor_.look_at_ledger(db); },
                        [this](sqlite3* db, bool restored) {
                          restored ? auditor_.ledger_restored(db) : auditor_.ledger_reopened(db);
                        },
                        [this](sqlite3* db) { auditor_.closing(db); },
                        [this] { later(2000, 60'000, [this] { ledger_->power_on(); }); }});
  corners_.resize(options_.terminals);
  for (std::size_t i = 0; i < corners_.size(); ++i) {
    const std::string name = "T000" + std::to_string(i + 1);
    ledger_->add_terminal(name);
    corners_[i].terminal =
        std::make_unique<TerminalSite>(name, schedule_, story_, chance_.fork(name), epoch_ms, network(i), eyes(i));
  }
  auditor_.look_at_ledger(ledger_->eye());
  ledger_->keep_copy();
  for (std::size_t i = 0; i < corners_.size(); ++i) {
    if (options_.lying_disks) corners_[i].terminal->lie_about_syncs();
    corners_[i].terminal->power_on();
    schedule_.in(5000, [this, i] { next_visit(i); });
  }
}

TerminalSite::Watch TownWorld::eyes(std::size_t index) {
  const std::string name = "T000" + std::to_string(index + 1);
  TerminalSite::Watch watch;
  watch.boxed = [this, name](const cabinet::Note& note, bool by_command) {
    auditor_.note_in_box(name, note.id, std::int64_t{note.value} * 100,
                         by_command ? audit::Stacked::ByCommand : audit::Stacked::ByItself);
  };
  watch.card_changed = [this](const Household& household) { tell_card(household); };
  watch.piece = [this, name](const PaperPiece& piece) { auditor_.printed({name, piece.lines, piece.whole}); };
  watch.acceptor_enabled = [this, name](bool uplink, bool paper) { auditor_.acceptor_enabled(name, uplink, paper); };
  watch.journal_opened = [this, name](sqlite3* db) { auditor_.reopened(name, db); };
  watch.journal_closing = [this](sqlite3* db) { auditor_.closing(db); };
  watch.committed = [this, name](sqlite3* db) { auditor_.look_at_journal(name, db); };
  watch.event = [this, index](const core::Event& event) {
    Corner& corner = corners_[index];
    const auto page = static_cast<std::size_t>(corner.terminal->screen().talk.page);
    ++report_.pairs[page][event.fact.index()];
    const auto trigger = [&](Trigger which) {
      auto& at = corner.triggered[static_cast<std::size_t>(which)];
      if (!at) at = corner.steps;
    };
    if (std::holds_alternative<core::NoteEscrowed>(event.fact)) trigger(Trigger::Money);
    if (std::holds_alternative<core::ChallengeGiven>(event.fact)) trigger(Trigger::Write);
    const auto* identified = std::get_if<core::IdentifyAnswered>(&event.fact);
    if (faults_over_ && identified != nullptr && identified->answered)
      cards_read_.insert(corner.terminal->screen().talk.card.card_number);
  };
  watch.recorded = [this](const wire::Record& record) {
    if (std::holds_alternative<wire::SessionOpened>(record)) ++report_.sessions;
    if (const auto* ended = std::get_if<wire::SessionEnded>(&record))
      ++report_.endings[static_cast<std::size_t>(ended->ending)];
  };
  watch.stepped = [this, index] { stepped(index); };
  watch.died = [this, index] { later(2000, 40'000, [this, index] { corners_[index].terminal->power_on(); }); };
  return watch;
}

void TownWorld::tell_card(const Household& household) {
  if (const auto copy = household.copy())
    auditor_.card(household.card_number(), copy->purchase_number, copy->volume, copy->total);
}

bool TownWorld::busy(const Household& household) const {
  for (const Corner& corner : corners_) {
    if (corner.visit && &corner.visit->household() == &household) return true;
    if (corner.terminal->slot.inside() == &household) return true;
  }
  return false;
}

// Between two visits a card goes home, and most people put it into the meter.
void TownWorld::at_home(Household& household) {
  const auto before = household.copy();
  const auto outcome = household.load();
  if (outcome.loaded > 0) {
    story_.tell("home", static_cast<std::uint64_t>(outcome.loaded),
                [&] { return household.card_number() + " loads " + std::to_string(outcome.loaded) + " litres"; });
    auditor_.meter_loaded(household.card_number(), before->purchase_number, outcome.loaded);
  }
  tell_card(household);
}

void TownWorld::next_visit(std::size_t index) {
  Corner& corner = corners_[index];
  if (corner.visit || faults_over_) return;
  corner.planned.clear();
  if (visits_left_ == 0) return;
  corner.terminal->slot.take();  // a forgotten card goes back to its owner
  corner.terminal->validator.take_from_mouth();
  Household& household = *households_[chance_.below(households_.size())];
  if (busy(household)) {
    schedule_.in(2000, [this, index] { next_visit(index); });
    return;
  }
  --visits_left_;
  ++report_.visits;
  if (options_.faults.contains(Fault::LedgerRestored) && chance_.one_in(15)) ledger_->keep_copy();
  if (chance_.percent(85)) at_home(household);
  plan_faults(corner);
  begin_visit(index, household, Temper{false, false, static_cast<unsigned>(chance_.between(0, 15))});
}

void TownWorld::begin_visit(std::size_t index, Household& household, Temper temper) {
  Corner& corner = corners_[index];
  corner.steps = 0;
  corner.triggered = {0, std::nullopt, std::nullopt};
  corner.visit = std::make_unique<Visit>(*corner.terminal, household, temper, Chance(chance_.next()), schedule_.now());
  story_.tell(corner.terminal->name(), 1, [&] { return "--- a customer with card " + household.card_number(); });
  turn_visit(index);
}

void TownWorld::turn_visit(std::size_t index) {
  Corner& corner = corners_[index];
  if (!corner.visit) return;
  const std::int64_t again = corner.visit->turn(schedule_.now());
  if (again > 0) {
    schedule_.in(again, [this, index] { turn_visit(index); });
    return;
  }
  story_.tell(corner.terminal->name(), 2, [] { return std::string("--- she leaves"); });
  corner.visit.reset();
  if (!faults_over_) schedule_.in(chance_.between(500, 20'000), [this, index] { next_visit(index); });
}

void TownWorld::stepped(std::size_t index) {
  Corner& corner = corners_[index];
  ++corner.steps;
  const core::State& screen = corner.terminal->screen();
  if (screen.talk.page == core::Page::Result && corner.terminal->may_show()) {
    const std::pair now{screen.talk.session, screen.talk.document_number};
    if (corner.shown != now) {
      corner.shown = now;
      const wire::SessionEnded& told = screen.talk.outcome;
      auditor_.shown({corner.terminal->name(), to_string(told.session), enum_name(told.ending), told.tendered.fen,
                      told.delivered.fen, told.credited.fen, told.pending.fen, told.in_doubt.fen,
                      screen.talk.document_number});
    }
  }
  for (auto plan = corner.planned.begin(); plan != corner.planned.end();) {
    const auto [number, fault] = *plan;
    const auto since = corner.triggered[static_cast<std::size_t>(fault.since)];
    if (!since || corner.steps < *since + fault.after) {
      ++plan;
      continue;
    }
    plan = corner.planned.erase(plan);
    const bool carried_out = !options_.left_out.contains(number);
    // Not in the middle of a step: at any moment until what is asked for now has been answered.
    if (carried_out)
      schedule_.in(fault.detail % 4 == 0 ? 0 : static_cast<std::int64_t>(fault.detail / 4 % 400),
                   [this, index, fault = fault] { inject(index, fault); });
  }
}

void TownWorld::judge() {
  if (report_.violation) return;
  report_.violation = auditor_.check(schedule_.now());
  if (report_.violation) report_.at_ms = schedule_.now();
}

bool TownWorld::run_until(std::int64_t until) {
  while (!report_.violation && schedule_.step(until)) judge();
  return !report_.violation;
}

void TownWorld::heal() {
  faults_over_ = true;
  for (Corner& corner : corners_) {
    corner.planned.clear();
    corner.cut = corner.request_lost = corner.request_twice = corner.request_late = false;
    corner.reply_lost = corner.reply_garbage = corner.reply_status = false;
    corner.terminal->set_disk_full(false);
    corner.terminal->keep_power();
    corner.terminal->validator.heal();
    corner.terminal->slot.mishaps = {};
    corner.terminal->slot.take();
    corner.terminal->slot.set_reader(true);
    corner.terminal->printer.set_power(true);
    corner.terminal->printer.set_paper(true);
    corner.terminal->printer.set_cover(false);
    if (corner.terminal->running() && corner.terminal->screen().devices.journal_failed)
      corner.terminal->cut_power(Crash::KeepAll);
    corner.terminal->power_on();
  }
  ledger_->keep_power();
  ledger_->power_on();
  ledger_->renew_certificates();
  auditor_.fault_active(false);
}

// With everything well again, each card lies once in a reader: what was open on it is resolved there.
void TownWorld::read_every_card() {
  for (std::size_t i = 0; i < households_.size() && !report_.violation; ++i) {
    const std::size_t index = i % corners_.size();
    begin_visit(index, *households_[i], Temper{true, true, 0});
    const std::int64_t most = schedule_.now() + 10 * 60'000;
    while (corners_[index].visit && schedule_.now() < most && run_until(schedule_.now() + 1000)) {
    }
    run_until(schedule_.now() + 5000);
  }
}

TownReport TownWorld::run() {
  const auto done = [this] {
    if (visits_left_ > 0) return false;
    for (const Corner& corner : corners_)
      if (corner.visit) return false;
    return true;
  };
  while (!done() && schedule_.now() < longest_ms && run_until(schedule_.now() + 1000)) {
  }
  if (!report_.violation) {
    run_until(schedule_.now() + 5000);
    heal();
    run_until(schedule_.now() + recovery_ms);
    read_every_card();
    const auto all_delivered = [this] {
      for (const Corner& corner : corners_)
        if (!corner.terminal->all_delivered()) return false;
      return true;
    };
    const std::int64_t most = schedule_.now() + 10 * 60'000;
    while (!all_delivered() && schedule_.now() < most && run_until(schedule_.now() + 1000)) {
    }
    run_until(schedule_.now() + 2000);
    if (!report_.violation) {
      audit::SettledWith with;
      with.cards_read = cards_read_;
      report_.violation = auditor_.settled(schedule_.now(), with);
      report_.at_ms = schedule_.now();
    }
  }
  report_.hash = story_.hash();
  report_.planned_faults = planned_;
  report_.audited = auditor_.counts();
  for (Corner& corner : corners_) corner.terminal->cut_power(Crash::KeepAll);
  return report_;
}

}  // namespace pilotlight::simulation
