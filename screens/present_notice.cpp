// Pages that say that something cannot be done: first what happened to the money, then what to do, then whom to ask
// (MAN-1).
#include "screens/present_parts.h"

namespace pilotlight::screens {

using core::CardTrouble;
using core::NoService;
using wire::Refusal;

std::string refusal_key(Refusal refusal) {
  switch (refusal) {
    case Refusal::UnknownCard:
    case Refusal::BlockedCard:
    case Refusal::AccountClosed:
    case Refusal::SafetyHold:
    case Refusal::SupplyStopped:
    case Refusal::NumberAhead:
    case Refusal::NumberBehind:
    case Refusal::NotLoaded:
    case Refusal::PendingTopUp:
    case Refusal::QuoteChanged:
    case Refusal::OverLimit:
    case Refusal::OutOfService:
      return std::string(enum_name(refusal));
    case Refusal::None:
    case Refusal::QuoteUnknown:
    case Refusal::AmountMismatch:
    case Refusal::Abandoned:
    case Refusal::ContentChanged:
    case Refusal::NotHighestAttempt:
    case Refusal::AlreadyWritten:
    case Refusal::UnknownTopUp:
      return "None";
  }
  return "None";
}

namespace {

Icon refusal_icon(Refusal refusal) {
  switch (refusal) {
    case Refusal::SafetyHold:
      return Icon::Warning;
    case Refusal::BlockedCard:
    case Refusal::AccountClosed:
      return Icon::Lock;
    case Refusal::NotLoaded:
      return Icon::Meter;
    case Refusal::SupplyStopped:
      return Icon::Valve;
    case Refusal::None:
    case Refusal::OutOfService:
      return Icon::Cloud;
    case Refusal::OverLimit:
      return Icon::Wallet;
    default:
      return Icon::Card;
  }
}

NoticeView notice(const Context& c, const std::string& key) {
  NoticeView v;
  v.heading = c.say(key + ".heading");
  v.lead = c.say(key + ".lead");
  for (const char* number : {".todo1", ".todo2", ".todo3"})
    if (c.has(key + number)) v.todo.push_back(c.say(key + number, {{"hotline", c.state.settings.hotline}}));
  v.todo_heading = v.todo.empty() ? std::string() : c.say("todo");
  v.hotline_label = c.say("hotline.ask");
  v.hotline = c.state.settings.hotline;
  return v;
}

std::string money_line(const Context& c) {
  const Money in = c.stacked();
  return in == Money{} ? c.say("money.none") : c.say("money.safe", {{"amount", c.money(in)}});
}

void hand_back(const Context& c, NoticeView& v) {
  if (c.state.devices.card_present) v.hand_back = c.say("hand_back");
  v.go_on = c.action("notice.continue", "notice.continue", core::Wish::Continue);
}

}  // namespace

NoticeView present_card_problem(const Context& c) {
  const CardTrouble trouble = c.state.talk.card_trouble;
  NoticeView v = notice(c, "trouble." + std::string(enum_name(trouble)));
  v.icon = trouble == CardTrouble::KeyLocked    ? Icon::Lock
           : trouble == CardTrouble::ReaderGone ? Icon::Wrench
                                                : Icon::Card;
  v.money = money_line(c);
  hand_back(c, v);
  return v;
}

NoticeView present_not_sold(const Context& c) {
  const Refusal refusal = c.state.talk.refusal;
  NoticeView v = notice(c, "refusal." + refusal_key(refusal));
  v.icon = refusal_icon(refusal);
  v.tone = refusal == Refusal::SafetyHold ? Tone::Danger : Tone::Caution;
  v.money = money_line(c);
  hand_back(c, v);
  return v;
}

NoticeView present_out_of_service(const Context& c) {
  const NoService why = core::no_service(c.state);
  NoticeView v = notice(c, "service." + std::string(enum_name(why)));
  for (const char* key : {"service.todo1", "service.todo2", "service.todo3"})
    v.todo.push_back(c.say(key, {{"hotline", c.state.settings.hotline}}));
  v.todo_heading = c.say("todo");
  v.tone = Tone::Calm;
  v.icon = why == NoService::UplinkDown || why == NoService::NotTrading ? Icon::Cloud
           : why == NoService::PrinterDown                              ? Icon::Receipt
           : why == NoService::BoxFull                                  ? Icon::Note
                                                                        : Icon::Wrench;
  return v;
}

}  // namespace pilotlight::screens
