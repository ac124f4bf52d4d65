#include "tests/simulation/exploration/coverage.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <variant>

namespace pilotlight::exploration {
namespace {

using core::Page;
using core::State;

constexpr std::array<std::string_view, 28> facts = {
    "Started",           "Touched",      "TimePassed",      "JournalFailed", "AcceptorReady",  "NoteReading",
    "NoteEscrowed",      "NoteCredited", "NoteRejected",    "NoteCleared",   "AcceptorAtRest", "FaultRaised",
    "FaultCleared",      "ReaderReady",  "ReaderLost",      "CardInserted",  "CardRemoved",    "CardRead",
    "ChallengeGiven",    "CardWritten",  "PrinterChanged",  "PrintEnded",    "UplinkChanged",  "IdentifyAnswered",
    "AuthoriseAnswered", "SealAnswered", "AbandonAnswered", "VoidAnswered"};
static_assert(facts.size() == std::variant_size_v<core::Fact>);
constexpr std::uint8_t touched_at = 1;

// Of a page: 0..15 the phase; 16 and more is "the customer is asked whether to cancel".
constexpr unsigned phases = 32;
constexpr unsigned asked = 16;

unsigned top_up_phase(const core::Session* session) {
  return session == nullptr || session->top_up() == nullptr ? 0 : 1U + static_cast<unsigned>(session->top_up()->status);
}

unsigned recovery_phase(const State& state) {
  if (state.devices.journal_failed) return 15;
  if (state.recovery.sessions.empty()) return 0;
  const core::Session* session = state.money.session(state.recovery.sessions.front());
  if (session == nullptr) return 0;
  if (session->ended) return 14;
  return session->note_moving() ? 13 : 1 + top_up_phase(session);
}

unsigned phase_of(const State& state) {
  const core::Session* session = core::current_session(state);
  switch (state.talk.page) {
    case Page::OutOfService:
      return recovery_phase(state);
    case Page::Reading:
      return session == nullptr ? 0 : 1;
    case Page::Cash:
      return session != nullptr && session->note_moving() ? 1 : 0;
    case Page::Settling:
      return (state.talk.resume == Page::Result ? 1U : 0U) + (session != nullptr && session->note_moving() ? 2U : 0U);
    case Page::CardOut:
    case Page::Working:
      return top_up_phase(session);
    case Page::Result:
      return static_cast<unsigned>(state.talk.slip);
    default:
      return 0;
  }
}

std::string top_up_name(unsigned phase) {
  return phase == 0 ? "before any top-up" : std::string(enum_name(static_cast<core::TopUpStatus>(phase - 1)));
}

std::string phase_name(Page page, unsigned phase) {
  switch (page) {
    case Page::OutOfService:
      if (phase == 0) return "";
      if (phase == 15) return "journal failed";
      if (phase == 14) return "recovering a document";
      if (phase == 13) return "recovering a note";
      return "recovering " + top_up_name(phase - 1);
    case Page::Reading:
      return phase == 0 ? "card" : "account";
    case Page::Cash:
      return phase == 0 ? "" : "note moving";
    case Page::Settling:
      return std::string(phase % 2 == 1 ? "to the end" : "to go on") + (phase >= 2 ? ", note moving" : "");
    case Page::CardOut:
    case Page::Working:
      return top_up_name(phase);
    case Page::Result:
      return "slip " + std::string(enum_name(static_cast<core::SlipState>(phase)));
    default:
      return "";
  }
}

}  // namespace

std::uint16_t class_of(const State& state) {
  const bool question = state.talk.overlay == core::Overlay::CancelQuestion;
  return static_cast<std::uint16_t>(static_cast<unsigned>(state.talk.page) * phases + phase_of(state) +
                                    (question ? asked : 0));
}

std::uint8_t event_of(const core::Fact& fact) {
  if (const auto* touched = std::get_if<core::Touched>(&fact))
    return static_cast<std::uint8_t>(facts.size() + static_cast<std::size_t>(touched->intent.wish));
  return static_cast<std::uint8_t>(fact.index());
}

std::string class_name(std::uint16_t state_class) {
  const auto page = static_cast<Page>(state_class / phases);
  std::string name(enum_name(page));
  const std::string phase = phase_name(page, state_class % asked);
  if (!phase.empty()) name += " (" + phase + ")";
  if (state_class % phases >= asked) name += " +CancelQuestion";
  return name;
}

std::string event_name(std::uint8_t event) {
  if (event < facts.size()) return std::string(facts[event]);
  return "touch " + std::string(enum_name(static_cast<core::Wish>(event - facts.size())));
}

Coverage::Coverage()
    : events_(facts.size() + enum_count<core::Wish>()), hits_(enum_count<Page>() * phases * events_, false) {}

void Coverage::list(std::vector<std::string>& reached, std::vector<std::string>& never) const {
  std::set<Page> pages;
  for (std::size_t c = 0; c < enum_count<Page>() * phases; ++c) {
    const auto from = hits_.begin() + static_cast<std::ptrdiff_t>(c * events_);
    if (std::find(from, from + static_cast<std::ptrdiff_t>(events_), true) ==
        from + static_cast<std::ptrdiff_t>(events_))
      continue;
    pages.insert(static_cast<Page>(c / phases));
    for (std::size_t e = 0; e < events_; ++e)
      if (e != touched_at)
        (hits_[c * events_ + e] ? reached : never)
            .push_back(class_name(static_cast<std::uint16_t>(c)) + " x " + event_name(static_cast<std::uint8_t>(e)));
  }
  for (std::size_t p = 0; p < enum_count<Page>(); ++p)
    if (pages.count(static_cast<Page>(p)) == 0)
      never.push_back(std::string(enum_name(static_cast<Page>(p))) + " x anything");
}

}  // namespace pilotlight::exploration
