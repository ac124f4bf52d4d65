#include "ledger/wire/receipt_code.h"

#include <gtest/gtest.h>

namespace pilotlight::wire {
namespace {

Document document() {
  Document made;
  made.number = 17;
  made.kind = DocumentKind::TopUpReceipt;
  made.top_up = *parse_id("0198f3a2-7c11-7d3e-8a52-0123456789ab");
  made.wall_ms = 1'790'000'000'123;
  made.masked_name = "王*";
  made.account = "80001234";
  made.tendered = yuan(150);
  made.cost = Money{14'972};
  made.credited = Money{28};
  made.volume = Volume{54'050};
  return made;
}

TEST(Base64Url, KnownAnswersOfRfc4648WithoutPadding) {
  EXPECT_EQ(to_base64url(as_bytes("")), "");
  EXPECT_EQ(to_base64url(as_bytes("f")), "Zg");
  EXPECT_EQ(to_base64url(as_bytes("fo")), "Zm8");
  EXPECT_EQ(to_base64url(as_bytes("foobar")), "Zm9vYmFy");
  EXPECT_EQ(to_base64url(Bytes{0xFB, 0xFF}), "-_8");
  EXPECT_EQ(from_base64url("-_8"), (Bytes{0xFB, 0xFF}));
}

TEST(Base64Url, HasOneSpelling) {
  EXPECT_FALSE(from_base64url("Zg=="));
  EXPECT_FALSE(from_base64url("Zh"));  // left-over bits
  EXPECT_FALSE(from_base64url("Zm9vY"));
  EXPECT_FALSE(from_base64url("Zm9 "));
  EXPECT_FALSE(from_base64url("+/8"));
}

TEST(ReceiptCode, CarriesTheDocumentsNumbers) {
  const auto code = parse_receipt_payload(receipt_payload("T0042", document()));
  ASSERT_TRUE(code);
  EXPECT_EQ(*code, (ReceiptCode{"T0042", DocumentKind::TopUpReceipt, 17, 1'790'000'000'123, yuan(150), Money{14'972},
                                Money{28}, Volume{54'050}, document().top_up}));
}

TEST(ReceiptCode, CarriesNoPersonalData) {
  const auto bytes = from_base64url(receipt_payload("T0042", document()));
  ASSERT_TRUE(bytes);
  EXPECT_EQ(as_text(*bytes).find("王"), std::string_view::npos);
  EXPECT_EQ(as_text(*bytes).find("80001234"), std::string_view::npos);
}

TEST(ReceiptCode, FitsASmallQrCode) { EXPECT_LE(receipt_payload("T0042", document()).size(), 72U); }

TEST(ReceiptCode, RefusesEveryShorterAndLongerText) {
  const std::string good = receipt_payload("T0042", document());
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(parse_receipt_payload(std::string_view(good).substr(0, size))) << size;
  EXPECT_FALSE(parse_receipt_payload(good + "AAAA"));
}

TEST(ReceiptCode, WhatIsAcceptedIsAlwaysTheOneSpelling) {
  const Bytes good = *from_base64url(receipt_payload("T0042", document()));
  std::size_t accepted = 0;
  for (std::size_t place = 0; place < good.size(); ++place)
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes changed = good;
      changed[place] = static_cast<std::uint8_t>(changed[place] ^ (1U << bit));
      const auto code = parse_receipt_payload(to_base64url(changed));
      if (!code) continue;
      ++accepted;
      Document again = document();
      again.kind = code->kind;
      again.number = code->number;
      again.wall_ms = code->wall_ms;
      again.tendered = code->tendered;
      again.cost = code->cost;
      again.credited = code->credited;
      again.volume = code->volume;
      again.top_up = code->top_up;
      EXPECT_EQ(receipt_payload(code->terminal, again), to_base64url(changed));
    }
  EXPECT_GT(accepted, 0U);
}

TEST(ReceiptCode, RefusesALongNumberAndALongForm) {
  Bytes head{1, 1, 'T', 0};
  Bytes long_form = head;
  long_form.insert(long_form.end(), {0x81, 0x00});  // 1 in two bytes
  for (int i = 0; i < 5; ++i) long_form.push_back(0);
  long_form.insert(long_form.end(), 16, 0);
  EXPECT_FALSE(parse_receipt_payload(to_base64url(long_form)));
  Bytes endless = head;
  endless.insert(endless.end(), 40, 0xFF);
  EXPECT_FALSE(parse_receipt_payload(to_base64url(endless)));
}

TEST(SignedReceipt, GoesIntoAUrlAndComesBack) {
  const Bytes signature{0x30, 0x45, 0x02};
  const std::string payload = receipt_payload("T0042", document());
  const std::string url = receipt_url("https://gas.example.cn/", payload, signature);
  const std::string start = "https://gas.example.cn/r?d=";
  ASSERT_TRUE(url.starts_with(start));
  const auto parts = parse_signed_receipt(std::string_view(url).substr(start.size()));
  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->payload, payload);
  EXPECT_EQ(parts->signature, signature);
  EXPECT_FALSE(parse_signed_receipt(payload));
  EXPECT_FALSE(parse_signed_receipt(payload + "."));
  EXPECT_FALSE(parse_signed_receipt(std::string(600, 'A') + ".AAAA"));
}

}  // namespace
}  // namespace pilotlight::wire
