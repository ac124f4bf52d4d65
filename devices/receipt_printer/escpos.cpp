#include "devices/receipt_printer/escpos.h"

#include <algorithm>
#include <initializer_list>
#include <string>

#include "devices/receipt_printer/text.h"

namespace pilotlight::devices::escpos {
namespace {

constexpr std::uint8_t esc = 0x1B;
constexpr std::uint8_t fs = 0x1C;
constexpr std::uint8_t gs = 0x1D;
constexpr std::uint8_t dle = 0x10;
constexpr unsigned column_dots = 12;
constexpr unsigned band_rows = 128;  // small buffers; a fault costs one band
constexpr std::size_t qr_payload_maximum = 1000;

// A line in the making: at most two pieces of text at their columns.
struct Line {
  std::u32string left;
  std::u32string right;
  Align align = Align::Left;  // with `right` empty
  bool bold = false;
  unsigned size = 1;
};

class Encoder {
 public:
  Encoder(const Paper& paper, TextRaster& raster) : paper_(paper), raster_(raster) {}

  Result<EncodedPage, Message> run(const Page& page) {
    put({esc, 0x40});
    if (paper_.chinese_font) put({fs, 0x26});
    end_command();
    page_.content = page_.bytes.size();
    for (const Element& element : page.elements) {
      std::visit([this](const auto& one) { add(one); }, element);
      if (!error_.text.empty()) return fail(error_);
    }
    put({gs, 0x56, 0x42, 0x00});  // feed to the cutter, partial cut
    put({gs, 0x72, 0x01});
    end_command();
    return std::move(page_);
  }

 private:
  void put(std::initializer_list<std::uint8_t> bytes) { page_.bytes.insert(page_.bytes.end(), bytes); }
  void put(ByteView bytes) { page_.bytes.insert(page_.bytes.end(), bytes.begin(), bytes.end()); }
  void put_16(std::size_t value) {
    put({static_cast<std::uint8_t>(value & 0xFF), static_cast<std::uint8_t>((value >> 8) & 0xFF)});
  }
  void end_command() { page_.breaks.push_back(page_.bytes.size()); }

  unsigned columns(unsigned size) const { return paper_.width_dots / (column_dots * size); }

  void add(const TextLine& line) {
    const unsigned size = std::clamp<unsigned>(line.size, 1, 2);
    for (auto& text : wrap(decode_text(line.text), columns(size)))
      put_line({std::move(text), {}, line.align, line.bold, size});
  }

  void add(const ColumnsLine& line) {
    const unsigned size = std::clamp<unsigned>(line.size, 1, 2);
    std::u32string left = decode_text(line.left);
    std::u32string right = decode_text(line.right);
    if (columns_of(left) + 1 + columns_of(right) <= columns(size)) {
      put_line({std::move(left), std::move(right), Align::Left, line.bold, size});
      return;
    }
    for (auto& text : wrap(left, columns(size))) put_line({std::move(text), {}, Align::Left, line.bold, size});
    for (auto& text : wrap(right, columns(size))) put_line({std::move(text), {}, Align::Right, line.bold, size});
  }

  void add(const Rule&) {
    std::string dashes;
    while (dashes.size() < columns(1)) dashes += dashes.size() % 2 == 0 ? '-' : ' ';
    put(as_bytes(dashes));
    put({'\n'});
    end_command();
  }

  void add(const Feed& feed) {
    if (feed.lines == 0) return;
    put({esc, 0x64, feed.lines});
    end_command();
  }

  void add(const Picture& picture) {
    const std::size_t stride = (picture.width_dots + 7u) / 8u;
    if (picture.width_dots == 0 || picture.width_dots > paper_.width_dots)
      return give_up("a picture is wider than the paper");
    if (picture.bits.size() != stride * picture.height_dots) return give_up("a picture's bits are not of its size");
    put_align(picture.align);
    put_bands(picture);
    put_align_back(picture.align);
  }

  void add(const QrCode& code) {
    const auto modules = make_qr(code.payload);
    if (!modules) return give_up(modules.error().text);
    const unsigned dots = qr_module_dots(modules->size, paper_.width_dots);
    if (dots == 0 || code.payload.size() > qr_payload_maximum) return give_up("a QR code is wider than the paper");
    const bool plain =
        std::all_of(code.payload.begin(), code.payload.end(), [](char c) { return c >= ' ' && c <= '~'; });
    if (!paper_.qr_command || !plain) return add(draw_qr(*modules, dots));
    put_align(Align::Centre);
    put_qr_command(code.payload, dots);
    put_align_back(Align::Centre);
  }

  void put_qr_command(const std::string& payload, unsigned dots) {
    put({gs, 0x28, 0x6B, 0x04, 0x00, 0x31, 0x41, 0x32, 0x00});
    put({gs, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x43, static_cast<std::uint8_t>(dots)});
    put({gs, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x45, 0x31});
    put({gs, 0x28, 0x6B});
    put_16(payload.size() + 3);
    put({0x31, 0x50, 0x30});
    put(as_bytes(payload));
    put({gs, 0x28, 0x6B, 0x03, 0x00, 0x31, 0x51, 0x30});
    end_command();
  }

  void put_align(Align align) {
    if (align != Align::Left) put({esc, 0x61, static_cast<std::uint8_t>(align == Align::Centre ? 1 : 2)});
  }
  void put_align_back(Align align) {
    if (align != Align::Left) put({esc, 0x61, 0x00});
    end_command();
  }

  void put_line(const Line& line) {
    const unsigned width = columns(line.size);
    const unsigned used = columns_of(line.left);
    unsigned left_column = 0;
    if (line.right.empty() && line.align == Align::Centre) left_column = (width - used) / 2;
    if (line.right.empty() && line.align == Align::Right) left_column = width - used;
    const unsigned right_column = line.right.empty() ? 0 : width - columns_of(line.right);

    std::u32string whole = line.left;
    if (!line.right.empty()) whole += std::u32string(right_column - used, U' ') + line.right;
    const bool own_font = is_ascii(whole) || paper_.chinese_font;
    if (const auto text = own_font ? to_double_bytes(whole) : std::nullopt) {
      put_text(line, *text);
    } else {
      put_bands(
          raster_.draw({line.left, left_column}, {line.right, right_column}, line.size, line.bold, paper_.width_dots));
    }
    end_command();
  }

  void put_text(const Line& line, const Bytes& text) {
    put_align(line.align);
    if (line.bold) put({esc, 0x45, 0x01});
    if (line.size == 2) put({gs, 0x21, 0x11});
    put(text);
    put({'\n'});
    if (line.size == 2) put({gs, 0x21, 0x00});
    if (line.bold) put({esc, 0x45, 0x00});
    if (line.align != Align::Left) put({esc, 0x61, 0x00});
  }

  void put_bands(const Picture& picture) {
    const std::size_t stride = (picture.width_dots + 7u) / 8u;
    for (unsigned top = 0; top < picture.height_dots; top += band_rows) {
      const unsigned rows = std::min(band_rows, picture.height_dots - top);
      put({gs, 0x76, 0x30, 0x00});
      put_16(stride);
      put_16(rows);
      Bytes data(picture.bits.begin() + static_cast<std::ptrdiff_t>(top * stride),
                 picture.bits.begin() + static_cast<std::ptrdiff_t>((top + rows) * stride));
      disarm(data);
      put(data);
      end_command();
    }
  }

  // The printer obeys DLE EOT, DLE ENQ and DLE DC4 even inside a picture. One more dot beside a black one breaks the
  // pattern and is not seen.
  static void disarm(Bytes& data) {
    for (std::size_t i = 0; i + 1 < data.size(); ++i) {
      const std::uint8_t next = data[i + 1];
      if (data[i] == dle && (next == 0x04 || next == 0x05 || next == 0x14)) data[i] = dle | 0x08;
    }
  }

  void give_up(const std::string& why) { error_.text = "receipt: " + why; }

  const Paper& paper_;
  TextRaster& raster_;
  EncodedPage page_;
  Message error_;
};

}  // namespace

Result<EncodedPage, Message> encode(const Page& page, const Paper& paper, TextRaster& raster) {
  return Encoder(paper, raster).run(page);
}

}  // namespace pilotlight::devices::escpos
