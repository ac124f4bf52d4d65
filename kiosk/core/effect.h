// What the core asks the world to do. Plain data with ids; each ends in an event or is safe to lose. An effect is
// performed only after the records of the same step are durable (M4).
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "ledger/wire/records.h"

namespace pilotlight::core {

struct EnableAcceptor {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct DisableAcceptor {  // ends in AcceptorAtRest
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct StackNote {  // the note in escrow; NoteStacking is durable
  Id note;
  PILOTLIGHT_DESCRIBE(note)
};
struct ReturnNote {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct ReadCard {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct AskChallenge {  // of the card
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct WriteCard {  // WriteIntended is durable
  Id top_up;
  Bytes command;
  std::string card_number;
  std::uint32_t purchase_number = 0;
  PILOTLIGHT_DESCRIBE(top_up, command, card_number, purchase_number)
};
struct ReleaseCard {
  PILOTLIGHT_DESCRIBE_EMPTY()
};
struct PrintDocument {  // DocumentIntended is durable
  wire::Document document;
  PILOTLIGHT_DESCRIBE(document)
};
struct AskIdentify {
  wire::IdentifyRequest request;
  PILOTLIGHT_DESCRIBE(request)
};
struct AskAuthorise {
  wire::AuthoriseRequest request;
  PILOTLIGHT_DESCRIBE(request)
};
struct AskSeal {
  wire::SealRequest request;
  PILOTLIGHT_DESCRIBE(request)
};
struct AskAbandon {
  wire::AbandonRequest request;
  PILOTLIGHT_DESCRIBE(request)
};
struct AskVoid {
  wire::VoidRequest request;
  PILOTLIGHT_DESCRIBE(request)
};

using Effect = std::variant<EnableAcceptor, DisableAcceptor, StackNote, ReturnNote, ReadCard, AskChallenge, WriteCard,
                            ReleaseCard, PrintDocument, AskIdentify, AskAuthorise, AskSeal, AskAbandon, AskVoid>;

}  // namespace pilotlight::core
