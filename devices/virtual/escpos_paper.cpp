#include "devices/virtual/escpos_paper.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "devices/virtual/command.h"
#include "devices/virtual/escpos_png.h"

namespace pilotlight::cabinet {
namespace {

constexpr std::size_t margin_dots = 32;
constexpr std::size_t most_rows = 40'000;  // five metres: a printer gone mad is stopped by its paper
constexpr std::size_t most_pieces = 100;
constexpr std::string_view number_file = "printer-next";
constexpr std::string_view rows_file = "printer-hanging.rows";
constexpr std::string_view text_file = "printer-hanging.txt";

void write_text(const std::filesystem::path& file, std::string_view text) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  if (!stream.flush()) throw std::runtime_error(file.string() + ": cannot be written");
}

}  // namespace

Paper::Paper(const PrinterConfig& config, const Disk& disk)
    : config_(config), disk_(disk), stride_(config.width_dots / 8) {
  std::filesystem::create_directories(config.output_dir);
  if (const auto saved = disk.read(number_file))
    next_ = static_cast<std::uint32_t>(parse_number(*saved, 1, 1'000'000).value_or(1));
  load_hanging();
  if (std::filesystem::exists(picture(true))) {  // killed between the picture and the number: it was cut
    disk.write(number_file, std::to_string(++next_));
    clear();
  } else if (!blank()) {
    put_out(false);
  }
}

std::filesystem::path Paper::picture(bool cut) const {
  std::array<char, 32> name{};
  std::snprintf(name.data(), name.size(), "%06u%s.png", next_, cut ? "" : "-part");
  return config_.output_dir / name.data();
}

void Paper::load_hanging() {
  const std::string rows = disk_.read(rows_file).value_or("");
  rows_.assign(rows.begin(), rows.end());
  rows_.resize(rows_.size() / stride_ * stride_);
  inked_ = std::ranges::any_of(rows_, [](std::uint8_t byte) { return byte != 0; });
  std::string_view text;
  const std::string all = disk_.read(text_file).value_or("");
  for (text = all; !text.empty();) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines_.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
}

void Paper::burn(const Bitmap& rows) {
  used_up_ = used_up_ || rows_.size() / stride_ + rows.height > most_rows;
  if (used_up_) return;
  std::string packed(rows.height * stride_, '\0');
  for (std::size_t y = 0; y < rows.height; ++y)
    for (std::size_t x = 0; x < std::min(rows.width, stride_ * 8); ++x)
      if (rows.at(x, y)) {
        char& byte = packed[y * stride_ + x / 8];
        byte = static_cast<char>(static_cast<unsigned char>(byte) | 0x80u >> x % 8);
        inked_ = true;
      }
  disk_.append(rows_file, packed);  // each row is on its way to the disk as it is burnt, as paper is
  rows_.insert(rows_.end(), packed.begin(), packed.end());
}

void Paper::feed(std::size_t rows) { burn(Bitmap(0, rows)); }

void Paper::note_line(const std::string& text) {
  if (used_up_) return;
  disk_.append(text_file, text + "\n");
  lines_.push_back(text);
}

void Paper::cut() { put_out(true); }
void Paper::tear_off() { put_out(false); }

void Paper::put_out(bool cut) {
  if (!blank()) {
    Bitmap dots(stride_ * 8, rows_.size() / stride_);
    for (std::size_t i = 0; i < dots.dots.size(); ++i) dots.dots[i] = rows_[i / 8] >> (7 - i % 8) & 1;
    Piece piece{picture(cut), lines_, cut};
    std::string text;
    for (const std::string& line : lines_) text += line + "\n";
    std::filesystem::path text_path = piece.png;
    text_path.replace_extension(".txt");
    write_text(text_path, text);
    write_paper_png(dots, margin_dots, piece.png);
    disk_.write(number_file, std::to_string(++next_));
    pieces_.push_back(std::move(piece));
    if (pieces_.size() > most_pieces) pieces_.erase(pieces_.begin());
  }
  clear();
}

void Paper::clear() {
  rows_.clear();
  lines_.clear();
  inked_ = used_up_ = false;
  disk_.write(rows_file, "");
  disk_.write(text_file, "");
}

}  // namespace pilotlight::cabinet
