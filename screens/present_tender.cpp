// From the account to the confirmation: what one pays and what it buys.
#include <algorithm>
#include <map>

#include "screens/present_parts.h"

namespace pilotlight::screens {

using core::NoteRefusal;
using core::Wish;

namespace {

std::string buys(const Context& c, Money amount) {
  const auto purchase = core::purchase_for(c.state, amount);
  return purchase ? c.volume(purchase->volume) : std::string();
}

std::vector<Row> price_rows(const Context& c, const wire::Quote& quote) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < quote.tiers.size() && i < 3; ++i) {
    const Tier& tier = quote.tiers[i];
    const std::string price = c.say("price.per", {{"price", c.money(tier.price_per_m3)}});
    if (quote.tiers.size() == 1)
      rows.push_back({c.say("price.all"), price});
    else if (tier.remaining.litres == 0)
      rows.push_back({c.say("price.beyond"), price});
    else
      rows.push_back({c.say(i == 0 ? "price.first" : "price.next", {{"volume", c.volume(tier.remaining)}}), price});
  }
  return rows;
}

std::string denominations(const Context& c) {
  std::string text;
  for (const Money& d : c.state.settings.denominations)
    text += (text.empty() ? "" : c.say("list.comma")) + amount_digits(d);
  return text;
}

}  // namespace

AccountView present_account(const Context& c) {
  AccountView v;
  v.greeting = c.say("account.greeting");
  v.go_on = c.action("account.continue", "account.continue", Wish::Continue);
  v.go_on.icon = Icon::Right;
  const auto& card = c.state.talk.card;
  if (!c.state.talk.identification) return v;
  const wire::Identification& id = *c.state.talk.identification;
  v.name = id.masked_name;
  v.address = id.masked_address;
  v.rows.push_back({c.say("account.number"), tail_text(c.language, id.account)});
  v.rows.push_back({c.say("account.card"), tail_text(c.language, card.card_number)});
  v.rows.push_back({c.say("account.meter"), c.volume(card.write_back.remaining), true});
  if (card.volume.litres > 0) v.rows.push_back({c.say("account.on_card"), c.volume(card.volume), true});
  v.rows.push_back({c.say("account.wallet"), c.money(id.wallet)});
  if (id.quote) {
    v.price_heading = c.say("account.price");
    v.prices = price_rows(c, *id.quote);
  }
  if (id.arrears > Money{}) {
    v.arrears_heading = c.say("account.arrears", {{"amount", c.money(id.arrears)}});
    v.arrears = c.say("account.arrears.lead");
  }
  return v;
}

AmountView present_amount(const Context& c) {
  AmountView v;
  v.heading = c.say("amount.heading");
  v.lead = c.say("amount.lead");
  const Money room = core::room_left(c.state);
  for (const Money& amount : c.state.settings.quick_amounts) {
    if (amount > room || v.goals.size() == 6) continue;
    Goal goal;
    goal.action = c.action("amount.quick." + std::to_string(amount.fen), "amount.goal", Wish::ChooseAmount, amount);
    goal.action.label = c.money(amount);
    goal.amount = amount_digits(amount);
    goal.unit = c.say("unit.yuan");
    goal.buys = c.say("amount.buys", {{"volume", buys(c, amount)}});
    v.goals.push_back(goal);
  }
  const Money last = c.state.talk.identification ? c.state.talk.identification->last_top_up : Money{};
  if (last > Money{} && last <= room) {
    v.repeat = c.action("amount.repeat", "amount.repeat", Wish::ChooseAmount, last);
    v.repeat->label = c.say("amount.repeat", {{"amount", c.money(last)}});
    v.repeat->note = c.say("amount.buys", {{"volume", buys(c, last)}});
    v.repeat->icon = Icon::Repeat;
  }
  v.keypad = c.action("amount.keypad", "amount.keypad", Wish::OpenKeypad);
  v.keypad.note = c.say("amount.keypad.note", {{"amount", c.money(room)}});
  v.keypad.icon = Icon::Keypad;
  v.notice_heading = c.say("notice.heading");
  v.notice = {{Icon::Note, c.say("notice.no_change")},
              {Icon::Wallet, c.say("notice.cancel")},
              {Icon::Info, c.say("notice.fed")}};
  return v;
}

KeypadView present_keypad(const Context& c) {
  KeypadView v;
  const std::string& typed = c.state.talk.typed;
  v.heading = c.say("keypad.heading");
  v.empty = typed.empty();
  v.typed = typed.empty() ? "0" : typed;
  v.unit = c.say("unit.yuan");
  std::int64_t number = 0;
  for (const char digit : typed.substr(0, 6))
    if (digit >= '0' && digit <= '9') number = number * 10 + (digit - '0');
  const Money room = core::room_left(c.state);
  const Money amount = yuan(number);
  const bool good = number > 0 && amount <= room;
  if (amount > room)
    v.buys = c.say("keypad.too_much", {{"amount", c.money(room)}});
  else
    v.buys = number > 0 ? c.say("amount.buys", {{"volume", buys(c, amount)}}) : c.say("keypad.prompt");
  v.limits = c.say("keypad.limits", {{"amount", c.money(room)}, {"notes", denominations(c)}});
  for (const int digit : {1, 2, 3, 4, 5, 6, 7, 8, 9}) {
    Action key = c.action("keypad." + std::to_string(digit), "", Wish::Digit, Money{digit});
    key.label = std::to_string(digit);
    v.keys.push_back(key);
  }
  Action erase = c.action("keypad.erase", "keypad.erase", Wish::Erase);
  erase.icon = Icon::Erase;
  erase.ready = !typed.empty();
  v.keys.push_back(erase);
  Action zero = c.action("keypad.0", "", Wish::Digit, Money{0});
  zero.label = "0";
  v.keys.push_back(zero);
  Action ok = c.action("keypad.ok", "keypad.ok", Wish::AcceptTyped);
  ok.ready = good;
  v.keys.push_back(ok);
  v.notes = {c.say("notice.no_change"), c.say("notice.cancel")};
  return v;
}

namespace {

void present_last_note(const Context& c, CashView& v) {
  const auto& talk = c.state.talk;
  if (talk.note_refusal != NoteRefusal::None) {
    v.call_tone = Tone::Caution;
    v.call_icon = Icon::Warning;
    v.call = c.say("note." + std::string(enum_name(talk.note_refusal)));
  } else if (c.state.devices.note_in_motion) {
    v.call_icon = Icon::Clock;
    v.call = c.say("cash.moving");
  } else if (talk.announcement.call == core::Call::NoteAccepted && c.stacked() > Money{}) {
    v.call_tone = Tone::Good;
    v.call_icon = Icon::Check;
    v.call = c.say("cash.received",
                   {{"note", c.money(talk.announcement.note)}, {"total", c.money(talk.announcement.total)}});
  } else {
    v.call = c.say("cash.feed");
  }
}

}  // namespace

CashView present_cash(const Context& c) {
  CashView v;
  const Money in = c.stacked();
  const Money goal = c.state.talk.goal;
  v.heading = c.say("cash.heading");
  v.total_label = c.say("cash.total");
  v.total = amount_digits(in);
  v.unit = c.say("unit.yuan");
  if (goal > Money{}) {
    v.goal = in >= goal ? c.say("cash.goal.reached", {{"amount", c.money(goal)}})
                        : c.say("cash.goal.left", {{"amount", c.money(goal - in)}, {"goal", c.money(goal)}});
    v.part = std::min(1.0F, static_cast<float>(in.fen) / static_cast<float>(goal.fen));
  }
  v.buys_label = c.say("cash.buys");
  const auto purchase = core::purchase_now(c.state);
  v.buys = c.volume(purchase ? purchase->volume : Volume{});
  present_last_note(c, v);
  v.accepts_label = c.say("cash.accepts");
  const Money room = core::room_left(c.state);
  for (const Money& d : c.state.settings.denominations)
    if (d <= room) v.accepts.push_back(amount_digits(d));
  v.fed_label = c.say("cash.fed");
  if (const core::Session* session = core::current_session(c.state)) {
    std::map<std::int64_t, int, std::greater<>> counts;
    for (const core::Note& note : session->notes)
      if (note.status == core::NoteStatus::Stacked) ++counts[note.value.fen];
    for (const auto& [fen, count] : counts)
      v.fed.push_back(
          {c.say("cash.chip", {{"note", amount_digits(Money{fen})}, {"count", std::to_string(count)}}), count});
  }
  v.rule = in == Money{} ? c.say("cash.rule.before") : c.say("cash.rule.after");
  v.note_moving = c.state.devices.note_in_motion;
  v.finish = c.action("cash.finish", "cash.finish", Wish::FinishFeeding);
  v.finish.ready = in > Money{};
  v.finish.icon = Icon::Right;
  v.cancel = c.action("cash.cancel", in > Money{} ? "cash.cancel.credit" : "cash.cancel", Wish::Cancel);
  return v;
}

ConfirmView present_confirm(const Context& c) {
  ConfirmView v;
  v.heading = c.say("confirm.heading");
  if (c.state.talk.quote_changed) v.banner = c.say("confirm.changed");
  const auto purchase = core::purchase_now(c.state);
  const Money in = c.stacked();
  v.volume_label = c.say("confirm.volume");
  v.volume = purchase ? to_cubic_metres(purchase->volume) : "0";
  v.unit = c.say("unit.m3");
  v.rows.push_back({c.say("confirm.in"), c.money(in), true});
  if (purchase) {
    v.rows.push_back({c.say("confirm.cost"), c.money(purchase->cost)});
    v.rows.push_back({c.say("confirm.change"), c.money(purchase->change)});
  }
  if (c.state.talk.identification) {
    v.rows.push_back({c.say("confirm.name"), c.state.talk.identification->masked_name});
    v.rows.push_back({c.say("account.card"), tail_text(c.language, c.state.talk.card.card_number)});
  }
  v.after = c.say("confirm.after");
  v.pay = c.action("confirm.pay", "confirm.pay", Wish::Confirm);
  v.pay.icon = Icon::Check;
  v.more = c.action("confirm.more", "confirm.more", Wish::FeedMore);
  v.more.ready = core::room_left(c.state) > Money{};
  return v;
}

}  // namespace pilotlight::screens
