// What a screen shows, ready to draw: every text resolved, every number formatted, every touch with its meaning. Made
// by present() from the core's state, drawn by draw(). Plain data: two equal views are the same picture.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "kiosk/core/intent.h"
#include "kiosk/core/state.h"

namespace pilotlight::screens {

// How a thing is meant; shown by shape and words as well as by colour.
enum class Tone { Calm, Good, Caution, Danger };

enum class Icon {
  None,
  Flame,
  Card,
  Note,
  Receipt,
  Check,
  Cross,
  Warning,
  Phone,
  Clock,
  Back,
  Language,
  Sound,
  Help,
  Exit,
  Keypad,
  Repeat,
  Meter,
  Person,
  Window,
  Valve,
  Light,
  Door,
  Lock,
  Wrench,
  Wallet,
  Cloud,
  Erase,
  Right,
  Info,
  Hose,
  Stove,
  Wall
};

// The big drawings.
enum class Scene { InsertCard, TakeCard, FeedNotes, Receipt, Success, Waiting, Caution, ReadingCard };

struct Action {
  std::string id;  // of the touch target, stable: tests and scripts name it
  std::string label;
  std::string note;  // second line, may be empty
  core::Intent intent;
  Icon icon = Icon::None;
  bool ready = true;  // false: shown, cannot be touched yet
  bool operator==(const Action&) const = default;
};

struct Row {
  std::string label;
  std::string value;
  bool strong = false;
  bool operator==(const Row&) const = default;
};

struct IconLine {
  Icon icon = Icon::None;
  std::string text;
  bool operator==(const IconLine&) const = default;
};

struct Countdown {
  std::int64_t seconds = 0;
  std::int64_t whole = 60;  // the ring is full at this many
  std::string label;
  bool operator==(const Countdown&) const = default;
};

struct Tip {  // safety advice while one waits (SAFE-1)
  std::string heading;
  std::string text;
  bool operator==(const Tip&) const = default;
};

struct AttractView {
  std::string brand, invitation, how;
  int slide = 0, slides = 1;
  Icon icon = Icon::Flame;
  std::string slide_heading, slide_text, lesson;
  Action start;
  std::string hotline_label, hotline, emergency_label, emergency;
  bool operator==(const AttractView&) const = default;
};

struct HomeView {
  std::string greeting, lead;
  Action top_up;
  std::string button;
  std::string bring_heading;
  std::vector<IconLine> bring;
  std::string steps_heading;
  std::vector<std::string> steps;
  Tip tip;
  bool operator==(const HomeView&) const = default;
};

// "Do this with your hands": insert, put back, take.
struct GuideView {
  Tone tone = Tone::Calm;
  Scene picture = Scene::InsertCard;
  std::string heading, lead;
  std::vector<IconLine> hints;
  std::optional<Countdown> countdown;
  bool operator==(const GuideView&) const = default;
};

struct Stage {
  std::string text;
  enum class At { Done, Now, Later } at = At::Later;
  bool operator==(const Stage&) const = default;
};

// "Wait, this is happening."
struct ProgressView {
  Tone tone = Tone::Calm;
  Scene picture = Scene::Waiting;
  std::string heading, lead;
  std::vector<Stage> stages;
  std::string money;  // what has happened to the money so far; may be empty
  Tip tip;
  std::optional<Countdown> countdown;
  bool operator==(const ProgressView&) const = default;
};

// "This cannot be done; here is what to do."
struct NoticeView {
  Tone tone = Tone::Caution;
  Icon icon = Icon::Warning;
  std::string heading, lead;
  std::string money;
  std::string todo_heading;
  std::vector<std::string> todo;
  std::string hotline_label, hotline;
  std::string hand_back;  // "please take your card"; may be empty
  std::optional<Action> go_on;
  bool operator==(const NoticeView&) const = default;
};

struct AccountView {
  std::string greeting, name, address;
  std::vector<Row> rows;
  std::string price_heading;
  std::vector<Row> prices;
  std::string arrears_heading, arrears;  // empty: none
  Action go_on;
  bool operator==(const AccountView&) const = default;
};

struct Goal {
  Action action;
  std::string amount, unit, buys;
  bool operator==(const Goal&) const = default;
};

struct AmountView {
  std::string heading, lead;
  std::vector<Goal> goals;
  std::optional<Action> repeat;
  Action keypad;
  std::string notice_heading;
  std::vector<IconLine> notice;
  bool operator==(const AmountView&) const = default;
};

struct KeypadView {
  std::string heading, typed, unit, buys, limits;
  bool empty = true;
  std::vector<Action> keys;  // 1..9, erase, 0, ok
  std::string ok;
  std::vector<std::string> notes;
  bool operator==(const KeypadView&) const = default;
};

struct NoteChip {
  std::string text;
  int count = 0;
  bool operator==(const NoteChip&) const = default;
};

struct CashView {
  std::string heading;
  std::string total_label, total, unit;
  std::string goal;  // "goal 200 yuan"
  float part = 0;    // of the goal, 0..1
  std::string buys_label, buys;
  Tone call_tone = Tone::Calm;  // the last note, or why it came back
  Icon call_icon = Icon::Note;
  std::string call;
  std::string accepts_label;
  std::vector<std::string> accepts;
  std::string fed_label;
  std::vector<NoteChip> fed;
  std::string rule;
  Action finish, cancel;
  bool note_moving = false;
  bool operator==(const CashView&) const = default;
};

struct ConfirmView {
  std::string heading, banner;
  std::string volume_label, volume, unit;
  std::vector<Row> rows;
  std::string after;
  Action pay, more;
  bool operator==(const ConfirmView&) const = default;
};

struct ResultView {
  Tone tone = Tone::Good;
  Scene picture = Scene::Success;
  std::string heading, lead;
  std::string figure, figure_unit;  // the one number that matters
  std::vector<Row> rows;
  Tone slip_tone = Tone::Calm;
  std::string slip;
  std::string next;
  std::optional<Countdown> countdown;
  Action finish;
  bool operator==(const ResultView&) const = default;
};

using Body = std::variant<AttractView, HomeView, GuideView, ProgressView, NoticeView, AccountView, AmountView,
                          KeypadView, CashView, ConfirmView, ResultView>;

struct SmellGasView {
  std::string heading, lead;
  std::vector<IconLine> steps;
  std::string call_label;
  std::vector<Row> numbers;
  Action close;
  bool operator==(const SmellGasView&) const = default;
};

struct HelpView {
  std::string heading;
  std::vector<Row> answers;  // question, answer
  std::string hotline_label, hotline;
  Action call_staff, close;
  bool operator==(const HelpView&) const = default;
};

struct DialogView {
  Tone tone = Tone::Calm;
  Icon icon = Icon::Info;
  std::string heading, lead, money;
  std::optional<Countdown> countdown;
  std::vector<Action> actions;  // the first is the advised one
  bool operator==(const DialogView&) const = default;
};

using Above = std::variant<std::monostate, SmellGasView, HelpView, DialogView>;

struct Header {
  std::string brand, title, clock, date;
  bool uplink = true;
  std::string offline;
  std::vector<std::string> steps;  // of the way through a top-up; empty: no stepper
  int step = 0;                    // the one being done; steps.size(): all done
  bool operator==(const Header&) const = default;
};

struct Bar {
  std::optional<Action> back, cancel, language;
  Action repeat, help, smell_gas;
  std::string hotline_label, hotline;
  bool operator==(const Bar&) const = default;
};

// What is said aloud. `key` says which prompt it is: when it changes, the prompt starts (and cuts off what was said).
struct Speech {
  std::string key;
  std::vector<std::string> clips;  // names of sound files, in order
  bool operator==(const Speech&) const = default;
};

struct View {
  core::Page page = core::Page::OutOfService;
  core::Overlay overlay = core::Overlay::None;
  core::Language language = core::Language::Chinese;
  Header header;
  Bar bar;
  Body body;
  Above above;
  Speech prompt;  // of the page or overlay
  std::uint32_t call_count = 0;
  Speech call;  // of a note (MAN-2); spoken when call_count changes
  bool operator==(const View&) const = default;
};

}  // namespace pilotlight::screens
