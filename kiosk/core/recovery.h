// What becomes of a session that a power cut left open: a table over what the journal, the devices and the ledger say.
// Sessions are resolved here, never continued; what is left open afterwards (a pending top-up) is picked up by the
// ordinary path when the card is read again, here or at any other terminal.
#pragma once

#include "kiosk/core/state.h"

namespace pilotlight::core {

// What is on the card in the slot, compared with the open top-up.
enum class CardSays { NotYet, Nothing, Before, After };
PILOTLIGHT_ENUM(CardSays, NotYet, Nothing, Before, After)

// The observations. "NotYet" and false stop being true by themselves: devices answer or `waited` comes.
struct Observed {
  bool ended = false;                 // the session had ended; only a document is open
  bool note_moving = false;           // journal: stack command without outcome
  std::optional<TopUpStatus> top_up;  // journal: how far the last top-up got
  bool document_open = false;         // journal: a print without outcome
  CardSays card = CardSays::NotYet;
  bool abandon_asked = false;  // in this life
  bool needs_slip = false;     // money moved: the customer gets paper
  bool printer_ready = false;
  bool waited_for_devices = false;  // long enough for card reader and printer
  bool waited_for_money = false;    // long enough for acceptor and ledger
};

enum class RecoveryAction {
  Wait,
  DoubtNote,    // nobody can tell where the note is
  Abandon,      // authorise was asked: settle it at the ledger, under the same id
  AskAbandon,   // again in this life
  NoteWritten,  // the card carries the purchase
  EndDelivered,
  EndPending,
  EndHandedToStaff,
  EndByMoney,      // credited, or nothing tendered
  SettleDocument,  // void the number, issue the next
};
PILOTLIGHT_ENUM(RecoveryAction, Wait, DoubtNote, Abandon, AskAbandon, NoteWritten, EndDelivered, EndPending,
                EndHandedToStaff, EndByMoney, SettleDocument)

// Total: every combination of observations has exactly one action; a test walks them all.
RecoveryAction recovery_action(const Observed& observed);

}  // namespace pilotlight::core
