#include "ledger/server/api_error.h"

#include "ledger/wire/json_codec.h"

namespace pilotlight::server {

namespace {

struct ErrorBody {
  std::string error;
  std::string message;
  PILOTLIGHT_DESCRIBE(error, message)
};

}  // namespace

unsigned status_of(ApiError error) {
  switch (error) {
    case ApiError::NotFound:
      return 404;
    case ApiError::MethodNotAllowed:
      return 405;
    case ApiError::NoCertificate:
      return 401;
    case ApiError::TooManyAttempts:
      return 429;
    case ApiError::BadRequest:
    case ApiError::TooMany:
      return 400;
    case ApiError::CatchingUp:
    case ApiError::Storage:
      return 503;
    default:
      return 403;
  }
}

HttpReply error_reply(ApiError error, std::string_view message) {
  HttpReply reply;
  reply.status = status_of(error);
  reply.body =
      boost::json::serialize(wire::codec::encode(ErrorBody{std::string(enum_name(error)), std::string(message)}));
  if (reply.status == 503) reply.headers.emplace_back("Retry-After", "5");
  if (error == ApiError::TooManyAttempts) reply.headers.emplace_back("Retry-After", "60");
  return reply;
}

}  // namespace pilotlight::server
