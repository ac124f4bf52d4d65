// Pages that ask for the hands, and pages on which one waits.
#include "screens/present_parts.h"

namespace pilotlight::screens {

using core::Work;

GuideView present_insert_card(const Context& c) {
  GuideView v;
  v.picture = Scene::InsertCard;
  v.heading = c.say("insert.heading");
  v.lead = c.say("insert.lead");
  v.hints = {
      {Icon::Card, c.say("insert.hint1")}, {Icon::Lock, c.say("insert.hint2")}, {Icon::Help, c.say("insert.hint3")}};
  v.countdown = countdown(c, "countdown.leave", c.state.settings.countdown_ms);
  return v;
}

GuideView present_card_out(const Context& c) {
  GuideView v;
  v.tone = Tone::Caution;
  v.picture = Scene::InsertCard;
  v.heading = c.say("card_out.heading");
  const Money in = c.stacked();
  v.lead = in == Money{} ? c.say("card_out.lead.no_money") : c.say("card_out.lead", {{"amount", c.money(in)}});
  v.hints = {{Icon::Card, c.say("card_out.hint1")}, {Icon::Wallet, c.say("card_out.hint2")}};
  v.countdown = countdown(c, "countdown.card_out", c.state.settings.card_return_ms);
  return v;
}

GuideView present_take_card(const Context& c) {
  GuideView v;
  const bool forgotten = c.state.talk.card_forgotten;
  v.tone = forgotten ? Tone::Danger : Tone::Good;
  v.picture = Scene::TakeCard;
  v.heading = c.say(forgotten ? "take.heading.forgotten" : "take.heading");
  v.lead = c.say(forgotten ? "take.lead.forgotten" : "take.lead");
  v.hints = {{Icon::Receipt, c.say("take.hint.receipt")}, {Icon::Check, c.say("take.hint.thanks")}};
  if (forgotten) v.hints.pop_back();
  if (c.state.talk.slip != core::SlipState::Printing && c.state.talk.slip != core::SlipState::Printed)
    v.hints.erase(v.hints.begin());
  if (!forgotten) v.countdown = countdown(c, "countdown.take", c.state.settings.take_card_ms);
  return v;
}

namespace {

std::string money_so_far(const Context& c) {
  const Money in = c.stacked();
  return in == Money{} ? std::string() : c.say("money.safe", {{"amount", c.money(in)}});
}

void add_stages(const Context& c, ProgressView& v, std::initializer_list<std::string_view> keys, int now) {
  int index = 0;
  for (const std::string_view key : keys) {
    const Stage::At at = index < now ? Stage::At::Done : index == now ? Stage::At::Now : Stage::At::Later;
    v.stages.push_back({c.say(key), at});
    ++index;
  }
}

}  // namespace

ProgressView present_reading(const Context& c) {
  ProgressView v;
  v.picture = Scene::ReadingCard;
  v.heading = c.say("reading.heading");
  v.lead = c.say("reading.lead");
  const bool read = !c.state.talk.card.card_number.empty();
  add_stages(c, v, {"reading.stage1", "reading.stage2"}, read ? 1 : 0);
  v.tip = tip(c, 0);
  v.countdown = countdown(c, "countdown.answer", c.state.settings.ledger_answer_ms);
  return v;
}

ProgressView present_settling(const Context& c) {
  ProgressView v;
  v.picture = Scene::FeedNotes;
  v.heading = c.say("settling.heading");
  v.lead = c.say("settling.lead");
  v.money = money_so_far(c);
  v.tip = tip(c, 1);
  return v;
}

ProgressView present_working(const Context& c) {
  ProgressView v;
  v.picture = Scene::ReadingCard;
  const Work work = c.state.talk.work;
  const std::string key = "work." + std::string(enum_name(work));
  v.heading = c.say(key + ".heading");
  v.lead = c.say(key + ".lead");
  v.money = money_so_far(c);
  switch (work) {
    case Work::Authorising:
      add_stages(c, v, {"work.stage1", "work.stage2", "work.stage3"}, 0);
      break;
    case Work::Writing:
      add_stages(c, v, {"work.stage1", "work.stage2", "work.stage3"}, 1);
      break;
    case Work::Verifying:
      add_stages(c, v, {"work.stage1", "work.stage2", "work.stage3"}, 2);
      break;
    case Work::Voiding:
    case Work::Abandoning:
      add_stages(c, v, {"work.undo1", "work.undo2"}, 0);
      break;
    case Work::ResolvingPending:
      add_stages(c, v, {"work.resolve1", "work.resolve2"}, 0);
      break;
  }
  v.tip = tip(c, 2);
  v.countdown = countdown(c, "countdown.answer", c.state.settings.ledger_answer_ms);
  return v;
}

ProgressView present_uplink_wait(const Context& c) {
  ProgressView v;
  v.tone = Tone::Caution;
  v.heading = c.say("uplink.heading");
  v.lead = c.say("uplink.lead");
  v.money = money_so_far(c);
  add_stages(c, v, {"uplink.stage1", "uplink.stage2"}, 0);
  v.tip = tip(c, 3);
  v.countdown = countdown(c, "countdown.uplink", c.state.settings.uplink_wait_ms);
  return v;
}

}  // namespace pilotlight::screens
