#include "tests/devices/receipt_printer/printer_model_fixture.h"

#include <algorithm>
#include <utility>

namespace pilotlight::devices::test {

Bytes PrinterModel::feed(ByteView bytes) {
  Bytes answer;
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  // Real-time queries are obeyed wherever they stand, also before what is stuck in front of them.
  for (std::size_t at = 0; at + 2 < pending_.size();) {
    if (pending_[at] == 0x10 && pending_[at + 1] == 0x04) {
      if (answers_queries) answer.push_back(answer_to(pending_[at + 2]));
      pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(at),
                     pending_.begin() + static_cast<std::ptrdiff_t>(at + 3));
    } else {
      ++at;
    }
  }
  while (!pending_.empty() && can_print()) {
    const std::size_t used = command(pending_, answer);
    if (used == 0) break;
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(used));
  }
  return answer;
}

Bytes PrinterModel::set_paper_out(bool out) {
  paper_out_ = out;
  return changed();
}
Bytes PrinterModel::set_cover_open(bool open) {
  cover_open_ = open;
  return changed();
}
Bytes PrinterModel::set_near_end(bool near) {
  near_end_ = near;
  return changed();
}
Bytes PrinterModel::set_cutter_fault(bool fault) {
  cutter_fault_ = fault;
  return changed();
}

Bytes PrinterModel::changed() const { return automatic_on_ && automatic_status ? block() : Bytes{}; }

Bytes PrinterModel::block() const {
  const unsigned first = 0x10u | (can_print() ? 0u : 0x08u) | (cover_open_ ? 0x20u : 0u);
  const unsigned third = (near_end_ ? 0x03u : 0u) | (paper_out_ ? 0x0Cu : 0u);
  return {static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(cutter_fault_ ? 0x08 : 0),
          static_cast<std::uint8_t>(third), 0};
}

std::uint8_t PrinterModel::answer_to(std::uint8_t query) const {
  unsigned answer = 0x12;
  if (query == 1 && !can_print()) answer |= 0x08;
  if (query == 2) answer |= (cover_open_ ? 0x04u : 0u) | (paper_out_ ? 0x20u : 0u);
  if (query == 3 && cutter_fault_) answer |= 0x08;
  if (query == 4) answer |= (near_end_ ? 0x0Cu : 0u) | (paper_out_ ? 0x60u : 0u);
  return static_cast<std::uint8_t>(answer);
}

// Returns how many bytes the first command takes, 0 if it is not complete yet.
std::size_t PrinterModel::command(ByteView bytes, Bytes& answer) {
  switch (bytes[0]) {
    case 0x1B:
      return esc_command(bytes);
    case 0x1C:
      if (bytes.size() < 2) return 0;
      if (bytes[1] != 0x26) unknown.push_back(to_hex(bytes.first(2)));
      return 2;
    case 0x1D:
      return gs_command(bytes, answer);
    case 0x10:
      if (bytes.size() < 3) return 0;
      unknown.push_back(to_hex(bytes.first(3)));
      return 3;
    case '\n':
      lines.push_back(std::exchange(line_, {}));
      ++content_bytes;
      return 1;
    default:
      line_.push_back(bytes[0]);
      ++content_bytes;
      return 1;
  }
}

std::size_t PrinterModel::esc_command(ByteView bytes) {
  if (bytes.size() < 2) return 0;
  if (bytes[1] == 0x40) {
    automatic_on_ = false;
    return 2;
  }
  const bool known = bytes[1] == 0x61 || bytes[1] == 0x45 || bytes[1] == 0x64;
  if (bytes.size() < 3) return 0;
  if (!known) unknown.push_back(to_hex(bytes.first(3)));
  return 3;
}

std::size_t PrinterModel::gs_command(ByteView bytes, Bytes& answer) {
  if (bytes.size() < 3) return 0;
  switch (bytes[1]) {
    case 0x21:
      return 3;
    case 0x61: {
      automatic_on_ = bytes[2] != 0;
      const Bytes now = changed();
      answer.insert(answer.end(), now.begin(), now.end());
      return 3;
    }
    case 0x72:
      ++markers;
      if (answers_marker) answer.push_back(static_cast<std::uint8_t>((near_end_ ? 0x03 : 0) | (paper_out_ ? 0x0C : 0)));
      return 3;
    case 0x56:
      if (bytes.size() < 4) return 0;
      ++cuts;
      return 4;
    case 0x76: {
      if (bytes.size() < 8) return 0;
      const unsigned width = bytes[4] + 256u * bytes[5];
      const unsigned rows = bytes[6] + 256u * bytes[7];
      const std::size_t size = 8 + static_cast<std::size_t>(width) * rows;
      if (bytes.size() < size) return 0;
      rasters.push_back({width, rows, Bytes(bytes.begin() + 8, bytes.begin() + static_cast<std::ptrdiff_t>(size))});
      content_bytes += size;
      return size;
    }
    case 0x28:
      return qr_command(bytes);
    default:
      unknown.push_back(to_hex(bytes.first(3)));
      return 3;
  }
}

std::size_t PrinterModel::qr_command(ByteView bytes) {
  if (bytes.size() < 5) return 0;
  const std::size_t size = 5 + bytes[3] + 256u * bytes[4];
  if (bytes.size() < size) return 0;
  const ByteView body = bytes.subspan(5, size - 5);
  if (bytes[2] != 0x6B || body.size() < 3) {
    unknown.push_back(to_hex(bytes.first(5)));
  } else if (body[1] == 0x50) {
    qr_ = as_text(body.subspan(3));
  } else if (body[1] == 0x51) {
    qr_codes.push_back(qr_);
    content_bytes += size;
  }
  return size;
}

}  // namespace pilotlight::devices::test
