// The life of a top-up: reserved, sealed (again and again), and written, voided or abandoned. Each step happens once.
#pragma once

#include <optional>
#include <string>

#include "ledger/store/customers.h"
#include "ledger/store/sessions.h"
#include "ledger/store/work.h"

namespace pilotlight::ledger {

// The numbers are stored; the schema's index of pending top-ups names 0, the books' totals 0 and 1.
enum class TopUpState { Pending, Written, Voided, Abandoned, Refused };
PILOTLIGHT_ENUM(TopUpState, Pending, Written, Voided, Abandoned, Refused)

struct TopUp {
  Id top_up;
  std::string terminal;
  Id session;
  std::string account;
  std::string card_number;
  TopUpState state = TopUpState::Pending;
  Money amount;
  wire::TopUpRecord record;
  std::string business_date;
  std::uint32_t highest_attempt = 0;
  std::int64_t wall_ms = 0;
};
std::optional<TopUp> find_top_up(Database& db, const Id& top_up);
std::optional<TopUp> pending_of_card(Database& db, const std::string& card_number);
wire::PendingTopUp as_pending(const TopUp& top_up);

// SHA-256 of what "the same content" means for authorise: everything but challenge and card sequence (messages.h).
Bytes authorise_content(wire::AuthoriseRequest request);

// Moves the amount from tender to pending and counts the volume for the year. False: the session does not hold it.
bool reserve(Work& work, const TopUp& top_up);
// A row without money: Abandoned (a tombstone) or Refused.
void keep_unpaid(Work& work, const Id& top_up, const Id& session, TopUpState state);

// Pending becomes posted: cost to revenue, change to the wallet, the card's number goes up. "Written" is final; a
// voided top-up that another reader saw written is gas without money: a receivable and an alert.
void post_written(Work& work, const TopUp& top_up, const Id& by_session);
// Back to tender while its session is open, else to the wallet. None, NotHighestAttempt or AlreadyWritten. A void that
// was made before is None again.
wire::Refusal void_pending(Work& work, const TopUp& top_up, std::uint32_t attempt, const Id& by_session);

// Whether a write command may be made for this card now; None when it may.
wire::Refusal seal_refusal(const Work& work, const TopUp& top_up, const Card& card, const wire::CardState& state);
// The command for this challenge: the one made before, or the next attempt, kept. Nothing when keys or record cannot
// make one (an alert says why).
std::optional<wire::Seal> seal_for(Work& work, const TopUp& top_up, const Card& card, const wire::CardState& state,
                                   const Bytes& challenge);

}  // namespace pilotlight::ledger
