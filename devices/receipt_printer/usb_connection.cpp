// A USB printer through libusb: one OUT and one IN transfer pending, hot-plug, and the class requests.
#include <libusb.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <stdexcept>
#include <utility>

#include "devices/receipt_printer/connection.h"
#include "devices/receipt_printer/usb_device.h"

namespace pilotlight::devices {
namespace {

constexpr std::size_t chunk_maximum = 4'096;
constexpr unsigned out_timeout_ms = 5'000;
constexpr unsigned control_timeout_ms = 300;
constexpr int cancel_rounds = 50;
constexpr int cancel_round_ms = 20;

struct CloseDevice {
  void operator()(libusb_device_handle* handle) const { libusb_close(handle); }
};
struct FreeTransfer {
  void operator()(libusb_transfer* transfer) const { libusb_free_transfer(transfer); }
};
struct FreeConfiguration {
  void operator()(libusb_config_descriptor* configuration) const { libusb_free_config_descriptor(configuration); }
};

TransportError to_transport_error(int code) {
  switch (code) {
    case LIBUSB_ERROR_ACCESS:
    case LIBUSB_ERROR_BUSY:
      return TransportError::NotAllowed;
    case LIBUSB_ERROR_NO_DEVICE:
    case LIBUSB_ERROR_IO:
    case LIBUSB_ERROR_PIPE:
      return TransportError::Lost;
    case LIBUSB_ERROR_NOT_FOUND:
      return TransportError::NotFound;
    case LIBUSB_ERROR_TIMEOUT:
      return TransportError::TimedOut;
    default:
      return TransportError::SystemError;
  }
}

// A bulk transfer with its buffer. Lives until libusb has given it back.
struct BulkTransfer {
  std::unique_ptr<libusb_transfer, FreeTransfer> transfer{libusb_alloc_transfer(0)};
  Bytes buffer;
  std::size_t done = 0;  // of the buffer, over several submissions
  bool busy = false;
};

class UsbPrinter final : public PrinterConnection {
 public:
  UsbPrinter(std::uint16_t vendor, std::uint16_t product) : vendor_(vendor), product_(product) {
    if (libusb_init(&context_) != LIBUSB_SUCCESS) throw std::runtime_error("receipt printer: libusb does not start");
    if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) != 0)
      libusb_hotplug_register_callback(context_, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED, LIBUSB_HOTPLUG_NO_FLAGS, vendor_,
                                       product_, LIBUSB_HOTPLUG_MATCH_ANY, &UsbPrinter::arrived, this, nullptr);
  }
  ~UsbPrinter() override {
    UsbPrinter::close();
    libusb_exit(context_);
  }
  UsbPrinter(const UsbPrinter&) = delete;
  UsbPrinter& operator=(const UsbPrinter&) = delete;

  Result<void, TransportError> open() override {
    close();
    handle_.reset(libusb_open_device_with_vid_pid(context_, vendor_, product_));
    if (!handle_) return fail(TransportError::NotFound);
    if (auto claimed = claim(); !claimed) {
      handle_.reset();
      return claimed;
    }
    lost_ = false;
    in_ = std::make_unique<BulkTransfer>();
    out_ = std::make_unique<BulkTransfer>();
    in_->buffer.resize(static_cast<std::size_t>(
        std::max(64, libusb_get_max_packet_size(libusb_get_device(handle_.get()), interface_.in))));
    model_ = read_model();
    submit_in();
    if (lost_) {
      close();
      return fail(TransportError::Lost);
    }
    return {};
  }

  void close() override {
    if (!handle_) return;
    cancel_transfers();
    libusb_release_interface(handle_.get(), interface_.number);
    handle_.reset();
    received_.clear();
  }

  bool is_open() const override { return handle_ != nullptr; }

  Exchange exchange(ByteView data, int timeout_ms) override {
    Exchange result;
    if (handle_ && !lost_ && !data.empty() && !out_->busy) {
      const ByteView chunk = data.first(std::min(data.size(), chunk_maximum));
      out_->buffer.assign(chunk.begin(), chunk.end());
      out_->done = 0;
      submit_out();
      if (!lost_) result.taken = chunk.size();
    }
    if (received_.empty() && !lost_ && !arrived_) {
      timeval wait{timeout_ms / 1000, (timeout_ms % 1000) * 1000};
      libusb_handle_events_timeout_completed(context_, &wait, nullptr);
    }
    result.received = std::exchange(received_, {});
    result.lost = handle_ && lost_;
    result.arrived = std::exchange(arrived_, false) && !handle_;
    return result;
  }

  void wake() override { libusb_interrupt_event_handler(context_); }

  std::string model() const override { return model_; }

  std::optional<std::uint8_t> port_status() override {
    std::uint8_t status = 0;
    if (!has_class_requests()) return std::nullopt;
    const int count =
        libusb_control_transfer(handle_.get(), 0xA1, 1, 0, interface_.number, &status, 1, control_timeout_ms);
    return count == 1 ? std::optional(status) : std::nullopt;
  }

  void flush() override {
    if (!has_class_requests()) return;
    // The class definition 1.0 said recipient "other", 1.1 says "interface": devices obey one of them.
    constexpr std::array<std::uint8_t, 2> types = {0x23, 0x21};
    for (const std::uint8_t type : types)
      if (libusb_control_transfer(handle_.get(), type, 2, 0, interface_.number, nullptr, 0, control_timeout_ms) >= 0)
        return;
  }

 private:
  bool has_class_requests() const { return handle_ && !lost_ && interface_.printer_class; }

  Result<void, TransportError> claim() {
    libusb_device* device = libusb_get_device(handle_.get());
    libusb_config_descriptor* raw = nullptr;
    int code = libusb_get_active_config_descriptor(device, &raw);
    if (code == LIBUSB_ERROR_NOT_FOUND) {
      // Only a device that is not configured at all: some printers reset themselves on SET_CONFIGURATION.
      code = libusb_set_configuration(handle_.get(), 1);
      if (code == LIBUSB_SUCCESS) code = libusb_get_active_config_descriptor(device, &raw);
    }
    const std::unique_ptr<libusb_config_descriptor, FreeConfiguration> configuration(raw);
    if (code != LIBUSB_SUCCESS) return fail(to_transport_error(code));
    const auto found = find_printer_interface(*configuration);
    if (!found) return fail(TransportError::WrongKind);
    interface_ = *found;
    libusb_set_auto_detach_kernel_driver(handle_.get(), 1);  // usblp
    code = libusb_claim_interface(handle_.get(), interface_.number);
    if (code == LIBUSB_SUCCESS && interface_.alternate != 0)
      code = libusb_set_interface_alt_setting(handle_.get(), interface_.number, interface_.alternate);
    if (code != LIBUSB_SUCCESS) return fail(to_transport_error(code));
    return {};
  }

  std::string read_model() {
    if (!interface_.printer_class) return {};
    std::array<std::uint8_t, 1024> answer{};
    const auto index = static_cast<std::uint16_t>((interface_.number << 8) | interface_.alternate);
    const int count = libusb_control_transfer(handle_.get(), 0xA1, 0, 0, index, answer.data(),
                                              static_cast<std::uint16_t>(answer.size()), control_timeout_ms);
    return count > 0 ? model_from_device_id(ByteView(answer).first(static_cast<std::size_t>(count))) : std::string();
  }

  void submit(BulkTransfer& bulk, std::uint8_t endpoint, libusb_transfer_cb_fn callback, unsigned timeout_ms) {
    libusb_fill_bulk_transfer(bulk.transfer.get(), handle_.get(), endpoint, bulk.buffer.data() + bulk.done,
                              static_cast<int>(bulk.buffer.size() - bulk.done), callback, this, timeout_ms);
    bulk.busy = libusb_submit_transfer(bulk.transfer.get()) == LIBUSB_SUCCESS;
    if (!bulk.busy) lost_ = true;
  }
  void submit_in() { submit(*in_, interface_.in, &UsbPrinter::in_done, 0); }
  void submit_out() { submit(*out_, interface_.out, &UsbPrinter::out_done, out_timeout_ms); }

  // A printer that is busy or offline answers NAK until the time-out; what it took stays taken, so that only the rest
  // is offered again. How long that may go on is the print machine's business.
  static void LIBUSB_CALL out_done(libusb_transfer* transfer) {
    if (transfer->user_data == nullptr) return;
    auto& self = *static_cast<UsbPrinter*>(transfer->user_data);
    BulkTransfer& bulk = *self.out_;
    bulk.busy = false;
    bulk.done += static_cast<std::size_t>(transfer->actual_length);
    const bool good = transfer->status == LIBUSB_TRANSFER_COMPLETED || transfer->status == LIBUSB_TRANSFER_TIMED_OUT;
    if (self.closing_) return;
    if (!good) {
      self.lost_ = true;
    } else if (bulk.done < bulk.buffer.size()) {
      self.submit_out();
    }
  }

  static void LIBUSB_CALL in_done(libusb_transfer* transfer) {
    if (transfer->user_data == nullptr) return;
    auto& self = *static_cast<UsbPrinter*>(transfer->user_data);
    self.in_->busy = false;
    if (self.closing_) return;
    if (transfer->status != LIBUSB_TRANSFER_COMPLETED) {
      self.lost_ = true;
      return;
    }
    self.received_.insert(self.received_.end(), transfer->buffer, transfer->buffer + transfer->actual_length);
    self.submit_in();
  }

  static int LIBUSB_CALL arrived(libusb_context*, libusb_device*, libusb_hotplug_event, void* self) {
    static_cast<UsbPrinter*>(self)->arrived_ = true;
    return 0;  // stay registered
  }

  void cancel_transfers() {
    closing_ = true;
    for (const auto& bulk : {in_.get(), out_.get()})
      if (bulk != nullptr && bulk->busy) libusb_cancel_transfer(bulk->transfer.get());
    for (int round = 0; round < cancel_rounds && ((in_ && in_->busy) || (out_ && out_->busy)); ++round) {
      timeval wait{0, cancel_round_ms * 1000};
      libusb_handle_events_timeout_completed(context_, &wait, nullptr);
    }
    closing_ = false;
    // What libusb still holds may be written to later: it must outlive us rather than be freed under it.
    for (auto* bulk : {&in_, &out_}) {
      if (*bulk && (*bulk)->busy) {
        (*bulk)->transfer->user_data = nullptr;
        [[maybe_unused]] auto* kept = bulk->release();
      } else {
        bulk->reset();
      }
    }
  }

  const std::uint16_t vendor_;
  const std::uint16_t product_;
  libusb_context* context_ = nullptr;
  std::unique_ptr<libusb_device_handle, CloseDevice> handle_;
  UsbPrinterInterface interface_;
  std::string model_;
  std::unique_ptr<BulkTransfer> in_;
  std::unique_ptr<BulkTransfer> out_;
  Bytes received_;
  bool lost_ = false;
  bool arrived_ = false;
  bool closing_ = false;
};

}  // namespace

std::unique_ptr<PrinterConnection> usb_printer(std::uint16_t vendor, std::uint16_t product) {
  return std::make_unique<UsbPrinter>(vendor, product);
}

}  // namespace pilotlight::devices
