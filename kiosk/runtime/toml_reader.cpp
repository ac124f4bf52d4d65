#include "kiosk/runtime/toml_reader.h"

namespace pilotlight {

TomlReader::TomlReader(std::string_view text, std::string name) : name_(std::move(name)) {
  if (text.size() > 256 * 1024) {
    mistake_ = name_ + ":1: longer than 256 KiB";
    return;
  }
  try {
    table_ = toml::parse(text, name_);
  } catch (const toml::parse_error& error) {
    mistake_ = name_ + ":" + std::to_string(error.source().begin.line) + ": " + std::string(error.description());
  }
}

void TomlReader::complain_at(const toml::node* node, const std::string& key, const std::string& what) {
  if (!mistake_.empty()) return;
  const auto line = node == nullptr ? 1U : node->source().begin.line;
  mistake_ = name_ + ":" + std::to_string(line) + ": " + key + ": " + what;
}

void TomlReader::complain(const std::string& key, const std::string& what) {
  complain_at(table_.at_path(key).node(), key, what);
}

const toml::node* TomlReader::find(const std::string& key, bool required) {
  asked_.insert(key);
  const toml::node* node = table_.at_path(key).node();
  if (node == nullptr && required) complain_at(nullptr, key, "is missing");
  return node;
}

std::string TomlReader::text(const std::string& key, std::optional<std::string> otherwise) {
  const toml::node* node = find(key, !otherwise);
  if (node == nullptr) return otherwise.value_or("");
  const auto value = node->value_exact<std::string>();
  if (!value) complain_at(node, key, "text in quotation marks expected");
  return value.value_or("");
}

std::int64_t TomlReader::whole(const std::string& key, std::int64_t least, std::int64_t most,
                               std::optional<std::int64_t> otherwise) {
  const toml::node* node = find(key, !otherwise);
  if (node == nullptr) return otherwise.value_or(least);
  const auto value = node->value_exact<std::int64_t>();
  if (!value || *value < least || *value > most) {
    complain_at(node, key, "whole number from " + std::to_string(least) + " to " + std::to_string(most) + " expected");
    return least;
  }
  return *value;
}

bool TomlReader::flag(const std::string& key, std::optional<bool> otherwise) {
  const toml::node* node = find(key, !otherwise);
  if (node == nullptr) return otherwise.value_or(false);
  const auto value = node->value_exact<bool>();
  if (!value) complain_at(node, key, "true or false expected");
  return value.value_or(false);
}

std::vector<std::int64_t> TomlReader::wholes(const std::string& key, std::int64_t least, std::int64_t most) {
  std::vector<std::int64_t> values;
  const toml::node* node = find(key, true);
  if (node == nullptr) return values;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->empty() || array->size() > 100) {
    complain_at(node, key, "list of whole numbers expected");
    return values;
  }
  for (const toml::node& item : *array) {
    const auto value = item.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most)
      complain_at(&item, key,
                  "whole numbers from " + std::to_string(least) + " to " + std::to_string(most) + " expected");
    values.push_back(value.value_or(least));
  }
  return values;
}

std::vector<std::string> TomlReader::texts(const std::string& key) {
  std::vector<std::string> values;
  const toml::node* node = find(key, true);
  if (node == nullptr) return values;
  const toml::array* array = node->as_array();
  if (array == nullptr || array->empty() || array->size() > 100) {
    complain_at(node, key, "list of texts expected");
    return values;
  }
  for (const toml::node& item : *array) {
    const auto value = item.value_exact<std::string>();
    if (!value) complain_at(&item, key, "text in quotation marks expected");
    values.push_back(value.value_or(""));
  }
  return values;
}

void TomlReader::look_for_unknown(const toml::table& table, const std::string& prefix) {
  for (const auto& [key, node] : table) {
    const std::string path = prefix + std::string(key.str());
    const auto known = asked_.lower_bound(path + ".");
    const bool section = known != asked_.end() && known->starts_with(path + ".");
    if (const toml::table* inner = node.as_table(); inner != nullptr && (section || !inner->empty())) {
      look_for_unknown(*inner, path + ".");
    } else if (!asked_.contains(path)) {
      complain_at(&node, path, "is not a known key");
    }
  }
}

std::string TomlReader::finish() {
  look_for_unknown(table_, "");
  return mistake_;
}

}  // namespace pilotlight
