// How it ended, and the overlays.
#include "screens/present_parts.h"

namespace pilotlight::screens {

using core::Overlay;
using core::SlipState;
using core::Wish;
using wire::Ending;

namespace {

void add_row(const Context& c, ResultView& v, std::string_view key, Money amount) {
  if (amount > Money{}) v.rows.push_back({c.say(key), c.money(amount)});
}

void present_figure(const Context& c, ResultView& v) {
  const auto& talk = c.state.talk;
  Money amount;
  if (talk.ending == Ending::Delivered && talk.document.volume.litres > 0) {
    v.figure = to_cubic_metres(talk.document.volume);
    v.figure_unit = c.say("unit.m3");
    return;
  }
  if (talk.ending == Ending::Delivered) amount = talk.outcome.delivered;
  if (talk.ending == Ending::Credited) amount = talk.outcome.credited;
  if (talk.ending == Ending::PendingOnCard) amount = talk.outcome.pending;
  if (talk.ending == Ending::HandedToStaff) amount = talk.outcome.tendered;
  if (amount == Money{}) return;
  v.figure = amount_digits(amount);
  v.figure_unit = c.say("unit.yuan");
}

}  // namespace

ResultView present_result(const Context& c) {
  ResultView v;
  const auto& talk = c.state.talk;
  const std::string key = "ending." + std::string(enum_name(talk.ending));
  v.heading = c.say(key + ".heading");
  v.lead = c.say(key + ".lead", {{"hotline", c.state.settings.hotline}});
  v.tone = talk.ending == Ending::Delivered || talk.ending == Ending::NothingTendered ? Tone::Good
           : talk.ending == Ending::Credited                                          ? Tone::Calm
                                                                                      : Tone::Caution;
  const bool slip_counts = talk.ending != Ending::Delivered && talk.ending != Ending::NothingTendered;
  const bool no_slip = talk.slip == SlipState::Failed || talk.slip == SlipState::Waiting;
  v.picture = !slip_counts ? Scene::Success : no_slip ? Scene::Caution : Scene::Receipt;
  present_figure(c, v);
  add_row(c, v, "result.tendered", talk.outcome.tendered);
  add_row(c, v, "result.delivered", talk.outcome.delivered);
  add_row(c, v, "result.credited", talk.outcome.credited);
  add_row(c, v, "result.pending", talk.outcome.pending);
  add_row(c, v, "result.in_doubt", talk.outcome.in_doubt);
  if (talk.document_number != 0) {
    std::string number = std::to_string(talk.document_number);
    if (number.size() < 6) number.insert(0, 6 - number.size(), '0');
    v.rows.push_back({c.say("result.document"), c.state.settings.terminal + "-" + number});
  }
  v.slip = c.say("slip." + std::string(enum_name(talk.slip)), {{"hotline", c.state.settings.hotline}});
  v.slip_tone = talk.slip == SlipState::Printed ? Tone::Good : no_slip ? Tone::Caution : Tone::Calm;
  v.next = c.say(key + ".next", {{"hotline", c.state.settings.hotline}});
  v.countdown = countdown(c, "countdown.result", 30'000);
  v.finish = c.action("result.finish", "result.finish", Wish::Continue);
  v.finish.icon = Icon::Card;
  return v;
}

namespace {

SmellGasView smell_gas(const Context& c) {
  SmellGasView v;
  v.heading = c.say("smell.heading");
  v.lead = c.say("smell.lead");
  v.steps = {{Icon::Valve, c.say("smell.valve")},
             {Icon::Window, c.say("smell.window")},
             {Icon::Light, c.say("smell.light")},
             {Icon::Door, c.say("smell.leave")}};
  v.call_label = c.say("smell.call");
  v.numbers = {{c.say("smell.repair"), c.state.settings.hotline, true},
               {c.say("smell.fire"), c.state.settings.emergency, true}};
  v.close = c.action("overlay.close", "smell.close", Wish::CloseOverlay);
  return v;
}

HelpView help(const Context& c) {
  HelpView v;
  v.heading = c.say("help.heading");
  for (const char* key : {"help.how", "help.change", "help.card", "help.receipt"})
    v.answers.push_back({c.say(key), c.say(std::string(key) + ".answer")});
  v.hotline_label = c.say("hotline");
  v.hotline = c.state.settings.hotline;
  v.call_staff = c.action("help.call_staff", "help.call_staff", Wish::CallStaff);
  v.call_staff.icon = Icon::Person;
  v.close = c.action("overlay.close", "overlay.back", Wish::CloseOverlay);
  return v;
}

std::string money_in_words(const Context& c) {
  const Money in = c.stacked();
  return in == Money{} ? c.say("money.none") : c.say("money.to_account", {{"amount", c.money(in)}});
}

DialogView staff_called(const Context& c) {
  DialogView v;
  v.tone = Tone::Good;
  v.icon = Icon::Person;
  v.heading = c.say("staff.heading");
  v.lead = c.say("staff.lead", {{"hotline", c.state.settings.hotline}});
  v.actions = {c.action("overlay.close", "overlay.back", Wish::CloseOverlay)};
  return v;
}

DialogView still_there(const Context& c) {
  DialogView v;
  v.icon = Icon::Clock;
  v.heading = c.say("still.heading");
  v.lead = c.say("still.lead");
  v.money = c.stacked() == Money{} ? std::string() : money_in_words(c);
  v.countdown = countdown(c, "countdown.still", c.state.settings.countdown_ms);
  v.actions = {c.action("overlay.close", "still.yes", Wish::CloseOverlay)};
  return v;
}

DialogView cancel_question(const Context& c) {
  DialogView v;
  v.tone = Tone::Caution;
  v.icon = Icon::Help;
  v.heading = c.say("cancel.heading");
  v.lead = c.say(c.stacked() == Money{} ? "cancel.lead.nothing" : "cancel.lead");
  v.money = money_in_words(c);
  v.actions = {c.action("overlay.close", "cancel.no", Wish::CloseOverlay),
               c.action("overlay.cancel", "cancel.yes", Wish::Cancel)};
  return v;
}

}  // namespace

Above present_overlay(const Context& c) {
  switch (c.state.talk.overlay) {
    case Overlay::None:
      return std::monostate{};
    case Overlay::SmellGas:
      return smell_gas(c);
    case Overlay::Help:
      return help(c);
    case Overlay::StaffCalled:
      return staff_called(c);
    case Overlay::StillThere:
      return still_there(c);
    case Overlay::CancelQuestion:
      return cancel_question(c);
  }
  return std::monostate{};
}

}  // namespace pilotlight::screens
