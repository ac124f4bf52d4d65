// What terminals ask over HTTPS (ledger/wire/openapi.yaml): from request to ledger and back. Every check is made for
// every request, in this order: path, method, certificate there, known, not revoked, in time; then the body; then the
// ledger.
#pragma once

#include <span>
#include <string_view>

#include "kiosk/base/clock.h"
#include "ledger/server/attempt_limit.h"
#include "ledger/server/authority.h"
#include "ledger/server/http_server.h"
#include "ledger/store/ledger.h"

namespace pilotlight::server {

struct TerminalRoute {
  std::string_view method;
  std::string_view path;
  bool certificate = true;   // needs one
  bool expired_too = false;  // and takes one that has run out
};
std::span<const TerminalRoute> terminal_routes();

// "T0042": 2 to 16 capital letters and digits, beginning with a letter.
bool is_terminal_name(std::string_view name);

class TerminalApi {
 public:
  // All three outlive it.
  TerminalApi(ledger::Ledger& ledger, const Authority& authority, Clock& clock)
      : ledger_(ledger), authority_(authority), clock_(clock) {}

  // Thread-safe; waits for the ledger's commit.
  HttpReply answer(const HttpRequest& request);

 private:
  struct Endpoint;
  static std::span<const Endpoint> endpoints();
  friend std::span<const TerminalRoute> terminal_routes();

  std::optional<HttpReply> refuse_peer(const TerminalRoute& route, const HttpRequest& request);
  // Sealing and voiding belong to whoever has the card; asking for a top-up and giving it up (OwnOnly) to the terminal
  // that has the money.
  enum class Whose { Anybodys, OwnOnly };
  template <class Question, class Answered>
  HttpReply ask(const HttpRequest& request,
                ledger::Answer<Answered> (ledger::Ledger::*question)(const std::string&, const Question&),
                Whose whose = Whose::Anybodys);
  HttpReply identify(const HttpRequest& request);
  HttpReply authorise(const HttpRequest& request);
  HttpReply seal(const HttpRequest& request);
  HttpReply abandon(const HttpRequest& request);
  HttpReply void_top_up(const HttpRequest& request);
  HttpReply facts(const HttpRequest& request);
  HttpReply heartbeat(const HttpRequest& request);
  HttpReply enrol(const HttpRequest& request);
  HttpReply renew(const HttpRequest& request);
  // The certificate this key already has from an answer that was lost, or a new one.
  HttpReply certify(const std::string& terminal, const std::string& csr_pem, ByteView public_key);

  ledger::Ledger& ledger_;
  const Authority& authority_;
  Clock& clock_;
  AttemptLimit enrolments_{30, std::chrono::seconds(60)};
};

}  // namespace pilotlight::server
