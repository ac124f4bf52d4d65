// The paper below the head: rows burnt so far, kept in files so that a half-printed slip outlives the cabinet, and the
// pieces cut off. Not thread-safe.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "devices/virtual/config.h"
#include "devices/virtual/disk.h"
#include "devices/virtual/escpos_bitmap.h"

namespace pilotlight::cabinet {

struct Piece {
  std::filesystem::path png;
  std::vector<std::string> text;  // its lines
  bool cut = false;               // false: torn off, lost power or given up ("…-part.png")
};

class Paper {
 public:
  // Picks up a piece that hung out of a killed printer: it is put out as a part at once.
  Paper(const PrinterConfig& config, const Disk& disk);

  // Appends rows (as wide as the head; narrower ones are padded with white).
  void burn(const Bitmap& rows);
  void feed(std::size_t rows);
  void note_line(const std::string& text);  // for the .txt beside the picture

  bool blank() const { return !inked_; }
  std::size_t rows() const { return rows_.size() / stride_; }

  // The cutter: what hangs out becomes a numbered PNG and text file; blank paper becomes nothing.
  void cut();
  void tear_off();
  const std::vector<Piece>& pieces() const { return pieces_; }  // since start; the newest 100

 private:
  void put_out(bool cut);
  void clear();
  std::filesystem::path picture(bool cut) const;
  void load_hanging();

  const PrinterConfig& config_;
  const Disk& disk_;
  std::size_t stride_;  // bytes a row
  std::vector<std::uint8_t> rows_;
  std::vector<std::string> lines_;
  bool inked_ = false;
  bool used_up_ = false;  // more rows than any slip has: nothing is burnt until the cut
  std::uint32_t next_ = 1;
  std::vector<Piece> pieces_;
};

}  // namespace pilotlight::cabinet
