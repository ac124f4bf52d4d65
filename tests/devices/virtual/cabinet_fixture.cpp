#include "tests/devices/virtual/cabinet_fixture.h"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>

namespace pilotlight::cabinet {

bool readable(int fd, int timeout_ms) {
  pollfd watched{fd, POLLIN, 0};
  return ::poll(&watched, 1, timeout_ms) == 1;
}

CabinetTest::CabinetTest() {
  std::string name = (std::filesystem::temp_directory_path() / "cabinet-XXXXXX").string();
  directory_ = ::mkdtemp(name.data());
}

CabinetTest::~CabinetTest() {
  if (pid_ > 0) kill_cabinet();
  std::filesystem::remove_all(directory_);
}

void CabinetTest::start(const std::string& config) {
  std::ofstream(directory_ / "cabinet.toml") << "state_dir = \"" << (directory_ / "state").string() << "\"\n" << config;
  start_again();
}

void CabinetTest::start_again() {
  int out[2];
  ASSERT_EQ(::pipe(out), 0);
  pid_ = ::fork();
  if (pid_ == 0) {
    ::dup2(out[1], 1);
    ::close(out[0]);
    ::close(out[1]);
    const std::string program = std::string(BINARY_DIR) + "/pilotlight-cabinet";
    ::execl(program.c_str(), program.c_str(), "--no-window", "--config", (directory_ / "cabinet.toml").c_str(),
            "--control", (directory_ / "control").c_str(), nullptr);
    ::_exit(127);
  }
  ::close(out[1]);
  char line[64] = {};
  ASSERT_TRUE(readable(out[0], 20'000));
  ASSERT_GT(::read(out[0], line, sizeof line - 1), 0) << "the cabinet did not start";
  ASSERT_STREQ(line, "pilotlight-cabinet: ready\n");
  ::close(out[0]);
  connect();
}

void CabinetTest::connect() {
  control_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strcpy(address.sun_path, (directory_ / "control").c_str());
  ASSERT_EQ(::connect(control_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
}

void CabinetTest::disconnect() {
  ::close(control_);
  control_ = -1;
}

void CabinetTest::kill_cabinet() {
  ::kill(pid_, SIGKILL);
  wait_for_death();
}

void CabinetTest::wait_for_death() {
  int status = 0;
  ASSERT_EQ(::waitpid(pid_, &status, 0), pid_);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "status " << status;
  pid_ = -1;
  disconnect();
}

boost::json::object CabinetTest::ask(const std::string& line) {
  const std::string sent = line + "\n";
  EXPECT_EQ(::send(control_, sent.data(), sent.size(), MSG_NOSIGNAL), static_cast<ssize_t>(sent.size()));
  std::string answer;
  char c = 0;
  while (readable(control_, 40'000) && ::recv(control_, &c, 1, 0) == 1 && c != '\n') answer.push_back(c);
  if (answer.empty()) return {{"ok", false}, {"error", "the cabinet is gone"}};
  return boost::json::parse(answer).as_object();
}

boost::json::object CabinetTest::must(const std::string& line) {
  boost::json::object answer = ask(line);
  EXPECT_TRUE(answer.at("ok").as_bool()) << line << ": " << boost::json::serialize(answer);
  return answer;
}

}  // namespace pilotlight::cabinet
