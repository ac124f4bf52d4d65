#include "kiosk/runtime/event_log.h"

#include <openssl/evp.h>

#include <array>
#include <istream>

#include "kiosk/base/check.h"
#include "ledger/wire/json_codec.h"

namespace pilotlight {
namespace {

namespace json = boost::json;
namespace codec = wire::codec;

// In the order of core::Fact; the static_assert below keeps it true in number.
constexpr auto fact_names = std::to_array<std::string_view>({"Started",
                                                             "Touched",
                                                             "TimePassed",
                                                             "JournalFailed",
                                                             "AcceptorReady",
                                                             "NoteReading",
                                                             "NoteEscrowed",
                                                             "NoteCredited",
                                                             "NoteRejected",
                                                             "NoteCleared",
                                                             "AcceptorAtRest",
                                                             "AcceptorFaultRaised",
                                                             "AcceptorFaultCleared",
                                                             "ReaderReady",
                                                             "ReaderLost",
                                                             "CardInserted",
                                                             "CardRemoved",
                                                             "CardRead",
                                                             "ChallengeGiven",
                                                             "CardWritten",
                                                             "PrinterChanged",
                                                             "PrintEnded",
                                                             "UplinkChanged",
                                                             "IdentifyAnswered",
                                                             "AuthoriseAnswered",
                                                             "SealAnswered",
                                                             "AbandonAnswered",
                                                             "VoidAnswered"});
static_assert(fact_names.size() == std::variant_size_v<core::Fact>);

template <std::size_t I = 0>
std::string decode_fact(std::string_view kind, const json::value& body, core::Fact& fact) {
  if constexpr (I < std::variant_size_v<core::Fact>) {
    if (fact_names[I] != kind) return decode_fact<I + 1>(kind, body, fact);
    std::variant_alternative_t<I, core::Fact> value{};
    auto error = codec::decode(body, value, "$.body");
    fact = std::move(value);
    return error;
  } else {
    return "$.kind: unknown event";
  }
}

std::string sha256_hex(std::string_view text) {
  Bytes hash(32);
  unsigned size = 0;
  CHECK(EVP_Digest(text.data(), text.size(), hash.data(), &size, EVP_sha256(), nullptr) == 1);
  return to_hex(hash);
}

}  // namespace

std::string_view fact_name(std::size_t index) { return fact_names.at(index); }

std::string event_line(const core::Event& event) {
  json::object line;
  line["steady_ms"] = event.at.steady_ms;
  line["wall_ms"] = event.at.wall_ms;
  line["fresh"] = to_string(event.fresh);
  line["kind"] = json::string(fact_names[event.fact.index()]);
  line["body"] = std::visit([](const auto& fact) { return codec::encode(fact); }, event.fact);
  return json::serialize(line);
}

Result<core::Event, Message> parse_event_line(std::string_view line) {
  json::error_code code;
  const json::value value = json::parse(json::string_view(line.data(), line.size()), code);
  if (code || !value.is_object()) return fail(Message{"not an event"});
  const json::object& object = value.get_object();
  core::Event event;
  std::string kind;
  const auto read = [&](const char* name, auto& to) {
    const json::value* member = object.if_contains(name);
    return member == nullptr ? std::string(name) + ": missing" : codec::decode(*member, to, name);
  };
  for (auto error : {read("steady_ms", event.at.steady_ms), read("wall_ms", event.at.wall_ms),
                     read("fresh", event.fresh), read("kind", kind)})
    if (!error.empty()) return fail(Message{error});
  const json::value* body = object.if_contains("body");
  if (body == nullptr) return fail(Message{"body: missing"});
  if (auto error = decode_fact(kind, *body, event.fact); !error.empty()) return fail(Message{error});
  return event;
}

std::string state_hash(const core::State& state) { return sha256_hex(json::serialize(codec::encode(state))); }

std::string settings_line(const core::Settings& settings) { return json::serialize(codec::encode(settings)); }

std::string money_line(const core::MoneyState& money) { return json::serialize(codec::encode(money)); }

Result<std::string, Message> replay_log(std::istream& log) {
  std::string line;
  if (!std::getline(log, line)) return fail(Message{"line 1: the settings are missing"});
  auto settings = codec::parse<core::Settings>(line);
  if (!settings) return fail(Message{"line 1: " + settings.error().text});
  if (!std::getline(log, line)) return fail(Message{"line 2: the money state is missing"});
  auto money = codec::parse<core::MoneyState>(line);
  if (!money) return fail(Message{"line 2: " + money.error().text});
  core::State state = core::initial_state(std::move(*settings), std::move(*money));
  for (std::size_t number = 3; std::getline(log, line); ++number) {
    auto event = parse_event_line(line);
    if (!event) return fail(Message{"line " + std::to_string(number) + ": " + event.error().text});
    state = core::step(std::move(state), *event).state;
  }
  return state_hash(state);
}

}  // namespace pilotlight
