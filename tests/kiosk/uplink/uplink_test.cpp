#include "kiosk/uplink/uplink.h"

#include <gtest/gtest.h>

#include "ledger/wire/json.h"
#include "tests/kiosk/core/scripted_terminal.h"
#include "tests/kiosk/uplink/paper_ledger.h"

namespace pilotlight {
namespace {

using core::test_id;

std::vector<core::Effect> questions() {
  return {core::AskIdentify{{test_id(1), core::ScriptedTerminal::card()}},
          core::AskAuthorise{{.top_up = test_id(2), .session = test_id(1)}},
          core::AskSeal{{.seal = test_id(3), .top_up = test_id(2)}}, core::AskAbandon{{test_id(2), test_id(1)}},
          core::AskVoid{{.top_up = test_id(2), .session = test_id(1), .attempt = 3}}};
}

// Which question a fact answers, and whether.
struct Heard {
  std::size_t kind;
  Id about;
  bool answered;
  bool operator==(const Heard&) const = default;
};
Heard heard(const core::Fact& fact) {
  if (const auto* f = std::get_if<core::IdentifyAnswered>(&fact)) return {0, f->session, f->answered};
  if (const auto* f = std::get_if<core::AuthoriseAnswered>(&fact)) return {1, f->top_up, f->answered};
  if (const auto* f = std::get_if<core::SealAnswered>(&fact)) return {2, f->top_up, f->answered};
  if (const auto* f = std::get_if<core::AbandonAnswered>(&fact)) return {3, f->top_up, f->answered};
  if (const auto* f = std::get_if<core::VoidAnswered>(&fact)) return {4, f->top_up, f->answered};
  return {99, {}, false};
}

TEST(AskLedger, ARealAnswerIsAnsweredWithWhatItSays) {
  PaperLedger ledger;
  const std::vector<std::string> answers = {
      wire::to_json(core::ScriptedTerminal::identified()),
      wire::to_json(wire::Authorisation{
          wire::Refusal::None, {4, Volume{42'850}, Volume{1}, Money{14'997}, Money{3}}, {1, {4}}, {}}),
      wire::to_json(wire::SealAnswer{wire::Refusal::AlreadyWritten, {}, {}}),
      wire::to_json(wire::Abandonment{true, {}}), wire::to_json(wire::VoidAnswer{wire::Refusal::NotHighestAttempt})};
  for (std::size_t i = 0; i < answers.size(); ++i) {
    ledger.instead.push_back(answers[i]);
    const core::Fact fact = ask_ledger(ledger, questions()[i], 100);
    EXPECT_EQ(heard(fact), (Heard{i, test_id(i == 0 ? 1 : 2), true}));
    if (i == 0) {
      EXPECT_EQ(std::get<core::IdentifyAnswered>(fact).identification, core::ScriptedTerminal::identified());
    } else if (i == 1) {
      EXPECT_EQ(std::get<core::AuthoriseAnswered>(fact).authorisation.record.volume, Volume{42'850});
    } else if (i == 2) {
      EXPECT_EQ(std::get<core::SealAnswered>(fact).seal.refusal, wire::Refusal::AlreadyWritten);
    }
  }
}

// An unknown outcome is never a refusal: the core asks again under the same id.
TEST(AskLedger, AnythingElseIsNotAnswered) {
  const std::vector<PaperLedger::Answer> answers = {fail(LineError{LineFailure::TimedOut, 0, ""}),
                                                    fail(LineError{LineFailure::NoConnection, 0, ""}),
                                                    fail(PaperLedger::status(401)),
                                                    fail(PaperLedger::status(403)),
                                                    fail(PaperLedger::status(409)),
                                                    fail(PaperLedger::status(500)),
                                                    fail(PaperLedger::status(503)),
                                                    "",
                                                    "garbage",
                                                    "{}",
                                                    "[1,2,3]",
                                                    R"({"refusal":"Because"})",
                                                    std::string(1000, '{')};
  for (const PaperLedger::Answer& answer : answers) {
    for (std::size_t i = 0; i < questions().size(); ++i) {
      PaperLedger ledger;
      ledger.instead.push_back(answer);
      EXPECT_EQ(heard(ask_ledger(ledger, questions()[i], 100)), (Heard{i, test_id(i == 0 ? 1 : 2), false}));
    }
  }
}

}  // namespace
}  // namespace pilotlight
