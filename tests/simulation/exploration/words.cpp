#include <array>
#include <string_view>

#include "tests/simulation/exploration/coverage.h"
#include "tests/simulation/exploration/moves.h"

namespace pilotlight::exploration {
namespace {

std::string_view effect_name(const core::Effect& effect) {
  static constexpr std::array<std::string_view, 14> names = {
      "EnableAcceptor", "DisableAcceptor", "StackNote",   "ReturnNote",   "ReadCard", "AskChallenge", "WriteCard",
      "ReleaseCard",    "PrintDocument",   "AskIdentify", "AskAuthorise", "AskSeal",  "AskAbandon",   "AskVoid"};
  static_assert(names.size() == std::variant_size_v<core::Effect>);
  return names[effect.index()];
}

std::string first(const std::vector<core::Effect>& commands) {
  return commands.empty() ? "nothing" : std::string(effect_name(commands.front()));
}

std::string how(How how) {
  switch (how) {
    case How::Plain:
      return "";
    case How::Fails:
      return " and fails";
    case How::Unsure:
      return ", done, and cannot tell";
    case How::UnsureUndone:
      return ", not done, and cannot tell";
    case How::Lost:
      return ": lost before it was done";
    case How::Unanswered:
      return ": done, and the answer is lost";
  }
  return "";
}

std::string power_cut(std::uint8_t done) {
  std::string text = "power cut";
  if ((done & cut_note_boxed) != 0) text += "; the note went into the box";
  if ((done & cut_card_written) != 0) text += "; the card was written";
  if ((done & cut_note_told) != 0) text += "; the acceptor will tell of its last note";
  return text;
}

std::string question(const World& w, const Move& m) {
  const std::string name(effect_name(w.questions[m.arg].asked));
  if (m.act == Act::LedgerExecutes)
    return "the ledger executes " + name + (m.how == How::Fails ? ": the quote has changed" : "");
  return m.how == How::Lost ? "no answer to " + name : "the answer to " + name + " arrives";
}

std::string plain_words(const World& w, const Move& m, const Bounds& bounds) {
  switch (m.act) {
    case Act::Touch:
      return "touch " + std::string(enum_name(touches_of(w.state, bounds.every_touch)[m.arg].wish));
    case Act::FeedNote:
      return "a note of " + to_decimal(w.notes[m.arg].value) + " is fed";
    case Act::AcceptorObeys:
      return "the acceptor obeys " + first(w.acceptor.commands) + how(m.how);
    case Act::ReaderObeys:
      return "the reader obeys " + first(w.reader.commands) + how(m.how);
    case Act::CardBreaksOff:
      return "the card is pulled during the write" + how(m.how);
    case Act::PrinterObeys:
      return "the printer obeys " + first(w.printer.commands) + how(m.how);
    case Act::LedgerExecutes:
    case Act::AnswerArrives:
      return question(w, m);
    case Act::EchoArrives:
      return event_name(event_of(*w.echo)) + " arrives a second time";
    case Act::PowerCut:
      return power_cut(m.arg);
    default:
      return std::string(enum_name(m.act)) + how(m.how);
  }
}

}  // namespace

std::string words_of(const World& world, const Move& move, const Bounds& bounds) {
  std::string text = plain_words(world, move, bounds);
  if (move.repeat) text += " (and will come again)";
  if (move.slow) text += " (the disk is slow)";
  return text;
}

}  // namespace pilotlight::exploration
