// The ledger's rules as far as one card and one terminal meet them: DESIGN.md section 3 and its hard cases.
#include <algorithm>

#include "tests/simulation/exploration/world.h"

namespace pilotlight::exploration {
namespace {

wire::Quote quote(std::uint32_t price) {
  Id id;
  id.bytes[0] = 0x51;
  id.bytes[1] = static_cast<std::uint8_t>(price & 0xFF);
  return {id, "2026-11-24", {{Money{price}, Volume{0}}}, Volume{10}, yuan(1000)};
}

LedgerTopUp* find(LedgerModel& ledger, const Id& id) {
  const auto at = std::find_if(ledger.top_ups.begin(), ledger.top_ups.end(), [&](const auto& t) { return t.id == id; });
  return at == ledger.top_ups.end() ? nullptr : &*at;
}

LedgerTopUp* pending(LedgerModel& ledger) {
  const auto at = std::find_if(ledger.top_ups.begin(), ledger.top_ups.end(),
                               [](const auto& t) { return t.standing == Standing::Pending; });
  return at == ledger.top_ups.end() ? nullptr : &*at;
}

wire::Seal seal_for(LedgerTopUp& top_up, const Id& seal, const Bytes& challenge) {
  for (const SealGiven& given : top_up.seals)
    if (given.seal == seal && (seal || given.given.command == challenge)) return given.given;
  // A command fits the one challenge it was made for: here it is that challenge.
  top_up.seals.push_back({seal, {static_cast<std::uint32_t>(top_up.seals.size() + 1), challenge}});
  return top_up.seals.back().given;
}

wire::PendingTopUp pending_of(const LedgerTopUp& top_up) {
  return {top_up.id, top_up.record, static_cast<std::uint32_t>(top_up.seals.size())};
}

wire::Refusal refusal_of(LedgerModel& ledger, const wire::AuthoriseRequest& request) {
  Money notes;
  for (const wire::TenderedNote& note : request.notes) notes += note.value;
  if (request.card.purchase_number > ledger.number) return wire::Refusal::NumberAhead;
  if (request.card.purchase_number < ledger.number) return wire::Refusal::NumberBehind;
  if (pending(ledger) != nullptr) return wire::Refusal::PendingTopUp;
  return notes == request.amount ? wire::Refusal::None : wire::Refusal::AmountMismatch;
}

wire::Authorisation authorise(LedgerModel& ledger, const wire::AuthoriseRequest& request, bool quote_changes) {
  LedgerTopUp* known = find(ledger, request.top_up);
  if (known == nullptr) {
    wire::Refusal refusal = refusal_of(ledger, request);
    if (refusal == wire::Refusal::None && quote_changes) refusal = wire::Refusal::QuoteChanged;
    LedgerTopUp fresh{.id = request.top_up, .refusal = refusal, .amount = request.amount};
    fresh.standing = refusal == wire::Refusal::None ? Standing::Pending : Standing::Refused;
    if (refusal == wire::Refusal::None)
      fresh.record = {request.card.purchase_number + 1, request.volume, request.card.total + request.volume,
                      request.cost, request.change};
    ledger.top_ups.push_back(std::move(fresh));
    known = &ledger.top_ups.back();
  }
  wire::Authorisation answer;
  if (known->standing == Standing::Tombstone) answer.refusal = wire::Refusal::Abandoned;
  if (known->standing == Standing::Refused) answer.refusal = known->refusal;
  if (answer.refusal == wire::Refusal::QuoteChanged) answer.new_quote = quote(351);
  answer.record = known->record;
  if (known->standing == Standing::Pending) answer.seal = seal_for(*known, Id{}, request.challenge);
  return answer;
}

wire::SealAnswer seal(LedgerModel& ledger, const wire::SealRequest& request) {
  LedgerTopUp* known = find(ledger, request.top_up);
  wire::SealAnswer answer;
  if (known == nullptr || known->standing == Standing::Tombstone || known->standing == Standing::Refused ||
      known->standing == Standing::Voided) {
    answer.refusal = wire::Refusal::UnknownTopUp;
    return answer;
  }
  answer.record = known->record;
  if (known->standing == Standing::Posted)
    answer.refusal = wire::Refusal::AlreadyWritten;
  else
    answer.seal = seal_for(*known, request.seal, request.challenge);
  return answer;
}

wire::Abandonment abandon(LedgerModel& ledger, const Id& top_up) {
  LedgerTopUp* known = find(ledger, top_up);
  if (known == nullptr) {
    ledger.top_ups.push_back({.id = top_up, .standing = Standing::Tombstone});
    return {true, {}};
  }
  if (known->standing == Standing::Pending || known->standing == Standing::Posted) return {false, pending_of(*known)};
  return {true, {}};
}

wire::VoidAnswer void_it(LedgerModel& ledger, const wire::VoidRequest& request) {
  LedgerTopUp* known = find(ledger, request.top_up);
  if (known == nullptr || known->standing == Standing::Tombstone || known->standing == Standing::Refused)
    return {wire::Refusal::UnknownTopUp};
  if (known->standing == Standing::Voided) return {};
  if (known->standing == Standing::Posted) return {wire::Refusal::AlreadyWritten};
  if (request.attempt != known->seals.size()) return {wire::Refusal::NotHighestAttempt};
  known->standing = Standing::Voided;
  return {};
}

}  // namespace

wire::Identification identify(const LedgerModel& ledger, const wire::CardState& card) {
  wire::Identification found;
  found.account = "100017";
  found.masked_name = "王*";
  for (const LedgerTopUp& top_up : ledger.top_ups)
    if (top_up.standing == Standing::Pending) {
      found.pending = pending_of(top_up);
      return found;
    }
  if (card.purchase_number > ledger.number) found.refusal = wire::Refusal::NumberAhead;
  if (card.purchase_number < ledger.number) found.refusal = wire::Refusal::NumberBehind;
  if (found.refusal == wire::Refusal::None) found.quote = quote(350);
  return found;
}

core::Fact execute(World& world, const core::Effect& question, bool quote_changes) {
  LedgerModel& ledger = world.ledger;
  if (const auto* q = std::get_if<core::AskIdentify>(&question))
    return core::IdentifyAnswered{q->request.session, true, identify(ledger, q->request.card)};
  if (const auto* q = std::get_if<core::AskAuthorise>(&question))
    return core::AuthoriseAnswered{q->request.top_up, true, authorise(ledger, q->request, quote_changes)};
  if (const auto* q = std::get_if<core::AskSeal>(&question))
    return core::SealAnswered{q->request.top_up, true, seal(ledger, q->request)};
  if (const auto* q = std::get_if<core::AskAbandon>(&question))
    return core::AbandonAnswered{q->request.top_up, true, abandon(ledger, q->request.top_up)};
  const auto& q = std::get<core::AskVoid>(question);
  return core::VoidAnswered{q.request.top_up, true, void_it(ledger, q.request)};
}

bool is_idle(const LedgerModel& ledger, const core::Effect& question) {
  const auto known = [&](const Id& id) {
    return std::find_if(ledger.top_ups.begin(), ledger.top_ups.end(), [&](const auto& t) { return t.id == id; });
  };
  const auto none = ledger.top_ups.end();
  const auto sealed = [](const LedgerTopUp& t, const Id& seal, const Bytes& challenge) {
    return std::any_of(t.seals.begin(), t.seals.end(), [&](const SealGiven& given) {
      return given.seal == seal && (seal || given.given.command == challenge);
    });
  };
  if (const auto* q = std::get_if<core::AskAbandon>(&question)) return known(q->request.top_up) != none;
  if (const auto* q = std::get_if<core::AskAuthorise>(&question)) {
    const auto top_up = known(q->request.top_up);
    return top_up != none && (top_up->standing != Standing::Pending || sealed(*top_up, Id{}, q->request.challenge));
  }
  if (const auto* q = std::get_if<core::AskSeal>(&question)) {
    const auto top_up = known(q->request.top_up);
    return top_up != none &&
           (top_up->standing != Standing::Pending || sealed(*top_up, q->request.seal, q->request.challenge));
  }
  if (const auto* q = std::get_if<core::AskVoid>(&question)) {
    const auto top_up = known(q->request.top_up);
    return top_up != none && (top_up->standing != Standing::Pending || q->request.attempt < top_up->seals.size());
  }
  return true;
}

bool take_outbox(LedgerModel& ledger, const OutboxLine& line) {
  if (!line.written) {
    abandon(ledger, line.top_up);
    return true;
  }
  LedgerTopUp* known = find(ledger, line.top_up);
  if (known == nullptr || (known->standing != Standing::Pending && known->standing != Standing::Posted)) return false;
  known->standing = Standing::Posted;
  ledger.number = std::max(ledger.number, known->record.purchase_number);
  return true;
}

}  // namespace pilotlight::exploration
