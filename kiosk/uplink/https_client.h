// The terminal's HTTPS client: TLS 1.3 with the terminal's certificate, one reused connection, bounded in size and
// time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kiosk/base/describe.h"
#include "kiosk/base/result.h"

namespace pilotlight {

// Why no usable answer came. Every kind leaves the outcome of the question unknown - a refusal by status code too,
// since a proxy may have spoken and the ledger's refusals are ordinary answers (M10).
enum class LineFailure { NoConnection, TimedOut, Status, Garbage };
PILOTLIGHT_ENUM(LineFailure, NoConnection, TimedOut, Status, Garbage)
struct LineError {
  LineFailure failure = LineFailure::NoConnection;
  long status = 0;     // with Status
  std::string detail;  // for the log; no personal data
};

// The seam at which the simulation stands in for network and server.
class LedgerLine {
 public:
  virtual ~LedgerLine() = default;
  // Blocking. The body of a 200 answer.
  virtual Result<std::string, LineError> post(const std::string& path, const std::string& body,
                                              std::int64_t timeout_ms) = 0;
};

struct HttpsOptions {
  std::string url;               // "https://host:port", no path
  std::string ca_file;           // only this authority is trusted
  std::string certificate_file;  // empty: without (enrolment only)
  std::string key_file;
};

// Not thread-safe: one per thread. A certificate renewed on disk is used from the next connection on.
std::unique_ptr<LedgerLine> open_https(HttpsOptions options);

}  // namespace pilotlight
