#include "devices/receipt_printer/escpos.h"

#include <gtest/gtest.h>
#include <png.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "tests/devices/receipt_printer/printer_model_fixture.h"

namespace pilotlight::devices::escpos {
namespace {

class Escpos : public testing::Test {
 protected:
  Escpos() : raster_(std::move(TextRaster::open().value())) {}

  EncodedPage encoded(std::vector<Element> elements, Paper paper = {}) {
    auto page = encode(Page{std::move(elements)}, paper, raster_);
    EXPECT_TRUE(page) << page.error().text;
    return page ? std::move(*page) : EncodedPage{};
  }
  std::string hex(std::vector<Element> elements, Paper paper = {}) {
    return to_hex(encoded(std::move(elements), paper).bytes);
  }
  test::PrinterModel printed(std::vector<Element> elements, Paper paper = {}) {
    test::PrinterModel printer;
    printer.feed(encoded(std::move(elements), paper).bytes);
    EXPECT_TRUE(printer.unknown.empty()) << printer.unknown.front();
    EXPECT_EQ(printer.cuts, 1u);
    EXPECT_EQ(printer.markers, 1u);
    return printer;
  }

  TextRaster raster_;
};

std::string packed(const char* text) { return to_hex(from_hex(text).value()); }
const std::string end_of_job = packed("1D 56 42 00 1D 72 01");

std::string line_text(const Bytes& line) { return std::string(as_text(line)); }

TEST_F(Escpos, HeadingVector) {
  EXPECT_EQ(hex({TextLine{"燃气充值", Align::Centre, true, 2}}),
            packed("1B 40 1C 26 1B 61 01 1B 45 01 1D 21 11 C8 BC C6 F8 B3 E4 D6 B5 0A 1D 21 00 1B 45 00 1B 61 00") +
                end_of_job);
}

TEST_F(Escpos, QrVector) {
  EXPECT_NE(
      hex({QrCode{"https://example.invalid/r/1"}})
          .find(packed("1D 28 6B 04 00 31 41 32 00 1D 28 6B 03 00 31 43 06 1D 28 6B 03 00 31 45 31 1D 28 6B 1E 00 31 "
                       "50 30 68 74 74 70 73 3A 2F 2F 65 78 61 6D 70 6C 65 2E 69 6E 76 61 6C 69 64 2F 72 2F 31 1D 28 "
                       "6B 03 00 31 51 30")),
      std::string::npos);
}

TEST_F(Escpos, RasterVector) {
  Picture frame{16, 8, from_hex("FFFF 8001 8001 8001 8001 8001 8001 FFFF").value(), Align::Left};
  EXPECT_EQ(hex({frame}),
            packed("1B 40 1C 26 1D 76 30 00 02 00 08 00 FF FF 80 01 80 01 80 01 80 01 80 01 80 01 FF FF") + end_of_job);
}

TEST_F(Escpos, WithoutAChineseFontTheModeIsNotSwitchedOn) {
  EXPECT_EQ(hex({TextLine{"ok"}}, {576, false, true}), packed("1B 40 6F 6B 0A") + end_of_job);
}

TEST_F(Escpos, ColumnsReachBothEdges) {
  for (const std::uint16_t width : std::array<std::uint16_t, 2>{384, 576}) {
    const auto printer = printed({ColumnsLine{"投入现金", "150.00 元"}, Rule{}}, {width, true, true});
    ASSERT_EQ(printer.lines.size(), 2u);
    EXPECT_EQ(printer.lines[0].size(), width / 12u);  // a Chinese glyph: two bytes, two columns
    EXPECT_EQ(line_text(printer.lines[0]).substr(width / 12u - 9, 7), "150.00 ");
    EXPECT_EQ(printer.lines[1].size(), width / 12u);
  }
}

TEST_F(Escpos, ColumnsThatDoNotFitTakeTwoLines) {
  const auto printer = printed({ColumnsLine{"a rather long label of it", "and a value"}}, {384, true, true});
  ASSERT_EQ(printer.lines.size(), 2u);
  EXPECT_EQ(line_text(printer.lines[0]), "a rather long label of it");
  EXPECT_EQ(line_text(printer.lines[1]), "and a value");
}

TEST_F(Escpos, LongTextIsWrapped) {
  const auto printer = printed({TextLine{"Please put the card into your meter at home.", Align::Left, false, 2}});
  ASSERT_EQ(printer.lines.size(), 2u);
  EXPECT_EQ(line_text(printer.lines[0]), "Please put the card into");
}

TEST_F(Escpos, ALineWithARareCharacterIsDrawn) {
  const auto printer = printed({TextLine{"户名 王䶮"}, TextLine{"户名 王*"}});
  ASSERT_EQ(printer.rasters.size(), 1u);
  EXPECT_EQ(printer.rasters[0].width_bytes, 72u);
  EXPECT_EQ(printer.rasters[0].rows, 30u);
  EXPECT_TRUE(
      std::any_of(printer.rasters[0].data.begin(), printer.rasters[0].data.end(), [](auto b) { return b != 0; }));
  EXPECT_EQ(printer.lines.size(), 1u);
}

TEST_F(Escpos, WithoutAChineseFontOnlyChineseLinesAreDrawn) {
  const auto printer =
      printed({TextLine{"燃气充值", Align::Centre, true, 2}, TextLine{"T0042-000017"}}, {384, false, true});
  ASSERT_EQ(printer.rasters.size(), 1u);
  EXPECT_EQ(printer.rasters[0].rows, 60u);
  ASSERT_EQ(printer.lines.size(), 1u);
  EXPECT_EQ(line_text(printer.lines[0]), "T0042-000017");
}

TEST_F(Escpos, DrawnLinesStandInTheGridOfPrintedOnes) {
  // "1" at the right edge of a drawn columns line: dots in the last column's 12, none in the two before (blank).
  const auto printer = printed({ColumnsLine{"䶮", "1"}}, {240, true, true});
  ASSERT_EQ(printer.rasters.size(), 1u);
  const auto& dots = printer.rasters[0];
  const auto dark_in = [&](unsigned from, unsigned to) {
    unsigned count = 0;
    for (unsigned y = 0; y < dots.rows; ++y)
      for (unsigned x = from; x < to; ++x) count += (dots.data[y * dots.width_bytes + x / 8] >> (7 - x % 8)) & 1u;
    return count;
  };
  EXPECT_GT(dark_in(0, 24), 60u);
  EXPECT_EQ(dark_in(24, 228), 0u);
  EXPECT_GT(dark_in(228, 240), 20u);
}

TEST_F(Escpos, TallPicturesGoInBands) {
  Picture tall{8, 300, Bytes(300, 0xAA), Align::Left};
  const auto printer = printed({tall});
  ASSERT_EQ(printer.rasters.size(), 3u);
  EXPECT_EQ(printer.rasters[0].rows + printer.rasters[1].rows + printer.rasters[2].rows, 300u);
}

TEST_F(Escpos, PicturesHoldNoRealTimeCommand) {
  Bytes bits;
  for (unsigned i = 0; i < 600; ++i) {
    bits.push_back(0x10);
    bits.push_back(i % 3 == 0 ? 0x04 : i % 3 == 1 ? 0x05 : 0x14);
  }
  const Bytes bytes = encoded({Picture{16, 600, bits, Align::Left}}).bytes;
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i)
    EXPECT_FALSE(bytes[i] == 0x10 && (bytes[i + 1] == 0x04 || bytes[i + 1] == 0x05 || bytes[i + 1] == 0x14)) << i;
}

TEST_F(Escpos, BreaksLieBetweenCommands) {
  const EncodedPage page = encoded({TextLine{"燃气充值", Align::Centre, true, 2}, QrCode{"https://example.invalid/r/1"},
                                    Picture{8, 300, Bytes(300, 0xAA), Align::Centre}, ColumnsLine{"a", "b"}});
  EXPECT_EQ(page.content, 4u);
  EXPECT_EQ(page.breaks.front(), page.content);
  EXPECT_EQ(page.breaks.back(), page.bytes.size());
  // A printer that gets a query at every break still sees every command whole.
  test::PrinterModel printer;
  std::size_t from = 0;
  for (const std::size_t to : page.breaks) {
    printer.feed(ByteView(page.bytes).subspan(from, to - from));
    EXPECT_EQ(printer.feed(from_hex("10 04 01").value()).size(), 1u);
    from = to;
  }
  EXPECT_TRUE(printer.unknown.empty());
  EXPECT_EQ(printer.cuts, 1u);
}

TEST_F(Escpos, WhatDoesNotFitIsRefused) {
  EXPECT_FALSE(encode(Page{{Picture{600, 1, Bytes(75, 0), Align::Left}}}, {}, raster_));
  EXPECT_FALSE(encode(Page{{Picture{16, 2, Bytes(3, 0), Align::Left}}}, {}, raster_));
  EXPECT_FALSE(encode(Page{{QrCode{""}}}, {}, raster_));
  EXPECT_FALSE(encode(Page{{QrCode{std::string(5000, 'x')}}}, {}, raster_));
}

// Puts bands together again and lets an independent reader decode them.
std::string decode_with_zbar(const std::vector<test::PrinterModel::Dots>& bands) {
  const unsigned width = bands.front().width_bytes * 8;
  Bytes grey;
  for (const auto& band : bands)
    for (unsigned y = 0; y < band.rows; ++y)
      for (unsigned x = 0; x < width; ++x)
        grey.push_back(((band.data[y * band.width_bytes + x / 8] >> (7 - x % 8)) & 1) != 0 ? 0 : 255);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = static_cast<png_uint_32>(grey.size() / width);
  image.format = PNG_FORMAT_GRAY;
  const std::string path = testing::TempDir() + "receipt-qr-" + std::to_string(getpid()) + ".png";
  EXPECT_NE(png_image_write_to_file(&image, path.c_str(), 0, grey.data(), 0, nullptr), 0);
  std::string text;
  FILE* zbar = popen(("zbarimg --quiet --raw " + path + " 2>/dev/null").c_str(), "r");
  std::array<char, 256> buffer{};
  while (zbar != nullptr && fgets(buffer.data(), buffer.size(), zbar) != nullptr) text += buffer.data();
  if (zbar != nullptr) pclose(zbar);
  std::filesystem::remove(path);
  return text;
}

TEST_F(Escpos, ADrawnQrCodeReadsBack) {
  const std::string payload = "https://gas.example.invalid/r/T0042-000017?a=15000&v=42850&s=" + std::string(86, 'Q');
  for (const std::uint16_t width : std::array<std::uint16_t, 2>{384, 576}) {
    const auto printer = printed({QrCode{payload}}, {width, true, false});
    ASSERT_FALSE(printer.rasters.empty());
    EXPECT_LE(printer.rasters[0].width_bytes * 8u, width);
    EXPECT_EQ(decode_with_zbar(printer.rasters), payload + "\n") << width;
  }
}

}  // namespace
}  // namespace pilotlight::devices::escpos
