// Numbers as people read and say them.
#pragma once

#include <string>
#include <vector>

#include "kiosk/base/money.h"
#include "kiosk/core/state.h"

namespace pilotlight::screens {

// The digits alone: "150", "150.50".
std::string amount_digits(Money amount);
// "150 元", "¥150". Fen only when there are any: the same number as on the receipt, without its noise.
std::string amount_text(core::Language language, Money amount);
// "46.29 立方米", "46.29 m³"
std::string volume_text(core::Language language, Volume volume);
// "尾号 1234", "ending 1234": never more of a number than its last four characters.
std::string tail_text(core::Language language, const std::string& number);
// "09:30" and "1月5日 星期一", "Mon 5 Jan" in the company's time zone (UTC+8 all year).
std::string clock_text(std::int64_t wall_ms);
std::string date_text(core::Language language, std::int64_t wall_ms);

// Sound files that say a whole amount of yuan from 0 to 9999, in order; fen are not spoken.
std::vector<std::string> amount_clips(core::Language language, Money amount);

}  // namespace pilotlight::screens
