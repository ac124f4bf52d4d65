// The device thread against a validator behind a real pty that speaks the bytes of the SSP manual.
#include "kiosk/runtime/acceptor_loop.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>

#include "devices/note_acceptor/ssp/acceptor.h"
#include "devices/note_acceptor/ssp/frame.h"

namespace pilotlight {
namespace {

struct RealClock final : Clock {
  Moment now() override {
    using namespace std::chrono;
    return {duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count(), 1'795'500'000'000};
  }
};

// Answers each command; what the next polls say is put in by the test.
class ScriptedValidator {
 public:
  ScriptedValidator() {
    EXPECT_EQ(::openpty(&master_, &slave_, name_, nullptr, nullptr), 0);
    thread_ = std::thread([this] { run(); });
  }
  ~ScriptedValidator() {
    stopping_ = true;
    thread_.join();
    unplug();
  }
  std::string port() const { return name_; }
  void say(const std::string& event) {
    const std::lock_guard lock(mutex_);
    events_.push_back(event);
  }
  void unplug() {
    stopping_ = true;
    const std::lock_guard lock(mutex_);
    if (master_ >= 0) ::close(master_);
    if (slave_ >= 0) ::close(slave_);
    master_ = slave_ = -1;
  }
  int count(const std::string& command) {
    const std::lock_guard lock(mutex_);
    return commands_[command];
  }

 private:
  std::string reply(const std::string& command) {
    commands_[command.substr(0, 2)] += 1;
    if (command == "05")
      return "f00030333333434e5900000106"
             "01050a143264"
             "020202020202"
             "00006406"
             "434e59434e59434e59434e59434e59434e59"
             "01000000050000000a000000140000003200000064000000";
    if (command == "0c") return "f0001c962c";
    if (command == "08") return commands_["08"] == 1 ? "f5" : "f0";
    if (command == "58")
      return "f005"
             "07000000" +
             std::string(32, '0');
    if (command != "07" || events_.empty()) return "f0";
    const std::string event = events_.front();
    events_.erase(events_.begin());
    return "f0" + event;
  }
  void run() {
    devices::ssp::FrameDecoder decoder;
    while (!stopping_) {
      pollfd waiting{master_, POLLIN, 0};
      if (::poll(&waiting, 1, 50) != 1) continue;
      std::uint8_t byte = 0;
      if (::read(master_, &byte, 1) != 1) continue;
      const auto decoded = decoder.push(byte);
      const auto* frame = decoded ? std::get_if<devices::ssp::Frame>(&*decoded) : nullptr;
      if (frame == nullptr) continue;
      const std::lock_guard lock(mutex_);
      const Bytes out = devices::ssp::encode_frame(frame->sequence_and_address, *from_hex(reply(to_hex(frame->data))));
      EXPECT_EQ(::write(master_, out.data(), out.size()), static_cast<ssize_t>(out.size()));
    }
  }

  char name_[64] = {};
  int master_ = -1;
  int slave_ = -1;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::string> events_;
  std::map<std::string, int> commands_;
  std::thread thread_;
};

struct Heard {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<core::Fact> facts;

  void add(core::Fact fact) {
    const std::lock_guard lock(mutex);
    facts.push_back(std::move(fact));
    changed.notify_all();
  }
  template <class T>
  std::optional<T> wait_for() {
    std::unique_lock lock(mutex);
    const T* found = nullptr;
    changed.wait_for(lock, std::chrono::seconds(20), [&] {
      for (const core::Fact& fact : facts)
        if (const T* one = std::get_if<T>(&fact)) found = one;
      return found != nullptr;
    });
    return found == nullptr ? std::nullopt : std::optional<T>(*found);
  }
};

TEST(AcceptorLoop, ANoteFromTheSlotToTheBoxOverARealLine) {
  RealClock clock;
  Heard heard;
  ScriptedValidator validator;
  devices::SspOptions options;
  for (const int value : {1, 5, 10, 20, 50, 100}) options.denominations.push_back(yuan(value));
  AcceptorLoop loop(validator.port(), std::make_unique<devices::SspAcceptor>(options), clock,
                    [&](core::Fact fact) { heard.add(std::move(fact)); });
  const auto ready = heard.wait_for<core::AcceptorReady>();
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->serial, "1873452");
  EXPECT_EQ(ready->stacked, 7U);
  EXPECT_GE(validator.count("08"), 1) << "REJECT before the first POLL";
  loop.perform(core::EnableAcceptor{});
  validator.say("ef00");
  validator.say("ef06");
  const auto escrowed = heard.wait_for<core::NoteEscrowed>();
  ASSERT_TRUE(escrowed);
  EXPECT_EQ(escrowed->value, yuan(100));
  validator.say("cc");
  validator.say("ee06eb");
  loop.perform(core::StackNote{});
  const auto credited = heard.wait_for<core::NoteCredited>();
  ASSERT_TRUE(credited);
  EXPECT_EQ(credited->value, yuan(100));
  loop.perform(core::DisableAcceptor{});
  EXPECT_TRUE(heard.wait_for<core::AcceptorAtRest>());
  EXPECT_GE(validator.count("09"), 1);
  validator.unplug();
  const auto lost = heard.wait_for<core::AcceptorFaultRaised>();
  ASSERT_TRUE(lost);
  EXPECT_EQ(lost->fault, core::AcceptorFault::LineLost);
}

}  // namespace
}  // namespace pilotlight
