// Who this terminal is to the ledger: its key, made here and never leaving, and its certificate (DESIGN.md section 5).
#pragma once

#include <cstdint>
#include <string>

#include "kiosk/base/bytes.h"
#include "kiosk/base/result.h"
#include "kiosk/uplink/https_client.h"

namespace pilotlight {

struct IdentityFiles {
  std::string key;          // PEM, mode 0600
  std::string certificate;  // PEM
  std::string terminal;     // text: id, and whether the ledger is a production ledger
};
IdentityFiles identity_files(const std::string& state_dir);

struct Identity {
  std::string terminal;     // "T0042", the certificate's common name
  bool production = false;  // of the ledger it was enrolled at
};

// What enrolment left in state_dir; the message says how to enrol.
Result<Identity, Message> load_identity(const std::string& state_dir);

// Makes a key (kept if one is there), asks for a certificate with the one-time code, and stores both. Repeatable.
Result<Identity, Message> enrol(const std::string& state_dir, const std::string& url, const std::string& ca_file,
                                const std::string& code);

// Asks for a fresh certificate for the same key and puts it in place atomically.
Result<void, Message> renew(const std::string& state_dir, LedgerLine& line);

// Days until the certificate ends; negative when it has. Nothing readable: an error.
Result<std::int64_t, Message> certificate_days_left(const std::string& state_dir, std::int64_t wall_ms);

// ECDSA P-256 with SHA-256, DER, by the terminal's key: what a receipt's QR code carries. Thread-safe.
Result<Bytes, Message> sign(const std::string& state_dir, ByteView message);

}  // namespace pilotlight
