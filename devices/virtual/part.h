// A part of the cabinet: one piece of virtual hardware with a thread of its own.
#pragma once

#include <memory>

#include "devices/virtual/command.h"
#include "devices/virtual/config.h"
#include "devices/virtual/disk.h"
#include "devices/virtual/points.h"

namespace pilotlight::cabinet {

// What every part is given; outlives all parts.
struct Surroundings {
  const Config& config;
  const Disk& disk;
  Commands& commands;
  Points& points;
};

class Part {
 public:
  // Joins the part's thread; nothing needs saving, the disk is always current.
  virtual ~Part() = default;
  // Starts the thread. The constructor has loaded the state, declared the points and registered the verbs.
  virtual void start() = 0;
};

// Each throws std::runtime_error when it cannot start (port taken, link not writable); call only if configured.
std::unique_ptr<Part> make_validator(const Surroundings& surroundings);  // ssp_peer.cpp
std::unique_ptr<Part> make_printer(const Surroundings& surroundings);    // escpos_peer.cpp
std::unique_ptr<Part> make_card_slot(const Surroundings& surroundings);  // card_part.cpp: slot, cards, meters, reader

}  // namespace pilotlight::cabinet
