// pilotlight-kiosk: one terminal. Wiring and nothing else.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <fstream>
#include <iostream>

#include "kiosk/journal/journal.h"
#include "kiosk/runtime/config.h"
#include "kiosk/runtime/display_face.h"
#include "kiosk/runtime/event_log.h"
#include "kiosk/runtime/journal_print.h"
#include "kiosk/runtime/shell.h"
#include "kiosk/uplink/identity.h"
#include "screens/gallery.h"

namespace {

using namespace pilotlight;

struct Options {
  std::string config;
  std::string size;  // "WxH"
  FaceOptions face;
  std::string code;
  std::string assets = "assets";
  std::string out;
  std::string log;
  bool json = false;
};

int complain(const Message& message) {
  std::cerr << "pilotlight-kiosk: " << message.text << '\n';
  return 1;
}

bool read_size(const std::string& text, int& width, int& height) {
  char x = 0;
  std::istringstream stream(text);
  return static_cast<bool>(stream >> width >> x >> height) && x == 'x' && width >= 320 && height >= 320;
}

int run(Options& options) {
  const auto config = load_config(options.config);
  if (!config) return complain(config.error());
  if (!options.size.empty()) {
    options.face.windowed = true;
    if (!read_size(options.size, options.face.width, options.face.height))
      return complain({"--windowed: WIDTHxHEIGHT expected, like 540x960"});
  }
  auto face = open_display_face(*config, options.face);
  if (!face) return complain(face.error());
  const auto ended = run_terminal(*config, **face);
  return ended ? 0 : complain(ended.error());
}

int enrol_terminal(const Options& options) {
  const auto config = load_config(options.config);
  if (!config) return complain(config.error());
  const auto identity = enrol(config->state_dir, config->ledger_url, config->ledger_ca_file, options.code);
  if (!identity) return complain(identity.error());
  fmt::print("enrolled as {} at a {} ledger\n", identity->terminal, identity->production ? "production" : "demo");
  return 0;
}

int with_journal(const Options& options, int (*work)(const Journal&, const Options&)) {
  const auto config = load_config(options.config);
  if (!config) return complain(config.error());
  const auto journal = Journal::open_readonly(config->state_dir + "/journal.db");
  if (!journal) return complain(journal.error());
  return work(*journal, options);
}

int print_lines(const Journal& journal, const Options& options) {
  const auto printed = print_journal(journal, std::cout, options.json);
  return printed ? 0 : complain(printed.error());
}

int verify_chain(const Journal& journal, const Options&) {
  const auto rows = journal.verify();
  if (!rows) return complain(rows.error());
  fmt::print("{} records, chain unbroken\n", *rows);
  return 0;
}

int replay(const Options& options) {
  std::ifstream log(options.log);
  if (!log) return complain({options.log + ": cannot be read"});
  const auto hash = replay_log(log);
  if (!hash) return complain(hash.error());
  fmt::print("{}\n", *hash);
  return 0;
}

int gallery(const Options& options) {
  int width = 1080;
  int height = 1920;
  if (!options.size.empty() && !read_size(options.size, width, height))
    return complain({"--size: WIDTHxHEIGHT expected, like 1080x1920"});
  return screens::run_gallery(options.assets, options.out, width, height);
}

int command_line(int argc, char** argv) {
  Options options;
  CLI::App app{"Pilotlight: a self-service terminal for gas customers"};
  app.set_version_flag("--version", PILOTLIGHT_VERSION);
  app.add_option("--config", options.config, "configuration (TOML)");
  app.add_option("--windowed", options.size, "in a window of WIDTHxHEIGHT instead of the whole screen");
  app.add_option("--ui-trace", options.face.ui_trace, "demo mode only: one JSON line for each change of the screen");
  CLI::App* enrol_command = app.add_subcommand("enrol", "make this terminal's key and have it certified");
  enrol_command->add_option("--config", options.config, "configuration (TOML)")->required();
  enrol_command->add_option("--code", options.code, "one-time code from `pilotlight-ledger enrol`")->required();
  CLI::App* journal = app.add_subcommand("journal", "the electronic journal")->require_subcommand(1);
  CLI::App* print = journal->add_subcommand("print", "one line a record");
  print->add_flag("--json", options.json, "as JSON");
  CLI::App* verify = journal->add_subcommand("verify", "recompute the hash chain");
  for (CLI::App* command : {print, verify})
    command->add_option("--config", options.config, "configuration (TOML)")->required();
  CLI::App* replay_command =
      app.add_subcommand("replay", "replay an event log and print the hash of the state it ends in");
  replay_command->add_option("log", options.log, "events.jsonl of a demo terminal")->required();
  CLI::App* gallery_command = app.add_subcommand("gallery", "every page as a picture");
  gallery_command->add_option("--assets", options.assets, "assets folder")->capture_default_str();
  gallery_command->add_option("--out", options.out, "where the PNGs go")->required();
  gallery_command->add_option("--size", options.size, "WIDTHxHEIGHT, 1080x1920 if not given");
  CLI11_PARSE(app, argc, argv);
  if (*enrol_command) return enrol_terminal(options);
  if (*print) return with_journal(options, print_lines);
  if (*verify) return with_journal(options, verify_chain);
  if (*replay_command) return replay(options);
  if (*gallery_command) return gallery(options);
  if (options.config.empty()) return complain({"--config FILE is missing; see packaging/kiosk.toml for what is in it"});
  return run(options);
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a ledger or printer that hangs up is an answer, not an end
  try {
    return command_line(argc, argv);
  } catch (const std::exception& error) {
    return complain({error.what()});
  }
}
