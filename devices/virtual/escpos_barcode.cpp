#include "devices/virtual/escpos_barcode.h"

#include <array>
#include <string_view>

namespace pilotlight::cabinet {
namespace {

// Widths of bar, space, bar, space, bar, space of symbols 0..105, six digits each.
constexpr std::string_view patterns =
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232";
constexpr std::string_view stop = "2331112";
constexpr unsigned start_b = 104;
static_assert(patterns.size() == 106 * 6);

void append(std::vector<std::uint8_t>& modules, std::string_view widths) {
  std::uint8_t dark = 1;
  for (const char width : widths) {
    modules.insert(modules.end(), static_cast<std::size_t>(width - '0'), dark);
    dark ^= 1;
  }
}

}  // namespace

std::optional<Bars> code128(ByteView data) {
  if (data.size() < 3 || data[0] != '{' || data[1] != 'B') return std::nullopt;
  Bars bars;
  append(bars.modules, patterns.substr(start_b * 6, 6));
  unsigned sum = start_b;
  for (std::size_t i = 2; i < data.size(); ++i) {
    if (data[i] == '{' && (++i == data.size() || data[i] != '{')) return std::nullopt;
    if (data[i] < 0x20 || data[i] > 0x7E) return std::nullopt;
    const unsigned symbol = data[i] - 0x20u;
    append(bars.modules, patterns.substr(symbol * 6, 6));
    bars.text.push_back(static_cast<char>(data[i]));
    sum += symbol * static_cast<unsigned>(bars.text.size());
  }
  append(bars.modules, patterns.substr(sum % 103 * 6, 6));
  append(bars.modules, stop);
  return bars;
}

}  // namespace pilotlight::cabinet
