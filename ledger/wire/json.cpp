#include "ledger/wire/json.h"

#include <utility>

#include "ledger/wire/json_codec.h"

namespace pilotlight::wire {

template <class T>
std::string to_json(const T& value) {
  return boost::json::serialize(codec::encode(value));
}

template <class T>
Result<T, Message> from_json(std::string_view text) {
  return codec::parse<T>(text);
}

#define PILOTLIGHT_WIRE(Type)                      \
  template std::string to_json<Type>(const Type&); \
  template Result<Type, Message> from_json<Type>(std::string_view);

PILOTLIGHT_WIRE(CardState)
PILOTLIGHT_WIRE(Quote)
PILOTLIGHT_WIRE(TopUpRecord)
PILOTLIGHT_WIRE(IdentifyRequest)
PILOTLIGHT_WIRE(Identification)
PILOTLIGHT_WIRE(AuthoriseRequest)
PILOTLIGHT_WIRE(Authorisation)
PILOTLIGHT_WIRE(SealRequest)
PILOTLIGHT_WIRE(SealAnswer)
PILOTLIGHT_WIRE(AbandonRequest)
PILOTLIGHT_WIRE(Abandonment)
PILOTLIGHT_WIRE(VoidRequest)
PILOTLIGHT_WIRE(VoidAnswer)
PILOTLIGHT_WIRE(Fact)
PILOTLIGHT_WIRE(FactsRequest)
PILOTLIGHT_WIRE(FactsAnswer)
PILOTLIGHT_WIRE(HeartbeatRequest)
PILOTLIGHT_WIRE(HeartbeatAnswer)
PILOTLIGHT_WIRE(EnrolRequest)
PILOTLIGHT_WIRE(RenewRequest)
PILOTLIGHT_WIRE(Certificate)
#undef PILOTLIGHT_WIRE

namespace {

template <std::size_t I = 0>
Result<Record, Message> record_at(std::size_t index, std::string_view body) {
  if constexpr (I < std::variant_size_v<Record>) {
    if (index != I) return record_at<I + 1>(index, body);
    auto parsed = codec::parse<std::variant_alternative_t<I, Record>>(body);
    if (!parsed) return fail(parsed.error());
    return Record{std::move(*parsed)};
  } else {
    return fail(Message{"unknown kind"});
  }
}

}  // namespace

std::string record_body(const Record& record) {
  return std::visit([](const auto& value) { return boost::json::serialize(codec::encode(value)); }, record);
}

Result<Record, Message> record_from(std::string_view kind, std::string_view body) {
  for (std::size_t i = 0; i < record_kinds.size(); ++i)
    if (record_kinds[i] == kind) return record_at(i, body);
  return fail(Message{"unknown record kind '" + std::string(kind.substr(0, 40)) + "'"});
}

}  // namespace pilotlight::wire
