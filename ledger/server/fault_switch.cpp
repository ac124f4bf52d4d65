#include "ledger/server/fault_switch.h"

#include <poll.h>
#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <sstream>
#include <vector>

namespace pilotlight::server {

namespace {

constexpr std::size_t clients_maximum = 8;
constexpr std::size_t line_maximum = 256;
constexpr std::size_t armed_maximum = 64;
constexpr int stop_check_ms = 100;

std::string refusal(std::string_view why) { return fmt::format(R"({{"ok":false,"error":"{}"}})", why); }

std::optional<HttpReply> reply_for(std::string_view what) {
  HttpReply reply;
  reply.body = R"({"error":"Fault","message":"ordered by the fault switch"})";
  if (what == "garbage") {
    reply.delivery = Delivery::Garbage;
  } else if (what == "silence") {
    reply.delivery = Delivery::Silence;
  } else if (what == "drop") {
    reply.delivery = Delivery::Drop;
  } else if (what == "rubbish") {
    reply.body = R"({"refusal":"None","acco)";
  } else if (what == "401" || what == "403" || what == "409" || what == "500" || what == "503") {
    reply.status = static_cast<unsigned>((what[0] - '0') * 100 + (what[1] - '0') * 10 + (what[2] - '0'));
  } else {
    return std::nullopt;
  }
  return reply;
}

struct Client {
  int file = -1;
  std::string line;
};

// Reads what is there and answers every whole line. False when the client is to be closed.
bool talk(FaultSwitch& faults, Client& client) {
  std::array<char, 512> chunk{};
  const ssize_t size = ::read(client.file, chunk.data(), chunk.size());
  if (size <= 0) return false;
  client.line.append(chunk.data(), static_cast<std::size_t>(size));
  for (auto end = client.line.find('\n'); end != std::string::npos; end = client.line.find('\n')) {
    const std::string answer = faults.command(std::string_view(client.line).substr(0, end)) + "\n";
    client.line.erase(0, end + 1);
    if (::send(client.file, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return false;
  }
  return client.line.size() <= line_maximum;
}

}  // namespace

Result<std::unique_ptr<FaultSwitch>, Message> FaultSwitch::start(const std::filesystem::path& socket) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket.native().size() >= sizeof address.sun_path) return fail(Message{"path too long: " + socket.string()});
  std::memcpy(address.sun_path, socket.c_str(), socket.native().size());
  const int listening = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  ::unlink(socket.c_str());
  if (listening < 0 || ::bind(listening, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listening, 8) != 0) {
    const Message wrong{"cannot listen on " + socket.string() + ": " + std::strerror(errno)};
    if (listening >= 0) ::close(listening);
    return fail(wrong);
  }
  return std::unique_ptr<FaultSwitch>(new FaultSwitch(listening, socket));
}

FaultSwitch::FaultSwitch(int listening, std::filesystem::path socket)
    : listening_(listening),
      socket_(std::move(socket)),
      thread_([this](const std::stop_token& stop) { serve(stop); }) {}

FaultSwitch::~FaultSwitch() {
  thread_.request_stop();
  thread_.join();
  ::close(listening_);
  ::unlink(socket_.c_str());
}

void FaultSwitch::serve(const std::stop_token& stop) {
  std::vector<Client> clients;
  while (!stop.stop_requested()) {
    std::vector<pollfd> watched{{listening_, POLLIN, 0}};
    for (const auto& client : clients) watched.push_back({client.file, POLLIN, 0});
    if (::poll(watched.data(), watched.size(), stop_check_ms) <= 0) continue;
    std::vector<Client> kept;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      if (watched[i + 1].revents == 0 || talk(*this, clients[i])) {
        kept.push_back(std::move(clients[i]));
      } else {
        ::close(clients[i].file);
      }
    }
    clients = std::move(kept);
    if ((watched[0].revents & POLLIN) == 0) continue;
    const int file = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
    if (file >= 0 && clients.size() < clients_maximum) {
      clients.push_back({file, {}});
    } else if (file >= 0) {
      ::close(file);
    }
  }
  for (const auto& client : clients) ::close(client.file);
}

std::optional<FaultSwitch::Fault> FaultSwitch::take(std::string_view path) {
  const std::lock_guard lock(mutex_);
  for (auto armed = armed_.begin(); armed != armed_.end(); ++armed) {
    if (!armed->path.empty() && armed->path != path) continue;
    Fault fault{armed->reply, armed->after};
    fault.reply.route = std::string(path);
    ++fired_;
    if (--armed->left == 0) armed_.erase(armed);
    return fault;
  }
  return std::nullopt;
}

std::string FaultSwitch::command(std::string_view line) {
  std::istringstream words{std::string(line)};
  std::string verb;
  words >> verb;
  const std::lock_guard lock(mutex_);
  if (verb == "clear") {
    armed_.clear();
  } else if (verb == "answer") {
    std::string what;
    Armed armed;
    words >> what >> armed.left;
    const auto reply = reply_for(what);
    if (!words || !reply || armed.left == 0)
      return refusal("answer 401|403|409|500|503|garbage|rubbish|drop|silence N");
    if (armed_.size() >= armed_maximum) return refusal("too much armed");
    armed.reply = *reply;
    for (std::string word; words >> word;) {
      if (word == "after") {
        armed.after = true;
      } else if (word.starts_with('/')) {
        armed.path = word;
      } else {
        return refusal("PATH begins with a slash; the last word may be after");
      }
    }
    armed_.push_back(std::move(armed));
  } else if (verb != "state") {
    return refusal("answer, clear or state");
  }
  std::uint64_t left = 0;
  for (const auto& armed : armed_) left += armed.left;
  return fmt::format(R"({{"ok":true,"armed":{},"fired":{}}})", left, fired_);
}

}  // namespace pilotlight::server
