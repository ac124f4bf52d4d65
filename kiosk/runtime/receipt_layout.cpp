#include "kiosk/runtime/receipt_layout.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string_view>

#include "kiosk/base/check.h"

namespace pilotlight {
namespace {

using Form = ReceiptLine::Form;

constexpr std::array<std::pair<std::string_view, Form>, 10> forms = {{{"title", Form::Title},
                                                                      {"heading", Form::Heading},
                                                                      {"centre", Form::Centre},
                                                                      {"text", Form::Text},
                                                                      {"strong", Form::Strong},
                                                                      {"columns", Form::Columns},
                                                                      {"total", Form::Total},
                                                                      {"rule", Form::Rule},
                                                                      {"feed", Form::Feed},
                                                                      {"qr", Form::Qr}}};
constexpr std::array<std::string_view, 16> value_names = {
    "number", "replaces", "copy", "date",   "time",     "terminal",        "name",           "account",
    "card",   "tendered", "cost", "volume", "credited", "purchase_number", "notes_in_doubt", "hotline"};
constexpr std::string_view qr_condition = "qr";
constexpr std::array<std::pair<wire::DocumentKind, std::string_view>, 4> files = {
    {{wire::DocumentKind::TopUpReceipt, "top_up_receipt"},
     {wire::DocumentKind::CreditSlip, "credit_slip"},
     {wire::DocumentKind::PendingSlip, "pending_slip"},
     {wire::DocumentKind::ClaimSlip, "claim_slip"}}};
constexpr std::size_t template_maximum = 16 * 1024;
constexpr std::int64_t shanghai_ms = 8 * 3'600'000;  // UTC+8 all year

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t' || text.front() == '\r')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

bool is_value(std::string_view name) {
  return std::find(value_names.begin(), value_names.end(), name) != value_names.end();
}

// Empty, or what is wrong with the {placeholders} of a text.
std::string check_placeholders(std::string_view text) {
  for (std::size_t at = text.find_first_of("{}"); at != text.npos; at = text.find_first_of("{}", at)) {
    const std::size_t end = text.find('}', at);
    if (text[at] == '}' || end == text.npos) return "a brace without its partner";
    const std::string_view name = text.substr(at + 1, end - at - 1);
    if (!is_value(name)) return "unknown value {" + std::string(name) + "}";
    at = end + 1;
  }
  return {};
}

// Takes "[name] [!name] " from the front.
std::string take_conditions(std::string_view& line, ReceiptLine& to) {
  while (!line.empty() && line.front() == '[') {
    const std::size_t end = line.find(']');
    if (end == line.npos) return "a condition without ']'";
    std::string_view name = trim(line.substr(1, end - 1));
    const bool wanted = name.empty() || name.front() != '!';
    if (!wanted) name.remove_prefix(1);
    if (!is_value(name) && name != qr_condition) return "unknown value in condition [" + std::string(name) + "]";
    to.conditions.emplace_back(name, wanted);
    line = trim(line.substr(end + 1));
  }
  return {};
}

std::string check_feed(std::string_view lines) {
  unsigned count = 0;
  const auto [end, code] = std::from_chars(lines.data(), lines.data() + lines.size(), count);
  const bool whole = code == std::errc() && end == lines.data() + lines.size();
  return whole && count >= 1 && count <= 9 ? "" : "feed takes a number of lines from 1 to 9";
}

// Reads the text behind the form's name.
std::string take_text(std::string_view rest, ReceiptLine& to) {
  if (to.form == Form::Rule || to.form == Form::Qr) return rest.empty() ? "" : "no text may follow here";
  if (rest.empty()) return "text is missing";
  if (to.form == Form::Feed) {
    to.left = rest;
    return check_feed(rest);
  }
  if (to.form == Form::Columns || to.form == Form::Total) {
    const std::size_t bar = rest.find('|');
    if (bar == rest.npos) return "two columns are separated by '|'";
    to.left = trim(rest.substr(0, bar));
    to.right = trim(rest.substr(bar + 1));
  } else {
    to.left = rest;
  }
  const std::string wrong = check_placeholders(to.left);
  return wrong.empty() ? check_placeholders(to.right) : wrong;
}

std::string parse_line(std::string_view line, ReceiptLine& to) {
  if (auto wrong = take_conditions(line, to); !wrong.empty()) return wrong;
  const std::string_view word = line.substr(0, line.find(' '));
  const auto form = std::find_if(forms.begin(), forms.end(), [&](const auto& one) { return one.first == word; });
  if (form == forms.end()) return "unknown word '" + std::string(word) + "'";
  to.form = form->second;
  return take_text(trim(line.substr(word.size())), to);
}

std::string two_digits(unsigned value) { return (value < 10 ? "0" : "") + std::to_string(value); }

std::string date_text(std::int64_t wall_ms) {
  const auto local = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(wall_ms + shanghai_ms));
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(local));
  return std::to_string(static_cast<int>(date.year())) + "-" + two_digits(static_cast<unsigned>(date.month())) + "-" +
         two_digits(static_cast<unsigned>(date.day()));
}

std::string time_text(std::int64_t wall_ms) {
  constexpr std::int64_t day_ms = 86'400'000;
  const auto second = static_cast<unsigned>((((wall_ms + shanghai_ms) % day_ms + day_ms) % day_ms) / 1000);
  return two_digits(second / 3600) + ":" + two_digits(second / 60 % 60) + ":" + two_digits(second % 60);
}

// Personal numbers stand on the paper by their last four digits only.
std::string tail(const std::string& number) { return number.size() <= 4 ? number : number.substr(number.size() - 4); }

struct Value {
  std::string text;
  bool there = true;  // for conditions: an amount is there when it is not zero
};
using Values = std::map<std::string, Value, std::less<>>;

Values values_of(const wire::Document& document, const ReceiptContext& context) {
  const auto plain = [](std::string text) {
    const bool there = !text.empty();
    return Value{std::move(text), there};
  };
  const auto money = [](Money amount) { return Value{to_decimal(amount), amount != Money{}}; };
  const auto count = [](std::uint32_t number) { return Value{std::to_string(number), number != 0}; };
  return {{"number", plain(document_number(context.terminal, document.number))},
          {"replaces", {document_number(context.terminal, document.replaces), document.replaces != 0}},
          {"copy", {"", context.copy}},
          {"date", plain(date_text(document.wall_ms))},
          {"time", plain(time_text(document.wall_ms))},
          {"terminal", plain(context.terminal)},
          {"name", plain(document.masked_name)},
          {"account", plain(tail(document.account))},
          {"card", plain(tail(document.card_number))},
          {"tendered", money(document.tendered)},
          {"cost", money(document.cost)},
          {"credited", money(document.credited)},
          {"volume", {to_cubic_metres(document.volume), document.volume != Volume{}}},
          {"purchase_number", count(document.purchase_number)},
          {"notes_in_doubt", count(document.notes_in_doubt)},
          {"hotline", plain(context.hotline)},
          {"qr", plain(context.qr_payload)}};
}

std::string fill(std::string_view text, const Values& values) {
  std::string filled;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t open = std::min(text.find('{', at), text.size());
    filled += text.substr(at, open - at);
    if (open == text.size()) break;
    const std::size_t end = text.find('}', open);
    CHECK(end != text.npos);  // checked when the template was read
    filled += values.find(text.substr(open + 1, end - open - 1))->second.text;
    at = end + 1;
  }
  return filled;
}

devices::Element element_of(const ReceiptLine& line, const Values& values, const ReceiptContext& context) {
  using devices::Align;
  const std::string left = fill(line.left, values);
  switch (line.form) {
    case Form::Title:
      return devices::TextLine{left, Align::Centre, true, 2};
    case Form::Heading:
      return devices::TextLine{left, Align::Centre, true, 1};
    case Form::Centre:
      return devices::TextLine{left, Align::Centre, false, 1};
    case Form::Text:
      return devices::TextLine{left, Align::Left, false, 1};
    case Form::Strong:
      return devices::TextLine{left, Align::Left, true, 1};
    case Form::Columns:
      return devices::ColumnsLine{left, fill(line.right, values), false, 1};
    case Form::Total:
      return devices::ColumnsLine{left, fill(line.right, values), true, 2};
    case Form::Rule:
      return devices::Rule{};
    case Form::Feed:
      return devices::Feed{static_cast<std::uint8_t>(line.left[0] - '0')};
    case Form::Qr:
      return devices::QrCode{context.qr_payload};
  }
  check_failed(__FILE__, __LINE__, "a form of a receipt line");
}

Result<std::string, Message> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Message{path.string() + ": cannot be read"});
  std::string text((std::istreambuf_iterator<char>(file)), {});
  if (text.size() > template_maximum) return fail(Message{path.string() + ": longer than 16 KiB"});
  return text;
}

}  // namespace

Result<std::vector<ReceiptLine>, Message> parse_receipt_template(std::string_view text) {
  std::vector<ReceiptLine> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trim(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    ReceiptLine parsed;
    if (const std::string wrong = parse_line(line, parsed); !wrong.empty())
      return fail(Message{"line " + std::to_string(number) + ": " + wrong});
    // A QR code without a payload cannot be printed: the template need not say so each time.
    if (parsed.form == Form::Qr) parsed.conditions.emplace_back(qr_condition, true);
    lines.push_back(std::move(parsed));
  }
  if (lines.empty()) return fail(Message{"line 1: the template is empty"});
  return lines;
}

Result<ReceiptTemplates, Message> ReceiptTemplates::load(const std::filesystem::path& assets_dir,
                                                         const std::vector<std::string>& languages) {
  CHECK(!languages.empty());
  ReceiptTemplates templates;
  templates.first_language_ = languages.front();
  for (const std::string& language : languages) {
    for (const auto& [kind, name] : files) {
      const auto path = assets_dir / "receipts" / (std::string(name) + "." + language + ".txt");
      const auto text = read_file(path);
      if (!text) return fail(text.error());
      auto lines = parse_receipt_template(*text);
      if (!lines) return fail(Message{path.string() + ": " + lines.error().text});
      templates.lines_[{kind, language}] = std::move(*lines);
    }
  }
  return templates;
}

const std::vector<ReceiptLine>& ReceiptTemplates::lines(wire::DocumentKind kind, const std::string& language) const {
  const auto found = lines_.find({kind, language});
  return found != lines_.end() ? found->second : lines_.at({kind, first_language_});
}

devices::Page lay_out(const wire::Document& document, const ReceiptContext& context,
                      const ReceiptTemplates& templates) {
  const Values values = values_of(document, context);
  devices::Page page;
  for (const ReceiptLine& line : templates.lines(document.kind, context.language)) {
    const bool printed = std::all_of(line.conditions.begin(), line.conditions.end(), [&](const auto& condition) {
      return values.find(condition.first)->second.there == condition.second;
    });
    if (printed) page.elements.push_back(element_of(line, values, context));
  }
  return page;
}

std::string document_number(const std::string& terminal, std::uint32_t number) {
  const std::string digits = std::to_string(number);
  return terminal + "-" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

}  // namespace pilotlight
