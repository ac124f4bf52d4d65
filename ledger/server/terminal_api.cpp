#include "ledger/server/terminal_api.h"

#include <algorithm>
#include <array>

#include "ledger/server/api_error.h"
#include "ledger/server/enrolment_code.h"
#include "ledger/wire/json.h"

namespace pilotlight::server {

namespace {

// A certificate that was issued to the same key within this time is handed out again instead of a new one.
constexpr std::int64_t repeat_window_ms = 24LL * 3600 * 1000;

HttpReply trouble_reply(ledger::Trouble trouble) {
  switch (trouble) {
    case ledger::Trouble::UnknownTerminal:
      return error_reply(ApiError::UnknownTerminal, "this terminal is not registered here");
    case ledger::Trouble::Revoked:
      return error_reply(ApiError::Revoked, "out of service; keep the journal and call staff");
    case ledger::Trouble::TooMany:
      return error_reply(ApiError::TooMany, "at most 100 items in one request");
    case ledger::Trouble::CatchingUp:
      return error_reply(ApiError::CatchingUp, "this ledger was restored: deliver facts, then ask again");
    case ledger::Trouble::Storage:
      break;
  }
  return error_reply(ApiError::Storage, "nothing was changed; ask again");
}

HttpReply code_refusal_reply(ledger::CodeRefusal refusal) {
  switch (refusal) {
    case ledger::CodeRefusal::Unknown:
      return error_reply(ApiError::UnknownCode, "no such enrolment code");
    case ledger::CodeRefusal::Expired:
      return error_reply(ApiError::ExpiredCode, "this enrolment code has run out; have a new one made");
    case ledger::CodeRefusal::Used:
      return error_reply(ApiError::UsedCode, "this enrolment code was used by another key");
    case ledger::CodeRefusal::Storage:
      break;
  }
  return error_reply(ApiError::Storage, "nothing was changed; ask again");
}

template <class T>
HttpReply json_reply(const T& value) {
  HttpReply reply;
  reply.body = wire::to_json(value);
  return reply;
}

}  // namespace

bool is_terminal_name(std::string_view name) {
  const auto capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return name.size() >= 2 && name.size() <= 16 && capital(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return capital(c) || (c >= '0' && c <= '9'); });
}

struct TerminalApi::Endpoint {
  TerminalRoute route;
  HttpReply (TerminalApi::*answer)(const HttpRequest&);
};

std::span<const TerminalApi::Endpoint> TerminalApi::endpoints() {
  static constexpr std::array<Endpoint, 9> table{{
      {{"POST", "/v1/identify"}, &TerminalApi::identify},
      {{"POST", "/v1/authorise"}, &TerminalApi::authorise},
      {{"POST", "/v1/seal"}, &TerminalApi::seal},
      {{"POST", "/v1/abandon"}, &TerminalApi::abandon},
      {{"POST", "/v1/void"}, &TerminalApi::void_top_up},
      {{"POST", "/v1/facts", true, true}, &TerminalApi::facts},
      {{"POST", "/v1/heartbeat", true, true}, &TerminalApi::heartbeat},
      {{"POST", "/v1/enrol", false}, &TerminalApi::enrol},
      {{"POST", "/v1/renew", true, true}, &TerminalApi::renew},
  }};
  return table;
}

std::span<const TerminalRoute> terminal_routes() {
  static const std::vector<TerminalRoute> routes = [] {
    std::vector<TerminalRoute> made;
    for (const auto& endpoint : TerminalApi::endpoints()) made.push_back(endpoint.route);
    return made;
  }();
  return routes;
}

HttpReply TerminalApi::answer(const HttpRequest& request) {
  for (const auto& endpoint : endpoints()) {
    if (endpoint.route.path != request.path) continue;
    HttpReply reply;
    if (endpoint.route.method != request.method) {
      reply = error_reply(ApiError::MethodNotAllowed, "POST it");
      reply.headers.emplace_back("Allow", std::string(endpoint.route.method));
    } else if (auto refused = refuse_peer(endpoint.route, request)) {
      reply = std::move(*refused);
    } else {
      reply = (this->*endpoint.answer)(request);
    }
    reply.route = std::string(endpoint.route.path);
    return reply;
  }
  return error_reply(ApiError::NotFound, "no such path");
}

std::optional<HttpReply> TerminalApi::refuse_peer(const TerminalRoute& route, const HttpRequest& request) {
  if (!route.certificate) return std::nullopt;
  if (!request.peer) return error_reply(ApiError::NoCertificate, "a client certificate is needed");
  const auto known = ledger_.certificate(request.peer->serial);
  if (!known || known->terminal != request.peer->common_name)
    return error_reply(ApiError::UnknownCertificate, "this certificate is not in the ledger's register");
  if (known->revoked) return error_reply(ApiError::Revoked, "out of service; keep the journal and call staff");
  const std::int64_t now = clock_.now().wall_ms;
  if (now < request.peer->not_before_ms) return error_reply(ApiError::NotYetValid, "the certificate is not valid yet");
  if (now >= request.peer->not_after_ms && !route.expired_too)
    return error_reply(ApiError::Expired, "the certificate has run out: renew it");
  return std::nullopt;
}

template <class Question, class Answered>
HttpReply TerminalApi::ask(const HttpRequest& request,
                           ledger::Answer<Answered> (ledger::Ledger::*question)(const std::string&, const Question&),
                           Whose whose) {
  const auto asked = wire::from_json<Question>(request.body);
  if (!asked) return error_reply(ApiError::BadRequest, asked.error().text);
  const std::string& terminal = request.peer->common_name;
  if constexpr (requires { asked->top_up; }) {
    const auto known = whose == Whose::OwnOnly ? ledger_.top_up(asked->top_up) : std::nullopt;
    if (known && known->terminal != terminal)
      return error_reply(ApiError::ForeignTopUp, "another terminal asked for this top-up");
  }
  const auto answered = (ledger_.*question)(terminal, *asked);
  if (!answered) return trouble_reply(answered.error());
  return json_reply(*answered);
}

HttpReply TerminalApi::identify(const HttpRequest& request) { return ask(request, &ledger::Ledger::identify); }
HttpReply TerminalApi::authorise(const HttpRequest& request) {
  return ask(request, &ledger::Ledger::authorise, Whose::OwnOnly);
}
HttpReply TerminalApi::seal(const HttpRequest& request) { return ask(request, &ledger::Ledger::seal); }
HttpReply TerminalApi::abandon(const HttpRequest& request) {
  return ask(request, &ledger::Ledger::abandon, Whose::OwnOnly);
}
HttpReply TerminalApi::void_top_up(const HttpRequest& request) { return ask(request, &ledger::Ledger::void_top_up); }
HttpReply TerminalApi::facts(const HttpRequest& request) { return ask(request, &ledger::Ledger::facts); }
HttpReply TerminalApi::heartbeat(const HttpRequest& request) { return ask(request, &ledger::Ledger::heartbeat); }

HttpReply TerminalApi::enrol(const HttpRequest& request) {
  if (!enrolments_.allow()) return error_reply(ApiError::TooManyAttempts, "wait a minute");
  const auto asked = wire::from_json<wire::EnrolRequest>(request.body);
  if (!asked) return error_reply(ApiError::BadRequest, asked.error().text);
  const auto public_key = csr_public_key(asked->csr_pem);
  if (!public_key) return error_reply(ApiError::BadRequest, "$.csr_pem: " + public_key.error().text);
  const auto terminal = ledger_.redeem_code(enrolment_code_hash(asked->code), key_hash(*public_key));
  if (!terminal) return code_refusal_reply(terminal.error());
  return certify(*terminal, asked->csr_pem, *public_key);
}

HttpReply TerminalApi::renew(const HttpRequest& request) {
  const auto asked = wire::from_json<wire::RenewRequest>(request.body);
  if (!asked) return error_reply(ApiError::BadRequest, asked.error().text);
  const auto public_key = csr_public_key(asked->csr_pem);
  if (!public_key) return error_reply(ApiError::BadRequest, "$.csr_pem: " + public_key.error().text);
  return certify(request.peer->common_name, asked->csr_pem, *public_key);
}

HttpReply TerminalApi::certify(const std::string& terminal, const std::string& csr_pem, ByteView public_key) {
  const std::int64_t now = clock_.now().wall_ms;
  const std::int64_t full_life_ms = terminal_certificate_days * 24LL * 3600 * 1000;
  for (const auto& present : ledger_.certificates_of(terminal)) {
    const bool fresh = !present.revoked && present.not_after_ms > now + full_life_ms - repeat_window_ms;
    if (fresh && std::ranges::equal(certificate_public_key(present.certificate_pem), public_key))
      return json_reply(wire::Certificate{terminal, present.certificate_pem, ledger_.production()});
  }
  const auto issued = authority_.issue(csr_pem, terminal, now);
  if (!issued) return error_reply(ApiError::BadRequest, "$.csr_pem: " + issued.error().text);
  const auto added =
      ledger_.add_certificate({terminal, issued->facts.serial, issued->pem, issued->facts.not_after_ms, false});
  if (!added) return error_reply(ApiError::Storage, "nothing was changed; ask again");
  return json_reply(wire::Certificate{terminal, issued->pem, ledger_.production()});
}

}  // namespace pilotlight::server
