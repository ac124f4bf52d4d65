#include "devices/receipt_printer/raster.h"

#include <ft2build.h>
#include FT_FREETYPE_H
#include <qrencode.h>

#include <algorithm>
#include <utility>

namespace pilotlight::devices::escpos {
namespace {

constexpr const char* font_path = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
constexpr FT_Long simplified_mono_face = 7;  // "Noto Sans Mono CJK SC": half-width ASCII, as on the printer
constexpr FT_Long simplified_face = 2;       // "Noto Sans CJK SC", where the collection has no monospaced faces
constexpr unsigned column_dots = 12;
constexpr unsigned glyph_dots = 24;
constexpr unsigned line_dots = 30;
constexpr unsigned baseline = 23;  // rows from the top of a line of size 1
constexpr unsigned quiet_modules = 4;

Picture blank_picture(unsigned width, unsigned height) {
  Picture picture;
  picture.width_dots = static_cast<std::uint16_t>(width);
  picture.height_dots = static_cast<std::uint16_t>(height);
  picture.bits.assign(static_cast<std::size_t>((width + 7) / 8) * height, 0);
  return picture;
}

void set_dot(Picture& picture, int x, int y) {
  if (x < 0 || y < 0 || x >= picture.width_dots || y >= picture.height_dots) return;
  const auto stride = static_cast<std::size_t>((picture.width_dots + 7) / 8);
  std::uint8_t& byte = picture.bits[static_cast<std::size_t>(y) * stride + static_cast<std::size_t>(x / 8)];
  byte = static_cast<std::uint8_t>(byte | (0x80u >> (x % 8)));
}

}  // namespace

struct TextRaster::Face {
  FT_Library library = nullptr;
  FT_Face face = nullptr;
  Face() = default;
  Face(const Face&) = delete;
  Face& operator=(const Face&) = delete;
  ~Face() {
    if (face != nullptr) FT_Done_Face(face);
    if (library != nullptr) FT_Done_FreeType(library);
  }

  void draw_glyph(Picture& picture, char32_t character, int cell_x, int cell_width, int base_y, bool bold) {
    if (FT_Load_Char(face, character, FT_LOAD_RENDER | FT_LOAD_TARGET_MONO) != 0) return;
    const FT_GlyphSlot glyph = face->glyph;
    const int advance = static_cast<int>(glyph->advance.x >> 6);
    const int left = cell_x + std::max(0, (cell_width - advance) / 2) + glyph->bitmap_left;
    const int top = base_y - glyph->bitmap_top;
    for (int row = 0; row < static_cast<int>(glyph->bitmap.rows); ++row) {
      for (int column = 0; column < static_cast<int>(glyph->bitmap.width); ++column) {
        const unsigned char byte = glyph->bitmap.buffer[row * glyph->bitmap.pitch + column / 8];
        if ((byte & (0x80u >> (column % 8))) == 0) continue;
        set_dot(picture, left + column, top + row);
        if (bold) set_dot(picture, left + column + 1, top + row);  // struck twice, as printers do
      }
    }
  }
};

TextRaster::TextRaster(std::unique_ptr<Face> face) : face_(std::move(face)) {}
TextRaster::TextRaster(TextRaster&&) noexcept = default;
TextRaster& TextRaster::operator=(TextRaster&&) noexcept = default;
TextRaster::~TextRaster() = default;

Result<TextRaster, Message> TextRaster::open() {
  auto face = std::make_unique<Face>();
  if (FT_Init_FreeType(&face->library) != 0) return fail(Message{"receipt printer: FreeType does not start"});
  if (FT_New_Face(face->library, font_path, simplified_mono_face, &face->face) != 0 &&
      FT_New_Face(face->library, font_path, simplified_face, &face->face) != 0)
    return fail(Message{std::string("receipt printer: cannot open ") + font_path + " (package fonts-noto-cjk)"});
  return TextRaster(std::move(face));
}

Picture TextRaster::draw(const DrawnText& first, const DrawnText& second, unsigned size, bool bold,
                         std::uint16_t width_dots) {
  Picture picture = blank_picture(width_dots, line_dots * size);
  FT_Set_Pixel_Sizes(face_->face, 0, glyph_dots * size);
  for (const DrawnText& piece : {first, second}) {
    unsigned column = piece.column;
    for (const char32_t c : piece.text) {
      const unsigned cell = columns_of(c);
      face_->draw_glyph(picture, c, static_cast<int>(column * column_dots * size),
                        static_cast<int>(cell * column_dots * size), static_cast<int>(baseline * size), bold);
      column += cell;
    }
  }
  return picture;
}

Result<QrModules, Message> make_qr(std::string_view payload) {
  if (payload.empty()) return fail(Message{"QR code: nothing to encode"});
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
      QRcode_encodeData(static_cast<int>(payload.size()), reinterpret_cast<const unsigned char*>(payload.data()), 0,
                        QR_ECLEVEL_M),
      &QRcode_free);
  if (!code) return fail(Message{"QR code: the payload is too long"});
  QrModules modules;
  modules.size = static_cast<unsigned>(code->width);
  modules.dark.reserve(static_cast<std::size_t>(modules.size) * modules.size);
  for (std::size_t i = 0; i < static_cast<std::size_t>(modules.size) * modules.size; ++i)
    modules.dark.push_back(code->data[i] & 1u);
  return modules;
}

unsigned qr_module_dots(unsigned modules, std::uint16_t width_dots) {
  const unsigned fits = width_dots / (modules + 2 * quiet_modules);
  return fits < 3 ? 0 : std::min(fits, 6u);
}

Picture draw_qr(const QrModules& modules, unsigned module_dots) {
  const unsigned side = (modules.size + 2 * quiet_modules) * module_dots;
  Picture picture = blank_picture(side, side);
  for (unsigned y = 0; y < modules.size * module_dots; ++y) {
    for (unsigned x = 0; x < modules.size * module_dots; ++x) {
      if (modules.dark[(y / module_dots) * modules.size + x / module_dots] == 0) continue;
      set_dot(picture, static_cast<int>(x + quiet_modules * module_dots),
              static_cast<int>(y + quiet_modules * module_dots));
    }
  }
  return picture;
}

}  // namespace pilotlight::devices::escpos
