// The pieces of present(), one per page. Each sees the same context.
#pragma once

#include "screens/format.h"
#include "screens/present.h"

namespace pilotlight::screens {

struct Context {
  const core::State& state;
  const Words& words;
  Moment now;
  core::Language language;

  std::string say(std::string_view key,
                  std::initializer_list<std::pair<std::string_view, std::string>> places = {}) const {
    return screens::say(words, key, places);
  }
  bool has(std::string_view key) const { return words.contains(key); }
  std::string money(Money amount) const { return amount_text(language, amount); }
  std::string volume(Volume v) const { return volume_text(language, v); }
  Money stacked() const;
  Action action(std::string id, std::string_view label_key, core::Wish wish, Money amount = {}) const;
};

AttractView present_attract(const Context& c);
HomeView present_home(const Context& c);
GuideView present_insert_card(const Context& c);
GuideView present_card_out(const Context& c);
GuideView present_take_card(const Context& c);
ProgressView present_reading(const Context& c);
ProgressView present_settling(const Context& c);
ProgressView present_working(const Context& c);
ProgressView present_uplink_wait(const Context& c);
NoticeView present_card_problem(const Context& c);
NoticeView present_not_sold(const Context& c);
NoticeView present_out_of_service(const Context& c);
AccountView present_account(const Context& c);
AmountView present_amount(const Context& c);
KeypadView present_keypad(const Context& c);
CashView present_cash(const Context& c);
ConfirmView present_confirm(const Context& c);
ResultView present_result(const Context& c);
Above present_overlay(const Context& c);

// Which words a refusal has: several that only mean "start again" share theirs.
std::string refusal_key(wire::Refusal refusal);
Tip tip(const Context& c, int number);
int slide_count(const Words& words);
Icon icon_named(std::string_view name);
std::optional<Countdown> countdown(const Context& c, std::string_view label_key, std::int64_t whole_ms);

// What is spoken on this page, and for the last note.
Speech page_speech(const Context& c);
Speech call_speech(const Context& c);

}  // namespace pilotlight::screens
