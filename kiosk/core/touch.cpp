// What touches and time-outs mean on each page. There is a way out of every page, and none of them loses money.
#include "kiosk/core/turn.h"

namespace pilotlight::core {
namespace {

bool nothing_put_in(const Session& session) {
  return session.stacked().fen == 0 && session.in_doubt().fen == 0 && !session.note_moving();
}

void take_card_or_start(Turn& t) {
  t.perform(ReleaseCard{});
  t.devices().card_present ? t.show_until(Page::TakeCard, t.settings().take_card_ms) : to_start(t);
}

// Ends what is on the page; the money in the box, if any, goes to the account.
void cancel(Turn& t) {
  const Session* session = t.session();
  switch (t.talk().page) {
    case Page::InsertCard:
      return to_start(t);
    case Page::CardProblem:
    case Page::NotSold:
      return take_card_or_start(t);
    case Page::Reading:
      if (session == nullptr) return take_card_or_start(t);
      return finish(t, wire::Ending::NothingTendered);
    case Page::Account:
    case Page::Amount:
    case Page::Keypad:
      return finish(t, wire::Ending::NothingTendered);
    case Page::Cash:
      return close_tender(t, Page::Result);
    case Page::Settling:
      t.talk().resume = Page::Result;
      return after_rest(t);
    case Page::Confirm:
    case Page::UplinkWait:
      return finish_by_money(t);
    case Page::CardOut:
      return t.talk().resume == Page::Working ? give_up_authorising(t) : finish_by_money(t);
    default:
      return;
  }
}

void on_cancel(Turn& t) {
  const Session* session = t.session();
  const bool money = session != nullptr && !nothing_put_in(*session);
  const bool asks = t.talk().page == Page::Cash || t.talk().page == Page::Confirm || t.talk().page == Page::CardOut ||
                    t.talk().page == Page::UplinkWait;
  if (money && asks && t.talk().overlay != Overlay::CancelQuestion) {
    t.talk().overlay = Overlay::CancelQuestion;
    return;
  }
  t.talk().overlay = Overlay::None;
  cancel(t);
}

void on_back(Turn& t) {
  switch (t.talk().page) {
    case Page::InsertCard:
    case Page::Account:
    case Page::Reading:
      return cancel(t);
    case Page::Amount:
      return t.show(Page::Account);
    case Page::Keypad:
      return t.show(Page::Amount);
    case Page::Cash:
      if (t.session() != nullptr && nothing_put_in(*t.session())) close_tender(t, Page::Amount);
      return;
    default:
      return;
  }
}

void choose_goal(Turn& t, Money amount) {
  const bool page = t.talk().page == Page::Amount || t.talk().page == Page::Keypad;
  if (!page || amount.fen <= 0 || amount > room_left(t.state)) return;
  t.talk().goal = amount;
  open_tender(t);
}

void type_digit(Turn& t, std::int64_t digit) {
  std::string& typed = t.talk().typed;
  if (t.talk().page != Page::Keypad || digit < 0 || digit > 9 || typed.size() >= 5) return;
  if (typed.empty() && digit == 0) return;
  typed.push_back(static_cast<char>('0' + digit));
}

void accept_typed(Turn& t) {
  std::int64_t amount = 0;
  for (const char c : t.talk().typed) amount = amount * 10 + (c - '0');
  choose_goal(t, yuan(amount));
}

void show_overlay(Turn& t, Overlay overlay) {
  if (overlay == Overlay::StaffCalled && t.talk().overlay != overlay)
    t.record(wire::Incident{"staff.called", std::string(enum_name(t.talk().page))});
  t.talk().overlay = overlay;
}

void on_continue(Turn& t) {
  switch (t.talk().page) {
    case Page::Account:
      return t.show(Page::Amount);
    case Page::Result:
      return leave_result(t);
    case Page::CardProblem:
    case Page::NotSold:
      return take_card_or_start(t);
    case Page::TakeCard:
      if (!t.devices().card_present) to_start(t);
      return;
    default:
      return;
  }
}

void on_finish_feeding(Turn& t) {
  if (t.talk().page == Page::Cash && t.session() != nullptr && !nothing_put_in(*t.session()))
    close_tender(t, Page::Confirm);
}

}  // namespace

void on_touch(Turn& t, const Intent& intent) {
  const Page page = t.talk().page;
  t.activity();
  switch (intent.wish) {
    case Wish::Start:
      if (page == Page::Attract) t.show(Page::Home);
      return;
    case Wish::TopUp:
      if (page == Page::Home) t.devices().card_present ? start_reading(t) : t.show(Page::InsertCard);
      return;
    case Wish::SwitchLanguage:
      if (t.settings().two_languages)
        t.talk().language = t.talk().language == Language::Chinese ? Language::English : Language::Chinese;
      return;
    case Wish::SmellGas:
      return show_overlay(t, Overlay::SmellGas);
    case Wish::Help:
      return show_overlay(t, Overlay::Help);
    case Wish::CallStaff:
      return show_overlay(t, Overlay::StaffCalled);
    case Wish::CloseOverlay:
      t.talk().overlay = Overlay::None;
      return;
    case Wish::Back:
      return on_back(t);
    case Wish::Cancel:
      return on_cancel(t);
    case Wish::Continue:
      return on_continue(t);
    case Wish::ChooseAmount:
      return choose_goal(t, intent.amount);
    case Wish::OpenKeypad:
      t.talk().typed.clear();
      if (page == Page::Amount) t.show(Page::Keypad);
      return;
    case Wish::Digit:
      return type_digit(t, intent.amount.fen);
    case Wish::Erase:
      if (!t.talk().typed.empty()) t.talk().typed.pop_back();
      return;
    case Wish::AcceptTyped:
      return accept_typed(t);
    case Wish::FinishFeeding:
      return on_finish_feeding(t);
    case Wish::FeedMore:
      if (page == Page::Confirm) open_tender(t);
      return;
    case Wish::Confirm:
      t.talk().quote_changed = false;
      if (page == Page::Confirm && t.devices().card_present && purchase_now(t.state)) start_top_up(t);
      return;
  }
}

namespace {

void on_deadline(Turn& t) {
  t.talk().deadline_ms = 0;
  switch (t.talk().page) {
    case Page::Reading:
      t.talk().refusal = wire::Refusal::OutOfService;
      if (t.session() != nullptr) t.record(outcome_of(*t.session(), wire::Ending::NothingTendered));
      t.perform(ReleaseCard{});
      return t.show(Page::NotSold);
    case Page::Settling:
      for (const Note& note : std::vector<Note>(t.session()->notes))
        if (note.status == NoteStatus::Stacking) t.record(wire::NoteInDoubt{t.session()->id, note.id, note.value});
      return finish_by_money(t);
    case Page::Working:
      return give_up_authorising(t);
    case Page::CardOut:
      return t.talk().resume == Page::Working ? give_up_authorising(t) : finish_by_money(t);
    case Page::UplinkWait:
      return finish_by_money(t);
    case Page::Result:
      return leave_result(t);
    case Page::TakeCard:
      t.talk().card_forgotten = true;
      t.talk().announcement.count += 1;
      t.talk().announcement.call = Call::CardForgotten;
      t.talk().deadline_ms = t.now() + t.settings().take_card_ms;
      return;
    default:
      return;
  }
}

// Nobody there means what the one who left would have touched; there is nobody to ask.
void on_idle(Turn& t) {
  const Page page = t.talk().page;
  if (page != Page::Home && page != Page::Attract && page != Page::OutOfService) return cancel(t);
  t.talk().language = t.settings().first_language;
  t.talk().overlay = Overlay::None;
  if (page == Page::Home) t.show(Page::Attract);
}

}  // namespace

std::int64_t idle_limit(const State& state) {
  switch (state.talk.page) {
    case Page::Home:
      return state.settings.attract_ms;
    case Page::Attract:
    case Page::OutOfService:  // as the next one should find it
      return state.talk.overlay != Overlay::None || state.talk.language != state.settings.first_language
                 ? state.settings.attract_ms
                 : 0;
    case Page::InsertCard:
    case Page::CardProblem:
    case Page::NotSold:
    case Page::Account:
    case Page::Amount:
    case Page::Keypad:
    case Page::Cash:
    case Page::Confirm:
      return state.settings.page_ms;
    default:
      return 0;
  }
}

namespace {

bool asks_first(Page page) {
  return page == Page::Account || page == Page::Amount || page == Page::Keypad || page == Page::Cash ||
         page == Page::Confirm;
}

// When the idle page ends, and when the question comes.
struct IdleTimes {
  std::int64_t ask_ms = 0;
  std::int64_t end_ms = 0;
};
std::optional<IdleTimes> idle_times(const State& state) {
  const std::int64_t limit = idle_limit(state);
  if (limit == 0) return std::nullopt;
  const std::int64_t ask = state.talk.last_activity_ms + limit;
  return IdleTimes{ask, asks_first(state.talk.page) ? ask + state.settings.countdown_ms : ask};
}

// The end of the countdown that is on the screen.
std::optional<std::int64_t> visible_end(const State& state) {
  const Conversation& talk = state.talk;
  if (talk.overlay == Overlay::StillThere) {
    const auto times = idle_times(state);
    if (times) return times->end_ms;
  }
  const bool counted = talk.page == Page::CardOut || talk.page == Page::UplinkWait || talk.page == Page::Working ||
                       talk.page == Page::Settling || talk.page == Page::Result || talk.page == Page::Reading;
  if (counted && talk.deadline_ms != 0) return talk.deadline_ms;
  return std::nullopt;
}

}  // namespace

void on_time_out(Turn& t) {
  Conversation& talk = t.talk();
  if (talk.settle_notes_ms != 0 && t.now() >= talk.settle_notes_ms) settle_notes(t);
  if (talk.retry_ms != 0 && t.now() >= talk.retry_ms) {
    if (recovering(t.state)) {
      talk.retry_ms = 0;
      t.state.recovery.abandon_asked = false;
    } else {
      retry_question(t);
    }
  }
  if (talk.deadline_ms != 0 && t.now() >= talk.deadline_ms) return on_deadline(t);
  const auto idle = idle_times(t.state);
  if (!idle) return;
  if (t.now() >= idle->end_ms) return on_idle(t);
  if (t.now() >= idle->ask_ms) talk.overlay = Overlay::StillThere;
}

std::optional<std::int64_t> countdown_seconds(const State& state) {
  const auto end = visible_end(state);
  if (!end) return std::nullopt;
  const std::int64_t left = *end - state.now.steady_ms;
  return left <= 0 ? 0 : (left + 999) / 1000;
}

std::optional<std::int64_t> deadline(const State& state) {
  std::optional<std::int64_t> next;
  const auto consider = [&](std::optional<std::int64_t> at) {
    if (at && *at != 0 && (!next || *at < *next)) next = *at;
  };
  const Conversation& talk = state.talk;
  consider(talk.settle_notes_ms);
  consider(talk.retry_ms);
  consider(talk.deadline_ms);
  consider(recovery_deadline(state));
  if (const auto idle = idle_times(state)) {
    if (talk.overlay != Overlay::StillThere) consider(idle->ask_ms);
    consider(idle->end_ms);
  }
  if (const auto end = visible_end(state)) {  // the next full second of a visible countdown
    const std::int64_t left = *end - state.now.steady_ms;
    if (left > 0) consider(state.now.steady_ms + (left - 1) % 1000 + 1);
  }
  return next;
}

}  // namespace pilotlight::core
