#include "devices/card_reader/status_watch.h"

#include <PCSC/winscard.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

#include "devices/card_reader/pcsc.h"

namespace pilotlight::devices {

using std::chrono::milliseconds;

struct StatusWatch::Shared {
  const std::string reader_name;
  const ReaderLimits limits;
  const Publish publish;

  std::mutex mutex;
  std::condition_variable changed;
  bool stopping = false;
  bool ended = false;
  std::optional<SCARDCONTEXT> context;  // while it may be waited on, for SCardCancel

  bool must_stop() {
    const std::lock_guard lock(mutex);
    return stopping;
  }
  void set_context(std::optional<SCARDCONTEXT> now) {
    const std::lock_guard lock(mutex);
    context = now;
  }
  // False if the watch is to stop.
  bool pause(milliseconds time) {
    std::unique_lock lock(mutex);
    return !changed.wait_for(lock, time, [this] { return stopping; });
  }
};

namespace {

// The notification of new readers compares with the number at the time of the call only: a reader that came just before
// would be missed without looking again.
constexpr DWORD kLookAgainMs = 2000;
constexpr char kPlugAndPlay[] = "\\\\?PnP?\\Notification";

enum class Ended { ServiceGone, ReaderGone };

class Watching {
 public:
  explicit Watching(StatusWatch::Shared& shared) : shared_(shared) {}

  void run() {
    milliseconds retry = shared_.limits.first_retry;
    while (!shared_.must_stop()) {
      SCARDCONTEXT context = 0;
      if (SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context) == SCARD_S_SUCCESS) {
        shared_.set_context(context);
        if (use(context)) retry = shared_.limits.first_retry;
        shared_.set_context(std::nullopt);
        SCardReleaseContext(context);
      }
      lose_reader();
      if (!shared_.pause(retry)) return;
      retry = std::min(2 * retry, shared_.limits.longest_retry);
    }
  }

 private:
  // Until the service goes away. True if it has served at all.
  bool use(SCARDCONTEXT context) {
    bool served = false;
    while (!shared_.must_stop()) {
      LONG code = SCARD_S_SUCCESS;
      const auto name = find_reader(context, shared_.reader_name, code);
      if (service_is_gone(code)) return served;
      served = true;
      if (name) {
        if (follow(context, *name) == Ended::ServiceGone) return true;
        lose_reader();
        if (!shared_.pause(shared_.limits.first_retry)) return true;
        continue;
      }
      lose_reader();
      std::array<SCARD_READERSTATE, 1> states{};
      states[0].szReader = kPlugAndPlay;
      code = SCardGetStatusChange(context, kLookAgainMs, states.data(), states.size());
      if (service_is_gone(code)) return true;
    }
    return true;
  }

  Ended follow(SCARDCONTEXT context, const std::string& name) {
    std::array<SCARD_READERSTATE, 2> states{};
    states[0].szReader = name.c_str();
    states[0].dwCurrentState = SCARD_STATE_UNAWARE;
    states[1].szReader = kPlugAndPlay;
    state_.reader_name = name;
    ++state_.reader_life;
    while (!shared_.must_stop()) {
      const LONG code = SCardGetStatusChange(context, INFINITE, states.data(), states.size());
      if (code == SCARD_E_CANCELLED || code == SCARD_E_TIMEOUT) continue;
      if (code == SCARD_E_UNKNOWN_READER || code == SCARD_E_READER_UNAVAILABLE) return Ended::ReaderGone;
      if (code != SCARD_S_SUCCESS) return Ended::ServiceGone;
      const DWORD seen = states[0].dwEventState;
      if ((seen & (SCARD_STATE_UNKNOWN | SCARD_STATE_IGNORE)) != 0) return Ended::ReaderGone;
      SlotState now = state_;
      now.ready = (seen & SCARD_STATE_UNAVAILABLE) == 0;
      now.present = now.ready && (seen & SCARD_STATE_PRESENT) != 0;
      now.movements = static_cast<std::uint32_t>(seen >> 16);
      publish(now);
      for (SCARD_READERSTATE& state : states) state.dwCurrentState = state.dwEventState;
    }
    return Ended::ReaderGone;
  }

  void lose_reader() {
    SlotState now = state_;
    now.ready = false;
    now.present = false;
    publish(now);
  }

  // The card's own changes of power and use are no news.
  void publish(const SlotState& now) {
    if (published_ == now) return;
    state_ = now;
    published_ = now;
    shared_.publish(now);
  }

  StatusWatch::Shared& shared_;
  SlotState state_;
  std::optional<SlotState> published_;
};

// SCardCancel has no effect on a wait that has not begun, so it is repeated; and it asks the daemon, so it may itself
// hang: therefore on a thread of its own.
void cancel_until_ended(const std::shared_ptr<StatusWatch::Shared>& shared) {
  std::unique_lock lock(shared->mutex);
  while (!shared->ended) {
    const auto context = shared->context;
    lock.unlock();
    if (context) SCardCancel(*context);
    lock.lock();
    shared->changed.wait_for(lock, milliseconds(5), [&] { return shared->ended; });
  }
}

void end_thread(std::thread& thread, bool ended) {
  if (ended)
    thread.join();
  else
    thread.detach();
}

}  // namespace

StatusWatch::StatusWatch(std::string reader_name, const ReaderLimits& limits, Publish publish)
    : shared_(new Shared{std::move(reader_name), limits, std::move(publish), {}, {}, false, false, std::nullopt}) {
  thread_ = std::thread([shared = shared_] {
    Watching(*shared).run();
    const std::lock_guard lock(shared->mutex);
    shared->ended = true;
    shared->changed.notify_all();
  });
}

StatusWatch::~StatusWatch() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stopping = true;
    shared_->changed.notify_all();
  }
  std::thread cancel([shared = shared_] { cancel_until_ended(shared); });
  bool ended = false;
  {
    std::unique_lock lock(shared_->mutex);
    ended = shared_->changed.wait_for(lock, shared_->limits.shutdown, [this] { return shared_->ended; });
  }
  end_thread(cancel, ended);
  end_thread(thread_, ended);
}

}  // namespace pilotlight::devices
