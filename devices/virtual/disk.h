// The cabinet's physical truth on disk: small files that are whole or not there, so that a killed cabinet comes back
// as real hardware does after a power cut.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace pilotlight::cabinet {

class Disk {
 public:
  // Makes the directory if it is missing. Throws std::system_error if it cannot: the cabinet cannot start.
  explicit Disk(std::filesystem::path directory);

  // Replaces the file: written to NAME.new, fsync, renamed, directory fsync. When it returns, the content is durable.
  // Ends the program with a message if the disk refuses: hardware that forgets must not go on playing.
  // Threads: different names may be written at the same time; one name belongs to one peer.
  void write(std::string_view name, std::string_view content) const;

  // The whole content, or nothing if the file does not exist. Files over 16 MiB are refused (program ends).
  std::optional<std::string> read(std::string_view name) const;

  const std::filesystem::path& directory() const { return directory_; }

 private:
  std::filesystem::path directory_;
};

}  // namespace pilotlight::cabinet
