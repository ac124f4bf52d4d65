#include "tests/simulation/printer.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <utility>

namespace pilotlight::simulation {
namespace {

constexpr std::uint8_t esc = 0x1B, gs = 0x1D, fs = 0x1C, dle = 0x10, eot = 0x04;
constexpr std::int64_t wire_ms = 3;

// One converter is enough for the process: it keeps no state between whole texts.
std::string to_utf8(const std::string& gb18030) {
  thread_local const iconv_t converter = iconv_open("UTF-8", "GB18030");
  std::string in = gb18030, out(gb18030.size() * 3 + 4, '\0');
  char* from = in.data();
  char* to = out.data();
  std::size_t left = in.size(), room = out.size();
  iconv(converter, nullptr, nullptr, nullptr, nullptr);
  iconv(converter, &from, &left, &to, &room);
  out.resize(out.size() - room);
  return out;
}

}  // namespace

Printer::Printer(std::string name, Schedule& schedule, Story& story, Watch watch)
    : name_(std::move(name)), schedule_(schedule), story_(story), watch_(std::move(watch)) {}

bool Printer::connect() {
  if (!powered_) return false;
  connected_ = true;
  automatic_ = false;
  ++connection_;
  buffer_.clear();
  return true;
}

// What a former job left over is thrown away; a piece that hangs out is torn off.
void Printer::disconnect() {
  connected_ = false;
  buffer_.clear();
  tear();
}

void Printer::receive(ByteView bytes) {
  if (!connected_ || !powered_) return;
  // Real-time status queries overtake everything that waits.
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i + 2 < bytes.size() && bytes[i] == dle && bytes[i + 1] == eot && bytes[i + 2] >= 1 && bytes[i + 2] <= 4) {
      const std::uint8_t n = bytes[i + 2];
      const bool offline = !paper_ || cover_open_;
      std::uint8_t reply = 0x12;
      if (n == 1 && offline) reply |= 0x08;
      if (n == 2) reply = static_cast<std::uint8_t>(reply | (cover_open_ ? 0x04 : 0) | (paper_ ? 0 : 0x20));
      if (n == 4 && !paper_) reply |= 0x60;
      answer(std::array{reply});
      i += 2;
      continue;
    }
    buffer_.push_back(bytes[i]);
  }
  work();
}

void Printer::work() {
  std::size_t used = 0;
  while (used < buffer_.size() && powered_ && paper_ && !cover_open_) {
    const std::size_t size = command(ByteView(buffer_).subspan(used));
    if (size == 0) break;
    used += size;
    const auto runs_out = [&](std::optional<std::size_t>& left) {
      if (!left || (*left > size && (*left -= size, true))) return false;
      left.reset();
      return true;
    };
    if (runs_out(paper_ends_in_)) set_paper(false);
    if (runs_out(power_ends_in_)) return set_power(false);
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(used, buffer_.size())));
}

// The length of the command at the front, carried out; 0: not complete.
std::size_t Printer::command(ByteView b) {
  const auto have = [&](std::size_t n) { return b.size() >= n ? n : 0; };
  switch (b[0]) {
    case '\n':
      line_feed();
      return 1;
    case esc:
      if (b.size() < 2) return 0;
      return b[1] == '@' ? 2 : have(3);
    case fs:
      return have(2);
    case gs:
      if (b.size() < 2) return 0;
      if (b[1] == 'V') {
        if (b.size() < 4) return 0;
        cut();
        return 4;
      }
      if (b[1] == 'r') {
        if (b.size() < 3) return 0;
        answer(std::array{paper_bits()});
        return 3;
      }
      if (b[1] == 'a') {
        if (b.size() < 3) return 0;
        automatic_ = b[2] != 0;
        tell_status();
        return 3;
      }
      if (b[1] == '(' || b[1] == 'v') return graphics(b);
      return have(3);
    default: {
      const std::size_t size = b[0] < 0x80 ? 1 : 2;
      if (b.size() < size) return 0;
      line_.append(as_text(b.first(size)));
      return size;
    }
  }
}

std::size_t Printer::graphics(ByteView b) {
  const bool symbol = b[1] == '(';
  const std::size_t header = symbol ? 5 : 8;
  if (b.size() < header) return 0;
  const auto word = [&](std::size_t at) { return b[at] + 256U * b[at + 1]; };
  const std::size_t size = header + (symbol ? word(3) : word(4) * word(6));
  if (b.size() < size) return 0;
  if (symbol && b.size() > 7 && b[6] == 0x50) piece_.lines.push_back("[QR]");
  return size;
}

void Printer::line_feed() { piece_.lines.push_back(to_utf8(std::exchange(line_, {}))); }

void Printer::cut() {
  if (!line_.empty()) line_feed();
  piece_.whole = true;
  story_.tell(name_, piece_.lines.size(), [&] {
    std::string text = "cuts a piece:";
    for (const std::string& line : piece_.lines) text += " | " + line;
    return text;
  });
  watch_.piece(std::exchange(piece_, {}));
}

void Printer::tear() {
  line_.clear();  // a line is burnt when it is complete
  if (piece_.lines.empty()) return;
  story_.tell(name_, piece_.lines.size(),
              [&] { return "a piece of " + std::to_string(piece_.lines.size()) + " lines is torn off"; });
  watch_.piece(std::exchange(piece_, {}));
}

void Printer::answer(ByteView bytes) {
  schedule_.in(wire_ms, life_, [this, reply = Bytes(bytes.begin(), bytes.end()), connection = connection_] {
    if (connection == connection_ && connected_ && powered_) watch_.to_terminal(reply);
  });
}

void Printer::tell_status() {
  if (!automatic_ || !connected_) return;
  const bool offline = !paper_ || cover_open_;
  const auto first = static_cast<std::uint8_t>(0x10 | (offline ? 0x08 : 0) | (cover_open_ ? 0x20 : 0));
  answer(std::array<std::uint8_t, 4>{first, 0x00, paper_bits(), 0x00});
}

void Printer::set_power(bool on) {
  if (on == powered_) return;
  powered_ = on;
  story_.tell(name_, on, [&] { return on ? "printer on" : "printer off"; });
  if (on) return;
  const bool was_connected = std::exchange(connected_, false);
  buffer_.clear();
  tear();
  if (was_connected) schedule_.in(wire_ms, life_, [this] { watch_.hung_up(); });
}

void Printer::set_paper(bool there) {
  if (paper_ == there) return;
  paper_ = there;
  story_.tell(name_, there, [&] { return there ? "paper in" : "paper out"; });
  if (there) tear();
  tell_status();
  if (there && powered_) work();
}

void Printer::set_cover(bool open) {
  if (cover_open_ == open) return;
  cover_open_ = open;
  story_.tell(name_, open, [&] { return open ? "cover open" : "cover closed"; });
  if (open) tear();
  tell_status();
  if (!open) work();
}

}  // namespace pilotlight::simulation
