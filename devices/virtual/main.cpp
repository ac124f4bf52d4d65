// pilotlight-cabinet: the hardware of one terminal, played.
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "devices/virtual/control.h"
#include "devices/virtual/part.h"
#include "devices/virtual/window.h"

namespace {

using namespace pilotlight::cabinet;

struct Options {
  std::string config;
  std::string control;
  bool window = false;
  bool no_window = false;
};

// SIGTERM and SIGINT become readable; blocked before any thread starts, so that every thread inherits that.
int open_signals() {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signalfd(-1, &ends, SFD_CLOEXEC);
}

std::vector<std::unique_ptr<Part>> make_parts(const Surroundings& surroundings) {
  std::vector<std::unique_ptr<Part>> parts;
  if (surroundings.config.validator) parts.push_back(make_validator(surroundings));
  if (surroundings.config.printer) parts.push_back(make_printer(surroundings));
  if (surroundings.config.card_slot) parts.push_back(make_card_slot(surroundings));
  return parts;
}

int play(const Config& config, const Options& options) {
  const int signals = open_signals();
  const int ended = eventfd(0, EFD_CLOEXEC);
  const auto quit = [ended] {
    const std::uint64_t one = 1;
    if (write(ended, &one, sizeof one) != sizeof one) std::abort();
  };
  const FileDisk disk(config.state_dir);
  Commands commands;
  Points points;
  points.set_execute([&](const std::string& command) { commands.execute(command); });
  add_script_commands(commands, points, quit);
  const auto parts = make_parts({config, disk, commands, points});
  for (const auto& part : parts) part->start();
  const ControlSocket control(options.control, commands);
  std::printf("pilotlight-cabinet: ready\n");
  std::fflush(stdout);
  const bool display = std::getenv("DISPLAY") || std::getenv("WAYLAND_DISPLAY");
  const int ends[] = {signals, ended};
  if (options.window || (display && !options.no_window)) {
    show_window(config, commands, ends);
  } else {
    pollfd watched[] = {{ends[0], POLLIN, 0}, {ends[1], POLLIN, 0}};
    while (poll(watched, 2, -1) < 0) continue;
  }
  points.stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The virtual cabinet: plays the hardware of one terminal (devices/virtual/CONTROL.md)");
  Options options;
  app.add_option("--config", options.config, "TOML file")->required();
  app.add_option("--control", options.control, "Unix socket to listen on")->required();
  auto* window = app.add_flag("--window", options.window, "show the window (default when there is a display)");
  app.add_flag("--no-window", options.no_window, "no window")->excludes(window);
  CLI11_PARSE(app, argc, argv);
  const auto config = load_config(options.config);
  if (!config) {
    std::fprintf(stderr, "%s\n", config.error().text.c_str());
    return 2;
  }
  try {
    return play(*config, options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "pilotlight-cabinet: %s\n", error.what());
    return 1;
  }
}
