#include "kiosk/runtime/shell.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <mutex>
#include <thread>
#include <variant>

#include "devices/transport/transport.h"
#include "kiosk/runtime/cabinet_world.h"
#include "kiosk/runtime/event_log.h"
#include "kiosk/runtime/inbox.h"
#include "kiosk/runtime/journal_worker.h"
#include "kiosk/runtime/system.h"

namespace pilotlight {
namespace {

// 2026-01-01: no build is older.
constexpr std::int64_t build_floor_ms = 1'767'225'600'000;
constexpr std::int64_t longest_sleep_ms = 60'000;

struct Durable {
  std::uint64_t batch;
};
struct Touch {
  core::Intent intent;
  core::Page page;  // on which it was made
};
using News = std::variant<core::Fact, Durable, Touch>;

// One kiosk per state directory: two would write two truths.
Result<devices::Descriptor, Message> lock_state_dir(const std::string& state_dir) {
  ::mkdir(state_dir.c_str(), 0700);
  const std::string path = state_dir + "/lock";
  devices::Descriptor lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock) return fail(Message{state_dir + ": cannot be written; check state_dir and its owner"});
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return fail(Message{state_dir + ": another pilotlight-kiosk is running on it"});
  return lock;
}

class EventLog {
 public:
  EventLog(const std::string& path, const core::State& start) : file_(path, std::ios::trunc) {
    file_ << settings_line(start.settings) << '\n' << money_line(start.money) << '\n';
  }
  void add(const core::Event& event) { file_ << event_line(event) << '\n' << std::flush; }

 private:
  std::ofstream file_;
};

// The state as the core last left it, for the thread that draws it.
class Board {
 public:
  explicit Board(core::State state) : state_(std::move(state)) {}
  void put(const core::State& state) {
    const std::lock_guard lock(mutex_);
    state_ = state;
  }
  core::State look() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  mutable std::mutex mutex_;
  core::State state_;
};

void take(Terminal& terminal, CabinetWorld& world, News& news) {
  if (auto* fact = std::get_if<core::Fact>(&news)) return terminal.take(std::move(*fact));
  if (const auto* durable = std::get_if<Durable>(&news)) {
    terminal.durable(durable->batch);
    return world.journal_grew();
  }
  // A page that went while she touched it takes her touch along: it must not mean something else on the next one.
  const auto& touch = std::get<Touch>(news);
  if (touch.page == terminal.state().talk.page) terminal.take(core::Touched{touch.intent});
}

// Until the inbox is closed.
void run_core(Terminal& terminal, CabinetWorld& world, Inbox<News>& inbox, Board& board, Face& face, Clock& clock) {
  while (!inbox.closed()) {
    for (News& news : inbox.take_all()) take(terminal, world, news);
    terminal.look_at_clock();
    world.speak(terminal.state().talk.language);
    if (terminal.may_show()) {
      board.put(terminal.state());
      face.wake();
    }
    std::int64_t sleep = longest_sleep_ms;
    if (const auto due = terminal.deadline_ms())
      sleep = std::clamp<std::int64_t>(*due - clock.now().steady_ms, 0, sleep);
    pollfd wakes{inbox.fd(), POLLIN, 0};
    ::poll(&wakes, 1, static_cast<int>(sleep));
  }
}

void run_face(Face& face, const Board& board, Inbox<News>& inbox, Clock& clock) {
  while (!face.closed()) {
    const core::State state = board.look();
    for (const core::Intent& intent : face.turn(state, clock.now(), longest_sleep_ms))
      inbox.put(Touch{intent, state.talk.page});
  }
}

}  // namespace

Result<void, Message> run_terminal(const KioskConfig& config, Face& face) {
  auto lock = lock_state_dir(config.state_dir);
  if (!lock) return fail(lock.error());
  const auto identity = load_identity(config.state_dir);
  if (!identity) return fail(identity.error());
  if (identity->production && config.demo)
    return fail(Message{"mode = \"demo\" is refused: this terminal is enrolled at a production ledger"});
  auto journal = Journal::open(config.state_dir + "/journal.db", identity->terminal);
  if (!journal) return fail(journal.error());
  auto money = journal->replay();
  if (!money) return fail(money.error());

  core::Settings settings = config.settings;
  settings.terminal = identity->terminal;
  core::State start = core::initial_state(std::move(settings), std::move(*money));
  SystemClock clock(std::max(build_floor_ms, journal->last_wall_ms()));

  Inbox<News> inbox;
  const auto report = [&](News news) { inbox.put(std::move(news)); };
  std::unique_ptr<EventLog> log;
  if (config.demo) log = std::make_unique<EventLog>(config.state_dir + "/events.jsonl", start);

  JournalWorker worker(std::move(*journal), {[&](std::uint64_t batch) { report(Durable{batch}); },
                                             [&](const std::string& why) { report(core::JournalFailed{why}); }});
  auto world = CabinetWorld::open(config, *identity, clock, [&](core::Fact fact) { report(std::move(fact)); });
  if (!world) return fail(world.error());
  Terminal terminal(std::move(start), clock, random_id, worker, **world);
  if (log) terminal.watch([&](const core::Event& event) { log->add(event); });
  terminal.take(core::Started{PILOTLIGHT_VERSION});
  Board board(terminal.state());
  std::thread core_thread([&] { run_core(terminal, **world, inbox, board, face, clock); });
  run_face(face, board, inbox, clock);
  inbox.close();
  core_thread.join();
  return {};
}

}  // namespace pilotlight
