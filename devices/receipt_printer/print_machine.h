// What is said to a printer and what is concluded from its answers: status rounds while idle, and one job at a time,
// from the check before it to its outcome. Pure: time is handed in (steady milliseconds), bytes are fetched and given.
//
// A job is Printed only if its end-of-job marker came back and a status round begun after that says the printer can
// print. Whatever else happens (paper end, open cover, cut connection, silence), it is NotPrinted if no byte of its
// content had been handed over, else PartPrinted. Every wait is bounded (the constants in print_machine.cpp).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "devices/receipt_printer/escpos.h"
#include "devices/receipt_printer/receipt_printer.h"
#include "devices/receipt_printer/status.h"

namespace pilotlight::devices::escpos {

class PrintMachine {
 public:
  void connected(std::int64_t now);
  void not_connected();            // an attempt to connect failed
  void disconnected();             // the connection is gone, or was closed because of must_reconnect()
  void port_status(std::uint8_t);  // USB GET_PORT_STATUS, asked for when the printer was silent

  // The job ends in one PrintEnded. While another one runs it ends at once as NotPrinted; while there is no connection
  // it waits for one for some seconds.
  void start(std::uint32_t job, EncodedPage page, std::int64_t now);

  // Bytes to hand to the connection now. They stay the same (less what was taken) until taken or disconnected.
  ByteView output() const { return must_reconnect_ ? ByteView() : ByteView(out_).subspan(out_taken_); }
  void taken(std::size_t count, std::int64_t now);  // handed over: may be on the paper from now on
  void received(ByteView bytes, std::int64_t now);
  void tick(std::int64_t now);
  std::int64_t wake_at() const;  // tick no later than that

  // The connection's state is not known any more (silence, or a job broken off in the middle of a command): close it,
  // call disconnected(), connect anew.
  bool must_reconnect() const { return must_reconnect_; }

  std::vector<PrinterEvent> take_events();

 private:
  enum class Link { Down, Settling, Up };
  enum class Stage { Idle, Checking, Syncing, Sending, AwaitingMarker, Confirming };

  void begin_round(std::int64_t now);
  void want_fresh_round(std::int64_t now);
  void ask(std::int64_t now);
  void answered(std::int64_t now);
  void round_complete(std::int64_t now);
  void marker_came(std::int64_t now);
  void begin_sending(std::int64_t now);
  void segment_done(std::int64_t now);
  void end_job(PrintOutcome outcome);
  void break_off();
  void check_fault();
  void tick_job(std::int64_t now);
  void refill();
  void report(PrinterStatus status);
  PrinterStatus status() const;

  Link link_ = Link::Down;
  std::int64_t settled_at_ = 0;  // with Link::Settling
  bool must_reconnect_ = false;
  bool silent_ = false;  // an answer did not come

  StatusReader reader_;
  bool known_ = false;     // a round was completed on this connection
  unsigned round_at_ = 0;  // index into the round's queries
  bool round_active_ = false;
  bool round_wanted_ = false;  // another one right after this
  std::int64_t answer_by_ = 0;
  std::int64_t next_round_at_ = 0;

  Bytes out_;
  std::size_t out_taken_ = 0;
  bool out_is_job_ = false;
  Bytes control_;  // commands outside the job, to go before its next segment

  Stage stage_ = Stage::Idle;
  std::uint32_t job_ = 0;
  EncodedPage page_;
  std::size_t segment_ = 0;    // index into page_.breaks
  std::size_t job_taken_ = 0;  // bytes of the page handed over
  std::int64_t stage_by_ = 0;  // deadline of the stage
  std::int64_t job_by_ = 0;    // deadline of the whole job
  std::optional<std::int64_t> quiet_at_;
  bool synchronised_ = false;  // no marker of an earlier job can be under way on this connection

  std::optional<PrinterStatus> reported_;
  std::vector<PrinterEvent> events_;
};

}  // namespace pilotlight::devices::escpos
