#include "kiosk/runtime/receipt_layout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iostream>
#include <string>

#include "devices/receipt_printer/escpos.h"
#include "devices/receipt_printer/text.h"

namespace pilotlight {
namespace {

using devices::Align;
using devices::ColumnsLine;
using devices::Element;
using devices::Page;
using devices::QrCode;
using devices::Rule;
using devices::TextLine;

const std::array kinds = {wire::DocumentKind::TopUpReceipt, wire::DocumentKind::CreditSlip,
                          wire::DocumentKind::PendingSlip, wire::DocumentKind::ClaimSlip};
const std::array<std::string, 2> languages = {"zh", "en"};

ReceiptTemplates shipped() {
  auto templates = ReceiptTemplates::load(SOURCE_DIR "/assets", {"zh", "en"});
  EXPECT_TRUE(templates) << templates.error().text;
  return *templates;
}

wire::Document sample(wire::DocumentKind kind) {
  return {.number = 17,
          .replaces = 0,
          .kind = kind,
          .wall_ms = 1'795'487'525'000,  // 2026-11-24 02:32:05 UTC
          .account = "330300020017",
          .masked_name = "王*",
          .card_number = "6101000000000046",
          .tendered = yuan(150),
          .cost = Money{14'997},
          .credited = Money{3},
          .volume = Volume{42'850},
          .purchase_number = 4,
          .notes_in_doubt = kind == wire::DocumentKind::ClaimSlip ? 1u : 0u};
}

ReceiptContext context(const std::string& language = "zh") {
  return {"T0042", "95158", language, "https://gas.example.invalid/r/T0042-000017?s=x", false};
}

// The page as it stands in the grid of the paper, without sizes and weights.
std::string dump(const Page& page, unsigned columns) {
  using devices::escpos::columns_of;
  using devices::escpos::decode_text;
  std::string text;
  for (const Element& element : page.elements) {
    if (const auto* line = std::get_if<TextLine>(&element)) {
      const unsigned width = columns_of(decode_text(line->text)) * line->size;
      const unsigned pad = line->align == Align::Centre && width < columns ? (columns - width) / 2 : 0;
      text += std::string(pad, ' ') + line->text + "\n";
    } else if (const auto* pair = std::get_if<ColumnsLine>(&element)) {
      const unsigned width = (columns_of(decode_text(pair->left)) + columns_of(decode_text(pair->right))) * pair->size;
      text += pair->left + std::string(width < columns ? columns - width : 1, ' ') + pair->right + "\n";
    } else if (std::holds_alternative<Rule>(element)) {
      text += std::string(columns, '-') + "\n";
    } else if (const auto* code = std::get_if<QrCode>(&element)) {
      text += "[QR " + code->payload + "]\n";
    } else {
      text += "\n";
    }
  }
  return text;
}

bool has(const Page& page, const std::string& what) { return dump(page, 48).find(what) != std::string::npos; }

const ColumnsLine* columns_line(const Page& page, const std::string& left) {
  for (const Element& element : page.elements)
    if (const auto* pair = std::get_if<ColumnsLine>(&element); pair != nullptr && pair->left == left) return pair;
  return nullptr;
}

TEST(ReceiptLayout, ATopUpReceiptSaysTheDocumentsNumbers) {
  const auto templates = shipped();
  const Page page = lay_out(sample(wire::DocumentKind::TopUpReceipt), context(), templates);
  EXPECT_TRUE(has(page, "燃气充值凭条"));
  EXPECT_TRUE(has(page, "No. T0042-000017"));
  EXPECT_FALSE(has(page, "补打"));
  EXPECT_FALSE(has(page, "副 本"));
  const std::array<std::array<const char*, 2>, 9> expected = {{{"日期", "2026-11-24 10:32:05"},
                                                               {"终端", "T0042"},
                                                               {"户名", "王*"},
                                                               {"户号尾号", "0017"},
                                                               {"卡号尾号", "0046"},
                                                               {"投入现金", "150.00 元"},
                                                               {"购气金额", "149.97 元"},
                                                               {"余额入账户", "0.03 元"},
                                                               {"购气量", "42.85 立方米"}}};
  for (const auto& [left, right] : expected) {
    const ColumnsLine* line = columns_line(page, left);
    ASSERT_NE(line, nullptr) << left;
    EXPECT_EQ(line->right, right) << left;
  }
  EXPECT_FALSE(has(page, "330300020017"));
  EXPECT_FALSE(has(page, "6101000000000046"));
}

TEST(ReceiptLayout, EveryKindNamesItselfAndWhatToDoNext) {
  const auto templates = shipped();
  const std::array<std::array<const char*, 2>, 4> names = {{{"燃气充值凭条", "插入燃气表"},
                                                            {"入账凭条", "存入您的燃气账户"},
                                                            {"充值待写卡凭条", "任意一台自助终端"},
                                                            {"待处理凭证", "凭证号 T0042-000017"}}};
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    const Page page = lay_out(sample(kinds[i]), context(), templates);
    EXPECT_TRUE(has(page, names[i][0]));
    EXPECT_TRUE(has(page, names[i][1])) << names[i][0];
  }
}

TEST(ReceiptLayout, EveryDocumentHasNumberHotlineQrAndThanks) {
  const auto templates = shipped();
  for (const auto kind : kinds) {
    for (const auto& language : languages) {
      const Page page = lay_out(sample(kind), context(language), templates);
      EXPECT_TRUE(has(page, "T0042-000017"));
      EXPECT_TRUE(has(page, "95158"));
      EXPECT_TRUE(has(page, "[QR https://gas.example.invalid/r/T0042-000017?s=x]"));
      EXPECT_TRUE(has(page, language == "zh" ? "谢谢您" : "Thank you"));  // MAN-1
      ReceiptContext without = context(language);
      without.qr_payload.clear();
      EXPECT_FALSE(has(lay_out(sample(kind), without, templates), "[QR"));
    }
  }
}

TEST(ReceiptLayout, CopiesAndReplacementsAreMarked) {  // DOC-3
  const auto templates = shipped();
  for (const auto kind : kinds) {
    wire::Document document = sample(kind);
    document.replaces = 16;
    ReceiptContext copy = context();
    copy.copy = true;
    const Page page = lay_out(document, copy, templates);
    EXPECT_TRUE(has(page, "补打，替代 T0042-000016"));
    EXPECT_TRUE(has(page, "副 本"));
    EXPECT_TRUE(has(page, "No. T0042-000017"));
  }
}

TEST(ReceiptLayout, WhatIsZeroIsLeftOutWhereItWouldConfuse) {
  const auto templates = shipped();
  wire::Document document = sample(wire::DocumentKind::TopUpReceipt);
  document.credited = {};
  document.tendered = {};
  const Page page = lay_out(document, context(), templates);
  EXPECT_EQ(columns_line(page, "余额入账户"), nullptr);
  EXPECT_EQ(columns_line(page, "投入现金"), nullptr);
  EXPECT_TRUE(has(page, "此前已付款"));
}

TEST(ReceiptLayout, TheDateIsShanghais) {
  const auto templates = shipped();
  wire::Document document = sample(wire::DocumentKind::CreditSlip);
  document.wall_ms = 1'798'732'799'000;  // 2026-12-31 15:59:59 UTC
  EXPECT_TRUE(has(lay_out(document, context(), templates), "2026-12-31 23:59:59"));
  document.wall_ms += 1'000;
  EXPECT_TRUE(has(lay_out(document, context(), templates), "2027-01-01 00:00:00"));
}

TEST(ReceiptLayout, EveryPageFitsBothPapersInThePrintersOwnCharacters) {
  const auto templates = shipped();
  auto raster = devices::escpos::TextRaster::open();
  ASSERT_TRUE(raster);
  for (const auto kind : kinds) {
    for (const auto& language : languages) {
      wire::Document document = sample(kind);
      document.replaces = 16;
      ReceiptContext copy = context(language);
      copy.copy = true;
      const Page page = lay_out(document, copy, templates);
      for (const std::uint16_t width : std::array<std::uint16_t, 2>{384, 576}) {
        const auto encoded = devices::escpos::encode(page, {width, true, true}, *raster);
        ASSERT_TRUE(encoded) << encoded.error().text;
        const Bytes raster_command = {0x1D, 0x76, 0x30};
        EXPECT_EQ(
            std::search(encoded->bytes.begin(), encoded->bytes.end(), raster_command.begin(), raster_command.end()),
            encoded->bytes.end());
      }
      if (std::getenv("SHOW_RECEIPTS") != nullptr) std::cout << dump(page, 48) << "\n\n" << dump(page, 32) << "\n\n";
    }
  }
}

TEST(ReceiptLayout, NoSentenceBlamesOrSendsAway) {  // MAN-1
  const auto templates = shipped();
  for (const auto kind : kinds) {
    const std::string text = dump(lay_out(sample(kind), context(), templates), 48);
    for (const char* forbidden :
         {"还不明白", "就是这样", "你自己", "我不清楚", "别的部门", "问领导", "充值失败", "您的错"})
      EXPECT_EQ(text.find(forbidden), std::string::npos) << forbidden;
  }
}

TEST(ReceiptLayout, NumbersHaveSixDigitsAndGrow) {
  EXPECT_EQ(document_number("T0042", 17), "T0042-000017");
  EXPECT_EQ(document_number("T0042", 1'234'567), "T0042-1234567");
}

TEST(ReceiptLayout, MistakesInATemplateAreNamedWithTheirLine) {
  const auto error = [](const char* text) {
    const auto lines = parse_receipt_template(text);
    return lines ? std::string() : lines.error().text;
  };
  EXPECT_EQ(error("# ok\ntitle a\n"), "");
  EXPECT_EQ(error(""), "line 1: the template is empty");
  EXPECT_EQ(error("title a\nbanner b\n"), "line 2: unknown word 'banner'");
  EXPECT_EQ(error("text {amount}\n"), "line 1: unknown value {amount}");
  EXPECT_EQ(error("text {number\n"), "line 1: a brace without its partner");
  EXPECT_EQ(error("text }\n"), "line 1: a brace without its partner");
  EXPECT_EQ(error("[!weather] text a\n"), "line 1: unknown value in condition [weather]");
  EXPECT_EQ(error("[copy text a\n"), "line 1: a condition without ']'");
  EXPECT_EQ(error("columns a b\n"), "line 1: two columns are separated by '|'");
  EXPECT_EQ(error("feed 12\n"), "line 1: feed takes a number of lines from 1 to 9");
  EXPECT_EQ(error("rule x\n"), "line 1: no text may follow here");
  EXPECT_EQ(error("text\n"), "line 1: text is missing");
}

TEST(ReceiptLayout, AMissingTemplateIsNamed) {
  const auto templates = ReceiptTemplates::load(SOURCE_DIR "/assets", {"zh", "fr"});
  ASSERT_FALSE(templates);
  EXPECT_NE(templates.error().text.find("receipts/top_up_receipt.fr.txt"), std::string::npos);
}

TEST(ReceiptLayout, AnUnknownLanguageGetsTheFirst) {
  const auto templates = shipped();
  EXPECT_TRUE(has(lay_out(sample(wire::DocumentKind::CreditSlip), context("fr"), templates), "入账凭条"));
}

}  // namespace
}  // namespace pilotlight
