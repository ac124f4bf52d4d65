#include "devices/receipt_printer/text.h"

#include <gtest/gtest.h>

namespace pilotlight::devices::escpos {
namespace {

TEST(ReceiptText, EncodesChineseAsGbkDoubleBytes) {
  EXPECT_EQ(to_hex(to_double_bytes(decode_text("燃气充值")).value()), "c8bcc6f8b3e4d6b5");
  EXPECT_EQ(to_hex(to_double_bytes(decode_text("王* 12")).value()), "cdf52a203132");
  EXPECT_EQ(to_hex(to_double_bytes(decode_text("“·—，")).value()), "a1b0a1a4a1aaa3ac");
  EXPECT_EQ(to_hex(to_double_bytes(decode_text("镕")).value()), "e946");  // outside GB2312, inside GBK
}

TEST(ReceiptText, CharactersWithoutADoubleByteAreFound) {
  EXPECT_FALSE(to_double_bytes(decode_text("䶮")));  // U+4DAE, in GB18030 only
  EXPECT_FALSE(to_double_bytes(decode_text("𠮷")));  // outside the basic plane
  EXPECT_FALSE(to_double_bytes(decode_text("m³")));
  EXPECT_FALSE(to_double_bytes(decode_text("€5")));
}

TEST(ReceiptText, NoTextCanCarryACommand) {
  EXPECT_EQ(decode_text("王\x1B@\n\x10\x04\x01\x7F"), decode_text("王 @     "));
  EXPECT_EQ(decode_text("a\xC3"), U"a?");               // cut off
  EXPECT_EQ(decode_text("\xC0\x8A"), U"??");            // overlong line feed
  EXPECT_EQ(decode_text("\xED\xA0\x80"), U"???");       // surrogate
  EXPECT_EQ(decode_text("\xF4\x90\x80\x80"), U"????");  // beyond Unicode
}

TEST(ReceiptText, AChineseGlyphFillsTwoColumns) { EXPECT_EQ(columns_of(decode_text("余额 1.00元")), 4u + 1 + 4 + 2); }

TEST(ReceiptText, WrapsAtBlanksAndBetweenChineseCharacters) {
  EXPECT_EQ(wrap(U"put the card in", 8), (std::vector<std::u32string>{U"put the", U"card in"}));
  EXPECT_EQ(wrap(U"请把卡插入气表", 8), (std::vector<std::u32string>{U"请把卡插", U"入气表"}));
  EXPECT_EQ(wrap(U"请把卡插，入气表", 8), (std::vector<std::u32string>{U"请把卡", U"插，入气", U"表"}));
  EXPECT_EQ(wrap(U"abcdefghij", 4), (std::vector<std::u32string>{U"abcd", U"efgh", U"ij"}));
  EXPECT_EQ(wrap(U"", 4), (std::vector<std::u32string>{U""}));
  EXPECT_EQ(wrap(U"12345678", 8), (std::vector<std::u32string>{U"12345678"}));
}

TEST(ReceiptText, WrappedLinesAlwaysFit) {
  const std::u32string text = decode_text("如有疑问，请拨打服务热线 95158（24 小时）, and tell us: T0042-000017.");
  for (unsigned columns = 2; columns < 60; ++columns)
    for (const auto& line : wrap(text, columns)) EXPECT_LE(columns_of(line), columns);
}

}  // namespace
}  // namespace pilotlight::devices::escpos
