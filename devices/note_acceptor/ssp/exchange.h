// One command and its answer on an SSP line: sequence bit, reply time-out, retransmission of the identical bytes. Pure:
// bytes and time are handed in. (An encrypted command is encoded once here too: its ciphertext must be repeated as it
// was.)
#pragma once

#include <cstdint>
#include <optional>

#include "devices/note_acceptor/ssp/frame.h"
#include "devices/note_acceptor/ssp/replies.h"

namespace pilotlight::devices::ssp {

class Exchange {
 public:
  explicit Exchange(std::uint8_t address) : address_(address) {}

  // Begins a new command; a device executes it even when it equals the one before. Not while one is open.
  void start(Command command, ByteView parameters, std::int64_t now_ms);
  // Sends the open command's identical bytes again: a device that has executed it repeats its answer only.
  void resend(std::int64_t now_ms);
  // Gives the open command up. The device may have executed it.
  void abandon();
  // The line was opened anew: bytes not yet written and half-read replies are void. The open command stays open.
  void line_reset();

  bool open() const { return open_; }
  Command command() const { return command_; }
  int resends() const { return resends_; }               // of the open or last command
  std::int64_t reply_due() const { return reply_due_; }  // steady_ms; 1 s after each sending

  // Takes the bytes of the line until the open command is answered; answer = code and data, at least one byte. Answers
  // to other frames are passed over; after a wrong checksum reply_due() is drawn nearer.
  std::optional<Bytes> receive(ByteView bytes, std::int64_t now_ms);
  Bytes take_output();

 private:
  void send(std::int64_t now_ms);

  std::uint8_t address_;
  FrameDecoder decoder_;
  bool sequence_ = true;  // bit of the next new command
  bool open_ = false;
  Command command_ = Command::Sync;
  std::uint8_t sent_head_ = 0;  // SEQ|ADDR of the open command
  Bytes frame_;
  int resends_ = 0;
  std::int64_t reply_due_ = 0;
  Bytes output_;
};

}  // namespace pilotlight::devices::ssp
