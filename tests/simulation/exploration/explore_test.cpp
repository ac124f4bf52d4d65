#include "tests/simulation/exploration/explore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace pilotlight::exploration {
namespace {

using core::Effect;
using core::Step;
using testing::HasSubstr;

// One note and one mishap of each kind that is named; the whole space within that.
Bounds small() { return standard_runs().front().bounds; }

void expect_whole(const Bounds& bounds) {
  const Report report = explore(bounds);
  EXPECT_TRUE(report.complete);
  EXPECT_EQ(report.law, "") << to_text(report, false);
  std::printf("%s", to_text(report, false).c_str());
}

// What a wrong core would do; the same search must find it, with the way there.
Report explore_with(const StepFunction& wrong, const Bounds& bounds) { return explore(bounds, wrong); }

template <class T>
bool holds(const std::vector<wire::Record>& records) {
  return std::any_of(records.begin(), records.end(), [](const auto& r) { return std::holds_alternative<T>(r); });
}

TEST(Exploration, QuietDay) { expect_whole(small()); }

TEST(Exploration, PowerCutAnywhere) {
  Bounds b = small();
  b.crashes = 1;
  b.later_sessions = false;  // standard_runs() follow them: minutes, not seconds
  expect_whole(b);
}

TEST(Exploration, MessageLostAnywhere) {
  Bounds b = small();
  b.lost_messages = 1;
  expect_whole(b);
}

TEST(Exploration, MessageRepeatedAnywhere) {
  Bounds b = small();
  b.repeated_messages = 1;
  expect_whole(b);
}

TEST(Exploration, CardThatNeverTakesIsVoidedOrHandedToStaff) {
  Bounds b = small();
  b.card_never_takes = true;
  expect_whole(b);
}

TEST(Exploration, FindsAWriteWithoutItsIntention) {
  const Report report = explore_with(
      [](core::State state, const core::Event& event) {
        Step done = core::step(std::move(state), event);
        std::erase_if(done.records, [](const auto& r) { return std::holds_alternative<wire::WriteIntended>(r); });
        return done;
      },
      small());
  EXPECT_THAT(report.law, HasSubstr("M4"));
  ASSERT_FALSE(report.path.empty());
  EXPECT_THAT(report.path.back(), HasSubstr("Authorise"));
}

TEST(Exploration, FindsACreditBeforeTheNoteIsStacked) {
  const Report report = explore_with(
      [](core::State state, const core::Event& event) {
        Step done = core::step(std::move(state), event);
        for (std::size_t i = 0; i < done.records.size(); ++i)
          if (const auto* r = std::get_if<wire::NoteStacking>(&done.records[i])) {
            const wire::NoteStacked credit{r->session, r->note, r->value, wire::NoteEvidence::CreditEvent};
            core::apply(done.state.money, credit);
            done.records.push_back(credit);
            break;
          }
        return done;
      },
      small());
  EXPECT_THAT(report.law, HasSubstr("M2: no credit without a note in the box"));
  EXPECT_THAT(report.path.back(), HasSubstr("a note of 100.00 is fed"));
}

TEST(Exploration, FindsMoneyFreedWithoutAskingTheLedger) {
  const Report report = explore_with(
      [](core::State state, const core::Event& event) {
        Step done = core::step(std::move(state), event);
        if (!holds<wire::AbandonIntended>(done.records)) return done;
        const auto intended = std::get<wire::AbandonIntended>(done.records.front());
        const wire::TopUpAbandoned freed{intended.session, intended.top_up};
        core::apply(done.state.money, freed);
        done.records.push_back(freed);
        done.effects.clear();
        return done;
      },
      small());
  EXPECT_THAT(report.law, HasSubstr("M3: money freed here is not reserved at the ledger"));
}

TEST(Exploration, FindsARestartThatForgetsTheOpenSession) {
  Bounds b = small();
  b.crashes = 1;
  const Report report = explore_with(
      [](core::State state, const core::Event& event) {
        Step done = core::step(std::move(state), event);
        if (std::holds_alternative<core::Started>(event.fact)) {
          done.state.recovery = {};
          done.effects.clear();
        }
        return done;
      },
      b);
  EXPECT_THAT(report.law, HasSubstr("M6"));
  EXPECT_THAT(report.path, testing::Contains(HasSubstr("power cut")));
}

TEST(Exploration, FindsAPageThatWaitsForEver) {
  Bounds b = small();
  b.card_removals = 1;
  const Report report = explore_with(
      [](core::State state, const core::Event& event) {
        Step done = core::step(std::move(state), event);
        if (done.state.talk.page == core::Page::CardOut) done.state.talk.deadline_ms = 0;
        return done;
      },
      b);
  EXPECT_EQ(report.law, "M6: time alone does not end the session");
  EXPECT_THAT(report.path.back(), HasSubstr("CardOut"));
}

}  // namespace
}  // namespace pilotlight::exploration
