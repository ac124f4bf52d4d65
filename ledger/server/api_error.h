// The closed list of what the ledger's HTTP interface says when it does not answer the question itself. The body is
// {"error":"Expired","message":"..."}; the words are for people, programs look at the name.
#pragma once

#include <string_view>

#include "kiosk/base/describe.h"
#include "ledger/server/http_server.h"

namespace pilotlight::server {

enum class ApiError {
  NotFound,            // 404
  MethodNotAllowed,    // 405
  NoCertificate,       // 401: this question needs a client certificate
  UnknownCertificate,  // 403: from our CA, but not in this ledger's register (restored from an older copy)
  Revoked,             // 403: out of service; the journal is kept (M10)
  NotYetValid,         // 403: one of the two clocks is wrong
  Expired,             // 403: may only renew, deliver facts and send heartbeats
  UnknownTerminal,     // 403
  ForeignTopUp,        // 403: authorise or abandon of a top-up that another terminal asked for
  UnknownCode,         // 403: enrolment
  ExpiredCode,         // 403
  UsedCode,            // 403: by another key
  TooManyAttempts,     // 429
  BadRequest,          // 400: the message names the field
  TooMany,             // 400: more than 100 facts or notes
  CatchingUp,          // 503: the ledger was restored from an older copy and lacks facts of this terminal
  Storage              // 503: nothing was changed, ask again
};
PILOTLIGHT_ENUM(ApiError, NotFound, MethodNotAllowed, NoCertificate, UnknownCertificate, Revoked, NotYetValid, Expired,
                UnknownTerminal, ForeignTopUp, UnknownCode, ExpiredCode, UsedCode, TooManyAttempts, BadRequest, TooMany,
                CatchingUp, Storage)

unsigned status_of(ApiError error);
HttpReply error_reply(ApiError error, std::string_view message);

}  // namespace pilotlight::server
