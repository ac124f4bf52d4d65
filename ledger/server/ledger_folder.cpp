#include "ledger/server/ledger_folder.h"

#include "ledger/server/authority.h"

namespace pilotlight::server {

keys::SealedFile sealed_keys_in(const std::filesystem::path& dir) {
  return {(dir / "card-keys.sealed").string(), (dir / "card-keys.unseal").string(), {}};
}

Result<void, Message> make_ledger_folder(const std::filesystem::path& dir, bool production,
                                         const std::vector<std::string>& hosts) {
  for (const char* part : {"ledger.db", "pki", "card-keys.sealed", "card-keys.unseal"})
    if (std::filesystem::exists(dir / part))
      return fail(Message{(dir / part).string() + " is there already; a ledger is never overwritten"});
  std::error_code code;
  const bool made = std::filesystem::create_directories(dir, code);
  if (code) return fail(Message{"cannot make " + dir.string() + ": " + code.message()});
  if (made) std::filesystem::permissions(dir, std::filesystem::perms::owner_all, code);
  SystemClock clock;
  if (auto authority = Authority::create(dir, hosts, clock.now().wall_ms); !authority) return authority;
  const auto master_keys = keys::make_master_keys(!production);
  if (!master_keys) return fail(master_keys.error());
  if (auto sealed = keys::write_sealed(sealed_keys_in(dir), *master_keys, !production); !sealed) return sealed;
  return ledger::Ledger::create(dir.string(), {production});
}

Result<OpenLedger, Message> open_ledger_folder(const std::filesystem::path& dir, bool with_keys) {
  OpenLedger open;
  open.clock = std::make_unique<SystemClock>();
  if (with_keys) {
    auto card_keys = keys::open_sealed(sealed_keys_in(dir));
    if (!card_keys) return fail(card_keys.error());
    open.keys = std::move(*card_keys);
  }
  auto ledger = ledger::Ledger::open(dir.string(), {open.clock.get(), open.keys.get(), {}});
  if (!ledger) return fail(ledger.error());
  open.ledger = std::move(*ledger);
  return open;
}

}  // namespace pilotlight::server
