#include "screens/strings.h"

#include <array>

#include "tests/screens/screens_fixture.h"

namespace pilotlight::screens {
namespace {

TEST(Strings, both_languages_have_the_same_keys_and_places) {
  const auto loaded = Strings::load(assets);
  ASSERT_TRUE(loaded) << loaded.error().text;
  EXPECT_GT(loaded->chinese.size(), 200U);
  EXPECT_EQ(loaded->chinese.size(), loaded->english.size());
}

TEST(Strings, a_wrong_line_is_named) {
  const std::array<std::pair<const char*, const char*>, 6> cases = {{
      {"a = \"x\"\nb\n", "f:2: expected key = \"text\""},
      {"a = x\n", "f:1: a needs a text in double quotes; escapes are \\\" \\\\ \\n"},
      {"a = \"x\"y\"\n", "f:1: a needs a text in double quotes; escapes are \\\" \\\\ \\n"},
      {"a = \"x\\q\"\n", "f:1: a needs a text in double quotes; escapes are \\\" \\\\ \\n"},
      {"# c\n\na = \"x\"\na = \"y\"\n", "f:4: a stands here a second time"},
      {"a b = \"x\"\n", "f:1: a key is letters, digits, dots and _"},
  }};
  for (const auto& [text, error] : cases) {
    const auto words = read_words(text, "f");
    ASSERT_FALSE(words) << text;
    EXPECT_EQ(words.error().text, error);
  }
}

TEST(Strings, escapes_and_places_are_filled) {
  const auto words = read_words("a = \"say \\\"{x}\\\"\\n{x}{y}\"\r\n", "f");
  ASSERT_TRUE(words);
  EXPECT_EQ(say(*words, "a", {{"x", "{y}"}, {"y", "2"}}), "say \"2\"\n22");
  EXPECT_EQ(say(*words, "missing"), "missing");
}

// MAN-1: sentences the handbook forbids (chapter 6 article 4 (4)(5), chapter 1 section 5.3.9), verbatim and in spirit.
TEST(Strings, no_forbidden_sentence) {
  constexpr std::array forbidden = {"还不明白", "就是这样",   "你自己",       "我不清楚", "问别人",   "别的部门",
                                    "问领导",   "自己看吧",   "肯定不是我们", "这么简单", "我不知道", "我不会",
                                    "不关我",   "没什么可挑", "赶紧",         "没看我",   "等会儿",   "这是规定",
                                    "非法",     "错误",       "失败",         "必须",     "不许",     "禁止"};
  for (const auto& [key, text] : real_strings().chinese)
    for (const char* words : forbidden) EXPECT_EQ(text.find(words), std::string::npos) << key << ": " << text;
  for (const auto& [key, text] : real_strings().english)
    for (const char* words : {"error", "Error", "invalid", "Invalid", "failed", "illegal", "must "})
      EXPECT_EQ(text.find(words), std::string::npos) << key << ": " << text;
}

// A person is addressed politely, and in Chinese with Chinese punctuation.
TEST(Strings, polite_and_well_set) {
  for (const auto& [key, text] : real_strings().chinese) {
    EXPECT_EQ(text.find("你"), std::string::npos) << key << ": " << text;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (std::string_view(",;:?!").find(text[i]) == std::string_view::npos) continue;
      EXPECT_LT(static_cast<unsigned char>(text[i - 1]), 0x80U) << key << ": plain punctuation in " << text;
    }
  }
}

}  // namespace
}  // namespace pilotlight::screens
