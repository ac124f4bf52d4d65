#include "devices/virtual/ssp_note_path.h"

#include <algorithm>
#include <array>

#include "kiosk/base/check.h"

namespace pilotlight::cabinet {
namespace {

namespace json = boost::json;

constexpr std::string_view file_name = "validator.json";
constexpr std::uint8_t cleared_from_front = 0xE1;
constexpr std::uint8_t cleared_into_box = 0xE2;
constexpr std::array<std::string_view, 5> stage_names{"none", "reading", "escrow", "stacking", "returning"};
constexpr std::array<std::string_view, 3> jam_names{"none", "unsafe", "safe"};

json::object to_json(const Note& note) { return {{"id", note.id}, {"value", note.value}, {"channel", note.channel}}; }
json::value to_json(const std::optional<Note>& note) {
  return note ? json::value(to_json(*note)) : json::value(nullptr);
}
json::array to_json(const std::vector<Note>& notes) {
  json::array list;
  for (const Note& note : notes) list.push_back(to_json(note));
  return list;
}

Note note_from(const json::value& value) {
  const json::object& object = value.as_object();
  return {object.at("id").to_number<std::uint64_t>(), object.at("value").to_number<std::uint32_t>(),
          object.at("channel").to_number<std::uint8_t>()};
}
std::optional<Note> maybe_note_from(const json::value& value) {
  return value.is_null() ? std::nullopt : std::optional(note_from(value));
}
std::vector<Note> notes_from(const json::value& value) {
  std::vector<Note> notes;
  for (const json::value& item : value.as_array()) notes.push_back(note_from(item));
  return notes;
}

template <class Names>
std::size_t index_of(const Names& names, const json::value& value) {
  const auto found = std::ranges::find(names, std::string_view(value.as_string()));
  CHECK(found != names.end());
  return static_cast<std::size_t>(found - names.begin());
}

}  // namespace

std::string_view to_text(NoteStage stage) { return stage_names[static_cast<std::size_t>(stage)]; }

NotePath::NotePath(const ValidatorConfig& config, const Disk& disk) : config_(config), disk_(disk) {
  if (const auto saved = disk.read(file_name)) load(json::parse(*saved).as_object());
}

void NotePath::load(const json::object& saved) {
  powered_ = saved.at("powered").as_bool();
  next_id_ = saved.at("next_id").to_number<std::uint64_t>();
  stage_ = static_cast<NoteStage>(index_of(stage_names, saved.at("stage")));
  note_ = maybe_note_from(saved.at("note"));
  mouth_ = maybe_note_from(saved.at("mouth"));
  stacker_ = notes_from(saved.at("stacker"));
  collected_ = notes_from(saved.at("collected"));
  counted_stacked_ = saved.at("counted_stacked").to_number<std::uint32_t>();
  counted_rejected_ = saved.at("counted_rejected").to_number<std::uint32_t>();
  last_reject_ = saved.at("last_reject").to_number<std::uint8_t>();
  if (!saved.at("unreported").is_null()) unreported_ = saved.at("unreported").to_number<std::uint8_t>();
  if (const json::value& told = saved.at("cleared"); !told.is_null())
    cleared_.emplace(told.at(0).to_number<std::uint8_t>(), told.at(1).to_number<std::uint8_t>());
  jam_ = static_cast<Jam>(index_of(jam_names, saved.at("jam")));
  forced_full_ = saved.at("full").as_bool();
  cashbox_in_ = saved.at("cashbox").as_bool();
}

void NotePath::save() const {
  json::object saved{{"powered", powered_},
                     {"next_id", next_id_},
                     {"stage", to_text(stage_)},
                     {"note", to_json(note_)},
                     {"mouth", to_json(mouth_)},
                     {"stacker", to_json(stacker_)},
                     {"collected", to_json(collected_)},
                     {"counted_stacked", counted_stacked_},
                     {"counted_rejected", counted_rejected_},
                     {"last_reject", last_reject_},
                     {"unreported", nullptr},
                     {"cleared", nullptr},
                     {"jam", jam_names[static_cast<std::size_t>(jam_)]},
                     {"full", forced_full_},
                     {"cashbox", cashbox_in_}};
  if (unreported_) saved["unreported"] = *unreported_;
  if (cleared_) saved["cleared"] = json::array{cleared_->first, cleared_->second};
  disk_.write(file_name, json::serialize(saved));
}

std::optional<Note> NotePath::draw_in(std::uint32_t value) {
  const bool owes_report = unreported_ || cleared_;
  if (!powered_ || owes_report || note_ || mouth_ || jam_ != Jam::None || !cashbox_in_ || full()) return std::nullopt;
  const auto channel = std::ranges::find(config_.channels, value);
  const bool known = channel != config_.channels.end();
  note_ = Note{next_id_++, value, static_cast<std::uint8_t>(known ? channel - config_.channels.begin() + 1 : 0)};
  stage_ = NoteStage::Reading;
  save();
  return note_;
}

void NotePath::to_escrow() {
  CHECK(stage_ == NoteStage::Reading);
  stage_ = NoteStage::Escrow;
  save();
}

void NotePath::accept() {
  CHECK(stage_ == NoteStage::Escrow);
  stage_ = NoteStage::Stacking;
  save();
}

void NotePath::to_box() {
  CHECK(stage_ == NoteStage::Stacking);
  unreported_ = note_->channel;
  stacker_.push_back(*note_);
  note_.reset();
  stage_ = NoteStage::None;
  ++counted_stacked_;
  last_reject_ = reject::accepted;
  save();
}

void NotePath::turn_back(std::uint8_t reason) {
  CHECK(stage_ == NoteStage::Reading || stage_ == NoteStage::Escrow);
  stage_ = NoteStage::Returning;
  last_reject_ = reason;
  ++counted_rejected_;
  save();
}

void NotePath::to_mouth() {
  CHECK(note_.has_value());
  mouth_ = note_;
  note_.reset();
  stage_ = NoteStage::None;
  save();
}

void NotePath::pulled_out() {
  CHECK(stage_ == NoteStage::Stacking);
  note_.reset();
  stage_ = NoteStage::None;
  save();
}

std::optional<Note> NotePath::take_from_mouth() {
  const std::optional<Note> taken = mouth_;
  mouth_.reset();
  if (taken) save();
  return taken;
}

void NotePath::credit_told() {
  unreported_.reset();
  save();
}

void NotePath::cleared_told() {
  cleared_.reset();
  save();
}

void NotePath::stick(Jam jam) {
  jam_ = jam;
  save();
}

void NotePath::clear_jam() {
  const Jam was = jam_;
  jam_ = Jam::None;
  if (note_ && was == Jam::Safe) {
    stacker_.push_back(*note_);
    ++counted_stacked_;
    note_.reset();
  } else if (note_) {
    mouth_ = note_;
    note_.reset();
  }
  stage_ = NoteStage::None;
  save();
}

void NotePath::set_full(bool full) {
  forced_full_ = full;
  save();
}

void NotePath::empty_box() {
  collected_.insert(collected_.end(), stacker_.begin(), stacker_.end());
  stacker_.clear();
  forced_full_ = false;
  save();
}

void NotePath::set_cashbox(bool in) {
  cashbox_in_ = in;
  save();
}

void NotePath::reset_counters() {
  counted_stacked_ = counted_rejected_ = 0;
  save();
}

void NotePath::power_off() {
  powered_ = false;
  save();
}

void NotePath::power_on() {
  powered_ = true;
  if (unreported_) {
    cleared_.emplace(cleared_into_box, *unreported_);
    unreported_.reset();
  } else if (note_ && jam_ == Jam::None) {
    const bool forward = stage_ == NoteStage::Stacking;
    cleared_.emplace(forward ? cleared_into_box : cleared_from_front, note_->channel);
    if (forward) {
      stacker_.push_back(*note_);
      ++counted_stacked_;
    } else {
      mouth_ = note_;
    }
    note_.reset();
    stage_ = NoteStage::None;
  }
  save();
}

json::object NotePath::truth() const {
  return {{"stacked", counted_stacked_},
          {"rejected", counted_rejected_},
          {"stacker", to_json(stacker_)},
          {"collected", to_json(collected_)},
          {"escrow", stage_ == NoteStage::Escrow ? to_json(note_) : json::value(nullptr)},
          {"path", to_json(note_)},
          {"stage", to_text(stage_)},
          {"mouth", to_json(mouth_)},
          {"jam", jam_names[static_cast<std::size_t>(jam_)]},
          {"full", full()},
          {"cashbox", cashbox_in_},
          {"powered", powered_}};
}

}  // namespace pilotlight::cabinet
