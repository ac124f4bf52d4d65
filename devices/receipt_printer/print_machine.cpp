#include "devices/receipt_printer/print_machine.h"

#include <algorithm>
#include <array>
#include <utility>

namespace pilotlight::devices::escpos {
namespace {

// "Online" is asked last, so that it is the youngest answer of a round.
constexpr std::array<Query, 4> round_queries = {Query::OfflineCause, Query::ErrorCause, Query::Paper, Query::Printer};

constexpr std::int64_t settle_ms = 100;        // what a former owner of the connection left over is let go by
constexpr std::int64_t idle_round_ms = 2'000;  // between rounds; changes come by themselves in between
constexpr std::int64_t job_round_ms = 1'000;
constexpr std::int64_t idle_answer_ms = 2'000;
constexpr std::int64_t job_answer_ms = 10'000;  // the query waits behind what the printer has not taken yet
constexpr std::int64_t check_ms = 5'000;
constexpr std::int64_t sync_ms = 5'000;
constexpr std::int64_t quiet_ms = 300;
constexpr std::int64_t progress_ms = 10'000;
constexpr std::int64_t marker_ms = 30'000;
constexpr std::int64_t confirm_ms = 5'000;
constexpr std::int64_t job_ms = 120'000;

constexpr std::array<std::uint8_t, 3> automatic_status = {0x1D, 0x61, 0x0E};  // all but the drawer
constexpr std::array<std::uint8_t, 3> marker_command = {0x1D, 0x72, 0x01};

void append(Bytes& to, ByteView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

}  // namespace

void PrintMachine::connected(std::int64_t now) {
  link_ = Link::Settling;
  settled_at_ = now + settle_ms;
  must_reconnect_ = false;
  silent_ = false;
}

void PrintMachine::not_connected() { report({}); }

void PrintMachine::disconnected() {
  link_ = Link::Down;
  const bool closed_by_us = must_reconnect_;
  if (!closed_by_us || stage_ != Stage::Checking)
    break_off();  // a job that came meanwhile waits for the new connection
  // A connection we closed ourselves says nothing new about the printer, unless it was silent.
  if (silent_) {
    PrinterStatus last = reader_.status();
    last.online = false;
    report(last);
  } else if (!closed_by_us) {
    report({});
  }
  reader_.restart();
  known_ = false;
  round_active_ = false;
  round_wanted_ = false;
  synchronised_ = false;
  must_reconnect_ = false;
  silent_ = false;
  out_.clear();
  out_taken_ = 0;
  out_is_job_ = false;
  control_.clear();
}

void PrintMachine::port_status(std::uint8_t bits) {
  if (silent_) reader_.set_paper_out((bits & 0x20) != 0);
}

void PrintMachine::start(std::uint32_t job, EncodedPage page, std::int64_t now) {
  if (stage_ != Stage::Idle) {
    events_.push_back(PrintEnded{job, PrintOutcome::NotPrinted});
    return;
  }
  stage_ = Stage::Checking;
  stage_by_ = now + check_ms;
  job_by_ = now + job_ms;
  job_ = job;
  page_ = std::move(page);
  segment_ = 0;
  job_taken_ = 0;
  quiet_at_.reset();
  if (link_ == Link::Up) want_fresh_round(now);
  refill();
}

void PrintMachine::taken(std::size_t count, std::int64_t now) {
  count = std::min(count, output().size());
  if (count == 0) return;
  out_taken_ += count;
  if (out_is_job_) {
    job_taken_ += count;
    stage_by_ = now + progress_ms;
  }
  if (out_taken_ < out_.size()) return;
  out_.clear();
  out_taken_ = 0;
  if (std::exchange(out_is_job_, false)) segment_done(now);
  refill();
}

void PrintMachine::received(ByteView bytes, std::int64_t now) {
  if (link_ != Link::Up) return;
  for (const std::uint8_t byte : bytes) {
    const StatusReader::Seen seen = reader_.feed(byte);
    if (seen.answer) answered(now);
    if (seen.automatic) {
      if (known_) report(status());
      check_fault();
    }
    if (seen.marker) marker_came(now);
  }
  refill();
}

void PrintMachine::tick(std::int64_t now) {
  if (link_ == Link::Settling && now >= settled_at_) {
    link_ = Link::Up;
    append(control_, std::array<std::uint8_t, 2>{0x1B, 0x40});
    append(control_, automatic_status);
    begin_round(now);
  }
  if (link_ == Link::Up && !must_reconnect_ && round_active_ && now >= answer_by_) {
    silent_ = true;
    must_reconnect_ = true;
    break_off();
  }
  tick_job(now);
  if (link_ != Link::Up || must_reconnect_) return;
  if (!round_active_ && now >= next_round_at_) begin_round(now);
  refill();
}

std::int64_t PrintMachine::wake_at() const {
  std::int64_t at = INT64_MAX;
  if (link_ == Link::Settling) at = settled_at_;
  if (link_ == Link::Up) at = round_active_ ? answer_by_ : next_round_at_;
  if (stage_ != Stage::Idle) at = std::min({at, stage_by_, job_by_});
  if (quiet_at_) at = std::min(at, *quiet_at_);
  return at;
}

std::vector<PrinterEvent> PrintMachine::take_events() { return std::exchange(events_, {}); }

void PrintMachine::begin_round(std::int64_t now) {
  round_active_ = true;
  round_at_ = 0;
  ask(now);
}

void PrintMachine::want_fresh_round(std::int64_t now) {
  if (round_active_) {
    round_wanted_ = true;  // the running one may hold answers from before
  } else {
    begin_round(now);
  }
}

void PrintMachine::ask(std::int64_t now) {
  const Query query = round_queries[round_at_];
  append(control_, std::array<std::uint8_t, 3>{0x10, 0x04, static_cast<std::uint8_t>(query)});
  reader_.expect_answer(query);
  answer_by_ = now + (stage_ == Stage::Idle ? idle_answer_ms : job_answer_ms);
}

void PrintMachine::answered(std::int64_t now) {
  if (++round_at_ < round_queries.size()) return ask(now);
  round_active_ = false;
  if (std::exchange(round_wanted_, false)) return begin_round(now);
  round_complete(now);
}

void PrintMachine::round_complete(std::int64_t now) {
  known_ = true;
  next_round_at_ = now + (stage_ == Stage::Idle ? idle_round_ms : job_round_ms);
  report(status());
  if (stage_ == Stage::Confirming) {
    end_job(status().can_print() ? PrintOutcome::Printed : PrintOutcome::PartPrinted);
  } else if (stage_ == Stage::Checking) {
    if (!status().can_print()) return end_job(PrintOutcome::NotPrinted);
    if (synchronised_) return begin_sending(now);
    // A job of an earlier life may still lie in the printer, and its marker must not be taken for this one's: a marker
    // of our own goes first, and everything that comes back until it is quiet belongs to the past.
    stage_ = Stage::Syncing;
    stage_by_ = now + sync_ms;
    append(control_, marker_command);
    reader_.expect_marker(true);
  } else {
    check_fault();
  }
}

void PrintMachine::marker_came(std::int64_t now) {
  if (stage_ == Stage::Syncing) {
    quiet_at_ = now + quiet_ms;
  } else if (stage_ == Stage::AwaitingMarker) {
    reader_.expect_marker(false);
    stage_ = Stage::Confirming;
    stage_by_ = now + confirm_ms;
    want_fresh_round(now);
  }
}

void PrintMachine::begin_sending(std::int64_t now) {
  reader_.expect_marker(false);
  quiet_at_.reset();
  synchronised_ = true;
  stage_ = Stage::Sending;
  stage_by_ = now + progress_ms;
}

void PrintMachine::segment_done(std::int64_t now) {
  if (segment_ == 0) append(control_, automatic_status);  // the ESC @ just sent has switched it off
  if (++segment_ < page_.breaks.size()) return;
  stage_ = Stage::AwaitingMarker;
  stage_by_ = now + marker_ms;
}

void PrintMachine::end_job(PrintOutcome outcome) {
  events_.push_back(PrintEnded{job_, outcome});
  // A command broken off in the middle would swallow the beginning of the next job.
  if (outcome != PrintOutcome::Printed && job_taken_ > 0) must_reconnect_ = true;
  stage_ = Stage::Idle;
  page_ = {};
  quiet_at_.reset();
  reader_.expect_marker(false);
}

void PrintMachine::break_off() {
  if (stage_ == Stage::Idle) return;
  end_job(job_taken_ > page_.content ? PrintOutcome::PartPrinted : PrintOutcome::NotPrinted);
}

void PrintMachine::check_fault() {
  if (stage_ == Stage::Idle || stage_ == Stage::Checking) return;
  const PrinterStatus seen = status();
  // Offline alone passes (feed button, hot head): the stage's deadline bounds it.
  if (seen.paper_out || seen.cover_open || seen.cutter_fault || seen.unrecoverable) break_off();
}

void PrintMachine::tick_job(std::int64_t now) {
  if (stage_ == Stage::Idle) return;
  if (quiet_at_ && now >= *quiet_at_) begin_sending(now);
  if (now < stage_by_ && now < job_by_) return;
  must_reconnect_ = link_ != Link::Down;
  break_off();
}

void PrintMachine::refill() {
  if (!out_.empty() || link_ != Link::Up || must_reconnect_) return;
  if (!control_.empty()) {
    out_ = std::exchange(control_, {});
  } else if (stage_ == Stage::Sending && segment_ < page_.breaks.size()) {
    const std::size_t from = segment_ == 0 ? 0 : page_.breaks[segment_ - 1];
    const std::size_t to = page_.breaks[segment_];
    out_.assign(page_.bytes.begin() + static_cast<std::ptrdiff_t>(from),
                page_.bytes.begin() + static_cast<std::ptrdiff_t>(to));
    out_is_job_ = true;
    if (segment_ + 1 == page_.breaks.size()) reader_.expect_marker(true);
  }
}

void PrintMachine::report(PrinterStatus now) {
  if (reported_ == now) return;
  reported_ = now;
  events_.push_back(PrinterChanged{now});
}

PrinterStatus PrintMachine::status() const { return reader_.status(); }

}  // namespace pilotlight::devices::escpos
