// The cabinet's physical truth on disk: small files that are whole or not there, so that a killed cabinet comes back
// as real hardware does after a power cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace pilotlight::cabinet {

// Threads: different names may be written at the same time; one name belongs to one peer.
class Disk {
 public:
  virtual ~Disk() = default;

  // Replaces the file. When it returns, the content is durable.
  virtual void write(std::string_view name, std::string_view content) const = 0;

  // The whole content, or nothing if the file does not exist.
  virtual std::optional<std::string> read(std::string_view name) const = 0;

  // Adds to the end of a file, made if it is not there; a killed cabinet keeps it.
  virtual void append(std::string_view name, std::string_view content) const = 0;

  // Changes one byte of a file that exists; a killed cabinet keeps it, sync() makes it durable.
  virtual void program(std::string_view name, std::size_t at, std::uint8_t value) const = 0;
  virtual void sync(std::string_view name) const = 0;
};

// In a directory. Ends the program with a message if the system refuses: hardware that forgets must not go on playing.
class FileDisk final : public Disk {
 public:
  // Makes the directory if it is missing. Throws std::system_error if it cannot: the cabinet cannot start.
  explicit FileDisk(std::filesystem::path directory);

  // Written to NAME.new, fsync, renamed, directory fsync.
  void write(std::string_view name, std::string_view content) const override;
  // Files over 16 MiB are refused (program ends).
  std::optional<std::string> read(std::string_view name) const override;
  void append(std::string_view name, std::string_view content) const override;
  void program(std::string_view name, std::size_t at, std::uint8_t value) const override;
  void sync(std::string_view name) const override;

 private:
  std::filesystem::path directory_;
};

}  // namespace pilotlight::cabinet
