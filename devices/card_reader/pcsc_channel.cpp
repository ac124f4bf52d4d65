#include "devices/card_reader/pcsc_channel.h"

#include <chrono>

#include "devices/card_reader/pcsc.h"

namespace pilotlight::devices {
namespace {

constexpr DWORD kProtocols = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1;

// pcscd looks at serial-type readers every 0.4 s: what it says about a card that has just gone may be that old.
constexpr std::chrono::milliseconds kSettle{600};

// More than a short answer: a buffer too small would lose the answer of a command that was executed.
constexpr std::size_t kAnswerSize = 1024;

}  // namespace

Result<Bytes, ChannelError> PcscChannel::transmit(ByteView command) {
  const auto protocol = protocol_ == SCARD_PROTOCOL_T0 ? CardProtocol::T0 : CardProtocol::T1;
  return exchange_apdu(protocol, command, [this](ByteView raw) { return transmit_raw(raw); });
}

Result<Bytes, ChannelError> PcscChannel::transmit_raw(ByteView command) {
  if (!card_) return fail(ChannelError::CardGone);
  Bytes answer(kAnswerSize);
  DWORD size = answer.size();
  const SCARD_IO_REQUEST* const pci = protocol_ == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
  const LONG code = SCardTransmit(*card_, pci, command.data(), command.size(), nullptr, answer.data(), &size);
  if (code != SCARD_S_SUCCESS) {
    note(code);
    return fail(channel_error(code));
  }
  answer.resize(size);  // 0 when the card was torn out of a reader behind vpcd: exchange_apdu calls that no answer
  return answer;
}

Result<void, ChannelError> PcscChannel::reset() {
  if (card_) {
    const LONG code = SCardReconnect(*card_, SCARD_SHARE_EXCLUSIVE, kProtocols, SCARD_UNPOWER_CARD, &protocol_);
    if (code == SCARD_S_SUCCESS) return {};
    note(code);
    disconnect();
  }
  LONG code = connect();
  if (code != SCARD_S_SUCCESS && channel_error(code) == ChannelError::NoAnswer) {
    if (!card_settles()) return fail(ChannelError::CardGone);
    code = connect();
  }
  if (code != SCARD_S_SUCCESS) return fail(channel_error(code));
  return {};
}

void PcscChannel::disconnect() {
  if (card_) note(SCardDisconnect(*card_, SCARD_UNPOWER_CARD));
  card_.reset();
}

LONG PcscChannel::connect() {
  const SlotState slot = slot_->now();
  if (!slot.ready) return SCARD_E_READER_UNAVAILABLE;
  LONG code = SCARD_S_SUCCESS;
  if (!context_) {
    SCARDCONTEXT context = 0;
    code = SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context);
    if (code != SCARD_S_SUCCESS) return code;
    context_ = context;
  }
  SCARDHANDLE card = 0;
  code = SCardConnect(*context_, slot.reader_name.c_str(), SCARD_SHARE_EXCLUSIVE, kProtocols, &card, &protocol_);
  if (code == SCARD_S_SUCCESS)
    card_ = card;
  else
    note(code);
  return code;
}

// After a connect without a clear answer: waits until the daemon has looked again. False if the slot is empty then.
bool PcscChannel::card_settles() {
  const SlotState seen = slot_->now();
  return seen.present && slot_->next(seen, kSettle).present;
}

void PcscChannel::drop_context() {
  disconnect();
  if (context_) SCardReleaseContext(*context_);
  context_.reset();
}

// A context whose daemon has gone is good for nothing more; the next connect makes a new one.
void PcscChannel::note(LONG code) {
  if (!service_is_gone(code) || !context_) return;
  card_.reset();
  SCardReleaseContext(*context_);
  context_.reset();
}

}  // namespace pilotlight::devices
