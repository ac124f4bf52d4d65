// The virtual hardware's own memory: a power cut of the hardware is played by its state machines, so this forgets
// nothing.
#pragma once

#include <map>
#include <string>

#include "devices/virtual/disk.h"

namespace pilotlight::simulation {

class RamDisk final : public cabinet::Disk {
 public:
  void write(std::string_view name, std::string_view content) const override {
    files_.insert_or_assign(std::string(name), std::string(content));
  }
  std::optional<std::string> read(std::string_view name) const override {
    const auto file = files_.find(name);
    return file == files_.end() ? std::nullopt : std::optional(file->second);
  }
  void append(std::string_view name, std::string_view content) const override {
    files_[std::string(name)].append(content);
  }
  void program(std::string_view name, std::size_t at, std::uint8_t value) const override {
    files_.find(name)->second.at(at) = static_cast<char>(value);
  }
  void sync(std::string_view) const override {}

 private:
  mutable std::map<std::string, std::string, std::less<>> files_;
};

}  // namespace pilotlight::simulation
