// The real central ledger as a program of its own, on a free port of the loopback.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "tests/kiosk/journal/scratch.h"

namespace pilotlight {

class RealLedger {
 public:
  RealLedger() {
    run({"init", "--demo", "--host", "127.0.0.1"});
    serve();
  }
  RealLedger(const RealLedger&) = delete;
  RealLedger& operator=(const RealLedger&) = delete;
  ~RealLedger() { stop(SIGTERM); }

  std::string url() const { return "https://" + address_; }
  std::string ca_file() const { return folder_ / "ledger/pki/ca.crt"; }
  std::string code_for(const std::string& terminal) {
    return std::string(run({"enrol", "--terminal", terminal}).at("code").as_string());
  }
  boost::json::object run(std::vector<std::string> arguments) {
    int out = -1;
    const pid_t child = start(std::move(arguments), out);
    const std::string text = read_until(out, "");
    ::close(out);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << text;
    boost::json::error_code code;
    const auto value = boost::json::parse(text, code);
    return value.is_object() ? value.get_object() : boost::json::object{};
  }
  void stop(int signal) {
    if (server_ <= 0) return;
    ::kill(server_, signal);
    ::waitpid(server_, nullptr, 0);
    server_ = 0;
    ::close(server_out_);
  }
  // Again at the same address.
  void serve() {
    const std::string listen = address_.empty() ? "127.0.0.1:0" : address_;
    server_ = start({"serve", "--listen", listen, "--public", ""}, server_out_);
    boost::json::error_code code;
    const auto ready = boost::json::parse(read_until(server_out_, "\n"), code);
    if (!code && ready.is_object()) address_ = std::string(ready.at("terminals").as_string());
    EXPECT_FALSE(address_.empty());
  }

 private:
  pid_t start(std::vector<std::string> arguments, int& out) {
    arguments.insert(arguments.begin(), BINARY_DIR "/pilotlight-ledger");
    for (const std::string& more : {std::string("--dir"), folder_ / "ledger", std::string("--json")})
      arguments.push_back(more);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    int pipe[2];
    EXPECT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(pipe[1], 1);
      ::dup2(::open("/dev/null", O_WRONLY), 2);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(pipe[1]);
    out = pipe[0];
    return child;
  }
  // To the end, or to the first `end`; at most a minute without a byte.
  static std::string read_until(int fd, const std::string& end) {
    std::string text;
    char byte = 0;
    pollfd waiting{fd, POLLIN, 0};
    while (::poll(&waiting, 1, 60'000) == 1 && ::read(fd, &byte, 1) == 1) {
      text.push_back(byte);
      if (!end.empty() && text.ends_with(end)) break;
    }
    return text;
  }

  Scratch folder_;
  std::string address_;
  pid_t server_ = 0;
  int server_out_ = -1;
};

}  // namespace pilotlight
