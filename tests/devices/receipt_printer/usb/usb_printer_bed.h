// A USB printer on a bus of its own: sysfs, device node and usbfs requests come from umockdev, the paper from the
// printer model. The process has to run under umockdev-wrapper.
#pragma once

#include <umockdev.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "tests/devices/receipt_printer/printer_model_fixture.h"

struct usbdevfs_urb;

namespace pilotlight::devices::test {

class UsbPrinterBed {
 public:
  UsbPrinterBed();
  ~UsbPrinterBed();
  UsbPrinterBed(const UsbPrinterBed&) = delete;
  UsbPrinterBed& operator=(const UsbPrinterBed&) = delete;

  void plug_in();
  void unplug();

  // With the printer in one hand: look at it, or touch it and send what it answers by itself.
  template <class F>
  auto look(F&& f) {
    const std::lock_guard lock(mutex_);
    return f(printer_);
  }
  template <class F>
  void touch(F&& f) {
    const std::lock_guard lock(mutex_);
    queue_in(f(printer_));
  }

  // The transfer that would bring the printer beyond so many bytes in all takes only what fits, then NAKs until the
  // host gives up on it; the next ones are taken again.
  void stall_once_at(std::uint64_t total_bytes);
  bool stalled() const;
  // From this total on the device is gone, in the middle of the transfer.
  void vanish_at(std::uint64_t total_bytes);
  std::uint64_t total_bytes() const;
  void go_silent(bool silent);  // takes nothing, answers class requests only
  void set_port_status(std::uint8_t bits);

  unsigned configurations_set() const;  // SET_CONFIGURATION and SET_INTERFACE, which printers do not like
  unsigned soft_resets() const;

 private:
  struct Transfer {
    UMockdevIoctlData* urb = nullptr;  // owned references
    UMockdevIoctlData* buffer = nullptr;
    std::size_t done = 0;
  };
  static gboolean on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer self);
  bool handle(UMockdevIoctlClient* client);
  void submit(UMockdevIoctlData* data, UMockdevIoctlClient* client);
  void take_control(Transfer& transfer);
  void take_out(Transfer& transfer);
  void discard(UMockdevIoctlClient* client);
  void reap(UMockdevIoctlClient* client, UMockdevIoctlData* data);
  void finish(Transfer& transfer, int status, std::size_t length);
  void vanish();
  void queue_in(const Bytes& bytes);
  void serve_in();

  UMockdevTestbed* bed_ = nullptr;
  UMockdevIoctlBase* requests_ = nullptr;
  mutable std::mutex mutex_;
  PrinterModel printer_;
  Bytes to_host_;
  std::deque<Transfer> parked_in_;
  std::deque<Transfer> parked_out_;
  std::deque<Transfer> finished_;
  bool present_ = false;
  bool silent_ = false;
  bool stalled_ = false;
  std::uint64_t stall_at_ = UINT64_MAX;
  std::uint64_t vanish_at_ = UINT64_MAX;
  std::uint64_t total_ = 0;
  std::uint8_t port_status_ = 0x18;
  unsigned configurations_set_ = 0;
  unsigned soft_resets_ = 0;
};

}  // namespace pilotlight::devices::test
