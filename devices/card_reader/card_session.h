// The thread that carries out one card command at a time. Its calls may hang for as long as the card and the daemon
// like; who starts a command watches the clock.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <variant>

#include "devices/card_reader/pcsc_reader.h"
#include "devices/card_reader/slot_state.h"

namespace pilotlight::devices {

struct ReadCommand {};
struct ChallengeCommand {};
struct WriteCommand {
  Bytes sealed_command;
  std::string card_number;
  std::uint32_t purchase_number = 0;
};
struct ReleaseCommand {};  // power off and let go: also of a card that is no longer there
using CardCommand = std::variant<ReadCommand, ChallengeCommand, WriteCommand, ReleaseCommand>;

// What a finished command reports; nothing for a ReleaseCommand.
using CardOutcome = std::variant<std::monostate, CardReadReport, ChallengeReport, CardWriteReport>;

// The outcome of a command that did not come back or was never begun.
CardOutcome failed_outcome(const CardCommand& command);

class CardSession {
 public:
  using Finished = std::function<void(CardOutcome)>;  // on the session's thread, once per command
  CardSession(std::shared_ptr<SlotView> slot, std::unique_ptr<GasCard> card, const ReaderLimits& limits,
              Finished finished);
  ~CardSession();  // powers the card off; bounded by limits.shutdown
  CardSession(const CardSession&) = delete;
  CardSession& operator=(const CardSession&) = delete;

  // Only when the command before has finished.
  void begin(CardCommand command);

  struct Shared;  // outlives the session where its thread had to be left behind

 private:
  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace pilotlight::devices
