// Command, reply and event codes of SSP. Source: cash-ssp reference sections 3, 4 and 6.
#pragma once

#include <cstdint>

namespace pilotlight::cabinet::ssp {

enum Command : std::uint8_t {
  Reset = 0x01,
  SetInhibits = 0x02,
  DisplayOn = 0x03,
  DisplayOff = 0x04,
  SetupRequest = 0x05,
  HostProtocol = 0x06,
  Poll = 0x07,
  Reject = 0x08,
  Disable = 0x09,
  Enable = 0x0A,
  GetSerial = 0x0C,
  UnitData = 0x0D,
  ChannelValues = 0x0E,
  ChannelSecurity = 0x0F,
  Sync = 0x11,
  LastReject = 0x17,
  Hold = 0x18,
  FirmwareVersion = 0x20,
  DatasetVersion = 0x21,
  SetBaud = 0x4D,
  GetCounters = 0x58,
  ResetCounters = 0x59,
};

enum Reply : std::uint8_t {
  Ok = 0xF0,
  NotKnown = 0xF2,
  WrongParameters = 0xF3,
  OutOfRange = 0xF4,
  CannotProcess = 0xF5,
  Fail = 0xF8,
};

enum Event : std::uint8_t {
  AllInhibited = 0xB5,
  Stacking = 0xCC,
  CashboxRemoved = 0xE3,
  CashboxReplaced = 0xE4,
  Fraud = 0xE6,
  StackerFull = 0xE7,
  Disabled = 0xE8,
  UnsafeJam = 0xE9,
  SafeJam = 0xEA,
  Stacked = 0xEB,
  Rejected = 0xEC,
  Rejecting = 0xED,
  Credit = 0xEE,
  Read = 0xEF,
  SlaveReset = 0xF1,
};

}  // namespace pilotlight::cabinet::ssp
