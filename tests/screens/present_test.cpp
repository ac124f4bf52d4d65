#include "screens/present.h"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "tests/screens/screens_fixture.h"

namespace pilotlight::screens {
namespace {

using core::Page;
using core::Wish;

template <class T>
T body(const std::string& name) {
  const View view = view_of(exhibit(name));
  EXPECT_TRUE(std::holds_alternative<T>(view.body)) << name;
  return std::get<T>(view.body);
}

TEST(Present, is_pure) {
  for (const Exhibit& e : exhibits()) EXPECT_EQ(view_of(e.state), view_of(e.state)) << e.name;
}

TEST(Present, every_page_and_overlay_is_in_the_gallery) {
  std::set<std::size_t> pages, overlays;
  for (const Exhibit& e : exhibits()) {
    pages.insert(static_cast<std::size_t>(e.state.talk.page));
    overlays.insert(static_cast<std::size_t>(e.state.talk.overlay));
  }
  EXPECT_EQ(pages.size(), enum_count<Page>());
  EXPECT_EQ(overlays.size(), enum_count<core::Overlay>());
}

TEST(Present, smell_gas_help_language_and_repeat_are_on_every_page) {
  for (const Exhibit& e : exhibits()) {
    const View view = view_of(e.state);
    EXPECT_EQ(view.bar.smell_gas.intent.wish, Wish::SmellGas) << e.name;
    EXPECT_EQ(view.bar.help.intent.wish, Wish::Help) << e.name;
    ASSERT_TRUE(view.bar.language) << e.name;
    EXPECT_EQ(view.bar.language->intent.wish, Wish::SwitchLanguage) << e.name;
  }
}

TEST(Present, one_language_has_no_language_button) {
  core::State state = exhibit("home");
  state.settings.two_languages = false;
  EXPECT_FALSE(view_of(state).bar.language);
}

TEST(Present, back_only_until_a_note_is_in) {
  EXPECT_TRUE(view_of(exhibit("cash")).bar.back);
  EXPECT_FALSE(view_of(exhibit("cash-150")).bar.back);
  core::State moving = exhibit("cash");
  moving.devices.note_in_motion = true;
  EXPECT_FALSE(view_of(moving).bar.back);
  EXPECT_FALSE(view_of(exhibit("overlay-help")).bar.back);  // the overlay has its own way back
}

TEST(Present, quick_amounts_are_goals_within_the_limit) {
  const AmountView v = body<AmountView>("amount");
  ASSERT_EQ(v.goals.size(), 6U);
  EXPECT_EQ(v.goals[2].action.id, "amount.quick.15000");
  EXPECT_EQ(v.goals[2].action.intent, (core::Intent{Wish::ChooseAmount, yuan(150)}));
  EXPECT_EQ(v.goals[2].buys, "可买 46.29 立方米");
  ASSERT_TRUE(v.repeat);
  EXPECT_EQ(v.repeat->intent, (core::Intent{Wish::ChooseAmount, yuan(200)}));
  EXPECT_FALSE(body<AmountView>("amount-first").repeat);
  core::State narrow = exhibit("amount");
  narrow.money.sessions[0].quote->maximum = yuan(120);
  narrow.talk.identification->quote->maximum = yuan(120);
  const AmountView few = std::get<AmountView>(view_of(narrow).body);
  EXPECT_EQ(few.goals.size(), 2U);
  EXPECT_FALSE(few.repeat);
}

// Before the first note: no change, and what "cancel" means afterwards (DESIGN.md section 3, tender).
TEST(Present, the_customer_is_warned_before_the_first_note) {
  const AmountView amount = body<AmountView>("amount");
  EXPECT_THAT(amount.notice[0].text, testing::HasSubstr("不找零"));
  EXPECT_THAT(amount.notice[1].text, testing::HasSubstr("不退现金"));
  EXPECT_THAT(body<CashView>("cash").rule, testing::HasSubstr("不找零"));
  EXPECT_THAT(body<KeypadView>("keypad").notes[0], testing::HasSubstr("不找零"));
}

TEST(Present, cash_counts_what_is_stacked) {
  const CashView none = body<CashView>("cash");
  EXPECT_EQ(none.total, "0");
  EXPECT_FALSE(none.finish.ready);
  const CashView some = body<CashView>("cash-150");
  EXPECT_EQ(some.total, "150");
  EXPECT_EQ(some.buys, "46.29 立方米");
  EXPECT_EQ(some.call, "收到 50 元，共 150 元");
  EXPECT_FLOAT_EQ(some.part, 0.75F);
  EXPECT_TRUE(some.finish.ready);
  EXPECT_EQ(some.finish.intent.wish, Wish::FinishFeeding);
  EXPECT_EQ(some.cancel.id, "cash.cancel");
  ASSERT_EQ(some.fed.size(), 2U);
  EXPECT_EQ(some.fed[0].text, "100 × 1");
}

TEST(Present, keypad_confirms_only_what_can_be_bought) {
  const auto ok = [](const KeypadView& v) { return v.keys.back(); };
  EXPECT_FALSE(ok(body<KeypadView>("keypad")).ready);
  EXPECT_TRUE(ok(body<KeypadView>("keypad-180")).ready);
  EXPECT_FALSE(ok(body<KeypadView>("keypad-too-much")).ready);
  EXPECT_EQ(body<KeypadView>("keypad-180").keys[4].intent, (core::Intent{Wish::Digit, Money{5}}));
}

TEST(Present, confirm_shows_the_numbers_of_the_purchase) {
  const ConfirmView v = body<ConfirmView>("confirm");
  EXPECT_EQ(v.volume, "46.29");
  EXPECT_EQ(v.rows[0].value, "150 元");
  EXPECT_EQ(v.rows[1].value, "149.97 元");
  EXPECT_EQ(v.rows[2].value, "0.03 元");
  EXPECT_TRUE(v.banner.empty());
  EXPECT_FALSE(body<ConfirmView>("confirm-changed").banner.empty());
}

// M7: the Result page says the numbers of the outcome and of the document, and nothing computed anew.
TEST(Present, result_shows_outcome_and_document) {
  const ResultView v = body<ResultView>("result-Delivered");
  EXPECT_EQ(v.figure, "46.29");
  EXPECT_THAT(v.rows, testing::Contains(Row{"凭条号", "T0042-000017", false}));
  EXPECT_THAT(v.rows, testing::Contains(Row{"气费", "149.97 元", false}));
  const ResultView credited = body<ResultView>("result-Credited");
  EXPECT_EQ(credited.figure, "150");
  EXPECT_THAT(body<ResultView>("result-HandedToStaff").rows, testing::Contains(Row{"待核对的纸币", "50 元", false}));
}

// What happened to the money comes first where something does not work.
TEST(Present, notices_say_where_the_money_is_and_whom_to_call) {
  for (const Exhibit& e : exhibits()) {
    const View view = view_of(e.state);
    const auto* notice = std::get_if<NoticeView>(&view.body);
    if (notice == nullptr) continue;
    EXPECT_EQ(notice->hotline, "95158") << e.name;
    EXPECT_FALSE(notice->todo.empty()) << e.name;
    if (view.page == Page::OutOfService) continue;
    EXPECT_EQ(notice->money, "没有收取您的任何款项") << e.name;
  }
}

TEST(Present, reasons_for_no_service) {
  EXPECT_EQ(body<NoticeView>("out-of-service-box").heading, "钞箱已满，暂停收款");
  EXPECT_EQ(body<NoticeView>("out-of-service-network").heading, "网络中断，暂停充值");
  EXPECT_EQ(body<NoticeView>("out-of-service-journal").heading, "本机暂停服务");
  EXPECT_EQ(body<NoticeView>("out-of-service-faulty").heading, "收钞口正在维修");
}

TEST(Present, countdowns_are_shown) {
  EXPECT_EQ(body<ProgressView>("uplink-wait").countdown->seconds, 52);
  EXPECT_EQ(body<GuideView>("card-out").countdown->seconds, 47);
  const View still = view_of(exhibit("overlay-still-there"));
  const auto& dialog = std::get<DialogView>(still.above);
  ASSERT_TRUE(dialog.countdown);
  EXPECT_EQ(dialog.countdown->seconds, 11);
}

TEST(Present, masked_data_only) {
  for (const Exhibit& e : exhibits()) {
    const View view = view_of(e.state);
    const auto* account = std::get_if<AccountView>(&view.body);
    if (account == nullptr) continue;
    for (const Row& row : account->rows) {
      EXPECT_EQ(row.value.find("330300107726"), std::string::npos);
      EXPECT_EQ(row.value.find("3303000000104217"), std::string::npos);
    }
  }
}

TEST(Present, the_clock_moves_by_the_minute_and_slides_in_turn) {
  core::State attract = exhibit("attract");
  const Moment now = exhibit_moment();
  EXPECT_EQ(next_change(exhibit("home"), now), now.wall_ms + 60'000);
  std::set<int> slides;
  Moment at = now;
  for (int i = 0; i < 6; ++i) {
    slides.insert(std::get<AttractView>(present(attract, real_strings(), at).body).slide);
    at.wall_ms = next_change(attract, at);
  }
  EXPECT_EQ(slides.size(), 6U);
}

// --- voice ---

std::set<std::string> clips_in(const std::string& table) {
  std::ifstream in(assets / "sounds" / table);
  std::set<std::string> clips;
  for (std::string line; std::getline(in, line);)
    if (!line.empty() && line[0] != '#') clips.insert(line.substr(0, line.find('\t')));
  return clips;
}

TEST(Speech, every_prompt_is_in_both_tables) {
  for (const char* table : {"zh.tsv", "en.tsv"}) {
    const std::set<std::string> known = clips_in(table);
    for (const Exhibit& e : exhibits()) {
      const View view = view_of(e.state);
      for (const Speech& speech : {view.prompt, view.call})
        for (const std::string& clip : speech.clips)
          EXPECT_TRUE(clip.rfind("number.", 0) == 0 || known.contains(clip))
              << table << ": " << clip << " of " << e.name;
    }
  }
}

TEST(Speech, each_note_is_called_out_with_the_total) {  // MAN-2
  const View view = view_of(exhibit("cash-150"));
  EXPECT_EQ(view.call.clips, (std::vector<std::string>{"call.received", "number.50", "number.yuan", "call.total",
                                                       "number.100", "number.50", "number.yuan"}));
}

TEST(Speech, another_page_or_language_is_another_prompt) {
  core::State state = exhibit("insert-card");
  const std::string chinese = view_of(state).prompt.key;
  state.talk.language = core::Language::English;
  EXPECT_NE(view_of(state).prompt.key, chinese);
  EXPECT_NE(view_of(exhibit("account")).prompt.key, chinese);
  // The same page with another total is the same prompt: the call alone is spoken.
  EXPECT_EQ(view_of(exhibit("cash-150")).prompt.key, view_of(exhibit("cash")).prompt.key);
}

}  // namespace
}  // namespace pilotlight::screens
