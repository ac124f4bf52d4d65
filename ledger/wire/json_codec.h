// The templates behind json.h. Include it only where a struct of one's own has to be turned into JSON (heavy header).
#pragma once

#include <boost/json.hpp>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "kiosk/base/bytes.h"
#include "kiosk/base/describe.h"
#include "kiosk/base/id.h"
#include "kiosk/base/money.h"
#include "kiosk/base/result.h"

namespace pilotlight::wire::codec {

namespace json = boost::json;

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
concept Described = requires(T value) {
  value.describe_fields([](std::string_view, auto&) {});
};

template <class T>
json::value encode(const T& value) {
  if constexpr (std::is_same_v<T, Money>) {
    return value.fen;
  } else if constexpr (std::is_same_v<T, Volume>) {
    return value.litres;
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return json::string(to_hex(value));
  } else if constexpr (std::is_same_v<T, Id>) {
    return json::string(to_string(value));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return json::string(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if constexpr (std::is_enum_v<T>) {
    return json::string(enum_name(value));
  } else if constexpr (std::is_integral_v<T>) {
    return value;
  } else if constexpr (IsVector<T>::value) {
    json::array array;
    array.reserve(value.size());
    for (const auto& item : value) array.push_back(encode(item));
    return array;
  } else if constexpr (IsOptional<T>::value) {
    return value ? encode(*value) : json::value(nullptr);
  } else {
    json::object object;
    for_each_field(value, [&](std::string_view name, const auto& field) { object[name] = encode(field); });
    return object;
  }
}

// Returns an empty string, or what is wrong, beginning with the path.
template <class T>
std::string decode(const json::value& from, T& to, const std::string& path);

template <class T>
std::string decode_text(const json::value& from, T& to, const std::string& path) {
  if (!from.is_string()) return path + ": text expected";
  const std::string_view text = from.get_string();
  if constexpr (std::is_same_v<T, std::string>) {
    to = text;
  } else if constexpr (std::is_same_v<T, Bytes>) {
    auto bytes = from_hex(text);
    if (!bytes) return path + ": hexadecimal expected";
    to = std::move(*bytes);
  } else if constexpr (std::is_same_v<T, Id>) {
    const auto id = parse_id(text);
    if (!id) return path + ": UUID expected";
    to = *id;
  } else {
    const auto value = enum_value<T>(text);
    if (!value) return path + ": unknown name '" + std::string(text.substr(0, 40)) + "'";
    to = *value;
  }
  return {};
}

template <class T>
std::string decode_integer(const json::value& from, T& to, const std::string& path) {
  if (from.is_int64()) {
    const std::int64_t value = from.get_int64();
    if (!std::in_range<T>(value)) return path + ": out of range";
    to = static_cast<T>(value);
  } else if (from.is_uint64()) {
    const std::uint64_t value = from.get_uint64();
    if (!std::in_range<T>(value)) return path + ": out of range";
    to = static_cast<T>(value);
  } else {
    return path + ": whole number expected";
  }
  return {};
}

template <class T>
std::string decode_array(const json::value& from, T& to, const std::string& path) {
  if (!from.is_array()) return path + ": array expected";
  const auto& array = from.get_array();
  if (array.size() > 10'000) return path + ": too many items";
  to.clear();
  to.reserve(array.size());
  for (std::size_t i = 0; i < array.size(); ++i) {
    typename T::value_type item{};
    if (auto error = decode(array[i], item, path + "[" + std::to_string(i) + "]"); !error.empty()) return error;
    to.push_back(std::move(item));
  }
  return {};
}

template <class T>
std::string decode_object(const json::value& from, T& to, const std::string& path) {
  if (!from.is_object()) return path + ": object expected";
  const auto& object = from.get_object();
  std::string error;
  for_each_field(to, [&](std::string_view name, auto& field) {
    if (!error.empty()) return;
    const auto* member = object.if_contains(name);
    if (member == nullptr) {
      error = path + "." + std::string(name) + ": missing";
    } else {
      error = decode(*member, field, path + "." + std::string(name));
    }
  });
  return error;
}

template <class T>
std::string decode(const json::value& from, T& to, const std::string& path) {
  if constexpr (std::is_same_v<T, Money>) {
    return decode_integer(from, to.fen, path);
  } else if constexpr (std::is_same_v<T, Volume>) {
    return decode_integer(from, to.litres, path);
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!from.is_bool()) return path + ": true or false expected";
    to = from.get_bool();
    return {};
  } else if constexpr (std::is_same_v<T, Bytes> || std::is_same_v<T, Id> || std::is_same_v<T, std::string> ||
                       std::is_enum_v<T>) {
    return decode_text(from, to, path);
  } else if constexpr (std::is_integral_v<T>) {
    return decode_integer(from, to, path);
  } else if constexpr (IsVector<T>::value) {
    return decode_array(from, to, path);
  } else if constexpr (IsOptional<T>::value) {
    if (from.is_null()) {
      to.reset();
      return {};
    }
    to.emplace();
    return decode(from, *to, path);
  } else {
    return decode_object(from, to, path);
  }
}

inline constexpr std::size_t text_maximum = 1 << 20;

template <class T>
Result<T, Message> parse(std::string_view text) {
  if (text.size() > text_maximum) return fail(Message{"$: longer than 1 MiB"});
  json::error_code code;
  const json::value value = json::parse(json::string_view(text.data(), text.size()), code);
  if (code) return fail(Message{"$: not JSON: " + code.message()});
  T parsed{};
  if (auto error = decode(value, parsed, "$"); !error.empty()) return fail(Message{std::move(error)});
  return parsed;
}

}  // namespace pilotlight::wire::codec
