// A demo ledger of its own behind its real HTTPS server, on a free port, with a clock that the test moves.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "kiosk/base/clock.h"
#include "ledger/server/authority.h"
#include "ledger/server/http_server.h"
#include "ledger/server/receipt_page.h"
#include "ledger/server/terminal_api.h"
#include "ledger/store/ledger.h"
#include "tests/ledger/server/tls_client.h"

namespace pilotlight::server {

class MovedClock : public Clock {
 public:
  Moment now() override;
  void advance_ms(std::int64_t ms) { ahead_ms_ += ms; }

 private:
  std::atomic<std::int64_t> ahead_ms_{0};
};

inline constexpr std::int64_t one_day_ms = 24LL * 3600 * 1000;

class ServedLedger {
 public:
  ServedLedger();
  ~ServedLedger();

  // Adds the terminal if need be and makes a code for it, as `pilotlight-ledger enrol` does.
  std::string code_for(const std::string& terminal);
  // A terminal with key and certificate, enrolled through the interface.
  TestIdentity enrolled(const std::string& terminal);
  HttpAnswer enrol(const TestIdentity& identity, const std::string& code);

  TlsClient::Options client(std::optional<TestIdentity> who = std::nullopt) const;
  TlsClient::Options stranger() const;  // at the public address

  MovedClock clock;
  TestFolder folder;
  std::optional<Authority> authority;
  std::unique_ptr<keys::CardKeys> card_keys;
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<TerminalApi> api;
  std::unique_ptr<ReceiptPage> page;
  std::unique_ptr<HttpServer> terminals;
  std::unique_ptr<HttpServer> strangers;
};

// Journal lines of a terminal as it chains them (ledger/wire/messages.h, Fact), ready to be posted.
class TestJournal {
 public:
  wire::Fact add(const wire::Record& record, std::int64_t wall_ms);

 private:
  std::uint64_t seq_ = 0;
  Bytes hash_ = Bytes(32, 0);
};

}  // namespace pilotlight::server
