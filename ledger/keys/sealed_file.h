// Card keys in a file: AES-256-GCM under a key that scrypt derives from a passphrase, or under a random key in a second
// file that only root (or the ledger's user) may read.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "ledger/keys/card_keys.h"

namespace pilotlight::keys {

using MasterKey = std::array<std::uint8_t, 16>;

// Master keys 1 and 2 of devices/gas_card/LAYOUT.md. 3 belongs to meter and factory; a demo makes one for its meters.
struct MasterKeys {
  MasterKey purchase{};
  MasterKey personalisation{};
  MasterKey meter{};  // all zero in production
  ~MasterKeys();      // wiped
};

struct SealedFile {
  std::string path;             // "DIR/card-keys.sealed", mode 0600
  std::string unseal_key_path;  // "DIR/card-keys.unseal" (32 random bytes, mode 0400); empty: use the passphrase
  std::string passphrase;
};

// Random master keys; meter only for a demo.
Result<MasterKeys, Message> make_master_keys(bool demo);

// Writes the sealed file (and the unseal key file if it is named), refusing to overwrite either.
Result<void, Message> write_sealed(const SealedFile& file, const MasterKeys& master_keys, bool demo);

// Opens it. The words say which file and what is wrong with it; a wrong passphrase or altered file is one error.
Result<std::unique_ptr<CardKeys>, Message> open_sealed(const SealedFile& file);

// For the virtual cabinet's configuration: the three keys. Refused unless the file was made for a demo.
Result<MasterKeys, Message> export_demo(const SealedFile& file);

}  // namespace pilotlight::keys
