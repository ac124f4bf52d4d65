#include "ledger/server/commands.h"

#include <spdlog/fmt/fmt.h>

#include <array>
#include <chrono>
#include <fstream>

#include "ledger/server/authority.h"
#include "ledger/server/demo_data.h"
#include "ledger/server/enrolment_code.h"
#include "ledger/server/ledger_folder.h"
#include "ledger/server/terminal_api.h"
#include "ledger/wire/json_codec.h"

namespace pilotlight::server {

namespace {

constexpr std::uintmax_t import_maximum = 256U << 20;

struct Done {
  bool ok = true;
  PILOTLIGHT_DESCRIBE(ok)
};

struct Enrolment {
  std::string terminal;
  std::string code;
  std::int64_t valid_until_ms = 0;
  std::string ca_file;
  std::string ca_fingerprint;
  PILOTLIGHT_DESCRIBE(terminal, code, valid_until_ms, ca_file, ca_fingerprint)
};

struct Restored {
  std::uint64_t epoch = 0;
  PILOTLIGHT_DESCRIBE(epoch)
};

struct DemoKeys {
  Bytes purchase_master;
  Bytes personalisation_master;
  Bytes meter_master;
  PILOTLIGHT_DESCRIBE(purchase_master, personalisation_master, meter_master)
};

struct DemoData {
  std::string folder;
  std::uint32_t accounts = 0;
  PILOTLIGHT_DESCRIBE(folder, accounts)
};

template <class T>
void print_json(const T& value) {
  fmt::print("{}\n", boost::json::serialize(wire::codec::encode(value)));
}

int complain(const Message& message) {
  fmt::print(stderr, "pilotlight-ledger: {}\n", message.text);
  return 1;
}

int report(const CommandContext& context, const Result<void, Message>& result, std::string_view words) {
  if (!result) return complain(result.error());
  if (context.json) {
    print_json(Done{});
  } else {
    fmt::print("{}\n", words);
  }
  return 0;
}

// Opens the ledger without its card keys and runs `work(ledger, clock)`, which gives the exit code.
template <class Work>
int with_ledger(const CommandContext& context, Work work) {
  auto open = open_ledger_folder(context.dir, false);
  if (!open) return complain(open.error());
  return work(*open->ledger, *open->clock);
}

void print_account(const ledger::AccountView& view) {
  fmt::print("account    {}\nname       {}\naddress    {}\ntariff     {}\nstate      {}{}\n", view.account,
             view.masked_name, view.masked_address, view.tariff, view.open ? "open" : "closed",
             view.safety_hold ? ", safety hold" : "");
  fmt::print("wallet     {}\narrears    {}\nthis year  {} m3\n", to_decimal(view.wallet), to_decimal(view.arrears),
             to_cubic_metres(view.year_volume));
  for (const auto& card : view.cards)
    fmt::print("card       {} number {}{}\n", card.card_number, card.purchase_number, card.blocked ? " blocked" : "");
  for (const auto& top_up : view.top_ups)
    fmt::print("top-up     {} {} {} number {} {} m3 cost {} change {}\n", to_string(top_up.top_up), top_up.terminal,
               top_up.state, top_up.record.purchase_number, to_cubic_metres(top_up.record.volume),
               to_decimal(top_up.record.cost), to_decimal(top_up.record.change));
}

void print_audit(const ledger::Audit& audit) {
  fmt::print("transfers {}  facts {}  documents {}  top-ups written {}  pending {}  alerts {}\n", audit.transfers,
             audit.facts, audit.documents, audit.top_ups_written, audit.top_ups_pending, audit.alerts);
  fmt::print("stacked {} = revenue {} + wallets {} + open sessions {} + pending {} + suspense {}; in doubt {}\n",
             to_decimal(audit.stacked), to_decimal(audit.revenue), to_decimal(audit.wallets),
             to_decimal(audit.tendered), to_decimal(audit.pending), to_decimal(audit.suspense),
             to_decimal(audit.in_doubt));
  for (const auto& violation : audit.violations) fmt::print("BROKEN {}: {}\n", violation.law, violation.detail);
  if (audit.violations.empty()) fmt::print("every law holds\n");
}

}  // namespace

int init(const CommandContext& context, const InitOptions& options) {
  return report(
      context, make_ledger_folder(context.dir, options.production, options.hosts),
      fmt::format("made a {} ledger in {}", options.production ? "production" : "demo", context.dir.string()));
}

int enrol(const CommandContext& context, const std::string& terminal, const std::string& place) {
  if (!is_terminal_name(terminal))
    return complain({"a terminal is named by 2 to 16 capital letters and digits, like T0042"});
  const auto authority = Authority::open(context.dir);
  if (!authority) return complain(authority.error());
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock& clock) {
    if (!ledger.terminal(terminal)) {
      if (const auto added = ledger.add_terminal(terminal, place); !added) return complain(added.error());
    }
    Enrolment made{terminal, make_enrolment_code(), clock.now().wall_ms + enrolment_code_life_ms,
                   authority->ca_file().string(), authority->fingerprint()};
    const auto added = ledger.add_code(terminal, enrolment_code_hash(made.code), made.valid_until_ms);
    if (!added) return complain(added.error());
    if (context.json) {
      print_json(made);
    } else {
      fmt::print("code for {}, good once within 24 hours:\n\n    {}\n\ngive the terminal {}\nSHA-256 {}\n", terminal,
                 made.code, made.ca_file, made.ca_fingerprint);
    }
    return 0;
  });
}

int revoke(const CommandContext& context, const std::string& terminal, const std::string& reason) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    return report(context, ledger.revoke_terminal(terminal, reason), "revoked; its journal stays where it is");
  });
}

int list_terminals(const CommandContext& context) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    const auto terminals = ledger.terminals();
    if (context.json) {
      print_json(terminals);
      return 0;
    }
    for (const auto& view : terminals)
      fmt::print("{:<10} {:<9} {:<15} facts {:<8} cash {:>10} suspense {:>8} {} {}\n", view.terminal,
                 enum_name(view.state), view.reported_state.empty() ? "never seen" : view.reported_state,
                 view.last_contiguous, to_decimal(view.cash), to_decimal(view.suspense), view.place, view.reason);
    return 0;
  });
}

int enable_terminal(const CommandContext& context, const std::string& terminal) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    return report(context, ledger.enable_terminal(terminal), "enabled");
  });
}

int disable_terminal(const CommandContext& context, const std::string& terminal, const std::string& reason) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    return report(context, ledger.disable_terminal(terminal, reason), "disabled; its facts are still taken");
  });
}

int audit(const CommandContext& context) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    const auto result = ledger.audit();
    if (!result) return complain(result.error());
    if (context.json) {
      print_json(*result);
    } else {
      print_audit(*result);
    }
    return result->violations.empty() ? 0 : 2;
  });
}

int show_account(const CommandContext& context, const std::string& account) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    const auto view = ledger.account(account);
    if (!view) {
      complain({"no account " + account});
      return 2;
    }
    if (context.json) {
      print_json(*view);
    } else {
      print_account(*view);
    }
    return 0;
  });
}

int show_suspense(const CommandContext& context) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    const auto items = ledger.suspense();
    if (context.json) {
      print_json(items);
      return 0;
    }
    for (const auto& item : items)
      fmt::print("{} {} {:<8} {:>8} account {} {}\n", to_string(item.id), item.terminal, item.state,
                 to_decimal(item.value), item.account.empty() ? "-" : item.account, item.evidence);
    fmt::print("{} open\n", items.size());
    return 0;
  });
}

int show_alerts(const CommandContext& context) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    const auto alerts = ledger.alerts();
    if (context.json) {
      print_json(alerts);
      return 0;
    }
    for (const auto& alert : alerts)
      fmt::print("{:>6} {} {} {}\n", alert.number, alert.terminal, alert.code, alert.detail);
    fmt::print("{} alerts\n", alerts.size());
    return 0;
  });
}

int show_balances(const CommandContext& context) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    const auto balances = ledger.trial_balance();
    if (context.json) {
      print_json(balances);
      return 0;
    }
    for (const auto& balance : balances)
      fmt::print("{:<32} {:>14} {:>14}\n", balance.account, to_decimal(balance.debit), to_decimal(balance.credit));
    return 0;
  });
}

int import_file(const CommandContext& context, ImportKind kind, const std::filesystem::path& file) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);
  if (code) return complain({"cannot read " + file.string() + ": " + code.message()});
  if (size > import_maximum) return complain({file.string() + " is larger than 256 MiB"});
  std::string csv(size, '\0');
  std::ifstream stream(file, std::ios::binary);
  if (!stream.read(csv.data(), static_cast<std::streamsize>(size))) return complain({"cannot read " + file.string()});
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    const auto counts = kind == ImportKind::Accounts ? ledger.import_accounts(csv)
                        : kind == ImportKind::Cards  ? ledger.import_cards(csv)
                                                     : ledger.import_tariffs(csv);
    if (!counts) return complain(counts.error());
    if (context.json) {
      print_json(*counts);
    } else {
      fmt::print("{} added, {} changed\n", counts->added, counts->changed);
    }
    return 0;
  });
}

int restore_epoch(const CommandContext& context) {
  return with_ledger(context, [&](ledger::Ledger& ledger, Clock&) {
    const auto epoch = ledger.declare_restored();
    if (!epoch) return complain(epoch.error());
    if (context.json) {
      print_json(Restored{*epoch});
    } else {
      fmt::print("epoch {}: every terminal now sends what is missing before it trades again\n", *epoch);
    }
    return 0;
  });
}

int demo_data(const CommandContext& context, unsigned accounts, const std::filesystem::path& out) {
  const std::filesystem::path folder = out.empty() ? context.dir / "demo-data" : out;
  std::error_code code;
  std::filesystem::create_directories(folder, code);
  SystemClock clock;
  const std::int64_t china_ms = clock.now().wall_ms + 8LL * 3600 * 1000;
  const std::chrono::sys_days today{std::chrono::floor<std::chrono::days>(std::chrono::milliseconds(china_ms))};
  const DemoTown town = make_demo_town(accounts, static_cast<int>(std::chrono::year_month_day(today).year()));
  const std::array<std::pair<const char*, const std::string*>, 4> files{{{"tariffs.csv", &town.tariffs_csv},
                                                                         {"accounts.csv", &town.accounts_csv},
                                                                         {"cards.csv", &town.cards_csv},
                                                                         {"cabinet.toml", &town.cabinet_toml}}};
  for (const auto& [name, text] : files) {
    std::ofstream stream(folder / name, std::ios::binary | std::ios::trunc);
    if (!(stream << *text << std::flush)) return complain({"cannot write " + (folder / name).string()});
  }
  if (context.json) {
    print_json(DemoData{folder.string(), accounts});
  } else {
    for (const auto& person : demo_people()) fmt::print("{:<9} {}\n", person.name, person.what);
    fmt::print("wrote tariffs.csv, accounts.csv, cards.csv and cabinet.toml to {}\n", folder.string());
  }
  return 0;
}

int demo_keys(const CommandContext& context) {
  const auto master_keys = keys::export_demo(sealed_keys_in(context.dir));
  if (!master_keys) return complain(master_keys.error());
  const auto bytes = [](const keys::MasterKey& key) { return Bytes(key.begin(), key.end()); };
  const DemoKeys shown{bytes(master_keys->purchase), bytes(master_keys->personalisation), bytes(master_keys->meter)};
  if (context.json) {
    print_json(shown);
  } else {
    fmt::print("[keys]\npurchase_master = \"{}\"\npersonalisation_master = \"{}\"\nmeter_master = \"{}\"\n",
               to_hex(shown.purchase_master), to_hex(shown.personalisation_master), to_hex(shown.meter_master));
  }
  return 0;
}

}  // namespace pilotlight::server
