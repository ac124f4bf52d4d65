// One description of a struct's fields serves the journal, the wire, state hashes and test output.
//
//   struct NoteStacked { Id session; Id note; PILOTLIGHT_DESCRIBE(session, note) };
//
// for_each_field(value, f) calls f("session", value.session) and so on, in order. An enum that travels gets
//
//   enum class NoteSource { CreditEvent, PowerUpEvent };
//   PILOTLIGHT_ENUM(NoteSource, CreditEvent, PowerUpEvent)
//
// in its own namespace, which gives enum_name(value) -> "CreditEvent" and enum_value<NoteSource>(text). A closed enum
// that is not described does not compile, so nothing travels as a bare number.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace pilotlight {

template <class T, class F>
constexpr void for_each_field(T& value, F&& f) {
  value.describe_fields(std::forward<F>(f));
}

template <class E>
struct EnumTag {};

template <class E>
constexpr std::string_view enum_name(E value) {
  const auto names = enum_names(EnumTag<E>{});
  const auto index = static_cast<std::size_t>(value);
  return index < names.size() ? names[index] : std::string_view("?");
}

template <class E>
constexpr std::optional<E> enum_value(std::string_view name) {
  const auto names = enum_names(EnumTag<E>{});
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<E>(i);
  return std::nullopt;
}

template <class E>
constexpr std::size_t enum_count() {
  return enum_names(EnumTag<E>{}).size();
}

namespace describe_detail {

constexpr std::size_t count_names(std::string_view list) {
  std::size_t count = 1;
  for (const char c : list) count += c == ',' ? 1 : 0;
  return count;
}

// Splits the macro's argument text "a, b, c" into its names.
template <std::size_t N>
constexpr std::array<std::string_view, N> split_names(std::string_view list) {
  std::array<std::string_view, N> names{};
  std::size_t start = 0;
  for (std::size_t n = 0; n < N; ++n) {
    while (start < list.size() && list[start] == ' ') ++start;
    std::size_t end = start;
    while (end < list.size() && list[end] != ',') ++end;
    names[n] = list.substr(start, end - start);
    start = end + 1;
  }
  return names;
}

template <std::size_t N, class F, class... Fields>
constexpr void visit(const std::array<std::string_view, N>& names, F& f, Fields&... fields) {
  std::size_t n = 0;
  (f(names[n++], fields), ...);
}

}  // namespace describe_detail
}  // namespace pilotlight

#define PILOTLIGHT_DESCRIBE(...)                                                                                 \
  static constexpr auto field_names() {                                                                          \
    return ::pilotlight::describe_detail::split_names<::pilotlight::describe_detail::count_names(#__VA_ARGS__)>( \
        #__VA_ARGS__);                                                                                           \
  }                                                                                                              \
  template <class F>                                                                                             \
  constexpr void describe_fields(F&& f) {                                                                        \
    ::pilotlight::describe_detail::visit(field_names(), f, __VA_ARGS__);                                         \
  }                                                                                                              \
  template <class F>                                                                                             \
  constexpr void describe_fields(F&& f) const {                                                                  \
    ::pilotlight::describe_detail::visit(field_names(), f, __VA_ARGS__);                                         \
  }

// For a struct without fields.
#define PILOTLIGHT_DESCRIBE_EMPTY() \
  template <class F>                \
  constexpr void describe_fields(F&&) const {}

#define PILOTLIGHT_ENUM(Type, ...)                                                                               \
  constexpr auto enum_names(::pilotlight::EnumTag<Type>) {                                                       \
    return ::pilotlight::describe_detail::split_names<::pilotlight::describe_detail::count_names(#__VA_ARGS__)>( \
        #__VA_ARGS__);                                                                                           \
  }
