// The cabinet's card slot: while a card is in it, a TCP client of the card reader's driver (vpcd's protocol: two bytes
// big-endian length, then a control byte or a command). Taking the card out closes the connection.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "devices/virtual/card_os.h"
#include "devices/virtual/config.h"
#include "devices/virtual/points.h"

namespace pilotlight::cabinet {

class VpcdSlot {
 public:
  // Declares the points card.*.
  VpcdSlot(Endpoint reader, Points& points);
  ~VpcdSlot();
  VpcdSlot(const VpcdSlot&) = delete;
  VpcdSlot& operator=(const VpcdSlot&) = delete;

  void start();

  // The memory must live as long as the slot. False if a card is in it already. Any thread.
  bool insert(CardMemory& card);
  // False if the slot is empty. Any thread, also one that is inside a point: the card is without power when this
  // returns, and nothing more of a running command is applied or answered.
  bool remove();
  // The reader lost its supply: the same as remove() for the card, which stays in and is offered to the reader again.
  void cut_power();
  bool connected() const;

 private:
  class Contacts;
  struct Visit {  // one card, from its insertion to its removal or to a cut of its supply
    CardMemory* card = nullptr;
    std::uint64_t number = 0;
  };
  void run();
  bool wait_for_visit(Visit& visit);
  void serve(const Visit& visit);
  bool answer(CardOs& card, ByteView message, int fd);
  bool still_in(const Visit& visit) const;
  bool connect(const Visit& visit);
  void disconnect();
  void pause(const Visit& visit);

  const Endpoint reader_;
  Points& points_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Visit visit_;
  int fd_ = -1;  // closed by the thread only; shut down by remove()
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace pilotlight::cabinet
