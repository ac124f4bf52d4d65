// The command line of the central ledger: reads it and hands over to ledger/server/commands.h.
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <exception>
#include <functional>

#include "ledger/server/commands.h"

namespace {

using namespace pilotlight::server;

struct CommandLine {
  CommandContext context;
  InitOptions init;
  bool production = false;
  bool demo = false;
  ServeOptions serve;
  std::string terminal;
  std::string place;
  std::string reason = "by staff";
  std::string account;
  std::string file;
  unsigned accounts = 300;
  std::string out;
  std::function<int()> chosen;
};

CLI::App* command(CLI::App& parent, const std::string& name, const std::string& words, CommandLine& line,
                  std::function<int()> run) {
  CLI::App* made = parent.add_subcommand(name, words);
  made->add_option("--dir", line.context.dir, "the ledger's folder")->required();
  made->add_flag("--json", line.context.json, "one JSON value on stdout");
  made->callback([&line, run = std::move(run)] { line.chosen = run; });
  return made;
}

void add_running(CLI::App& app, CommandLine& line) {
  CLI::App* init_command =
      command(app, "init", "make a ledger, its certificate authority and its card keys", line, [&] {
        line.init.production = !line.demo;
        return init(line.context, line.init);
      });
  auto* production =
      init_command->add_flag("--production", line.production, "the real one (default): refuses what is made for demos");
  init_command->add_flag("--demo", line.demo, "for demonstration and tests; cannot be changed later")
      ->excludes(production);
  init_command->add_option("--host", line.init.hosts, "name or address under which terminals reach it (repeatable)");

  CLI::App* serve_command =
      command(app, "serve", "answer terminals until SIGTERM", line, [&] { return serve(line.context, line.serve); });
  serve_command->add_option("--listen", line.serve.listen, "for terminals, ADDRESS:PORT")->capture_default_str();
  serve_command->add_option("--public", line.serve.public_listen, "receipt page, ADDRESS:PORT; empty: none")
      ->capture_default_str();
  serve_command->add_option("--fault-socket", line.serve.fault_socket,
                            "demo ledgers only: orders to misbehave are taken on this Unix socket");
}

void add_terminals(CLI::App& app, CommandLine& line) {
  CLI::App* enrol_command = command(app, "enrol", "print a one-time code for a terminal", line,
                                    [&] { return enrol(line.context, line.terminal, line.place); });
  enrol_command->add_option("--terminal", line.terminal, "its name, like T0042")->required();
  enrol_command->add_option("--place", line.place, "where it stands");
  CLI::App* revoke_command = command(app, "revoke", "take a terminal's trust away; deletes nothing", line,
                                     [&] { return revoke(line.context, line.terminal, line.reason); });
  revoke_command->add_option("--terminal", line.terminal, "its name")->required();
  revoke_command->add_option("--reason", line.reason, "for the record");

  CLI::App* terminal = app.add_subcommand("terminal", "the terminals of this ledger")->require_subcommand(1);
  command(*terminal, "list", "all of them, with state and cash", line, [&] { return list_terminals(line.context); });
  CLI::App* enable = command(*terminal, "enable", "back into service after being disabled or behind", line,
                             [&] { return enable_terminal(line.context, line.terminal); });
  enable->add_option("--terminal,terminal", line.terminal, "its name")->required();
  CLI::App* disable = command(*terminal, "disable", "no sales; facts are still taken", line,
                              [&] { return disable_terminal(line.context, line.terminal, line.reason); });
  disable->add_option("--terminal,terminal", line.terminal, "its name")->required();
  disable->add_option("--reason", line.reason, "for the record");
}

void add_book(CLI::App& app, CommandLine& line) {
  command(app, "audit", "add up the whole book again; exit code 2 if a law is broken", line,
          [&] { return audit(line.context); });
  CLI::App* account = app.add_subcommand("account", "accounts of customers")->require_subcommand(1);
  CLI::App* show = command(*account, "show", "one account, names masked", line,
                           [&] { return show_account(line.context, line.account); });
  show->add_option("number", line.account, "account number")->required();
  command(app, "suspense", "money whose owner is not known, and what is in doubt", line,
          [&] { return show_suspense(line.context); });
  command(app, "alerts", "what staff must look at", line, [&] { return show_alerts(line.context); });
  command(app, "balances", "debit and credit of every account of the book", line,
          [&] { return show_balances(line.context); });
  command(app, "restore-epoch", "after restoring an older copy: makes every terminal send what is missing", line,
          [&] { return restore_epoch(line.context); });

  CLI::App* import =
      app.add_subcommand("import", "bring in CSV files; all of a file or nothing")->require_subcommand(1);
  const auto kind = [&](const std::string& name, ImportKind which) {
    CLI::App* made = command(*import, name, "see ledger/wire/WIRE.md for the columns", line,
                             [&line, which] { return import_file(line.context, which, line.file); });
    made->add_option("file", line.file, "CSV in UTF-8")->required();
  };
  kind("accounts", ImportKind::Accounts);
  kind("cards", ImportKind::Cards);
  kind("tariffs", ImportKind::Tariffs);
}

void add_demo(CLI::App& app, CommandLine& line) {
  command(app, "demo-keys", "demo ledgers only: the card keys for the virtual cabinet, as TOML", line,
          [&] { return demo_keys(line.context); });
  CLI::App* data = command(app, "demo-data", "write plausible accounts, cards and tariffs, always the same", line,
                           [&] { return demo_data(line.context, line.accounts, line.out); });
  data->add_option("--accounts", line.accounts, "how many")->capture_default_str()->check(CLI::Range(20, 100'000));
  data->add_option("--out", line.out, "folder for the files; default: demo-data in the ledger's folder");
}

int run(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"The central ledger of Pilotlight"};
  app.set_version_flag("--version", PILOTLIGHT_VERSION);
  app.require_subcommand(1);
  add_running(app, line);
  add_terminals(app, line);
  add_book(app, line);
  add_demo(app, line);
  CLI11_PARSE(app, argc, argv);
  return line.chosen();
}

}  // namespace

int main(int argc, char** argv) {
  ::umask(0077);  // whatever a ledger writes holds people's names or keys
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "pilotlight-ledger: " << error.what() << '\n';
    return 1;
  }
}
