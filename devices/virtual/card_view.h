// What stands on a card and in a meter, as the control socket and the window show it. Volumes in litres.
#pragma once

#include <boost/json.hpp>

#include "devices/virtual/card_memory.h"
#include "devices/virtual/meter_device.h"

namespace pilotlight::cabinet {

// {"card_number","kind","meter_number","identity_ok","purchase_number","volume","total","sequence","replacements",
//  "date","copies":[{"offset","crc_ok",…},…],"write_back":{…}|null,"tries":[15,15,15]}; null for what cannot be read.
boost::json::object describe_card(const CardMemory& card);

boost::json::object describe_meter(const MeterState& meter);

}  // namespace pilotlight::cabinet
