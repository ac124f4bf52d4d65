// A private pcscd with vpcd's virtual reader, for one test program: started by socket activation on a socket of its
// own, with ports of its own, so that programs do not disturb each other or the system's daemon.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace pilotlight::testing {

class PcscdFixture {
 public:
  // Which driver plays the reader; its device is DEVICE:PORT in reader.conf.
  struct Driver {
    std::string module = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
    std::string device = "/dev/null";
    std::string name = "Virtual PCD";
    std::uint16_t port = 0;  // 0: a free one, another after each start()
  };

  // Makes a directory and points this process's libpcsclite at it (PCSCLITE_CSOCK_NAME; the library remembers the first
  // name it saw, so all fixtures of a process share one). Does not start the daemon.
  PcscdFixture() : PcscdFixture(Driver()) {}
  explicit PcscdFixture(Driver driver);
  ~PcscdFixture();  // kills the daemon, removes its files
  PcscdFixture(const PcscdFixture&) = delete;
  PcscdFixture& operator=(const PcscdFixture&) = delete;

  // Starts the daemon; waits until vpcd listens. Fails the test (gtest) and returns false otherwise.
  bool start();
  // SIGKILL, reaped; the socket goes with it.
  void kill();
  // SIGSTOP / SIGCONT: a daemon that does not answer.
  void freeze();
  void thaw();

  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return port_; }  // card programs connect here: 127.0.0.1
  const std::string& socket_path() const { return socket_path_; }
  std::string reader_name() const { return driver_.name + " 00 00"; }
  std::string log() const;  // what the daemon said

 private:
  void write_configuration();

  const Driver driver_;
  std::string directory_;
  std::string socket_path_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace pilotlight::testing
