// What staff see: read only.
#pragma once

#include "ledger/store/ledger.h"
#include "ledger/store/work.h"

namespace pilotlight::ledger {

std::optional<AccountView> view_account(Database& db, const std::string& account, std::int64_t now_ms);
std::optional<TopUpView> view_top_up(Database& db, const Id& top_up);
std::vector<SuspenseItem> list_suspense(Database& db);
std::vector<AlertView> list_alerts(Database& db, std::int64_t after_number);
std::vector<BalanceView> list_balances(Database& db);
std::vector<CertificateView> list_certificates(Database& db, const std::string& terminal);
std::optional<CertificateView> view_certificate(Database& db, const std::string& serial);

}  // namespace pilotlight::ledger
