#include "kiosk/runtime/device_facts.h"

namespace pilotlight {
namespace {

wire::CardState card_state(const devices::CardContents& card) {
  return wire::CardState{card.card_number,
                         card.purchase_number,
                         card.volume,
                         card.total,
                         card.sequence,
                         wire::WriteBack{card.write_back.purchase_number, card.write_back.remaining,
                                         card.write_back.used, card.write_back.status}};
}

core::CardTrouble trouble(devices::CardFault fault) { return *enum_value<core::CardTrouble>(enum_name(fault)); }

struct ReaderFact {
  core::Fact operator()(const devices::ReaderReady&) const { return core::ReaderReady{}; }
  core::Fact operator()(const devices::ReaderLost&) const { return core::ReaderLost{}; }
  core::Fact operator()(const devices::CardPresent&) const { return core::CardInserted{}; }
  core::Fact operator()(const devices::CardAbsent&) const { return core::CardRemoved{}; }
  core::Fact operator()(const devices::CardReadReport& e) const {
    if (!e.card) return core::CardRead{trouble(e.card.error()), {}};
    return core::CardRead{core::CardTrouble::None, card_state(*e.card)};
  }
  core::Fact operator()(const devices::ChallengeReport& e) const {
    if (!e.challenge) return core::ChallengeGiven{trouble(e.challenge.error()), {}};
    return core::ChallengeGiven{core::CardTrouble::None, *e.challenge};
  }
  core::Fact operator()(const devices::CardWriteReport& e) const {
    return core::CardWritten{*enum_value<core::WriteOutcome>(enum_name(e.report.outcome)), card_state(e.report.card)};
  }
};

struct PrinterFact {
  core::Fact operator()(const devices::PrinterChanged& e) const {
    return core::PrinterChanged{e.status.can_print(), e.status.paper_out, e.status.paper_near_end, e.status.cover_open};
  }
  core::Fact operator()(const devices::PrintEnded& e) const {
    return core::PrintEnded{e.job, *enum_value<core::PrintOutcome>(enum_name(e.outcome))};
  }
};

struct AcceptorFact {
  core::Fact operator()(const devices::AcceptorReady& e) const { return core::AcceptorReady{e.serial, e.stacked}; }
  core::Fact operator()(const devices::NoteReading&) const { return core::NoteReading{}; }
  core::Fact operator()(const devices::NoteEscrowed& e) const { return core::NoteEscrowed{e.value}; }
  core::Fact operator()(const devices::NoteCredited& e) const { return core::NoteCredited{e.value}; }
  core::Fact operator()(const devices::NoteRejected&) const { return core::NoteRejected{}; }
  core::Fact operator()(const devices::NoteCleared& e) const {
    return core::NoteCleared{e.to == devices::ClearedTo::Cashbox, e.value.value_or(Money{})};
  }
  core::Fact operator()(const devices::AcceptorAtRest& e) const { return core::AcceptorAtRest{e.stacked}; }
  core::Fact operator()(const devices::FaultRaised& e) const {
    return core::AcceptorFaultRaised{*enum_value<core::AcceptorFault>(enum_name(e.fault))};
  }
  core::Fact operator()(const devices::FaultCleared& e) const {
    return core::AcceptorFaultCleared{*enum_value<core::AcceptorFault>(enum_name(e.fault))};
  }
};

}  // namespace

core::Fact fact_of(const devices::AcceptorEvent& event) { return std::visit(AcceptorFact{}, event); }
core::Fact fact_of(const devices::ReaderEvent& event) { return std::visit(ReaderFact{}, event); }
core::Fact fact_of(const devices::PrinterEvent& event) { return std::visit(PrinterFact{}, event); }

}  // namespace pilotlight
