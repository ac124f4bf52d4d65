// The public page behind the QR code of a receipt (ledger/wire/receipt_code.h): says in Chinese and English whether the
// terminal made it and whether the ledger's register of documents says the same. It shows only what the code itself
// carries: no name, no account, no card, not even for a genuine receipt.
#pragma once

#include <string>
#include <string_view>

#include "ledger/server/http_server.h"
#include "ledger/store/ledger.h"

namespace pilotlight::server {

enum class ReceiptVerdict {
  Genuine,     // signed by that terminal and the same in the ledger
  Voided,      // the number was voided; another document may stand for it
  Unreported,  // signed by that terminal, not yet in the ledger
  Differs,     // signed by that terminal, but the ledger knows other numbers
  Forged,      // not signed by that terminal
  Unreadable   // no receipt code at all
};
PILOTLIGHT_ENUM(ReceiptVerdict, Genuine, Voided, Unreported, Differs, Forged, Unreadable)

inline constexpr std::string_view receipt_path = "/r";

class ReceiptPage {
 public:
  explicit ReceiptPage(ledger::Ledger& ledger) : ledger_(ledger) {}

  // GET /r?d=... 200 for Genuine, Voided and Unreported, 404 for Differs and Forged, 400 for Unreadable; the verdict is
  // also in the header X-Receipt. Thread-safe.
  HttpReply answer(const HttpRequest& request);

 private:
  ledger::Ledger& ledger_;
};

}  // namespace pilotlight::server
