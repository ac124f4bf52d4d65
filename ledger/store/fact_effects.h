// What a fact does to the book. Facts are never refused: what cannot be carried out is parked with its reason, what
// contradicts the book is an alert.
#pragma once

#include <string>

#include "ledger/store/work.h"
#include "ledger/wire/records.h"

namespace pilotlight::ledger {

// Empty: applied. Otherwise why it is parked.
std::string apply(Work& work, const wire::Record& record);

// Every terminal has sent what a restored ledger forgot: what was told of top-ups that nobody paid goes to staff.
void give_up_awaited(Work& work);

}  // namespace pilotlight::ledger
