// Commands that are not about one part: faults at points, waiting, and what a script may do to other programs.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "devices/virtual/control.h"

extern char** environ;

namespace pilotlight::cabinet {
namespace {

constexpr std::chrono::seconds longest_wait{30};
constexpr int longest_run_ms = 60'000;

boost::json::object arm(Commands& commands, Points& points, Words words) {
  if (words.size() < 3 || words[1] != "do") return refused("usage: at POINT do COMMAND");
  if (!points.known(words[0])) return refused("unknown point '" + words[0] + "'");
  if (!commands.knows(words[2])) return refused("unknown command '" + words[2] + "'");
  std::string command;
  for (const std::string& word : words.subspan(2)) {
    const bool quote = word.empty() || word.find_first_of(" \t") != std::string::npos;
    command += (command.empty() ? "" : " ") + (quote ? "\"" + word + "\"" : word);
  }
  if (!points.arm(words[0], command)) return refused("too many commands wait at that point");
  return {};
}

boost::json::object list(const Points& points) {
  boost::json::object counts;
  for (const auto& [point, count] : points.all()) counts[point] = count;
  return {{"points", std::move(counts)}};
}

boost::json::object wait(Points& points, Words words) {
  const auto n = words.size() == 2 ? parse_number(words[1], 0, 1'000'000) : std::nullopt;
  if (!n) return refused("usage: wait POINT N");
  if (!points.known(words[0])) return refused("unknown point '" + words[0] + "'");
  const bool came = points.wait(words[0], static_cast<std::uint64_t>(*n), longest_wait);
  if (!came) return refused("not reached in time");
  return {{"count", points.count(words[0])}};
}

boost::json::object send_signal(int signal, Words words) {
  if (words.size() != 1) return refused("usage: kill cabinet | kill PID | stop PID | cont PID");
  if (words[0] == "cabinet" && signal == SIGKILL) ::kill(::getpid(), SIGKILL);
  const auto pid = parse_number(words[0], 2, 1 << 30);
  if (!pid) return refused("not a process id");
  if (::kill(static_cast<pid_t>(*pid), signal) != 0) return refused(std::strerror(errno));
  return {};
}

// Waits for the child through a pidfd, so that a script that hangs is ended after its time.
boost::json::object wait_for(pid_t pid) {
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  pollfd watched{handle, POLLIN, 0};
  const bool ended = ::poll(&watched, 1, longest_run_ms) == 1;
  if (!ended) ::kill(pid, SIGKILL);
  int status = 0;
  ::waitpid(pid, &status, 0);
  ::close(handle);
  if (!ended) return refused("killed after its time");
  return {{"exit", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)}};
}

boost::json::object run(Words words) {
  if (words.empty()) return refused("usage: run PATH ARGS");
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return refused(words[0] + ": " + std::strerror(error));
  return wait_for(pid);
}

}  // namespace

void add_script_commands(Commands& commands, Points& points, std::function<void()> quit) {
  using Turn = Commands::Turn;
  commands.add(
      "at", [&](Words words) { return arm(commands, points, words); }, Turn::AnyTime);
  commands.add(
      "points", [&](Words) { return list(points); }, Turn::AnyTime);
  commands.add(
      "wait", [&](Words words) { return wait(points, words); }, Turn::AnyTime);
  commands.add(
      "kill", [](Words words) { return send_signal(SIGKILL, words); }, Turn::AnyTime);
  commands.add(
      "stop", [](Words words) { return send_signal(SIGSTOP, words); }, Turn::AnyTime);
  commands.add(
      "cont", [](Words words) { return send_signal(SIGCONT, words); }, Turn::AnyTime);
  commands.add(
      "run", [](Words words) { return run(words); }, Turn::AnyTime);
  commands.add(
      "quit",
      [quit = std::move(quit)](Words) {
        quit();
        return boost::json::object{};
      },
      Turn::AnyTime);
}

}  // namespace pilotlight::cabinet
