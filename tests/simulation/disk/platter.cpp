#include "tests/simulation/disk/platter.h"

#include <algorithm>

#include "kiosk/base/check.h"

namespace pilotlight::simulation {
namespace {

constexpr std::ptrdiff_t most_folder_changes = 64;  // of one name; above it, the system writes the older half back

struct Folder {
  std::string path;  // without the first slash
  std::shared_ptr<Platter> platter;
};

std::vector<Folder>& folders() {
  thread_local std::vector<Folder> all;
  return all;
}

}  // namespace

std::shared_ptr<Platter> platter_of(std::string_view path, std::string_view& file) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || path.front() != '/') return nullptr;
  const std::string_view folder = path.substr(1, slash - 1);
  file = path.substr(slash + 1);
  for (const Folder& one : folders())
    if (one.path == folder) return one.platter;
  return nullptr;
}

void attach(const std::string& folder, const std::shared_ptr<Platter>& platter) {
  for (const Folder& one : folders()) CHECK(one.path != folder);
  folders().push_back(Folder{folder, platter});
}

void detach(const Platter* platter) {
  std::erase_if(folders(), [&](const Folder& one) { return one.platter.get() == platter; });
}

std::shared_ptr<Content> Platter::find(std::string_view file) const {
  for (const Name& one : names_)
    if (one.file == file) return one.history.back();
  return nullptr;
}

Platter::Name& Platter::name(std::string_view file) {
  for (Name& one : names_)
    if (one.file == file) return one;
  names_.push_back(Name{std::string(file), {nullptr}});
  return names_.back();
}

std::shared_ptr<Content> Platter::create(std::string_view file) {
  return name(file).history.emplace_back(std::make_shared<Content>(std::string(file)));
}

void Platter::remove(std::string_view file) {
  auto& history = name(file).history;
  if (std::ssize(history) >= most_folder_changes)
    history.erase(history.begin(), history.end() - most_folder_changes / 2);
  history.push_back(nullptr);
}

void Platter::make_folder_durable() {
  if (lying_syncs) return;
  for (Name& one : names_) one.history.erase(one.history.begin(), one.history.end() - 1);
}

bool Platter::survives(OperationKind kind, std::string_view file, std::size_t at, std::size_t size) {
  ++counters.operations;
  if (!hook) return true;
  const std::uint64_t before = life;
  hook(Operation{kind, file, counters.operations, at, size});
  return life == before;
}

void Platter::crash(Chance& chance, Crash how) {
  ++life;
  ++counters.crashes;
  for (Name& one : names_) {
    std::size_t surviving = one.history.size() - 1;
    if (how == Crash::LoseAll) surviving = 0;
    if (how == Crash::Random) surviving = static_cast<std::size_t>(chance.below(one.history.size()));
    const std::shared_ptr<Content> content = one.history[surviving];
    if (content) content->crash(chance, how);
    one.history.assign(1, content);
  }
}

MemoryDisk::Files Platter::visible() const {
  MemoryDisk::Files files;
  for (const Name& one : names_)
    if (one.history.back()) files.emplace(one.file, one.history.back()->visible());
  return files;
}

MemoryDisk::Files Platter::durable() const {
  MemoryDisk::Files files;
  for (const Name& one : names_)
    if (one.history.front()) files.emplace(one.file, one.history.front()->durable());
  return files;
}

void Platter::restore(const MemoryDisk::Files& files) {
  ++life;
  names_.clear();
  for (const auto& [file, bytes] : files) {
    create(file)->fill(bytes);
    names_.back().history.erase(names_.back().history.begin());
  }
}

}  // namespace pilotlight::simulation
