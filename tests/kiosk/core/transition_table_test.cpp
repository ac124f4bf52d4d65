// transitions.txt is the core's behaviour in words: for every page and everything that can happen on it, where it
// leads, what is recorded and what is asked of the world. What is not in it changes nothing. A change of behaviour is a
// change of that file, to be read and agreed to; PILOTLIGHT_WRITE_TABLE=FILE writes the table as it is now.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <set>
#include <sstream>

#include "tests/kiosk/core/scripted_terminal.h"

namespace pilotlight::core {
namespace {

constexpr auto effect_names = std::to_array<std::string_view>(
    {"EnableAcceptor", "DisableAcceptor", "StackNote", "ReturnNote", "ReadCard", "AskChallenge", "WriteCard",
     "ReleaseCard", "PrintDocument", "AskIdentify", "AskAuthorise", "AskSeal", "AskAbandon", "AskVoid"});
static_assert(effect_names.size() == std::variant_size_v<Effect>);

using Happening = std::function<void(ScriptedTerminal&)>;

// A terminal on each page, on the straight way to it; with ¥150 in the box from Confirm on.
ScriptedTerminal terminal_on(Page page) {
  ScriptedTerminal t;
  if (page == Page::OutOfService) return std::move(t.on(Started{"test"}));
  t.start();
  switch (page) {
    case Page::Attract:
      return std::move(t.wait(60'000));
    case Page::Home:
      return t;
    case Page::InsertCard:
      return std::move(t.touch(Wish::TopUp));
    case Page::Reading:
      return std::move(t.on(CardInserted{}).on(CardRead{CardTrouble::None, t.card()}));
    case Page::CardProblem:
      return std::move(t.on(CardInserted{}).on(CardRead{CardTrouble::Unreadable, {}}));
    case Page::NotSold: {
      t.on(CardInserted{}).on(CardRead{CardTrouble::None, t.card()});
      wire::Identification refused;
      refused.refusal = wire::Refusal::SupplyStopped;
      return std::move(t.on(IdentifyAnswered{t.state.talk.session, true, refused}));
    }
    case Page::Account:
      return std::move(t.identify());
    case Page::Amount:
      return std::move(t.identify().touch(Wish::Continue));
    case Page::Keypad:
      return std::move(t.identify().touch(Wish::Continue).touch(Wish::OpenKeypad).touch(Wish::Digit, Money{5}));
    case Page::Cash:
      return std::move(t.to_cash());
    case Page::Settling:
      return std::move(t.to_cash().note(100).touch(Wish::FinishFeeding));
    case Page::Confirm:
      return std::move(t.to_confirm());
    case Page::Working:
      return std::move(t.to_writing());
    case Page::CardOut:
      return std::move(t.to_writing().on(CardRemoved{}).on(CardWritten{WriteOutcome::Unknown, {}}));
    case Page::UplinkWait:
      return std::move(t.to_cash().note(100).on(UplinkChanged{false, true}).on(AcceptorAtRest{1}));
    case Page::Result:
      return std::move(t.to_writing().on(CardWritten{WriteOutcome::Verified, t.written_card()}));
    case Page::TakeCard:
      return std::move(t.identify().touch(Wish::Cancel));
    case Page::OutOfService:
      return t;
  }
  return t;
}

struct Named {
  std::string name;
  Happening happen;
};

std::vector<Named> everything() {
  std::vector<Named> list;
  for (std::size_t i = 0; i < enum_count<Wish>(); ++i) {
    const auto wish = static_cast<Wish>(i);
    const Money amount = wish == Wish::Digit ? Money{7} : yuan(100);
    list.push_back({"touch " + std::string(enum_name(wish)), [=](ScriptedTerminal& t) { t.touch(wish, amount); }});
  }
  const auto add = [&](const char* name, Fact fact) {
    list.push_back({name, [fact](ScriptedTerminal& t) { t.on(fact); }});
  };
  add("acceptor starts anew", AcceptorReady{"1873452", 0});
  add("note drawn in", NoteReading{});
  add("note in escrow", NoteEscrowed{yuan(20)});
  add("note stacked", NoteCredited{yuan(20)});
  add("note came back", NoteRejected{});
  add("note was in the box at power-up", NoteCleared{true, yuan(20)});
  add("note was given back at power-up", NoteCleared{false, yuan(20)});
  list.push_back({"acceptor rests", [](ScriptedTerminal& t) { t.on(AcceptorAtRest{t.state.money.acceptor_stacked}); }});
  add("acceptor line lost", AcceptorFaultRaised{AcceptorFault::LineLost});
  add("acceptor jammed", AcceptorFaultRaised{AcceptorFault::UnsafeJam});
  add("acceptor fault over", AcceptorFaultCleared{AcceptorFault::UnsafeJam});
  add("reader there", ReaderReady{});
  add("reader lost", ReaderLost{});
  add("card in", CardInserted{});
  add("card out", CardRemoved{});
  add("card read", CardRead{CardTrouble::None, ScriptedTerminal::card()});
  add("card not readable", CardRead{CardTrouble::Unreadable, {}});
  add("challenge", ChallengeGiven{CardTrouble::None, {1, 2, 3, 4}});
  add("no challenge", ChallengeGiven{CardTrouble::Gone, {}});
  add("card written", CardWritten{WriteOutcome::Verified, ScriptedTerminal::card(4)});
  add("card not written", CardWritten{WriteOutcome::Disproved, ScriptedTerminal::card(3)});
  add("card perhaps written", CardWritten{WriteOutcome::Unknown, {}});
  add("printer ready", PrinterChanged{true, false, false, false});
  add("paper out", PrinterChanged{false, true, false, false});
  add("slip printed", PrintEnded{1, PrintOutcome::Printed});
  add("slip part printed", PrintEnded{1, PrintOutcome::PartPrinted});
  add("uplink up", UplinkChanged{true, true});
  add("uplink down", UplinkChanged{false, true});
  add("ledger forbids trading", UplinkChanged{true, false});
  add("journal failed", JournalFailed{"disk full"});
  list.push_back({"nobody there", [](ScriptedTerminal& t) { t.wait(20 * 60'000); }});
  return list;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text.empty() ? "-" : text;
}

// "page | what happens | page or overlay afterwards | records | effects"; empty when nothing changed.
std::string line(Page page, const Named& what) {
  ScriptedTerminal t = terminal_on(page);
  const Page before = t.state.talk.page;
  EXPECT_EQ(before, page);
  const Overlay overlay = t.state.talk.overlay;
  const Language language = t.state.talk.language;
  const std::size_t recorded = t.journal.size();
  t.records.clear();
  t.effects.clear();
  what.happen(t);
  std::vector<std::string> records;
  for (std::size_t i = recorded; i < t.journal.size(); ++i) records.emplace_back(wire::kind_of(t.journal[i]));
  std::vector<std::string> effects;
  for (const Effect& effect : t.effects) effects.emplace_back(effect_names[effect.index()]);
  std::string to = t.state.talk.page == before ? "" : std::string(enum_name(t.state.talk.page));
  if (t.state.talk.overlay != overlay) to += "+" + std::string(enum_name(t.state.talk.overlay));
  if (t.state.talk.language != language) to += "+language";
  if (to.empty() && records.empty() && effects.empty()) return {};
  return std::string(enum_name(page)) + " | " + what.name + " | " + (to.empty() ? "stays" : to) + " | " +
         joined(records) + " | " + joined(effects) + "\n";
}

std::string whole_table() {
  std::string table;
  for (std::size_t i = 0; i < enum_count<Page>(); ++i) {
    for (const Named& what : everything()) table += line(static_cast<Page>(i), what);
    table += "\n";
  }
  return table;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string one; std::getline(stream, one);)
    if (!one.empty() && one.front() != '#') lines.push_back(one);
  return lines;
}

TEST(TransitionTable, IsWhatTransitionsTxtSays) {
  const std::string now = whole_table();
  if (const char* path = std::getenv("PILOTLIGHT_WRITE_TABLE")) std::ofstream(path) << now;
  std::ifstream file(SOURCE_DIR "/tests/kiosk/core/transitions.txt");
  std::ostringstream text;
  text << file.rdbuf();
  const auto written = lines_of(text.str());
  const auto real = lines_of(now);
  const auto has = [](const std::vector<std::string>& lines, const std::string& one) {
    return std::find(lines.begin(), lines.end(), one) != lines.end();
  };
  for (const std::string& one : real) EXPECT_TRUE(has(written, one)) << "not written down: " << one;
  for (const std::string& one : written) EXPECT_TRUE(has(real, one)) << "not true: " << one;
  EXPECT_EQ(written.size(), std::set<std::string>(written.begin(), written.end()).size());
}

// M6: from every page, with nothing happening any more, the way leads back within minutes.
TEST(TransitionTable, EveryPageHasAWayOutThatNeedsNobody) {
  for (std::size_t i = 0; i < enum_count<Page>(); ++i) {
    const auto page = static_cast<Page>(i);
    for (const bool card_stays : {true, false}) {
      ScriptedTerminal t = terminal_on(page);
      if (!card_stays && t.state.devices.card_present) t.on(CardRemoved{});
      t.wait(5 * 60'000);
      const Page end = t.state.talk.page;
      const bool alarm = end == Page::TakeCard && t.state.talk.card_forgotten && card_stays;
      EXPECT_TRUE(end == Page::Attract || end == Page::OutOfService || alarm)
          << enum_name(page) << " ends on " << enum_name(end);
      for (const Session& session : t.state.money.sessions) EXPECT_TRUE(session.ended) << enum_name(page);
    }
  }
}

// Safety advice and the other language are one touch away wherever the customer is.
TEST(TransitionTable, SmellGasAndLanguageWorkOnEveryPage) {
  for (std::size_t i = 0; i < enum_count<Page>(); ++i) {
    ScriptedTerminal t = terminal_on(static_cast<Page>(i));
    EXPECT_EQ(t.touch(Wish::SmellGas).state.talk.overlay, Overlay::SmellGas);
    EXPECT_EQ(t.touch(Wish::SwitchLanguage).state.talk.language, Language::English);
    EXPECT_EQ(t.state.talk.overlay, Overlay::SmellGas);
    EXPECT_EQ(t.touch(Wish::CloseOverlay).state.talk.overlay, Overlay::None);
    EXPECT_EQ(t.state.talk.page, static_cast<Page>(i));
  }
}

}  // namespace
}  // namespace pilotlight::core
