#include "kiosk/runtime/event_log.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "tests/kiosk/core/scripted_terminal.h"
#include "tests/kiosk/core/wild_world.h"

namespace pilotlight {
namespace {

using core::Event;
using core::Fact;
using core::ScriptedTerminal;

template <std::size_t... I>
std::vector<Fact> one_of_each(std::index_sequence<I...>) {
  return {Fact{std::variant_alternative_t<I, Fact>{}}...};
}

std::vector<Fact> facts() {
  auto list = one_of_each(std::make_index_sequence<std::variant_size_v<Fact>>{});
  list.emplace_back(core::Touched{{core::Wish::ChooseAmount, yuan(150)}});
  list.emplace_back(core::AcceptorReady{"1873452", 0xFFFFFFFF});
  list.emplace_back(core::CardRead{core::CardTrouble::KeyLocked, ScriptedTerminal::card(7)});
  list.emplace_back(core::ChallengeGiven{core::CardTrouble::None, {0, 255, 16}});
  list.emplace_back(core::CardWritten{core::WriteOutcome::Disproved, ScriptedTerminal::card(3)});
  list.emplace_back(core::IdentifyAnswered{core::test_id(1), true, ScriptedTerminal::identified()});
  wire::Authorisation given{
      wire::Refusal::QuoteChanged, {4, Volume{42'850}, Volume{1}, Money{1}, Money{2}}, {1, {4}}, {}};
  given.new_quote = ScriptedTerminal::quote();
  list.emplace_back(core::AuthoriseAnswered{core::test_id(2), true, given});
  list.emplace_back(
      core::AbandonAnswered{core::test_id(2), true, {false, wire::PendingTopUp{core::test_id(2), given.record, 3}}});
  list.emplace_back(core::JournalFailed{"\"quoted\"\n 王\x01"});
  return list;
}

TEST(EventLog, EveryFactComesBackAsItWas) {
  std::set<std::size_t> kinds;
  for (const Fact& fact : facts()) {
    const Event event{{123, 1'795'500'000'000}, core::test_id(9), fact};
    const std::string line = event_line(event);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    const auto back = parse_event_line(line);
    ASSERT_TRUE(back) << line << ": " << back.error().text;
    EXPECT_EQ(event_line(*back), line);
    EXPECT_EQ(back->fact.index(), fact.index());
    EXPECT_EQ(back->at, event.at);
    EXPECT_EQ(back->fresh, event.fresh);
    kinds.insert(fact.index());
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<Fact>);
}

TEST(EventLog, WhatIsNoEventIsRefused) {
  for (const char* line :
       {"", "{}", "null", "[]", R"({"steady_ms":1,"wall_ms":1,"fresh":"x","kind":"Started","body":{}})",
        R"({"steady_ms":1,"wall_ms":1,"fresh":"0198f3a2-7c11-7d3e-8a52-0123456789ab","kind":"Boom","body":{}})"})
    EXPECT_FALSE(parse_event_line(line)) << line;
}

// The same events give the same state: live, again, and from the log.
TEST(EventLog, ReplayIsDeterministic) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    core::WildWorld world(seed);
    ScriptedTerminal t;
    std::ostringstream log;
    log << settings_line(t.state.settings) << '\n' << money_line(t.state.money) << '\n';
    const auto take = [&](Fact fact) {
      log << event_line({t.at, core::test_id(t.ids + 1), fact}) << '\n';
      t.on(std::move(fact));
      world.hear(t.effects, t);
    };
    for (Fact fact : {Fact{core::Started{"test"}}, Fact{core::UplinkChanged{true, true}}, Fact{core::ReaderReady{}},
                      Fact{core::PrinterChanged{true, false, false, false}}, Fact{core::AcceptorReady{"1873452", 0}}})
      take(std::move(fact));
    t.at.steady_ms += 3000;
    take(core::TimePassed{});
    for (int i = 0; i < 60; ++i) {
      t.at.steady_ms += world.below(3000);
      t.at.wall_ms += 1000;
      take(world.next(t));
    }
    const std::string live = state_hash(t.state);
    for (int again = 0; again < 2; ++again) {
      std::istringstream replayed(log.str());
      const auto hash = replay_log(replayed);
      ASSERT_TRUE(hash) << hash.error().text;
      EXPECT_EQ(*hash, live) << "seed " << seed;
    }
  }
}

TEST(EventLog, AnotherEventIsAnotherState) {
  ScriptedTerminal one;
  ScriptedTerminal other;
  one.start();
  other.start();
  EXPECT_EQ(state_hash(one.state), state_hash(other.state));
  other.touch(core::Wish::SwitchLanguage);
  EXPECT_NE(state_hash(one.state), state_hash(other.state));
}

}  // namespace
}  // namespace pilotlight
