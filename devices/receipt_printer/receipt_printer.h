// A receipt printer. A print job ends as printed, printed in part, or not printed - never as "sent".
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "kiosk/base/bytes.h"
#include "kiosk/base/describe.h"

namespace pilotlight::devices {

// What is laid on the paper, independent of printer and width. Text is UTF-8; a CJK character counts two columns.
enum class Align { Left, Centre, Right };
struct TextLine {
  std::string text;
  Align align = Align::Left;
  bool bold = false;
  std::uint8_t size = 1;  // 1 or 2 (double width and height)
};
struct ColumnsLine {  // left text, right text, filled with blanks between
  std::string left;
  std::string right;
  bool bold = false;
  std::uint8_t size = 1;
};
struct Rule {};  // a dashed line
struct QrCode {
  std::string payload;
};
struct Picture {  // 1 bit per dot, rows padded to bytes, 1 = black
  std::uint16_t width_dots = 0;
  std::uint16_t height_dots = 0;
  Bytes bits;
  Align align = Align::Centre;
};
struct Feed {
  std::uint8_t lines = 1;
};
using Element = std::variant<TextLine, ColumnsLine, Rule, QrCode, Picture, Feed>;
struct Page {
  std::vector<Element> elements;  // cut at the end is implied
};

struct PrinterStatus {
  bool online = false;  // connected, and ready to print
  bool paper_out = false;
  bool paper_near_end = false;
  bool cover_open = false;
  bool cutter_fault = false;
  bool unrecoverable = false;
  bool operator==(const PrinterStatus&) const = default;
  bool can_print() const { return online && !paper_out && !cover_open && !cutter_fault && !unrecoverable; }
};

enum class PrintOutcome {
  Printed,      // the end-of-job marker came back and the printer is online
  PartPrinted,  // some of it may be on paper
  NotPrinted    // nothing of it left the terminal
};
PILOTLIGHT_ENUM(PrintOutcome, Printed, PartPrinted, NotPrinted)

struct PrinterChanged {
  PrinterStatus status;
  std::string model = {};  // maker and model as the printer names itself (USB); empty if it does not
};
struct PrintEnded {
  std::uint32_t job = 0;
  PrintOutcome outcome = PrintOutcome::NotPrinted;
};
using PrinterEvent = std::variant<PrinterChanged, PrintEnded>;

struct PrinterOptions {
  std::string address;             // "tcp:HOST:PORT" or "usb:VID:PID" (hex)
  std::uint16_t width_dots = 576;  // 384 for 58 mm, 576 for 80 mm
  bool chinese_font = true;        // false: Chinese lines go as raster
  bool qr_command = true;          // false: QR goes as raster
};

class ReceiptPrinter {
 public:
  using Report = std::function<void(PrinterEvent)>;  // called on the printer's worker thread
  virtual ~ReceiptPrinter() = default;

  // One at a time; each ends in one PrintEnded, within about two minutes. A second one while the first is running and
  // one that does not fit the paper end at once as NotPrinted; one without a connection after 5 s. Any thread.
  virtual void print(std::uint32_t job, Page page) = 0;
};

// Starts the worker, which connects, re-connects and reports the first status by itself. Nothing if the address or the
// width is not valid or the font for drawn lines is missing (message in `error`). Destroying the printer breaks a
// running job off and reports its end first. A printer that answers no status query ("one-way") is never online: nobody
// could say what it printed.
std::unique_ptr<ReceiptPrinter> open_receipt_printer(const PrinterOptions& options, ReceiptPrinter::Report report,
                                                     std::string& error);

}  // namespace pilotlight::devices
