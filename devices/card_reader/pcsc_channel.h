// The card in one PC/SC slot, connected exclusively: no other program's command can come between a challenge and its
// write. Owned and used by one thread; every call may block as long as the card and the daemon like.
#pragma once

#include <PCSC/winscard.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "devices/card_reader/apdu.h"
#include "devices/card_reader/slot_state.h"
#include "devices/gas_card/gas_card.h"

namespace pilotlight::devices {

class PcscChannel : public CardChannel {
 public:
  explicit PcscChannel(std::shared_ptr<SlotView> slot) : slot_(std::move(slot)) {}
  ~PcscChannel() override { drop_context(); }
  PcscChannel(const PcscChannel&) = delete;
  PcscChannel& operator=(const PcscChannel&) = delete;

  // CardGone while nothing is connected.
  Result<Bytes, ChannelError> transmit(ByteView command) override;
  // Cold start of whatever card is in the slot now, connecting where nothing is connected (any more).
  Result<void, ChannelError> reset() override;
  // Powers the card off and lets go of it.
  void disconnect();

 private:
  Result<Bytes, ChannelError> transmit_raw(ByteView command);
  LONG connect();
  bool card_settles();
  void drop_context();
  void note(LONG code);

  const std::shared_ptr<SlotView> slot_;
  std::optional<SCARDCONTEXT> context_;
  std::optional<SCARDHANDLE> card_;
  DWORD protocol_ = 0;
};

}  // namespace pilotlight::devices
