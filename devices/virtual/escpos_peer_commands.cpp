// What a hand, or a fault, does to the printer (CONTROL.md), and how its condition outlives the cabinet.
#include <unistd.h>

#include "devices/virtual/escpos_peer.h"

namespace pilotlight::cabinet {
namespace {

namespace json = boost::json;

constexpr std::string_view condition_file = "printer.json";
constexpr std::string_view usage =
    "usage: printer paper out|near-end|ok | cover open|close | power off|on | cutter jam|ok | last";

std::string_view to_text(PaperState paper) {
  switch (paper) {
    case PaperState::Enough:
      return "ok";
    case PaperState::NearEnd:
      return "near-end";
    case PaperState::Out:
      return "out";
  }
  return "";
}

std::optional<PaperState> paper_from(std::string_view text) {
  for (const PaperState paper : {PaperState::Enough, PaperState::NearEnd, PaperState::Out})
    if (to_text(paper) == text) return paper;
  return std::nullopt;
}

// False if the words name no change.
bool change(Words words, PrinterCondition& next) {
  if (words.size() != 2) return false;
  const std::string& what = words[0];
  const std::string& how = words[1];
  if (what == "paper") {
    const auto paper = paper_from(how);
    next.paper = paper.value_or(next.paper);
    return paper.has_value();
  }
  if (what == "cover" && (how == "open" || how == "close")) {
    next.cover_open = how == "open";
  } else if (what == "power" && (how == "on" || how == "off")) {
    next.powered = how == "on";
  } else if (what == "cutter" && (how == "jam" || how == "ok")) {
    next.cutter_jammed = how == "jam";
    next.cutter_error = next.cutter_error && next.cutter_jammed;
  } else {
    return false;
  }
  return true;
}

}  // namespace

json::object PrinterPeer::command(Words words) {
  const std::lock_guard lock(mutex_);
  if (words.size() == 1 && words[0] == "last") return last();
  PrinterCondition next = condition_;
  if (!change(words, next)) return refused(usage);
  apply(next);
  wake();
  return {};
}

void PrinterPeer::load() {
  const auto saved = disk_.read(condition_file);
  if (!saved) return;
  const json::object object = json::parse(*saved).as_object();
  condition_.powered = object.at("powered").as_bool();
  condition_.paper = paper_from(std::string_view(object.at("paper").as_string())).value_or(PaperState::Enough);
  condition_.cover_open = object.at("cover_open").as_bool();
  condition_.cutter_jammed = object.at("cutter_jammed").as_bool();
}

void PrinterPeer::apply(const PrinterCondition& next) {
  const PrinterCondition before = condition_;
  if (next == before) return;
  condition_ = next;
  disk_.write(condition_file, json::serialize(json::object{{"powered", next.powered},
                                                           {"paper", to_text(next.paper)},
                                                           {"cover_open", next.cover_open},
                                                           {"cutter_jammed", next.cutter_jammed}}));
  // A new roll: what was printed on the old one's end is a piece of its own.
  if (before.paper == PaperState::Out && next.paper != PaperState::Out) paper_.tear_off();
  if (before.powered && !next.powered) lose_power();
  if (!before.powered && next.powered) listen();
  if (automatic_ != 0 && automatic_status(before) != automatic_status(next)) say(automatic_status(next));
}

void PrinterPeer::lose_power() {
  drop_client();
  ::close(listener_);
  listener_ = -1;
  buffer_.clear();
  printer_.reset();
  paper_.tear_off();
  job_bytes_ = 0;
  cut_announced_ = false;
  busy_until_ = 0;
  condition_.cutter_error = false;
  ++resets_;
}

json::object PrinterPeer::last() const {
  if (paper_.pieces().empty()) return refused("nothing has come out yet");
  const Piece& piece = paper_.pieces().back();
  json::array text;
  for (const std::string& line : piece.text) text.push_back(json::value(line));
  return {{"png", piece.png.string()}, {"text", std::move(text)}, {"cut", piece.cut}};
}

json::object PrinterPeer::state() {
  const std::lock_guard lock(mutex_);
  json::array unknown;
  for (const std::string& hex : printer_.unknown()) unknown.push_back(json::value(hex));
  return {{"powered", condition_.powered},
          {"online", condition_.online()},
          {"paper", to_text(condition_.paper)},
          {"cover_open", condition_.cover_open},
          {"cutter_jammed", condition_.cutter_jammed},
          {"cutter_error", condition_.cutter_error},
          {"client", client_ >= 0},
          {"port", port_},
          {"buffered", buffer_.size()},
          {"job_bytes", job_bytes_},
          {"hanging_rows", paper_.rows()},
          {"pieces", paper_.pieces().size()},
          {"unknown_commands", std::move(unknown)}};
}

std::unique_ptr<Part> make_printer(const Surroundings& surroundings) {
  return std::make_unique<PrinterPeer>(surroundings);
}

}  // namespace pilotlight::cabinet
