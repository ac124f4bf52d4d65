#include "tests/devices/receipt_printer/usb/usb_printer_bed.h"

#include <sys/ioctl.h>
// after sys/ioctl.h, whose macros it uses
#include <linux/usbdevice_fs.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace pilotlight::devices::test {
namespace {

constexpr const char* sys_path = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1";
constexpr const char* node = "/dev/bus/usb/001/004";
constexpr std::uint8_t endpoint_in = 0x81;
constexpr std::string_view device_id = "MFG:EPSON;MDL:TM-T88V;CMD:ESC/POS;";

// Device and configuration descriptors: 04b8:0202, one interface 07/01/02 with bulk endpoints 81 and 02.
constexpr const char* description =
    "P: /devices/pci0000:00/0000:00:14.0/usb1/1-1\n"
    "N: bus/usb/001/004\n"
    "E: SUBSYSTEM=usb\nE: DEVTYPE=usb_device\nE: DEVNAME=/dev/bus/usb/001/004\nE: BUSNUM=001\nE: DEVNUM=004\n"
    "A: busnum=1\\n\nA: devnum=4\\n\nA: speed=480\\n\nA: bConfigurationValue=1\\n\n"
    "H: descriptors=1201000200000040B8040202000100000001"
    "0902200001010000320904000002070102000705810200020007050202000200\n";

usbdevfs_urb& urb_of(UMockdevIoctlData* data) { return *reinterpret_cast<usbdevfs_urb*>(data->data); }

gboolean answer_again(gpointer client) {
  umockdev_ioctl_client_complete(UMOCKDEV_IOCTL_CLIENT(client), -1, EAGAIN);
  g_object_unref(client);
  return G_SOURCE_REMOVE;
}

// The node is always "ready": a pause keeps libusb from spinning.
void answer_again_soon(UMockdevIoctlClient* client) {
  GSource* source = g_timeout_source_new(2);
  g_source_set_callback(source, answer_again, g_object_ref(client), nullptr);
  g_source_attach(source, g_main_context_get_thread_default());
  g_source_unref(source);
}

}  // namespace

UsbPrinterBed::UsbPrinterBed() : bed_(umockdev_testbed_new()), requests_(umockdev_ioctl_base_new()) {
  g_signal_connect(requests_, "handle-ioctl", G_CALLBACK(&UsbPrinterBed::on_ioctl), this);
}

UsbPrinterBed::~UsbPrinterBed() {
  if (present_) unplug();
  g_object_unref(requests_);
  g_object_unref(bed_);
}

void UsbPrinterBed::plug_in() {
  {
    const std::lock_guard lock(mutex_);
    present_ = true;
    total_ = 0;
    vanish_at_ = UINT64_MAX;
    to_host_.clear();
  }
  g_autoptr(GError) error = nullptr;
  // Adding the device announces it: who opens it at once has to be answered.
  umockdev_testbed_attach_ioctl(bed_, node, requests_, &error);
  g_assert_no_error(error);
  umockdev_testbed_add_from_string(bed_, description, &error);
  g_assert_no_error(error);
}

void UsbPrinterBed::unplug() {
  {
    const std::lock_guard lock(mutex_);
    vanish();
  }
  umockdev_testbed_uevent(bed_, sys_path, "remove");
  umockdev_testbed_detach_ioctl(bed_, node, nullptr);
  umockdev_testbed_remove_device(bed_, sys_path);
}

void UsbPrinterBed::stall_once_at(std::uint64_t total_bytes) {
  const std::lock_guard lock(mutex_);
  stall_at_ = total_bytes;
  stalled_ = false;
}
bool UsbPrinterBed::stalled() const {
  const std::lock_guard lock(mutex_);
  return stalled_;
}
void UsbPrinterBed::vanish_at(std::uint64_t total_bytes) {
  const std::lock_guard lock(mutex_);
  vanish_at_ = total_bytes;
}
std::uint64_t UsbPrinterBed::total_bytes() const {
  const std::lock_guard lock(mutex_);
  return total_;
}
void UsbPrinterBed::go_silent(bool silent) {
  const std::lock_guard lock(mutex_);
  silent_ = silent;
}
void UsbPrinterBed::set_port_status(std::uint8_t bits) {
  const std::lock_guard lock(mutex_);
  port_status_ = bits;
}
unsigned UsbPrinterBed::configurations_set() const {
  const std::lock_guard lock(mutex_);
  return configurations_set_;
}
unsigned UsbPrinterBed::soft_resets() const {
  const std::lock_guard lock(mutex_);
  return soft_resets_;
}

gboolean UsbPrinterBed::on_ioctl(UMockdevIoctlBase*, UMockdevIoctlClient* client, gpointer self) {
  return static_cast<UsbPrinterBed*>(self)->handle(client) ? TRUE : FALSE;
}

bool UsbPrinterBed::handle(UMockdevIoctlClient* client) {
  const std::lock_guard lock(mutex_);
  const gulong request = umockdev_ioctl_client_get_request(client);
  const bool reaping = request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY;
  if (!present_ && !(reaping && !finished_.empty())) {
    umockdev_ioctl_client_complete(client, -1, ENODEV);
    return true;
  }
  if (request == USBDEVFS_DISCARDURB) {
    discard(client);
    return true;
  }
  const gsize size = (request >> _IOC_SIZESHIFT) & _IOC_SIZEMASK;
  g_autoptr(UMockdevIoctlData) data =
      size > 0 ? umockdev_ioctl_data_resolve(umockdev_ioctl_client_get_arg(client), 0, size, nullptr) : nullptr;
  switch (request) {
    case USBDEVFS_GET_CAPABILITIES: {
      const std::uint32_t capabilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                                         USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_BULK_SCATTER_GATHER |
                                         USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
      std::memcpy(data->data, &capabilities, sizeof capabilities);
      umockdev_ioctl_client_complete(client, 0, 0);
      return true;
    }
    case USBDEVFS_GETDRIVER:
      umockdev_ioctl_client_complete(client, -1, ENODATA);
      return true;
    case USBDEVFS_SETCONFIGURATION:
    case USBDEVFS_SETINTERFACE:
      ++configurations_set_;
      [[fallthrough]];
    case USBDEVFS_DISCONNECT_CLAIM:  // takes usblp off and claims
    case USBDEVFS_IOCTL:             // gives usblp back
    case USBDEVFS_CLAIMINTERFACE:
    case USBDEVFS_RELEASEINTERFACE:
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESET:
      umockdev_ioctl_client_complete(client, 0, 0);
      return true;
    case USBDEVFS_SUBMITURB:
      submit(data, client);
      return true;
    case USBDEVFS_REAPURB:
    case USBDEVFS_REAPURBNDELAY:
      reap(client, data);
      return true;
    default:
      return false;
  }
}

void UsbPrinterBed::submit(UMockdevIoctlData* data, UMockdevIoctlClient* client) {
  const usbdevfs_urb& urb = urb_of(data);
  Transfer transfer{static_cast<UMockdevIoctlData*>(g_object_ref(data)), nullptr, 0};
  transfer.buffer =
      umockdev_ioctl_data_resolve(data, offsetof(usbdevfs_urb, buffer), static_cast<gsize>(urb.buffer_length), nullptr);
  if (urb.type == USBDEVFS_URB_TYPE_CONTROL) {
    take_control(transfer);
  } else if (urb.endpoint == endpoint_in) {
    parked_in_.push_back(transfer);
    serve_in();
  } else {
    take_out(transfer);
  }
  umockdev_ioctl_client_complete(client, 0, 0);
}

void UsbPrinterBed::take_control(Transfer& transfer) {
  const guint8* setup = transfer.buffer->data;
  guint8* answer = transfer.buffer->data + 8;
  const std::size_t room = static_cast<std::size_t>(setup[6]) | (static_cast<std::size_t>(setup[7]) << 8);
  if (setup[0] == 0xA1 && setup[1] == 0) {
    const std::size_t length = device_id.size() + 2;
    answer[0] = 0;
    answer[1] = static_cast<guint8>(length);
    std::memcpy(answer + 2, device_id.data(), std::min(device_id.size(), room - 2));
    finish(transfer, 0, std::min(room, length));
  } else if (setup[0] == 0xA1 && setup[1] == 1) {
    answer[0] = port_status_;
    finish(transfer, 0, 1);
  } else if (setup[0] == 0x21 && setup[1] == 2) {
    ++soft_resets_;
    printer_.forget_received();
    finish(transfer, 0, 0);
  } else {
    finish(transfer, -EPIPE, 0);  // also SOFT_RESET to the old recipient
  }
}

void UsbPrinterBed::take_out(Transfer& transfer) {
  const auto length = static_cast<std::size_t>(urb_of(transfer.urb).buffer_length);
  if (silent_) {
    parked_out_.push_back(transfer);
    return;
  }
  const std::uint64_t limit = std::min(stall_at_, vanish_at_);
  const std::size_t takes = static_cast<std::size_t>(std::min<std::uint64_t>(length, limit - std::min(limit, total_)));
  total_ += takes;
  queue_in(printer_.feed(ByteView(transfer.buffer->data, takes)));
  if (takes == length) return finish(transfer, 0, length);
  if (total_ >= vanish_at_) {
    finish(transfer, -ESHUTDOWN, takes);
    return vanish();
  }
  stall_at_ = UINT64_MAX;
  stalled_ = true;
  transfer.done = takes;
  parked_out_.push_back(transfer);
}

void UsbPrinterBed::discard(UMockdevIoctlClient* client) {
  // The argument is the address of the URB itself.
  const auto wanted = *reinterpret_cast<const gulong*>(umockdev_ioctl_client_get_arg(client)->data);
  for (auto* parked : {&parked_in_, &parked_out_}) {
    const auto found = std::find_if(parked->begin(), parked->end(),
                                    [&](const Transfer& one) { return one.urb->client_addr == wanted; });
    if (found == parked->end()) continue;
    Transfer transfer = *found;
    parked->erase(found);
    finish(transfer, -ENOENT, transfer.done);
    umockdev_ioctl_client_complete(client, 0, 0);
    return;
  }
  umockdev_ioctl_client_complete(client, -1, EINVAL);
}

void UsbPrinterBed::reap(UMockdevIoctlClient* client, UMockdevIoctlData* data) {
  if (finished_.empty()) return answer_again_soon(client);
  const Transfer transfer = finished_.front();
  finished_.pop_front();
  umockdev_ioctl_data_set_ptr(data, 0, transfer.urb);
  umockdev_ioctl_client_complete(client, 0, 0);
  if (transfer.buffer != nullptr) g_object_unref(transfer.buffer);
  g_object_unref(transfer.urb);
}

void UsbPrinterBed::finish(Transfer& transfer, int status, std::size_t length) {
  urb_of(transfer.urb).status = status;
  urb_of(transfer.urb).actual_length = static_cast<int>(length);
  finished_.push_back(transfer);
}

// As the kernel does when a device goes: every transfer comes back.
void UsbPrinterBed::vanish() {
  present_ = false;
  for (auto* parked : {&parked_in_, &parked_out_}) {
    for (Transfer& transfer : *parked) finish(transfer, -ESHUTDOWN, transfer.done);
    parked->clear();
  }
}

void UsbPrinterBed::queue_in(const Bytes& bytes) {
  to_host_.insert(to_host_.end(), bytes.begin(), bytes.end());
  serve_in();
}

void UsbPrinterBed::serve_in() {
  if (to_host_.empty() || parked_in_.empty()) return;
  Transfer transfer = parked_in_.front();
  parked_in_.pop_front();
  const std::size_t count = std::min(to_host_.size(), static_cast<std::size_t>(urb_of(transfer.urb).buffer_length));
  std::memcpy(transfer.buffer->data, to_host_.data(), count);
  to_host_.erase(to_host_.begin(), to_host_.begin() + static_cast<std::ptrdiff_t>(count));
  finish(transfer, 0, count);
}

}  // namespace pilotlight::devices::test
