// The ESC/POS interpreter: bytes of the print stream become dots on paper. Source: printer-escpos reference sections 1
// and 2. Real-time commands (DLE EOT) are answered before they get here; in the stream they are passed over.
// Not thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "devices/virtual/escpos_font.h"
#include "devices/virtual/escpos_line.h"
#include "devices/virtual/escpos_text.h"
#include "kiosk/base/bytes.h"

namespace pilotlight::cabinet {

// What one step did.
struct PrintStep {
  std::size_t used = 0;                    // bytes taken from the front; 0: the command is not complete yet
  std::size_t rows = 0;                    // paper moved, in dots
  bool real_time = false;                  // only a passed-over real-time command: no part of the job
  bool initialised = false;                // ESC @
  bool cut = false;                        // the paper was cut
  std::optional<std::uint8_t> ask_status;  // GS r n
  std::optional<std::uint8_t> asb;         // GS a n
};

class EscposPrinter {
 public:
  EscposPrinter(const PrinterConfig& config, Paper& paper);

  // Carries out the command (or the rows of a picture) at the front of the bytes.
  PrintStep step(ByteView bytes);
  // True if step() would cut now.
  bool next_is_cut(ByteView bytes) const;
  // Forgets modes, the line and half a command: power-up, or the buffer was cleared.
  void reset();
  // True if nothing has been burnt or composed since the last piece left.
  bool fresh() const { return paper_.blank() && line_.empty(); }
  // Commands that this printer does not know, in hex, the newest 20: a driver's mistake made visible.
  const std::vector<std::string>& unknown() const { return unknown_; }

 private:
  // Bytes that belong to a command but come in any portions: the rest of a raster or of QR data.
  struct Raster {
    std::size_t row_bytes = 0;
    std::size_t rows = 0;  // still to come
    std::size_t wide = 1;
    std::size_t high = 1;
    std::size_t height = 0;
  };
  struct Collecting {
    std::size_t left = 0;
    Bytes bytes;
    void (EscposPrinter::*then)(PrintStep&, ByteView) = nullptr;
  };

  PrintStep command(ByteView bytes);
  PrintStep escape(ByteView bytes);
  bool escape_style(std::uint8_t code, ByteView parameters);
  PrintStep group(ByteView bytes);
  bool group_style(std::uint8_t code, ByteView parameters);
  PrintStep chinese_command(ByteView bytes);
  PrintStep character(ByteView bytes);
  PrintStep raster_begin(ByteView bytes);
  PrintStep raster_rows(ByteView bytes);
  PrintStep collect(ByteView bytes);
  PrintStep cut(ByteView bytes);
  PrintStep barcode(ByteView bytes);
  PrintStep collect_from(std::size_t header, std::size_t size, void (EscposPrinter::*then)(PrintStep&, ByteView));
  PrintStep not_known(ByteView bytes, std::size_t size);

  void symbol(PrintStep& step, ByteView data);    // GS ( k, after the length
  void graphics(PrintStep& step, ByteView data);  // GS ( L and GS 8 L, after the length
  void skip(PrintStep&, ByteView) {}
  void print_qr(PrintStep& step);
  void print_bitmap(PrintStep& step, const Bitmap& bitmap, const std::string& text);
  void burn_line(PrintStep& step);
  void put_text_line(PrintStep& step, const std::string& text);
  void put_character(char32_t c, bool full_width);
  void tab();
  std::size_t full_area() const { return config_.width_dots; }
  Style fresh_style() const;

  const PrinterConfig& config_;
  Paper& paper_;
  DotFont font_;
  TextTables tables_;
  LineBuffer line_;
  Style style_;
  std::vector<std::size_t> tabs_;  // columns
  std::optional<Raster> raster_;
  std::optional<Collecting> collecting_;
  Bytes qr_data_;
  std::size_t qr_module_ = 3;
  int qr_level_ = 0;
  std::optional<Bitmap> stored_graphics_;
  std::size_t barcode_height_ = 162;
  std::size_t barcode_module_ = 3;
  std::uint8_t barcode_text_ = 0;
  std::vector<std::string> unknown_;
};

}  // namespace pilotlight::cabinet
