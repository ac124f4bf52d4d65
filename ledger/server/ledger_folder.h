// What lies in a ledger's folder: ledger.db, pki/, card-keys.sealed and card-keys.unseal.
#pragma once

#include <filesystem>
#include <memory>

#include "kiosk/base/result.h"
#include "ledger/keys/sealed_file.h"
#include "ledger/server/system_clock.h"
#include "ledger/store/ledger.h"

namespace pilotlight::server {

keys::SealedFile sealed_keys_in(const std::filesystem::path& dir);

// Fails if the folder is not empty of a ledger's parts: half a ledger is for a person to look at, never overwritten.
Result<void, Message> make_ledger_folder(const std::filesystem::path& dir, bool production,
                                         const std::vector<std::string>& hosts);

// An open ledger with what it needs.
struct OpenLedger {
  std::unique_ptr<SystemClock> clock;
  std::unique_ptr<keys::CardKeys> keys;  // only with `with_keys`
  std::unique_ptr<ledger::Ledger> ledger;
};
Result<OpenLedger, Message> open_ledger_folder(const std::filesystem::path& dir, bool with_keys);

}  // namespace pilotlight::server
