// Top-ups as the journal tells them: M3, M4, M5.
#include <algorithm>

#include "tests/simulation/auditor/journal_row.h"

namespace pilotlight::audit {
namespace {

using Int128 = __int128;

// Exact price in thousandths of a fen; the last tier has no end.
Int128 price_of(std::int64_t litres, const std::vector<Tier>& tiers) {
  Int128 exact = 0;
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    const std::int64_t here = i + 1 == tiers.size() ? litres : std::min(litres, tiers[i].litres);
    exact += static_cast<Int128>(here) * tiers[i].price;
    litres -= here;
  }
  return exact;
}

Record record_of(const boost::json::object& from) {
  const auto number = [&](std::string_view name) {
    const auto* value = from.if_contains(name);
    return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
  };
  return {number("purchase_number"), number("volume"), number("total"), number("cost"), number("change")};
}

}  // namespace

void Auditor::State::authorise_intended(Row& row) {
  const auto& request = row.inner("request");
  const Key id = key_of_text(Row::text(request, "top_up"));
  const auto at = sessions.find(key_of_text(Row::text(request, "session")));
  row.line->kind = Kind::TopUp;
  row.line->key = id;
  if (at == sessions.end() || at->second.ended || !id)
    return broken("M6", row.terminal, ", row ", row.seq, ": top-up ", id, " is asked for without an open session");
  Session& s = at->second;
  TopUp& t = top_ups[id];
  if (t.asked) return broken("M5", row.terminal, ", row ", row.seq, ": top-up ", id, " is asked for under a used id");
  for (const Attempted& before : s.top_ups)
    if (before.stand != Stand::Refused)
      broken("M5", row.terminal, ", row ", row.seq, ": top-up ", id, " is asked for while the outcome of ",
             before.top_up->id, " stands, for the same money");
  t.id = id;
  t.asked = true;
  t.session = &s;
  t.account = Row::text(request, "account");
  t.card = Row::text(Row::inner(request, "card"), "card_number");
  t.amount = Row::number(request, "amount");
  t.volume = Row::number(request, "volume");
  t.cost = Row::number(request, "cost");
  s.top_ups.push_back({&t, Stand::Asked, true, 0});
  std::int64_t stacked = 0;
  for (const Note* note : s.notes) stacked += note->fate == Fate::Stacked ? note->fen : 0;
  if (stacked != t.amount || t.account != s.account)
    broken("M1", row.terminal, ", row ", row.seq, ": top-up ", id, " of ", t.amount, " fen for account ", t.account,
           " is asked for; session ", s.id, " of account ", s.account, " holds ", stacked, " fen");
  if (t.cost + Row::number(request, "change") != t.amount)
    broken("M3", "top-up ", id, ": cost ", t.cost, " and change are not ", t.amount, " fen");
  check_price(s, t, t.volume, t.cost);
}

// No money without gas: the volume is the most that the amount buys, and costs what the shown quote says, rounded down.
void Auditor::State::check_price(const Session& s, const TopUp& t, std::int64_t volume, std::int64_t cost) {
  if (s.tiers.empty() || s.scale <= 0) return broken("M3", "top-up ", t.id, " was asked for without a quote");
  const auto exact = static_cast<std::int64_t>(price_of(volume, s.tiers) / 1000);
  if (volume <= 0 || volume % s.scale != 0 || cost != exact || cost > t.amount)
    return broken("M3", "top-up ", t.id, ": ", volume, " litres for ", cost, " fen of ", t.amount,
                  "; by the quote they cost ", exact);
  if (price_of(volume + s.scale, s.tiers) <= static_cast<Int128>(t.amount) * 1000)
    broken("M3", "top-up ", t.id, ": ", t.amount, " fen buy more than ", volume,
           " litres: rounded to the customer's loss");
}

void Auditor::State::top_up_row(Row& row) {
  Session* s = session_of(row, "a top-up");
  const Key id = row.key("top_up");
  row.line->kind = Kind::TopUp;
  row.line->key = id;
  if (s == nullptr) return;
  const auto at = top_ups.find(id);
  if (at == top_ups.end())
    return broken("M5", row.terminal, ", row ", row.seq, ": ", row.kind, " of top-up ", id, ", which nobody asked for");
  TopUp& t = at->second;
  if (row.kind == "TopUpAuthorised") return authorised(row, *s, t);
  Attempted* a = s->top_ups.empty() ? nullptr : &s->top_ups.back();
  if (a == nullptr || a->top_up != &t || s->ended)
    return broken("M5", row.terminal, ", row ", row.seq, ": ", row.kind, " of top-up ", id, ", which session ", s->id,
                  " is not working on");
  const Stand before = a->stand;
  const bool asked = before == Stand::Asked, on_way = before >= Stand::Authorised && before <= Stand::Disproved;
  bool fits = true;
  if (row.kind == "TopUpRefused") {
    fits = asked;
    a->stand = Stand::Refused;
  } else if (row.kind == "AbandonIntended") {
    fits = asked;
    a->stand = Stand::Abandoning;
  } else if (row.kind == "TopUpAbandoned") {
    fits = before == Stand::Abandoning;
    a->stand = Stand::Abandoned;
  } else if (row.kind == "WriteIntended") {
    fits = before == Stand::Authorised || before == Stand::Disproved;
    write_intended(row, *a);
  } else if (row.kind == "WriteVerified") {
    fits = on_way;
    write_verified(row, *a);
  } else if (row.kind == "WriteDisproved") {
    fits = before == Stand::Writing;
    write_disproved(row, *a);
  } else {
    fits = before == Stand::Disproved;
    a->stand = Stand::Voided;
    t.voided = true;
    if (t.on_card) broken("M3", row.terminal, ", row ", row.seq, ": top-up ", id, " is voided, and it is on the card");
  }
  const bool never_paid = row.kind == "TopUpRefused" || row.kind == "TopUpAbandoned";
  if (!fits || (never_paid && t.reserved))
    broken("M5", row.terminal, ", row ", row.seq, ": ", row.kind, " of top-up ", id,
           fits ? ", whose money is pending at the ledger" : " after another outcome");
}

void Auditor::State::authorised(Row& row, Session& s, TopUp& t) {
  const Record record = record_of(row.inner("record"));
  if (t.authorised && record != t.record)
    broken("M5", row.terminal, ", row ", row.seq, ": top-up ", t.id, " is given another record than before");
  if (record.cost + record.change != t.amount || record.volume != t.volume || record.cost != t.cost)
    broken("M7", row.terminal, ", row ", row.seq, ": top-up ", t.id, " was confirmed as ", t.volume, " litres for ",
           t.cost, " fen, and its record says ", record.volume, " litres, ", record.cost, " and ", record.change,
           " fen of ", t.amount);
  if (!t.reserved_ever)
    broken("M4", row.terminal, ", row ", row.seq, ": top-up ", t.id,
           " is authorised, and the ledger never held its money");
  t.authorised = true;
  t.record = record;
  if (!s.top_ups.empty() && s.top_ups.back().top_up == &t) {
    Attempted& a = s.top_ups.back();
    if (a.stand != Stand::Asked && a.stand != Stand::Abandoning)
      broken("M5", row.terminal, ", row ", row.seq, ": top-up ", t.id, " is authorised after another outcome");
    a.stand = Stand::Authorised;
    return;
  }
  for (const Note* note : s.notes)
    if (note->fate == Fate::Stacked)
      return broken("M1", row.terminal, ", row ", row.seq, ": session ", s.id,
                    " holds money of its own and resolves top-up ", t.id, " of another");
  s.top_ups.push_back({&t, Stand::Authorised, false, 0});
}

void Auditor::State::write_intended(Row& row, Attempted& a) {
  TopUp& t = *a.top_up;
  const std::int64_t attempt = row.number("attempt"), number = row.number("purchase_number");
  if (attempt <= a.attempt || number != t.record.number)
    broken("M4", row.terminal, ", row ", row.seq, ": attempt ", attempt, " (after ", a.attempt, ") of purchase ",
           number, " for top-up ", t.id, ", which is purchase ", t.record.number);
  if (t.voided || t.given_back)
    broken("M3", row.terminal, ", row ", row.seq, ": top-up ", t.id,
           " is to be written after its money was given back");
  a.attempt = attempt;
  a.stand = Stand::Writing;
  t.write_intended = true;
  card(t.card).intended = &t;
}

void Auditor::State::write_verified(Row& row, Attempted& a) {
  TopUp& t = *a.top_up;
  a.stand = Stand::Written;
  t.verified = true;
  const Card& c = card(t.card);
  if (!t.on_card)
    broken("M3", row.terminal, ", row ", row.seq, ": top-up ", t.id, " is recorded as written; card ", t.card,
           " shows purchase ", c.purchase_number, ", and purchase ", t.record.number, " never reached it");
  if (Row::text(row.inner("card"), "card_number") != t.card)
    broken("M3", row.terminal, ", row ", row.seq, ": top-up ", t.id, " is verified on another card");
}

void Auditor::State::write_disproved(Row& row, Attempted& a) {
  TopUp& t = *a.top_up;
  a.stand = Stand::Disproved;
  if (row.number("attempt") != a.attempt)
    broken("M4", row.terminal, ", row ", row.seq, ": attempt ", row.number("attempt"), " of top-up ", t.id,
           " is disproved, ", a.attempt, " was the last one");
  if (t.on_card)
    broken("M3", row.terminal, ", row ", row.seq, ": top-up ", t.id, " is recorded as not written, and it is on card ",
           t.card);
}

}  // namespace pilotlight::audit
