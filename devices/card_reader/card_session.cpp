#include "devices/card_reader/card_session.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "devices/card_reader/pcsc_channel.h"
#include "kiosk/base/check.h"

namespace pilotlight::devices {

struct CardSession::Shared {
  const std::shared_ptr<SlotView> slot;
  const std::unique_ptr<GasCard> card;
  const ReaderLimits limits;
  const Finished finished;

  std::mutex mutex;
  std::condition_variable changed;
  std::optional<CardCommand> next;
  bool stopping = false;
  bool ended = false;
};

namespace {

struct Perform {
  GasCard& card;
  PcscChannel& channel;

  // Every reading starts cold, with whatever card is in the slot now.
  CardOutcome operator()(const ReadCommand&) const {
    if (const auto powered = channel.reset(); !powered) return CardReadReport{fail(fault_of(powered.error()))};
    return CardReadReport{card.read(channel)};
  }
  CardOutcome operator()(const ChallengeCommand&) const { return ChallengeReport{card.challenge(channel)}; }
  CardOutcome operator()(const WriteCommand& write) const {
    return CardWriteReport{card.write(channel, write.sealed_command, write.card_number, write.purchase_number)};
  }
  CardOutcome operator()(const ReleaseCommand&) const {
    channel.disconnect();
    return std::monostate{};
  }
};

void serve(CardSession::Shared& shared) {
  PcscChannel channel(shared.slot);
  std::unique_lock lock(shared.mutex);
  while (true) {
    shared.changed.wait(lock, [&] { return shared.stopping || shared.next; });
    if (shared.stopping) break;
    const CardCommand command = *std::exchange(shared.next, std::nullopt);
    lock.unlock();
    shared.finished(std::visit(Perform{*shared.card, channel}, command));
    lock.lock();
  }
  lock.unlock();  // the channel powers the card off on its way out, which may take its time
}

}  // namespace

CardOutcome failed_outcome(const CardCommand& command) {
  if (std::holds_alternative<ReadCommand>(command)) return CardReadReport{fail(CardFault::ReaderGone)};
  if (std::holds_alternative<ChallengeCommand>(command)) return ChallengeReport{fail(CardFault::ReaderGone)};
  if (std::holds_alternative<WriteCommand>(command)) return CardWriteReport{};
  return std::monostate{};
}

CardSession::CardSession(std::shared_ptr<SlotView> slot, std::unique_ptr<GasCard> card, const ReaderLimits& limits,
                         Finished finished)
    : shared_(new Shared{
          std::move(slot), std::move(card), limits, std::move(finished), {}, {}, std::nullopt, false, false}) {
  thread_ = std::thread([shared = shared_] {
    serve(*shared);
    const std::lock_guard lock(shared->mutex);
    shared->ended = true;
    shared->changed.notify_all();
  });
}

CardSession::~CardSession() {
  bool ended = false;
  {
    std::unique_lock lock(shared_->mutex);
    shared_->stopping = true;
    shared_->changed.notify_all();
    ended = shared_->changed.wait_for(lock, shared_->limits.shutdown, [this] { return shared_->ended; });
  }
  if (ended)
    thread_.join();
  else
    thread_.detach();
}

void CardSession::begin(CardCommand command) {
  const std::lock_guard lock(shared_->mutex);
  CHECK(!shared_->next);
  shared_->next = std::move(command);
  shared_->changed.notify_all();
}

}  // namespace pilotlight::devices
