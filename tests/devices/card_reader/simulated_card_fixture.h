// A small gas card behind vpcd, written from LAYOUT.md for these tests alone: three files, selection, a single-use
// challenge, 61xx and 6Cxx as T=0 has them. It does not know the keys: any four bytes are a good MAC. It can be torn
// out, answer slowly or never, at any command.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "kiosk/base/bytes.h"

namespace pilotlight::testing {

struct CardFiles {
  Bytes purchase;    // EF 15, 48 bytes
  Bytes identity;    // EF 16, 32 bytes
  Bytes write_back;  // EF 17, 24 bytes
};

// A user card: digits is the card number; copy A holds sequence 6, purchase `number`, volume 0.
CardFiles user_card(const std::string& digits, std::uint32_t number);
// The command that writes the next purchase on such a card (sequence 7, in copy B), with some MAC.
Bytes sealed_write(std::uint32_t number, std::uint32_t volume_units);

class SimulatedCard {
 public:
  enum class Deed { Answer, TearBefore, TearHalfWay, TearAfter, NeverAnswer };
  struct Received {
    std::string command;  // hex
    std::chrono::steady_clock::time_point at;
  };

  explicit SimulatedCard(CardFiles files, bool t1 = false) : files_(std::move(files)), t1_(t1) {}
  ~SimulatedCard() { remove(); }
  SimulatedCard(const SimulatedCard&) = delete;
  SimulatedCard& operator=(const SimulatedCard&) = delete;

  void insert(std::uint16_t port);  // into vpcd's slot
  void remove();                    // the socket is closed when this returns

  // What to do at the next command that begins with these hex digits; once.
  void at(const std::string& command_begins, Deed deed);
  // Answers every command this much later.
  void slow_down(std::chrono::milliseconds delay);
  // The deed that was asked for has been done.
  bool wait_for_deed(std::chrono::milliseconds limit = std::chrono::seconds(10));

  CardFiles files();
  std::vector<Received> received();  // commands, and "reset", "off", "on"
  void forget();                     // empties it
  // Waits until this has come in: what the card does not answer is not over when the reader has sent it.
  bool wait_for(const std::string& what, std::chrono::milliseconds limit = std::chrono::seconds(10));

 private:
  struct Armed {
    std::string command_begins;
    Deed deed = Deed::Answer;
  };
  void serve(int fd);
  bool serve_message(int fd, const Bytes& message);
  bool serve_command(int fd, const Bytes& command);
  Deed deed_for(const std::string& command);
  Bytes answer_to(const Bytes& command, bool half_way);
  Bytes read_binary(const Bytes& command);
  Bytes update_binary(const Bytes& command, bool half_way);
  Bytes* file(std::uint8_t p1);
  void note(const std::string& what);

  std::mutex mutex_;
  std::condition_variable changed_;
  CardFiles files_;
  const bool t1_;
  std::vector<Received> received_;
  std::deque<Armed> armed_;
  bool deed_done_ = false;
  bool leaving_ = false;
  std::chrono::milliseconds delay_{0};
  int fd_ = -1;
  std::thread thread_;

  // Lost with the power.
  bool selected_ = false;
  bool challenged_ = false;
  Bytes offered_;  // for GET RESPONSE
};

}  // namespace pilotlight::testing
