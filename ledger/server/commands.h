// What `pilotlight-ledger` does, one function per command, apart from reading its command line (ledger/main.cpp).
// Each prints to stdout (one JSON value with `json`, else lines for people), says failures on stderr and returns the
// exit code: 0 done, 1 failed, 2 the answer is no (an audit that found a broken law, an account that does not exist).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace pilotlight::server {

struct CommandContext {
  std::filesystem::path dir;
  bool json = false;
};

struct InitOptions {
  bool production = true;
  std::vector<std::string> hosts;  // names under which terminals reach the ledger, besides localhost
};

struct ServeOptions {
  std::string listen = "127.0.0.1:8443";         // terminals
  std::string public_listen = "127.0.0.1:8444";  // anybody: receipt page; empty: none
  std::string fault_socket;                      // demo only; empty: none
};

enum class ImportKind { Accounts, Cards, Tariffs };

int init(const CommandContext& context, const InitOptions& options);
int serve(const CommandContext& context, const ServeOptions& options);  // until SIGTERM or SIGINT

int enrol(const CommandContext& context, const std::string& terminal, const std::string& place);
int revoke(const CommandContext& context, const std::string& terminal, const std::string& reason);
int list_terminals(const CommandContext& context);
int enable_terminal(const CommandContext& context, const std::string& terminal);
int disable_terminal(const CommandContext& context, const std::string& terminal, const std::string& reason);

int audit(const CommandContext& context);
int show_account(const CommandContext& context, const std::string& account);
int show_suspense(const CommandContext& context);
int show_alerts(const CommandContext& context);
int show_balances(const CommandContext& context);
int import_file(const CommandContext& context, ImportKind kind, const std::filesystem::path& file);
int restore_epoch(const CommandContext& context);
int demo_keys(const CommandContext& context);
// Writes accounts.csv, cards.csv, tariffs.csv and cabinet.toml into `out` (made if missing).
int demo_data(const CommandContext& context, unsigned accounts, const std::filesystem::path& out);

}  // namespace pilotlight::server
