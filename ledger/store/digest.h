// SHA-256 over several pieces.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>

#include "kiosk/base/bytes.h"

namespace pilotlight::ledger {

class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  Digest& add(ByteView bytes);
  Digest& add(std::string_view text) { return add(as_bytes(text)); }
  Digest& add_u64(std::uint64_t value);  // 8 bytes, big-endian
  Bytes finish();                        // 32 bytes; once

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;
};

}  // namespace pilotlight::ledger
