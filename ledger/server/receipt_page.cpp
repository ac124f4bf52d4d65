#include "ledger/server/receipt_page.h"

#include <openssl/evp.h>
#include <spdlog/fmt/fmt.h>

#include <array>
#include <ctime>
#include <optional>

#include "kiosk/base/check.h"
#include "ledger/server/authority.h"
#include "ledger/wire/receipt_code.h"

namespace pilotlight::server {

namespace {

using wire::ReceiptCode;

constexpr std::int64_t china_ms = 8LL * 3600 * 1000;  // no daylight saving time since 1991

constexpr std::string_view style =
    ":root{color-scheme:light}"
    "body{margin:0;background:#f4f6f8;color:#14202b;font:18px/1.5 system-ui,'Noto Sans SC','PingFang SC',sans-serif}"
    "main{max-width:30rem;margin:0 auto;padding:1.5rem 1rem 3rem}"
    "h1{font-size:1.1rem;font-weight:600;color:#48586a;margin:0 0 1rem}"
    ".v{background:#fff;border-radius:14px;padding:1.25rem;border-left:10px solid #48586a;"
    "box-shadow:0 1px 4px rgba(20,32,43,.12)}"
    ".v b{display:block;font-size:1.6rem;line-height:1.25}.v span{display:block;margin-top:.5rem}"
    ".good{border-color:#0b6e4f}.good b{color:#0b6e4f}"
    ".wait{border-color:#8a5a00}.wait b{color:#8a5a00}"
    ".bad{border-color:#a3161f}.bad b{color:#a3161f}"
    "table{width:100%;border-collapse:collapse;margin:1.25rem 0;background:#fff;border-radius:14px;overflow:hidden}"
    "th,td{padding:.6rem 1rem;border-bottom:1px solid #e3e8ed;text-align:left;font-weight:400}"
    "th{color:#48586a;font-size:.9rem}td{text-align:right;font-variant-numeric:tabular-nums}"
    "tr:last-child th,tr:last-child td{border:0}"
    "small{color:#48586a;display:block;font-size:.85rem}[lang=en]{font-size:.85em;color:#48586a}";

std::string content_security_policy() {
  std::array<unsigned char, 32> digest{};
  std::array<unsigned char, 48> text{};
  CHECK(EVP_Digest(style.data(), style.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1);
  EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return fmt::format(
      "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      reinterpret_cast<const char*>(text.data()));
}

struct Words {
  std::string_view look;  // class of the panel
  std::string_view sign;  // so that colour is never the only meaning
  std::string_view chinese;
  std::string_view english;
  std::string_view chinese_more;
  std::string_view english_more;
};

Words words_of(ReceiptVerdict verdict) {
  switch (verdict) {
    case ReceiptVerdict::Genuine:
      return {"good",
              "✔",
              "凭条真实有效",
              "This receipt is genuine",
              "以下内容与燃气公司账务记录一致,请与纸质凭条核对。",
              "The gas company's ledger says the same. Compare it with the paper in your hand."};
    case ReceiptVerdict::Voided:
      return {"wait",
              "!",
              "凭条已作废",
              "This receipt was voided",
              "该编号未能完整打印,已由新的凭条代替或登记作废。",
              "It was not printed completely. A new number replaces it or it is listed as void."};
    case ReceiptVerdict::Unreported:
      return {"wait",
              "…",
              "签名有效,尚未入账",
              "Signed by the terminal, not yet reported",
              "终端可能暂时离线,请稍后再查。",
              "The terminal may be offline. Please look again later."};
    case ReceiptVerdict::Differs:
      return {"bad",
              "✘",
              "与账务记录不符",
              "This receipt does not match the ledger",
              "请保留凭条并联系燃气公司。",
              "Please keep the paper and call the gas company."};
    case ReceiptVerdict::Forged:
      return {"bad",
              "✘",
              "不是本公司终端出具",
              "Not made by one of our terminals",
              "二维码内容被改动或不是本公司凭条。",
              "The code was changed or is not ours."};
    case ReceiptVerdict::Unreadable:
      break;
  }
  return {"bad",
          "✘",
          "无法识别",
          "Not a receipt code",
          "请重新扫描凭条上的二维码。",
          "Please scan the code on the receipt again."};
}

std::string_view kind_words(wire::DocumentKind kind) {
  switch (kind) {
    case wire::DocumentKind::TopUpReceipt:
      return "充值凭条 <small lang=\"en\">top-up receipt</small>";
    case wire::DocumentKind::CreditSlip:
      return "入账凭条 <small lang=\"en\">credit slip</small>";
    case wire::DocumentKind::PendingSlip:
      return "待写卡凭条 <small lang=\"en\">paid, still to be put on the card</small>";
    case wire::DocumentKind::ClaimSlip:
      break;
  }
  return "待处理凭条 <small lang=\"en\">claim slip</small>";
}

std::string china_time(std::int64_t wall_ms) {
  constexpr std::int64_t latest_ms = 253'402'300'799'000 - china_ms;  // the end of 9999
  if (wall_ms > latest_ms) return "–";
  const std::time_t seconds = (wall_ms + china_ms) / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                     parts.tm_hour, parts.tm_min);
}

std::string row(std::string_view chinese, std::string_view english, std::string_view value) {
  return fmt::format("<tr><th>{}<small lang=\"en\">{}</small></th><td>{}</td></tr>", chinese, english, value);
}

std::string table_of(const ReceiptCode& code) {
  std::string rows = row("编号", "number", fmt::format("{}-{:06}", code.terminal, code.number));
  rows += row("种类", "kind", kind_words(code.kind));
  rows += row("时间", "time", china_time(code.wall_ms));
  rows += row("投入现金", "cash put in", fmt::format("¥ {}", to_decimal(code.tendered)));
  rows += row("购气金额", "gas", fmt::format("¥ {}", to_decimal(code.cost)));
  rows += row("购气量", "volume", fmt::format("{} m³", to_cubic_metres(code.volume)));
  rows += row("转入账户余额", "credited to the account", fmt::format("¥ {}", to_decimal(code.credited)));
  return "<table>" + rows + "</table>";
}

std::string page(ReceiptVerdict verdict, const std::optional<ReceiptCode>& code) {
  const Words words = words_of(verdict);
  return fmt::format(
      "<!doctype html><html lang=\"zh-CN\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>燃气凭条验证 · Gas receipt check</title><style>{}</style></head><body><main>"
      "<h1>燃气凭条验证 <span lang=\"en\">Gas receipt check</span></h1>"
      "<div class=\"v {}\"><b>{} {}</b><span>{}</span><span lang=\"en\"><strong>{}.</strong> {}</span></div>"
      "{}<small>本页不显示任何个人信息。<span lang=\"en\">This page shows no personal data.</span></small>"
      "</main></body></html>",
      style, words.look, words.sign, words.chinese, words.chinese_more, words.english, words.english_more,
      code ? table_of(*code) : std::string());
}

std::string_view parameter_d(std::string_view query) {
  while (!query.empty()) {
    const auto end = query.find('&');
    const std::string_view one = query.substr(0, end);
    if (one.starts_with("d=")) return one.substr(2);
    if (end == std::string_view::npos) break;
    query.remove_prefix(end + 1);
  }
  return {};
}

bool says_the_same(const ReceiptCode& code, const wire::Document& document) {
  return code.kind == document.kind && code.number == document.number && code.wall_ms == document.wall_ms &&
         code.tendered == document.tendered && code.cost == document.cost && code.credited == document.credited &&
         code.volume == document.volume && code.top_up == document.top_up;
}

// Any certificate the terminal ever had counts: receipts outlive keys. What a stolen key could sign is not in the
// register.
bool signed_by_terminal(ledger::Ledger& ledger, const ReceiptCode& code, const wire::SignedReceipt& receipt) {
  for (const auto& certificate : ledger.certificates_of(code.terminal))
    if (signature_holds(certificate_public_key(certificate.certificate_pem), receipt.payload, receipt.signature))
      return true;
  return false;
}

ReceiptVerdict judge(ledger::Ledger& ledger, const ReceiptCode& code, const wire::SignedReceipt& receipt) {
  if (!signed_by_terminal(ledger, code, receipt)) return ReceiptVerdict::Forged;
  const auto entry = ledger.document(code.terminal, code.number);
  if (!entry) return ReceiptVerdict::Unreported;
  if (!says_the_same(code, entry->document)) return ReceiptVerdict::Differs;
  return entry->voided ? ReceiptVerdict::Voided : ReceiptVerdict::Genuine;
}

}  // namespace

HttpReply ReceiptPage::answer(const HttpRequest& request) {
  HttpReply reply;
  reply.content_type = "text/html; charset=utf-8";
  static const std::string policy = content_security_policy();
  reply.headers = {{"Content-Security-Policy", policy},
                   {"X-Content-Type-Options", "nosniff"},
                   {"Referrer-Policy", "no-referrer"},
                   {"Cache-Control", "no-store"}};
  if (request.path == receipt_path && request.method != "GET") {
    reply.status = 405;
    reply.headers.emplace_back("Allow", "GET");
    return reply;
  }
  ReceiptVerdict verdict = ReceiptVerdict::Unreadable;
  std::optional<ReceiptCode> code;
  if (request.path == receipt_path) {
    reply.route = std::string(receipt_path);
    if (const auto receipt = wire::parse_signed_receipt(parameter_d(request.query))) {
      code = wire::parse_receipt_payload(receipt->payload);
      if (code) verdict = judge(ledger_, *code, *receipt);
    }
    reply.status = verdict == ReceiptVerdict::Unreadable                                     ? 400
                   : verdict == ReceiptVerdict::Differs || verdict == ReceiptVerdict::Forged ? 404
                                                                                             : 200;
    reply.headers.emplace_back("X-Receipt", std::string(enum_name(verdict)));
  } else {
    reply.status = 404;
  }
  // What is forged is not repeated under our name.
  if (verdict == ReceiptVerdict::Forged || verdict == ReceiptVerdict::Differs) code.reset();
  reply.body = page(verdict, code);
  return reply;
}

}  // namespace pilotlight::server
