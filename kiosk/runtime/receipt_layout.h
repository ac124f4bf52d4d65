// A document as a printed page. What stands on the paper, in which order and in which words, is in the templates of
// assets/receipts (one per kind and language, format in its README); the numbers are the document's own (law M7).
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "devices/receipt_printer/receipt_printer.h"
#include "kiosk/base/result.h"
#include "ledger/wire/records.h"

namespace pilotlight {

struct ReceiptContext {
  std::string terminal;    // "T0042"
  std::string hotline;     // "95158"
  std::string language;    // "zh" or "en"
  std::string qr_payload;  // empty: no QR code on the paper
  bool copy = false;       // a copy keeps its number and is marked 副本
};

// A line of a template. `conditions` all have to hold for it to be printed.
struct ReceiptLine {
  enum class Form { Title, Heading, Centre, Text, Strong, Columns, Total, Rule, Feed, Qr };
  Form form = Form::Text;
  std::vector<std::pair<std::string, bool>> conditions;  // name of a value, and whether there has to be one
  std::string left;
  std::string right;  // of Columns and Total
};

class ReceiptTemplates {
 public:
  // Reads assets_dir/receipts/<kind>.<language>.txt for all kinds and these languages. Fails for a missing file and for
  // the first mistake in one, named with file and line: a terminal that cannot print every document must not start.
  static Result<ReceiptTemplates, Message> load(const std::filesystem::path& assets_dir,
                                                const std::vector<std::string>& languages);

  const std::vector<ReceiptLine>& lines(wire::DocumentKind kind, const std::string& language) const;

 private:
  std::string first_language_;
  std::map<std::pair<wire::DocumentKind, std::string>, std::vector<ReceiptLine>> lines_;
};

// One template's text; the error says "line 3: …".
Result<std::vector<ReceiptLine>, Message> parse_receipt_template(std::string_view text);

// Pure. A language that was not loaded falls back to the first one that was.
devices::Page lay_out(const wire::Document& document, const ReceiptContext& context, const ReceiptTemplates& templates);

// "T0042-000017"
std::string document_number(const std::string& terminal, std::uint32_t number);

}  // namespace pilotlight
