#include <pthread.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "ledger/server/api_error.h"
#include "ledger/server/commands.h"
#include "ledger/server/fault_switch.h"
#include "ledger/server/ledger_folder.h"
#include "ledger/server/listen_address.h"
#include "ledger/server/receipt_page.h"
#include "ledger/server/service_notice.h"
#include "ledger/server/terminal_api.h"

namespace pilotlight::server {

namespace {

constexpr std::chrono::seconds stop_grace{10};
constexpr rlim_t open_files = 4096;

// The signals that end the program, taken by waiting for them and never by an interruption. Before any thread starts.
sigset_t take_signals() {
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

// Every connection is a descriptor; the usual soft limit of 1024 is less than the server may hold.
void raise_open_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= open_files) return;
  limit.rlim_cur = std::min<rlim_t>(open_files, limit.rlim_max);
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) spdlog::warn("at most {} files can be open", limit.rlim_cur);
}

HttpServer::Options terminal_options(const ServeOptions& options, const Authority& authority, TerminalApi& api,
                                     FaultSwitch* faults) {
  HttpServer::Options made;
  made.listen = options.listen;
  made.server_file = authority.server_file();
  made.ca_file = authority.ca_file();
  made.answer = [&api, faults](const HttpRequest& request) {
    auto fault = faults != nullptr ? faults->take(request.path) : std::nullopt;
    if (!fault) return api.answer(request);
    if (fault->after) api.answer(request);
    return std::move(fault->reply);
  };
  return made;
}

// Strangers get a server of their own with few of everything, so that they cannot be in the terminals' way.
HttpServer::Options public_options(const ServeOptions& options, const Authority& authority, ReceiptPage& page) {
  HttpServer::Options made;
  made.listen = options.public_listen;
  made.server_file = authority.server_file();
  made.answer = [&page](const HttpRequest& request) { return page.answer(request); };
  made.name = "public";
  made.worker_threads = 2;
  made.connections_maximum = 256;
  made.idle_limit = std::chrono::seconds(15);
  return made;
}

std::string address_of(const std::string& listen, const HttpServer& server) {
  return listen.substr(0, listen.rfind(':') + 1) + std::to_string(server.port());
}

Result<void, Message> run(const CommandContext& context, const ServeOptions& options, const sigset_t& signals) {
  auto open = open_ledger_folder(context.dir, true);
  if (!open) return fail(open.error());
  auto authority = Authority::open(context.dir);
  if (!authority) return fail(authority.error());
  if (auto fresh = authority->refresh_server_certificate(open->clock->now().wall_ms); !fresh) return fresh;
  std::unique_ptr<FaultSwitch> faults;
  if (!options.fault_socket.empty()) {
    if (open->ledger->production()) return fail(Message{"--fault-socket is for demo ledgers only"});
    auto started = FaultSwitch::start(options.fault_socket);
    if (!started) return fail(started.error());
    faults = std::move(*started);
  }
  TerminalApi api(*open->ledger, *authority, *open->clock);
  ReceiptPage page(*open->ledger);
  auto terminals = HttpServer::start(terminal_options(options, *authority, api, faults.get()));
  if (!terminals) return fail(terminals.error());
  std::unique_ptr<HttpServer> strangers;
  std::string public_address;
  if (!options.public_listen.empty()) {
    auto started = HttpServer::start(public_options(options, *authority, page));
    if (!started) return fail(started.error());
    strangers = std::move(*started);
    public_address = address_of(options.public_listen, *strangers);
  }
  const std::string address = address_of(options.listen, **terminals);
  if (context.json) {
    fmt::print("{{\"ready\":true,\"terminals\":\"{}\",\"public\":\"{}\"}}\n", address, public_address);
  } else {
    fmt::print("ready terminals={} public={}\n", address, public_address.empty() ? "-" : public_address);
  }
  std::fflush(stdout);
  notify_service("READY=1");
  spdlog::info("{} ledger, epoch {}", open->ledger->production() ? "production" : "demo", open->ledger->epoch());
  int signal = 0;
  sigwait(&signals, &signal);
  notify_service("STOPPING=1");
  spdlog::info("stopping");
  (*terminals)->stop(stop_grace);
  if (strangers) strangers->stop(std::chrono::seconds(1));
  return {};
}

}  // namespace

int serve(const CommandContext& context, const ServeOptions& options) {
  const sigset_t signals = take_signals();
  spdlog::set_default_logger(spdlog::stderr_logger_mt("ledger"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
  raise_open_files();
  const auto done = run(context, options, signals);
  if (done) return 0;
  fmt::print(stderr, "pilotlight-ledger: {}\n", done.error().text);
  return 1;
}

}  // namespace pilotlight::server
