// A reader opened on a real pcscd, and what it reports.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "devices/card_reader/pcsc_reader.h"
#include "devices/gas_card/cpu_card.h"
#include "tests/devices/card_reader/simulated_card_fixture.h"
#include "tests/support/pcscd_fixture.h"

namespace pilotlight::devices {

using std::chrono::milliseconds;
using testing::PcscdFixture;
using testing::SimulatedCard;
using SteadyClock = std::chrono::steady_clock;

inline const std::string kWang = "6101000000000017";
inline const std::string kLi = "6101000000000025";
inline constexpr milliseconds kLong{15000};

// What the reader reported, in order.
class Reports {
 public:
  void put(ReaderEvent event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
    changed_.notify_all();
  }
  // Takes everything up to and including the next event of this kind.
  template <class Event>
  std::optional<Event> next(milliseconds limit = kLong) {
    std::unique_lock lock(mutex_);
    const auto deadline = SteadyClock::now() + limit;
    while (true) {
      if (!changed_.wait_until(lock, deadline, [this] { return !events_.empty(); })) return std::nullopt;
      const ReaderEvent event = std::move(events_.front());
      events_.pop_front();
      if (const auto* wanted = std::get_if<Event>(&event)) return *wanted;
    }
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<ReaderEvent> events_;
};

// A real pcscd and a reader opened on it; each test brings its cards.
class PcscReaderTest : public ::testing::Test {
 protected:
  explicit PcscReaderTest(const PcscdFixture::Driver& driver = {}) : pcscd_(driver) {}
  void SetUp() override { ASSERT_TRUE(pcscd_.start()); }
  void TearDown() override { reader_.reset(); }

  void open(ReaderLimits limits = {}) {
    limits.first_retry = milliseconds(50);  // so that no test waits for the pauses of a terminal
    limits.longest_retry = milliseconds(200);
    reader_ = open_pcsc_reader(
        "Virtual PCD 00", make_cpu_card(), [this](ReaderEvent event) { reports_.put(std::move(event)); }, limits);
    ASSERT_TRUE(reports_.next<ReaderReady>());
  }
  void insert(SimulatedCard& card) {
    card.insert(pcscd_.port());
    ASSERT_TRUE(reports_.next<CardPresent>());
  }
  Result<CardContents, CardFault> read() {
    reader_->read();
    const auto report = reports_.next<CardReadReport>();
    if (report) return report->card;
    ADD_FAILURE() << "no report";
    return fail(CardFault::ReaderGone);
  }
  // The purchase number on the card in the slot.
  std::uint32_t read_number() {
    const auto contents = read();
    if (contents) return contents->purchase_number;
    ADD_FAILURE() << "not read: " << enum_name(contents.error());
    return 0;
  }
  // After trouble with the reader, the daemon may report a card that has gone already: then the next one counts.
  std::uint32_t read_number_of_next_card() {
    for (int card = 0; card < 3; ++card) {
      if (!reports_.next<CardPresent>()) break;
      const auto contents = read();
      if (contents) return contents->purchase_number;
      EXPECT_EQ(contents.error(), CardFault::Gone);
    }
    ADD_FAILURE() << "no card";
    return 0;
  }
  void ask_challenge() {
    reader_->challenge();
    const auto report = reports_.next<ChallengeReport>();
    ASSERT_TRUE(report && report->challenge);
    EXPECT_EQ(*report->challenge, *from_hex("a1b2c3d4"));
  }
  WriteReport write(const std::string& digits = kWang, std::uint32_t number = 4) {
    reader_->write(testing::sealed_write(number, 4285), digits, number);
    const auto report = reports_.next<CardWriteReport>();
    if (report) return report->report;
    ADD_FAILURE() << "no report";
    return {};
  }

  PcscdFixture pcscd_;
  Reports reports_;
  std::unique_ptr<CardReader> reader_;
};

}  // namespace pilotlight::devices
