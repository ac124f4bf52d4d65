// What is said aloud: a prompt per page, and each note called out (MAN-2).
#include "screens/present_parts.h"

namespace pilotlight::screens {

using core::Call;
using core::Overlay;
using core::Page;

namespace {

// The prompt's sound file; the sound tables in assets/sounds hold one of each for every value of the core's enums.
std::string page_clip(const Context& c) {
  const auto& talk = c.state.talk;
  switch (talk.page) {
    case Page::CardProblem:
      return "trouble." + std::string(enum_name(talk.card_trouble));
    case Page::NotSold:
      return "refusal." + refusal_key(talk.refusal);
    case Page::Working:
      return "work." + std::string(enum_name(talk.work));
    case Page::Result:
      return "ending." + std::string(enum_name(talk.ending));
    case Page::TakeCard:
      return talk.card_forgotten ? "page.TakeCard.forgotten" : "page.TakeCard";
    default:
      return "page." + std::string(enum_name(talk.page));
  }
}

}  // namespace

Speech page_speech(const Context& c) {
  const auto& talk = c.state.talk;
  Speech speech;
  if (talk.overlay != Overlay::None) {
    speech.clips = {"overlay." + std::string(enum_name(talk.overlay))};
  } else if (talk.page != Page::Attract && talk.page != Page::OutOfService) {
    speech.clips = {page_clip(c)};
    if (talk.page == Page::Result && talk.slip != core::SlipState::None)
      speech.clips.push_back("slip." + std::string(enum_name(talk.slip)));
    if (talk.page == Page::Cash && talk.note_refusal != core::NoteRefusal::None)
      speech.clips = {"note." + std::string(enum_name(talk.note_refusal))};
  }
  speech.key = enum_name(c.language);
  for (const std::string& clip : speech.clips) speech.key += "/" + clip;
  return speech;
}

Speech call_speech(const Context& c) {
  const auto& call = c.state.talk.announcement;
  Speech speech;
  const auto add = [&](const std::vector<std::string>& clips) {
    speech.clips.insert(speech.clips.end(), clips.begin(), clips.end());
  };
  switch (call.call) {
    case Call::None:
      break;
    case Call::NoteAccepted:
      speech.clips.push_back("call.received");
      add(amount_clips(c.language, call.note));
      speech.clips.push_back("call.total");
      add(amount_clips(c.language, call.total));
      break;
    case Call::NoteBack:
      speech.clips.push_back(c.state.talk.note_refusal == core::NoteRefusal::None
                                 ? std::string("call.note_back")
                                 : "note." + std::string(enum_name(c.state.talk.note_refusal)));
      break;
    case Call::CardForgotten:
      speech.clips.push_back("page.TakeCard.forgotten");
      break;
  }
  speech.key = std::to_string(call.count);
  return speech;
}

}  // namespace pilotlight::screens
