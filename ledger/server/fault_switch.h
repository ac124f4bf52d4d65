// Makes a demo ledger misbehave on command, so that tests can see what terminals do about it. One command a line on a
// Unix socket, one JSON answer a line:
//
//   answer WHAT N [PATH] [after]   the next N requests (of that path) are answered so: 401, 403, 409, 500, 503, garbage
//                                  (bytes that are not HTTP), rubbish (200 and half a JSON text), drop (closed),
//                                  silence (no answer for ten minutes). With "after" the request is carried out first
//                                  and only its answer is replaced: the case of the lost answer.
//   clear                          forget what is armed
//   state                          {"ok":true,"armed":2,"fired":5}
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "kiosk/base/result.h"
#include "ledger/server/http_server.h"

namespace pilotlight::server {

class FaultSwitch {
 public:
  // Listens on the socket (replacing a stale one); its folder must exist.
  static Result<std::unique_ptr<FaultSwitch>, Message> start(const std::filesystem::path& socket);
  ~FaultSwitch();
  FaultSwitch(const FaultSwitch&) = delete;
  FaultSwitch& operator=(const FaultSwitch&) = delete;

  struct Fault {
    HttpReply reply;
    bool after = false;  // carry the request out first
  };
  // The armed fault for a request of this path, used up by asking. Thread-safe.
  std::optional<Fault> take(std::string_view path);

  // Carries out one line and gives the answer. Thread-safe.
  std::string command(std::string_view line);

 private:
  struct Armed {
    HttpReply reply;
    std::uint64_t left = 0;
    std::string path;  // empty: any
    bool after = false;
  };

  FaultSwitch(int listening, std::filesystem::path socket);
  void serve(const std::stop_token& stop);

  const int listening_;
  const std::filesystem::path socket_;
  std::mutex mutex_;
  std::deque<Armed> armed_;  // first match wins
  std::uint64_t fired_ = 0;
  std::jthread thread_;
};

}  // namespace pilotlight::server
