// The ledger's transfers, added up anew: M1 (double entry), M2 and M5 (each once, for what happened), M3.
#include "tests/simulation/auditor/model.h"

namespace pilotlight::audit {
namespace {

using enum AccountKind;

struct Shape {
  const char* name;
  AccountKind debit, credit;
};
constexpr std::array<Shape, 14> shapes = {{{"NoteStacked", Cash, Tender},
                                           {"NoteFound", Cash, Suspense},
                                           {"NoteDoubted", DoubtedCash, Doubt},
                                           {"DoubtEnded", Doubt, DoubtedCash},
                                           {"TopUpReserved", Tender, Pending},
                                           {"CostPosted", Pending, Revenue},
                                           {"ChangePosted", Pending, Wallet},
                                           {"VoidedToTender", Pending, Tender},
                                           {"VoidedToWallet", Pending, Wallet},
                                           {"SessionCredited", Tender, Wallet},
                                           {"SessionSuspended", Tender, Suspense},
                                           {"NoteCredited", Tender, Wallet},
                                           {"NoteSuspended", Tender, Suspense},
                                           {"WrittenAfterVoid", Receivable, Revenue}}};
enum {
  NoteStacked,
  NoteFound,
  NoteDoubted,
  DoubtEnded,
  TopUpReserved,
  CostPosted,
  ChangePosted,
  VoidedToTender,
  VoidedToWallet,
  SessionCredited,
  SessionSuspended,
  NoteCredited,
  NoteSuspended,
  WrittenAfterVoid
};

}  // namespace

void Auditor::State::transfer(std::int64_t kind, const Key& ref, const Transfer& made, std::string_view terminal) {
  Ledger& l = ledger;
  read_account(made.debit);
  read_account(made.credit);
  if (violation) return;
  Account& debit = l.accounts[static_cast<std::size_t>(made.debit)];
  Account& credit = l.accounts[static_cast<std::size_t>(made.credit)];
  const bool known = kind >= 0 && kind < static_cast<std::int64_t>(shapes.size());
  if (!known || shapes[static_cast<std::size_t>(kind)].debit != debit.kind ||
      shapes[static_cast<std::size_t>(kind)].credit != credit.kind || made.fen <= 0)
    return broken("M1", "ledger: a transfer of kind ", kind, " over ", made.fen, " fen from ", credit.owner, " to ",
                  debit.owner, " joins accounts that it cannot");
  const char* name = shapes[static_cast<std::size_t>(kind)].name;
  if (!l.transfers.emplace(Posted{kind, ref}, made).second)
    return broken("M2", "ledger: ", name, " ", ref, " is booked a second time, ", made.fen, " fen");
  debit.debit += made.fen;
  credit.credit += made.fen;
  l.by_kind[static_cast<std::size_t>(debit.kind)] += debit.on_debit_side() ? made.fen : -made.fen;
  l.by_kind[static_cast<std::size_t>(credit.kind)] += credit.on_debit_side() ? -made.fen : made.fen;
  l.touched_accounts.push_back(made.debit);
  l.touched_accounts.push_back(made.credit);
  if (debit.balance() < 0 || credit.balance() < 0)
    return broken("M1", "ledger: ", name, " ", ref, " of ", made.fen, " fen overdraws ",
                  debit.balance() < 0 ? debit.owner : credit.owner);
  if (kind <= DoubtEnded || kind == NoteCredited || kind == NoteSuspended) {
    const auto at = notes.find(ref);
    if (at == notes.end())
      return broken("M2", "ledger: ", name, " of note ", ref, " (", made.fen, " fen, ", terminal,
                    "), which is in no journal");
    note_transfer(kind, at->second, debit, credit, made.fen);
  } else if (kind == SessionCredited || kind == SessionSuspended) {
    const auto at = sessions.find(ref);
    if (at == sessions.end()) return broken("M2", "ledger: ", name, " of session ", ref, ", which is in no journal");
    session_transfer(kind, at->second, debit, credit, made.fen);
  } else {
    const auto at = top_ups.find(ref);
    if (at == top_ups.end())
      return broken("M3", "ledger: ", name, " of top-up ", ref, " (", made.fen, " fen), which nobody asked for");
    top_up_transfer(kind, at->second, debit, credit, made.fen);
  }
}

void Auditor::State::note_transfer(std::int64_t kind, Note& note, const Account& debit, const Account& credit,
                                   std::int64_t fen) {
  const Terminal& t = terminals[note.terminal];
  const Key session = note.session == nullptr ? Key{} : note.session->id;
  const std::string_view account = note.session == nullptr ? std::string_view() : note.session->account;
  bool fits = false;
  switch (kind) {
    case NoteStacked:
      fits = note.fate == Fate::Stacked && debit.owner == t.name && credit.owner_key == session;
      break;
    case NoteFound:
      fits = note.fate == Fate::Found && debit.owner == t.name && credit.owner == t.name;
      break;
    case NoteDoubted:
      fits = note.ever_doubted && debit.owner == t.name && credit.owner == t.name;
      break;
    case DoubtEnded:
      fits = note.ever_doubted && note.fate != Fate::InDoubt && debit.owner == t.name && credit.owner == t.name;
      break;
    case NoteCredited:
      fits = note.late && debit.owner_key == session && credit.owner == account && !account.empty();
      break;
    default:
      fits = note.late && debit.owner_key == session && credit.owner == t.name && account.empty();
  }
  if (!fits || (fen != note.fen && kind != NoteDoubted && kind != DoubtEnded))
    broken("M2", "ledger: ", shapes[static_cast<std::size_t>(kind)].name, " books ", fen, " fen for note ", note.id,
           " from ", credit.owner, " to ", debit.owner, "; the journal of ", t.name, " has it in session ", session,
           ", ", note.fen, " fen, fate ", static_cast<int>(note.fate),
           " (stacking, stacked, returned, in doubt, found)");
}

void Auditor::State::session_transfer(std::int64_t kind, Session& s, const Account& debit, const Account& credit,
                                      std::int64_t fen) {
  s.credited_at_ledger += fen;
  const bool to_wallet = kind == SessionCredited;
  if (!s.ended) return broken("M6", "ledger: session ", s.id, " is settled with ", fen, " fen, and it has not ended");
  if (debit.owner_key != s.id || s.account.empty() == to_wallet ||
      credit.owner != (to_wallet ? s.account : terminals[s.terminal].name))
    broken("M2", "ledger: ", fen, " fen left of session ", s.id, " of account ", s.account, " go to ", credit.owner);
}

void Auditor::State::top_up_transfer(std::int64_t kind, TopUp& t, const Account& debit, const Account& credit,
                                     std::int64_t fen) {
  const Key session = t.session == nullptr ? Key{} : t.session->id;
  const Card& c = card(t.card);
  const char* name = shapes[static_cast<std::size_t>(kind)].name;
  ledger.touched_top_ups.push_back(&t);
  bool fits = t.reserved && !t.given_back;
  switch (kind) {
    case TopUpReserved:
      fits = t.asked && debit.owner_key == session && credit.owner_key == t.id && fen == t.amount;
      t.reserved = t.reserved_ever = true;
      break;
    case CostPosted:
      fits = fits && debit.owner_key == t.id;
      t.posted = true;
      if (!t.on_card)
        broken("M3", "money without gas: ", fen, " fen of top-up ", t.id, " are earned; card ", t.card,
               " shows purchase ", c.purchase_number, ", and the purchase never reached it");
      break;
    case ChangePosted:
      fits = fits && debit.owner_key == t.id && credit.owner == t.account;
      t.change_posted = true;
      break;
    case VoidedToTender:
    case VoidedToWallet:
      fits = fits && !t.posted && debit.owner_key == t.id && fen == t.amount &&
             (kind == VoidedToTender ? credit.owner_key == session : credit.owner == t.account);
      t.given_back = true;
      if (t.on_card)
        broken("M3", "gas without money: top-up ", t.id, " is on card ", t.card, ", and its ", fen,
               " fen are given back");
      break;
    default:
      return broken("M3", "gas without money: top-up ", t.id, " was written after its ", fen,
                    " fen had been given back");
  }
  if (!fits)
    broken("M3", "ledger: ", name, " books ", fen, " fen for top-up ", t.id, " from ", credit.owner, " to ",
           debit.owner, "; it was asked for with ", t.amount, " fen of session ", session, " for account ", t.account);
}

}  // namespace pilotlight::audit
