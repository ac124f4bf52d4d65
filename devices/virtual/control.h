// The control socket: one command a line in, one JSON object a line out (CONTROL.md, "Control socket").
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <string>
#include <thread>

#include "devices/virtual/command.h"
#include "devices/virtual/points.h"

namespace pilotlight::cabinet {

// Listens on a Unix stream socket; up to 32 connections at a time, each on its own thread because "wait" may take long.
// A line over 4096 bytes ends its connection.
class ControlSocket {
 public:
  // Replaces a socket file left by a dead cabinet. Throws std::runtime_error if another cabinet listens there.
  ControlSocket(std::filesystem::path path, Commands& commands);
  ~ControlSocket();
  ControlSocket(const ControlSocket&) = delete;
  ControlSocket& operator=(const ControlSocket&) = delete;

 private:
  struct Connection {
    int fd = -1;
    std::atomic<bool> done = false;
    std::thread thread;
  };
  void accept_all();
  void serve(Connection& connection);
  void reap(bool all);

  std::filesystem::path path_;
  Commands& commands_;
  int listener_ = -1;
  int wake_ = -1;
  std::list<Connection> connections_;
  std::thread thread_;
};

// at, points, wait, kill, stop, cont, run, quit. `quit` is called on the asking thread and must only set something.
void add_script_commands(Commands& commands, Points& points, std::function<void()> quit);

}  // namespace pilotlight::cabinet
