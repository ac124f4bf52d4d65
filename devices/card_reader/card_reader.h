// One card slot. Runs on a worker of its own (PC/SC calls block); commands go in through a bounded inbox, reports come
// out through a callback on the worker's thread, in this order: what happened to card or reader during a command is
// reported after the command's own report. The card is powered off (SCARD_UNPOWER_CARD) before it leaves.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "devices/gas_card/gas_card.h"

namespace pilotlight::devices {

struct ReaderReady {};
struct ReaderLost {};   // unplugged, or the card service died: the worker keeps trying
struct CardPresent {};  // something is in the slot; `insertion` counts, so that a swapped card is seen
struct CardAbsent {};
struct CardReadReport {
  Result<CardContents, CardFault> card;
};
struct ChallengeReport {
  Result<Bytes, CardFault> challenge;
};
struct CardWriteReport {
  WriteReport report;
};
using ReaderEvent =
    std::variant<ReaderReady, ReaderLost, CardPresent, CardAbsent, CardReadReport, ChallengeReport, CardWriteReport>;

class CardReader {
 public:
  using Report = std::function<void(ReaderEvent)>;
  virtual ~CardReader() = default;  // stops the worker
  // Commands return at once; each ends in exactly one report.
  virtual void read() = 0;
  virtual void challenge() = 0;
  virtual void write(Bytes sealed_command, std::string card_number, std::uint32_t purchase_number) = 0;
  virtual void release() = 0;  // power the card off; the customer may take it. No report.
};

// reader_name: exact PC/SC name, or its beginning ("Virtual PCD 00"). Starts the worker.
std::unique_ptr<CardReader> open_pcsc_reader(std::string reader_name, std::unique_ptr<GasCard> card,
                                             CardReader::Report report);

}  // namespace pilotlight::devices
