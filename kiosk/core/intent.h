// What a person at the screen may want. A touch becomes exactly one Intent; the core alone decides what it means now.
#pragma once

#include "kiosk/base/describe.h"
#include "kiosk/base/money.h"

namespace pilotlight::core {

enum class Wish {
  Start,  // touched the attract screen
  TopUp,  // home: "top up my gas card"
  SwitchLanguage,
  SmellGas,  // on every screen
  Help,      // on every screen
  CallStaff,
  CloseOverlay,  // leaves smell gas, help, staff; answers "are you still there?"
  Back,          // one page back, only while no note is stacked
  Cancel,        // end the session; what it means for the money is on the screen
  Continue,      // account -> amount; done page -> take card
  ChooseAmount,  // with amount: a goal
  OpenKeypad,
  Digit,  // with amount.fen = 0..9
  Erase,
  AcceptTyped,    // the typed amount is the goal
  FinishFeeding,  // no more notes
  FeedMore,       // confirm page: back to the notes
  Confirm         // pay and write
};
PILOTLIGHT_ENUM(Wish, Start, TopUp, SwitchLanguage, SmellGas, Help, CallStaff, CloseOverlay, Back, Cancel, Continue,
                ChooseAmount, OpenKeypad, Digit, Erase, AcceptTyped, FinishFeeding, FeedMore, Confirm)

struct Intent {
  Wish wish = Wish::Start;
  Money amount;
  PILOTLIGHT_DESCRIBE(wish, amount)
  bool operator==(const Intent&) const = default;
};

}  // namespace pilotlight::core
