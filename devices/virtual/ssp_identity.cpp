// What the validator says about itself: SETUP REQUEST and its kin. Source: cash-ssp reference sections 4 and 5.
#include "devices/virtual/ssp_codes.h"
#include "devices/virtual/ssp_slave.h"

namespace pilotlight::cabinet {

using namespace ssp;

namespace {

constexpr std::uint8_t real_multiplier = 100;  // fen in a yuan
constexpr std::string_view firmware = "0333";

void append(Bytes& bytes, std::string_view text) {
  for (const char c : text) bytes.push_back(static_cast<std::uint8_t>(c));
}
void append_big_endian(Bytes& bytes, std::uint32_t value, int size) {
  for (int i = size - 1; i >= 0; --i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}
void append_little_endian(Bytes& bytes, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

Bytes SspSlave::serial() const {
  Bytes reply{Ok};
  append_big_endian(reply, serial_, 4);
  return reply;
}

Bytes SspSlave::setup() const {
  Bytes reply{Ok, 0x00};
  append(reply, firmware);
  append(reply, config_.currency);
  append_big_endian(reply, 1, 3);
  reply.push_back(static_cast<std::uint8_t>(config_.channels.size()));
  for (const std::uint32_t value : config_.channels) reply.push_back(static_cast<std::uint8_t>(value));
  reply.insert(reply.end(), config_.channels.size(), 2);
  append_big_endian(reply, real_multiplier, 3);
  reply.push_back(protocol_);
  append_currencies_and_values(reply);
  return reply;
}

Bytes SspSlave::unit_data() const {
  Bytes reply{Ok, 0x00};
  append(reply, firmware);
  append(reply, config_.currency);
  append_big_endian(reply, 1, 3);
  reply.push_back(protocol_);
  return reply;
}

Bytes SspSlave::channel_values() const {
  Bytes reply{Ok, static_cast<std::uint8_t>(config_.channels.size())};
  for (const std::uint32_t value : config_.channels) reply.push_back(static_cast<std::uint8_t>(value));
  append_currencies_and_values(reply);
  return reply;
}

void SspSlave::append_currencies_and_values(Bytes& reply) const {
  for (std::size_t i = 0; i < config_.channels.size(); ++i) append(reply, config_.currency);
  for (const std::uint32_t value : config_.channels) append_little_endian(reply, value);
}

Bytes SspSlave::counters() const {
  Bytes reply{Ok, 5};
  append_little_endian(reply, path_.stacked());
  for (int unused = 0; unused < 3; ++unused) append_little_endian(reply, 0);  // stored, dispensed, moved: no recycler
  append_little_endian(reply, path_.rejected());
  return reply;
}

}  // namespace pilotlight::cabinet
