// One row of a journal, parsed.
#pragma once

#include <boost/json.hpp>

#include "tests/simulation/auditor/model.h"

namespace pilotlight::audit {

struct Auditor::State::Row {
  std::string_view kind;
  std::string_view body;
  std::int64_t seq = 0;
  std::string_view terminal;
  const boost::json::object* fields = nullptr;
  Line* line = nullptr;

  // Missing fields are empty or 0: the comparisons that follow say so.
  static std::string_view text(const boost::json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    const auto* found = value == nullptr ? nullptr : value->if_string();
    return found == nullptr ? std::string_view() : std::string_view(found->data(), found->size());
  }
  static std::int64_t number(const boost::json::object& from, std::string_view name) {
    const auto* value = from.if_contains(name);
    if (value == nullptr) return 0;
    if (value->is_int64()) return value->get_int64();
    return value->is_uint64() ? static_cast<std::int64_t>(value->get_uint64()) : 0;
  }
  static const boost::json::object& inner(const boost::json::object& from, std::string_view name) {
    static const boost::json::object nothing;
    const auto* value = from.if_contains(name);
    const auto* found = value == nullptr ? nullptr : value->if_object();
    return found == nullptr ? nothing : *found;
  }
  std::string_view text(std::string_view name) const { return text(*fields, name); }
  std::int64_t number(std::string_view name) const { return number(*fields, name); }
  Key key(std::string_view name) const { return key_of_text(text(name)); }
  const boost::json::object& inner(std::string_view name) const { return inner(*fields, name); }
};

}  // namespace pilotlight::audit
