#include "screens/present.h"

#include <array>

#include "kiosk/core/step.h"
#include "screens/present_parts.h"
#include "screens/theme.h"

namespace pilotlight::screens {

using core::Overlay;
using core::Page;
using core::Wish;

namespace {

constexpr std::int64_t slide_ms = theme::slide_show;
constexpr std::int64_t minute_ms = 60'000;

// Where a page stands on the way through a top-up: card, amount, cash, gas on the card. -1: not on it.
int way_step(const Context& c) {
  switch (c.state.talk.page) {
    case Page::InsertCard:
    case Page::Reading:
    case Page::Account:
      return 0;
    case Page::Amount:
    case Page::Keypad:
      return 1;
    case Page::Cash:
    case Page::Settling:
    case Page::Confirm:
      return 2;
    case Page::Working:
      return 3;
    case Page::Result:
      return c.state.talk.ending == wire::Ending::Delivered ? 4 : -1;
    default:
      return -1;
  }
}

Header present_header(const Context& c) {
  Header h;
  h.brand = c.say("brand");
  h.title = c.say("title." + std::string(enum_name(c.state.talk.page)));
  h.clock = clock_text(c.now.wall_ms);
  h.date = date_text(c.language, c.now.wall_ms);
  h.uplink = c.state.devices.uplink_up;
  h.offline = c.say("offline");
  const int step = way_step(c);
  if (step < 0) return h;
  h.step = step;
  for (const char* name : {"way.card", "way.amount", "way.cash", "way.done"}) h.steps.push_back(c.say(name));
  return h;
}

bool shows_back(const Context& c) {
  if (c.state.talk.overlay != Overlay::None) return false;
  const Page page = c.state.talk.page;
  if (page == Page::Cash) return c.stacked() == Money{} && !c.state.devices.note_in_motion;
  return page == Page::InsertCard || page == Page::Amount || page == Page::Keypad;
}

bool shows_cancel(const Context& c) {
  if (c.state.talk.overlay != Overlay::None) return false;
  switch (c.state.talk.page) {
    case Page::Reading:
    case Page::Account:
    case Page::Amount:
    case Page::Keypad:
    case Page::Confirm:
    case Page::CardOut:
    case Page::UplinkWait:
      return true;
    default:
      return false;
  }
}

Bar present_bar(const Context& c) {
  Bar bar;
  if (shows_back(c)) {
    bar.back = c.action("common.back", "bar.back", Wish::Back);
    bar.back->icon = Icon::Back;
  }
  if (shows_cancel(c)) {
    bar.cancel = c.action("common.cancel", "bar.cancel", Wish::Cancel);
    bar.cancel->icon = Icon::Exit;
  }
  if (c.state.settings.two_languages) {
    bar.language = c.action("common.language", "bar.language", Wish::SwitchLanguage);
    bar.language->icon = Icon::Language;
  }
  bar.repeat = c.action("common.repeat", "bar.repeat", Wish::Start);
  bar.repeat.icon = Icon::Sound;
  bar.help = c.action("common.help", "bar.help", Wish::Help);
  bar.help.icon = Icon::Help;
  bar.smell_gas = c.action("common.smell_gas", "bar.smell_gas", Wish::SmellGas);
  bar.smell_gas.icon = Icon::Warning;
  bar.hotline_label = c.say("hotline");
  bar.hotline = c.state.settings.hotline;
  return bar;
}

Body present_body(const Context& c) {
  switch (c.state.talk.page) {
    case Page::Attract:
      return present_attract(c);
    case Page::Home:
      return present_home(c);
    case Page::InsertCard:
      return present_insert_card(c);
    case Page::Reading:
      return present_reading(c);
    case Page::CardProblem:
      return present_card_problem(c);
    case Page::NotSold:
      return present_not_sold(c);
    case Page::Account:
      return present_account(c);
    case Page::Amount:
      return present_amount(c);
    case Page::Keypad:
      return present_keypad(c);
    case Page::Cash:
      return present_cash(c);
    case Page::Settling:
      return present_settling(c);
    case Page::Confirm:
      return present_confirm(c);
    case Page::Working:
      return present_working(c);
    case Page::CardOut:
      return present_card_out(c);
    case Page::UplinkWait:
      return present_uplink_wait(c);
    case Page::Result:
      return present_result(c);
    case Page::TakeCard:
      return present_take_card(c);
    case Page::OutOfService:
      return present_out_of_service(c);
  }
  return present_out_of_service(c);
}

}  // namespace

Money Context::stacked() const {
  const core::Session* session = core::current_session(state);
  return session == nullptr ? Money{} : session->stacked();
}

Action Context::action(std::string id, std::string_view label_key, Wish wish, Money amount) const {
  Action a;
  a.id = std::move(id);
  a.label = say(label_key);
  a.intent = {wish, amount};
  return a;
}

std::optional<Countdown> countdown(const Context& c, std::string_view label_key, std::int64_t whole_ms) {
  const auto seconds = core::countdown_seconds(c.state);
  if (!seconds) return std::nullopt;
  return Countdown{*seconds, std::max<std::int64_t>(1, whole_ms / 1000), c.say(label_key)};
}

int slide_count(const Words& words) {
  int count = 0;
  while (words.contains("slide." + std::to_string(count + 1) + ".heading")) ++count;
  return count;
}

Tip tip(const Context& c, int number) {
  const int slides = slide_count(c.words);
  if (slides == 0) return {};
  const std::string key = "slide." + std::to_string(number % slides + 1);
  return {c.say("safety_tip") + c.say(key + ".heading"), c.say(key + ".text")};
}

View present(const core::State& state, const Strings& strings, const Moment& now) {
  const Context c{state, strings.of(state.talk.language), now, state.talk.language};
  View view;
  view.page = state.talk.page;
  view.overlay = state.talk.overlay;
  view.language = state.talk.language;
  view.header = present_header(c);
  view.bar = present_bar(c);
  view.body = present_body(c);
  view.above = present_overlay(c);
  view.prompt = page_speech(c);
  view.call_count = state.talk.announcement.count;
  view.call = call_speech(c);
  return view;
}

std::int64_t next_change(const core::State& state, const Moment& now) {
  const std::int64_t period = state.talk.page == Page::Attract ? slide_ms : minute_ms;
  return (now.wall_ms / period + 1) * period;
}

AttractView present_attract(const Context& c) {
  AttractView v;
  v.brand = c.say("brand");
  v.invitation = c.say("attract.invitation");
  v.how = c.say("attract.how");
  v.slides = std::max(1, slide_count(c.words));
  v.slide = static_cast<int>(c.now.wall_ms / slide_ms % v.slides);
  const std::string key = "slide." + std::to_string(v.slide + 1);
  v.icon = icon_named(c.say(key + ".icon"));
  v.lesson = c.say("attract.lesson");
  v.slide_heading = c.say(key + ".heading");
  v.slide_text = c.say(key + ".text");
  v.start = c.action("attract.start", "attract.start", Wish::Start);
  v.hotline_label = c.say("hotline");
  v.hotline = c.state.settings.hotline;
  v.emergency_label = c.say("emergency");
  v.emergency = c.state.settings.emergency;
  return v;
}

HomeView present_home(const Context& c) {
  HomeView v;
  v.greeting = c.say("home.greeting");
  v.lead = c.say("home.lead");
  v.top_up = c.action("home.top_up", "home.top_up", Wish::TopUp);
  v.top_up.note = c.say("home.top_up.note");
  v.button = c.say("home.top_up.button");
  v.bring_heading = c.say("home.bring");
  std::string notes;
  for (const Money& d : c.state.settings.denominations)
    notes += (notes.empty() ? "" : c.say("list.comma")) + amount_digits(d);
  v.bring = {{Icon::Card, c.say("home.bring.card")},
             {Icon::Note, c.say("home.bring.notes", {{"notes", notes}})},
             {Icon::Wallet, c.say("home.bring.no_change")}};
  v.steps_heading = c.say("home.steps");
  for (const char* name : {"home.step1", "home.step2", "home.step3", "home.step4"}) v.steps.push_back(c.say(name));
  v.tip = tip(c, static_cast<int>(c.now.wall_ms / minute_ms % 97));
  return v;
}

Icon icon_named(std::string_view name) {
  constexpr std::array<std::pair<std::string_view, Icon>, 8> names = {{{"window", Icon::Window},
                                                                       {"valve", Icon::Valve},
                                                                       {"hose", Icon::Hose},
                                                                       {"stove", Icon::Stove},
                                                                       {"wall", Icon::Wall},
                                                                       {"light", Icon::Light},
                                                                       {"door", Icon::Door},
                                                                       {"phone", Icon::Phone}}};
  for (const auto& [word, icon] : names)
    if (word == name) return icon;
  return Icon::Flame;
}

}  // namespace pilotlight::screens
