#include "tests/support/pcscd_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

extern char** environ;

namespace pilotlight::testing {
namespace {

constexpr int kListenFd = 3;  // where socket activation hands the socket over

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool is_free(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(port);
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  const bool free = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return free;
}

// vpcd's two slots listen on neighbouring ports. Below the range the kernel gives to clients.
std::uint16_t free_pair_of_ports() {
  const auto start = static_cast<unsigned>(getpid()) * 2;
  for (unsigned n = 0; n < 8000; n += 2) {
    const auto port = static_cast<std::uint16_t>(20000 + (start + n) % 8000);
    if (is_free(port) && is_free(static_cast<std::uint16_t>(port + 1))) return port;
  }
  return 0;
}

int listening_socket(const std::string& path) {
  unlink(path.c_str());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "%s", path.c_str());
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(fd, 16) != 0) {
    close(fd);
    return -1;
  }
  return fd;
}

// Between fork and exec in a program with threads: only calls that are allowed there.
[[noreturn]] void become_pcscd(int listener, int log, char* digits_begin, char* digits_end, char* const* arguments,
                               char* const* environment) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (long pid = getpid(); pid > 0; pid /= 10) *--digits_end = static_cast<char>('0' + pid % 10);
  memmove(digits_begin, digits_end, strlen(digits_end) + 1);  // no leading zeros: they would make it octal
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  if (listener == kListenFd)
    fcntl(kListenFd, F_SETFD, 0);
  else
    dup2(listener, kListenFd);
  execve(arguments[0], arguments, environment);
  _exit(127);
}

// Whether a socket listens there, without connecting: vpcd would take the connection for a card.
bool listens(std::uint16_t port) {
  std::array<char, 16> wanted{};
  std::snprintf(wanted.data(), wanted.size(), ":%04X", port);
  for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream file(table);
    for (std::string line; std::getline(file, line);) {
      std::istringstream fields(line);
      std::string slot, local, remote, state;
      fields >> slot >> local >> remote >> state;
      if (state == "0A" && local.ends_with(wanted.data())) return true;
    }
  }
  return false;
}

}  // namespace

PcscdFixture::PcscdFixture(Driver driver) : driver_(std::move(driver)) {
  directory_ = "/tmp/pilotlight-pcscd-" + std::to_string(getpid());
  socket_path_ = directory_ + "/socket";
  std::filesystem::create_directories(directory_ + "/reader.conf.d");
  setenv("PCSCLITE_CSOCK_NAME", socket_path_.c_str(), 1);
}

PcscdFixture::~PcscdFixture() {
  kill();
  std::filesystem::remove_all(directory_);
}

void PcscdFixture::write_configuration() {
  std::ofstream file(directory_ + "/reader.conf.d/vpcd");
  std::array<char, 16> hex{};
  std::snprintf(hex.data(), hex.size(), "0x%04X", port_);
  file << "FRIENDLYNAME \"" << driver_.name << "\"\nDEVICENAME " << driver_.device << ":" << hex.data() << "\nLIBPATH "
       << driver_.module << "\nCHANNELID " << hex.data() << "\n";
}

bool PcscdFixture::start() {
  kill();
  port_ = driver_.port != 0 ? driver_.port : free_pair_of_ports();
  write_configuration();
  const int listener = listening_socket(socket_path_);
  const int log = open((directory_ + "/log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (listener < 0 || log < 0) {
    ADD_FAILURE() << "no socket at " << socket_path_;
    return false;
  }

  const std::string config_directory = directory_ + "/reader.conf.d";
  std::vector<std::string> words{"/usr/sbin/pcscd", "-f", "-c", config_directory};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string listen_fds = "LISTEN_FDS=1";
  std::string listen_pid = "LISTEN_PID=";
  const std::size_t name_size = listen_pid.size();
  listen_pid.resize(name_size + 12);  // room for the digits that only the child knows
  std::vector<char*> environment{listen_fds.data(), listen_pid.data()};
  for (char** variable = environ; *variable != nullptr; ++variable) environment.push_back(*variable);
  environment.push_back(nullptr);

  pid_ = fork();
  if (pid_ == 0)
    become_pcscd(listener, log, listen_pid.data() + name_size, listen_pid.data() + listen_pid.size(), arguments.data(),
                 environment.data());
  close(listener);
  close(log);

  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!listens(port_)) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > deadline) {
      ADD_FAILURE() << "pcscd did not start:\n" << this->log();
      return false;
    }
    usleep(2000);  // between two looks at the condition
  }
  return true;
}

void PcscdFixture::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
  unlink(socket_path_.c_str());
}

void PcscdFixture::freeze() { ::kill(pid_, SIGSTOP); }
void PcscdFixture::thaw() { ::kill(pid_, SIGCONT); }

std::string PcscdFixture::log() const {
  std::ifstream file(directory_ + "/log");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace pilotlight::testing
