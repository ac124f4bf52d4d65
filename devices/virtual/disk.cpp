#include "devices/virtual/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace pilotlight::cabinet {
namespace {

constexpr std::size_t most_bytes = 16u << 20;

[[noreturn]] void give_up(const std::filesystem::path& file, const char* what) {
  std::fprintf(stderr, "pilotlight-cabinet: %s: cannot %s: %s\n", file.c_str(), what, std::strerror(errno));
  std::abort();
}

void write_all(int fd, std::string_view content, const std::filesystem::path& file) {
  while (!content.empty()) {
    const ssize_t done = ::write(fd, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) give_up(file, "write");
    content.remove_prefix(static_cast<std::size_t>(done));
  }
}

}  // namespace

FileDisk::FileDisk(std::filesystem::path directory) : directory_(std::move(directory)) {
  std::filesystem::create_directories(directory_);
}

void FileDisk::write(std::string_view name, std::string_view content) const {
  const std::filesystem::path target = directory_ / name;
  std::filesystem::path fresh = target;
  fresh += ".new";
  const int fd = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) give_up(fresh, "open");
  write_all(fd, content, fresh);
  if (::fsync(fd) != 0) give_up(fresh, "fsync");
  ::close(fd);
  if (::rename(fresh.c_str(), target.c_str()) != 0) give_up(target, "rename to");
  const int dir = ::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (dir < 0) give_up(directory_, "open");
  if (::fsync(dir) != 0) give_up(directory_, "fsync");
  ::close(dir);
}

std::optional<std::string> FileDisk::read(std::string_view name) const {
  const std::filesystem::path file = directory_ / name;
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::nullopt;
  if (fd < 0) give_up(file, "open");
  std::string content;
  char block[65536];
  for (;;) {
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) give_up(file, "read");
    if (got == 0) break;
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > most_bytes) {
      errno = EFBIG;
      give_up(file, "read");
    }
  }
  ::close(fd);
  return content;
}

void FileDisk::append(std::string_view name, std::string_view content) const {
  const std::filesystem::path file = directory_ / name;
  const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) give_up(file, "open");
  write_all(fd, content, file);
  ::close(fd);
}

void FileDisk::program(std::string_view name, std::size_t at, std::uint8_t value) const {
  const std::filesystem::path file = directory_ / name;
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) give_up(file, "open");
  ssize_t done = 0;
  do {
    done = ::pwrite(fd, &value, 1, static_cast<off_t>(at));
  } while (done < 0 && errno == EINTR);
  if (done != 1) give_up(file, "write");
  ::close(fd);
}

void FileDisk::sync(std::string_view name) const {
  const std::filesystem::path file = directory_ / name;
  const int fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) give_up(file, "open");
  if (::fdatasync(fd) != 0) give_up(file, "fdatasync");
  ::close(fd);
}

}  // namespace pilotlight::cabinet
