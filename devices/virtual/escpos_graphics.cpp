// Pictures, QR and bar codes of the ESC/POS interpreter. Source: printer-escpos reference section 2.
#include <qrencode.h>

#include <algorithm>
#include <array>

#include "devices/virtual/escpos_barcode.h"
#include "devices/virtual/escpos_printer.h"

namespace pilotlight::cabinet {
namespace {

constexpr std::size_t most_collected = 1u << 20;
constexpr std::size_t widest_row = 1024;  // bytes; the receive buffer holds several
constexpr std::size_t rows_at_once = 8;   // so that a fault may strike inside a picture

std::size_t word(ByteView bytes, std::size_t at) { return bytes[at] | static_cast<std::size_t>(bytes[at + 1]) << 8; }

// `data` holds whole rows, most significant bit left.
Bitmap unpack(ByteView data, std::size_t row_bytes, std::size_t wide, std::size_t high) {
  const std::size_t rows = data.size() / row_bytes;
  Bitmap bitmap(row_bytes * 8 * wide, rows * high);
  for (std::size_t y = 0; y < bitmap.height; ++y)
    for (std::size_t x = 0; x < bitmap.width; ++x)
      bitmap.at(x, y) = data[y / high * row_bytes + x / wide / 8] >> (7 - x / wide % 8) & 1;
  return bitmap;
}

}  // namespace

PrintStep EscposPrinter::raster_begin(ByteView bytes) {
  if (bytes.size() < 8) return {};
  if (bytes[2] != '0') return not_known(bytes, 3);
  const std::size_t mode = bytes[3] & 3u;
  Raster raster{word(bytes, 4), word(bytes, 6), mode & 1 ? 2u : 1u, mode & 2 ? 2u : 1u, word(bytes, 6)};
  if (raster.row_bytes == 0 || raster.row_bytes > widest_row || raster.rows == 0) return not_known(bytes, 8);
  PrintStep step;
  step.used = 8;
  if (!line_.empty()) burn_line(step);
  raster_ = raster;
  return step;
}

// A few whole rows; what is wider than the paper is not burnt.
PrintStep EscposPrinter::raster_rows(ByteView bytes) {
  Raster& raster = *raster_;
  const std::size_t rows = std::min({bytes.size() / raster.row_bytes, raster.rows, rows_at_once});
  if (rows == 0) return {};
  PrintStep step;
  step.used = rows * raster.row_bytes;
  const Bitmap picture = unpack(bytes.first(step.used), raster.row_bytes, raster.wide, raster.high);
  Bitmap line(full_area(), picture.height);
  line.burn(picture, aligned_left(style_, picture.width), 0);
  paper_.burn(line);
  step.rows = picture.height;
  raster.rows -= rows;
  if (raster.rows == 0) {
    paper_.note_line("[raster " + std::to_string(picture.width) + "x" + std::to_string(raster.height * raster.high) +
                     "]");
    raster_.reset();
  }
  return step;
}

PrintStep EscposPrinter::collect_from(std::size_t header, std::size_t size,
                                      void (EscposPrinter::*then)(PrintStep&, ByteView)) {
  PrintStep step;
  step.used = header;
  if (size > 0) collecting_ = Collecting{size, {}, then};
  return step;
}

PrintStep EscposPrinter::collect(ByteView bytes) {
  PrintStep step;
  step.used = std::min(bytes.size(), collecting_->left);
  collecting_->left -= step.used;
  const std::size_t keep = std::min(step.used, most_collected - collecting_->bytes.size());
  collecting_->bytes.insert(collecting_->bytes.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(keep));
  if (collecting_->left > 0) return step;
  const Collecting whole = std::move(*collecting_);
  collecting_.reset();
  (this->*whole.then)(step, whole.bytes);
  return step;
}

// GS ( k: cn fn parameters. cn 31 is QR.
void EscposPrinter::symbol(PrintStep& step, ByteView data) {
  if (data.size() < 3 || data[0] != 0x31) return;
  if (!config_.qr_command) {  // cheap printers print the payload as text
    for (const std::uint8_t byte : data.subspan(std::min<std::size_t>(3, data.size())))
      if (data[1] == 0x50 && byte >= 0x20) put_character(tables_.western(byte), false);
    return;
  }
  switch (data[1]) {
    case 0x43:
      qr_module_ = std::clamp<std::size_t>(data[2], 1, 16);
      break;
    case 0x45:
      qr_level_ = std::clamp(static_cast<int>(data[2]) - 0x30, 0, 3);
      break;
    case 0x50:
      qr_data_.assign(data.begin() + 3, data.end());
      break;
    case 0x51:
      print_qr(step);
      break;
    default:
      break;
  }
}

void EscposPrinter::print_qr(PrintStep& step) {
  if (qr_data_.empty()) return;
  QRcode* code =
      QRcode_encodeData(static_cast<int>(qr_data_.size()), qr_data_.data(), 0, static_cast<QRecLevel>(qr_level_));
  if (code == nullptr) return;
  const std::size_t side = static_cast<std::size_t>(code->width);
  Bitmap bitmap(side * qr_module_, side * qr_module_);
  for (std::size_t y = 0; y < bitmap.height; ++y)
    for (std::size_t x = 0; x < bitmap.width; ++x)
      bitmap.at(x, y) = code->data[y / qr_module_ * side + x / qr_module_] & 1;
  QRcode_free(code);
  print_bitmap(step, bitmap, "[QR " + std::string(as_text(qr_data_)) + "]");
}

// GS ( L / GS 8 L: m fn …; 112 stores a raster, 50 (or 2) prints what is stored.
void EscposPrinter::graphics(PrintStep& step, ByteView data) {
  if (data.size() < 2 || data[0] != 0x30) return;
  if (data[1] == 112 && data.size() >= 10) {
    const std::size_t row_bytes = (word(data, 6) + 7) / 8;
    if (row_bytes == 0 || data.size() - 10 < row_bytes) return;
    const std::size_t rows = std::min((data.size() - 10) / row_bytes, word(data, 8));
    stored_graphics_ = unpack(data.subspan(10, rows * row_bytes), row_bytes, data[3], data[4]);
  } else if ((data[1] == 50 || data[1] == 2) && stored_graphics_) {
    const std::string size = std::to_string(stored_graphics_->width) + "x" + std::to_string(stored_graphics_->height);
    print_bitmap(step, *stored_graphics_, "[raster " + size + "]");
    stored_graphics_.reset();
  }
}

void EscposPrinter::print_bitmap(PrintStep& step, const Bitmap& bitmap, const std::string& text) {
  if (!line_.empty()) burn_line(step);
  Bitmap line(full_area(), bitmap.height);
  line.burn(bitmap, aligned_left(style_, bitmap.width), 0);
  paper_.burn(line);
  paper_.note_line(text);
  step.rows += bitmap.height;
}

// GS k: form A (m 0..6) ends with NUL, form B (m 65..73) has a length. Only CODE128 has bars here; the others are text.
PrintStep EscposPrinter::barcode(ByteView bytes) {
  if (bytes.size() < 4) return {};
  const std::uint8_t m = bytes[2];
  const bool counted = m >= 65;
  const auto end = std::find(bytes.begin() + 3, bytes.end(), 0);
  if (!counted && end == bytes.end()) return bytes.size() > 258 ? not_known(bytes, 3) : PrintStep{};
  const std::size_t length = counted ? bytes[3] : static_cast<std::size_t>(end - bytes.begin()) - 3;
  const std::size_t begin = counted ? 4 : 3;
  PrintStep step;
  if (bytes.size() < begin + length + (counted ? 0 : 1)) return step;
  step.used = begin + length + (counted ? 0 : 1);
  const ByteView data = bytes.subspan(begin, length);
  const auto code = m == 73 ? code128(data) : std::nullopt;
  if (!code) return not_known(bytes, step.used);
  Bitmap bars(code->modules.size() * barcode_module_, barcode_height_);
  for (std::size_t y = 0; y < bars.height; ++y)
    for (std::size_t x = 0; x < bars.width; ++x) bars.at(x, y) = code->modules[x / barcode_module_];
  if (barcode_text_ & 1) put_text_line(step, code->text);
  print_bitmap(step, bars, "[CODE128 " + code->text + "]");
  if (barcode_text_ & 2) put_text_line(step, code->text);
  return step;
}

void EscposPrinter::put_text_line(PrintStep& step, const std::string& text) {
  for (const char c : text) put_character(static_cast<unsigned char>(c), false);
  burn_line(step);
}

}  // namespace pilotlight::cabinet
