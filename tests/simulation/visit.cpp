#include "tests/simulation/visit.h"

#include <algorithm>

namespace pilotlight::simulation {
namespace {

using core::Overlay;
using core::Page;
using core::Wish;

constexpr std::int64_t patience_ms = 6 * 60'000;

}  // namespace

Visit::Visit(TerminalSite& terminal, Household& household, Temper temper, Chance chance, std::int64_t now)
    : terminal_(terminal), household_(household), temper_(temper), chance_(chance), until_(now + patience_ms) {}

void Visit::touch(Wish wish, Money amount) {
  terminal_.touch({wish, amount});
  if (hasty() && terminal_.running()) terminal_.touch({wish, amount});  // everything twice
}

std::int64_t Visit::turn(std::int64_t now) {
  if (!act(now)) return 0;
  return temper_.calm ? chance_.between(700, 1500) : chance_.between(200, 2500);
}

// Takes what is hers, or forgets it.
bool Visit::leave() {
  if (!hasty() || chance_.percent(70)) {
    if (terminal_.slot.inside() == &household_) terminal_.slot.take();
    terminal_.validator.take_from_mouth();
  }
  return false;
}

bool Visit::in_the_dark(std::int64_t now) {
  if (temper_.calm && now < until_) return true;
  return chance_.percent(80) && now < until_ ? true : leave();
}

bool Visit::on_overlay(Overlay overlay) {
  switch (overlay) {
    case Overlay::CancelQuestion:
      touch(chance_.percent(50) ? Wish::Cancel : Wish::CloseOverlay);
      return true;
    case Overlay::StillThere:
      if (hasty()) return leave();
      touch(Wish::CloseOverlay);
      return true;
    default:
      touch(Wish::CloseOverlay);
      return true;
  }
}

void Visit::random_touch() {
  const auto wish = static_cast<Wish>(chance_.below(enum_count<Wish>()));
  const Money amount = wish == Wish::Digit ? Money{chance_.between(0, 9)} : yuan(chance_.between(0, 300));
  terminal_.touch({wish, amount});
}

bool Visit::at_money(const core::State& screen) {
  Validator& slot = terminal_.validator;
  if (slot.note_in_mouth()) {
    const auto back = slot.take_from_mouth();
    if (back) fed_ -= *back;
    return true;
  }
  switch (screen.talk.page) {
    case Page::Cash: {
      if (hasty()) {
        if (chance_.percent(40) && terminal_.slot.inside() == &household_) terminal_.slot.take();
        touch(chance_.percent(50) ? Wish::Cancel : Wish::Back);
        return true;
      }
      const bool enough = fed_ >= goal_yuan_ || (fed_ > 0 && chance_.percent(temper_.calm ? 0 : 10));
      if (enough && !slot.note_moving()) {
        touch(Wish::FinishFeeding);
        return true;
      }
      if (!slot.inviting()) return true;
      constexpr std::array<std::uint32_t, 7> notes{1, 5, 10, 20, 50, 100, 2};
      const std::uint32_t note =
          goal_yuan_ - fed_ >= 100 && chance_.percent(60) ? 100 : notes[chance_.below(temper_.calm ? 6 : 7)];
      if (slot.insert(note)) fed_ += note;
      return true;
    }
    case Page::Confirm:
      if (hasty()) {
        if (chance_.percent(40) && terminal_.slot.inside() == &household_)
          terminal_.slot.take();
        else
          touch(chance_.percent(50) ? Wish::Cancel : Wish::FeedMore);
        return true;
      }
      touch(Wish::Confirm);
      return true;
    case Page::Working:
      if (hasty() && chance_.percent(50) && terminal_.slot.inside() == &household_) terminal_.slot.take();
      return true;
    case Page::CardOut:
      if (!temper_.calm && chance_.percent(18)) return leave();  // has seen enough of it for today
      if (terminal_.slot.inside() == nullptr) terminal_.slot.insert(household_);
      return true;
    default:
      return true;  // Settling, UplinkWait: she waits
  }
}

void Visit::choose(const core::State& screen) {
  if (screen.talk.page == Page::Amount) {
    if (hasty() && chance_.percent(30)) return touch(chance_.percent(50) ? Wish::Back : Wish::OpenKeypad);
    constexpr std::array<std::int64_t, 4> amounts{50, 100, 150, 200};
    goal_yuan_ = amounts[chance_.below(amounts.size())];
    return touch(Wish::ChooseAmount, yuan(goal_yuan_));
  }
  if (screen.talk.typed.size() < 2 && !hasty()) return touch(Wish::Digit, Money{chance_.between(1, 9)});
  goal_yuan_ = 30;
  touch(chance_.percent(80) ? Wish::AcceptTyped : Wish::Back);
}

bool Visit::act(std::int64_t now) {
  if (now >= until_) return leave();
  if (!terminal_.running()) return in_the_dark(now);
  if (!terminal_.may_show()) return true;
  const core::State& screen = terminal_.screen();
  if (screen.talk.overlay != Overlay::None) return on_overlay(screen.talk.overlay);
  if (!temper_.calm && chance_.percent(2)) random_touch();
  if (!terminal_.running()) return true;
  const bool inside = terminal_.slot.inside() == &household_;
  switch (screen.talk.page) {
    case Page::Attract:
      touch(Wish::Start);
      return true;
    case Page::Home:
      if (read_once_ && !inside) return leave();
      if (inside) {
        touch(Wish::TopUp);
      } else if (chance_.percent(30)) {
        touch(Wish::TopUp);
      } else {
        terminal_.slot.insert(household_);
      }
      return true;
    case Page::InsertCard:
      terminal_.slot.insert(household_);
      return true;
    case Page::Reading:
      read_once_ = true;
      if (hasty() && chance_.percent(20)) return leave();
      return true;
    case Page::CardProblem:
    case Page::NotSold:
      touch(Wish::Continue);
      return leave();
    case Page::Account:
      read_once_ = true;
      if (temper_.looks_only || (hasty() && chance_.percent(30))) {
        touch(Wish::Cancel);
        return leave();
      }
      touch(Wish::Continue);
      return true;
    case Page::Amount:
    case Page::Keypad:
      choose(screen);
      return true;
    case Page::Result:
      if (screen.talk.slip == core::SlipState::Printing && (temper_.calm || chance_.percent(80))) return true;
      touch(Wish::Continue);
      return true;
    case Page::TakeCard:
      return leave();
    case Page::OutOfService:
      return in_the_dark(now);
    default:
      return at_money(screen);
  }
}

}  // namespace pilotlight::simulation
