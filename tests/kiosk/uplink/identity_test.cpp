// Who a terminal is, against the real ledger over real TLS.
#include "kiosk/uplink/identity.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "kiosk/journal/delivery_log.h"
#include "kiosk/journal/journal.h"
#include "kiosk/uplink/uplink.h"
#include "ledger/wire/json.h"
#include "tests/kiosk/uplink/real_ledger.h"

namespace pilotlight {
namespace {

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::int64_t wall_now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

struct AtTheLedger : testing::Test {
  RealLedger ledger;
  Scratch folder;
  const std::string state_dir = folder.path();

  AtTheLedger() { std::signal(SIGPIPE, SIG_IGN); }  // as the program does

  Result<Identity, Message> enrol_as(const std::string& terminal) {
    return enrol(state_dir, ledger.url(), ledger.ca_file(), ledger.code_for(terminal));
  }
  HttpsOptions options() const {
    const IdentityFiles files = identity_files(state_dir);
    return {ledger.url(), ledger.ca_file(), files.certificate, files.key};
  }
  // Status of a heartbeat: 200, another status, or 0 for no usable line.
  static long heartbeat(const HttpsOptions& over) {
    const wire::HeartbeatRequest request{0, "0.1.0", "starting"};
    const auto answer = open_https(over)->post("/v1/heartbeat", wire::to_json(request), 10'000);
    if (answer) return 200;
    return answer.error().failure == LineFailure::Status ? answer.error().status : 0;
  }
};

TEST_F(AtTheLedger, EnrolmentLeavesAKeyOfItsOwnAndACertificate) {
  EXPECT_FALSE(load_identity(state_dir));
  const auto identity = enrol_as("T0042");
  ASSERT_TRUE(identity) << identity.error().text;
  EXPECT_EQ(identity->terminal, "T0042");
  EXPECT_FALSE(identity->production);
  EXPECT_EQ(load_identity(state_dir)->terminal, "T0042");
  struct stat key {};
  ASSERT_EQ(::stat(identity_files(state_dir).key.c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777, 0600U);
  const auto days = certificate_days_left(state_dir, wall_now_ms());
  ASSERT_TRUE(days);
  EXPECT_GE(*days, 28);
  EXPECT_LE(*days, 31);
  EXPECT_LT(certificate_days_left(state_dir, wall_now_ms() + 40LL * 86'400'000).value(), 0);
  EXPECT_EQ(heartbeat(options()), 200);
}

TEST_F(AtTheLedger, ACodeIsGoodForOneKeyWhichMayComeAgain) {
  const std::string code = ledger.code_for("T0042");
  ASSERT_TRUE(enrol(state_dir, ledger.url(), ledger.ca_file(), code));
  const std::string key = text_of(identity_files(state_dir).key);
  EXPECT_TRUE(enrol(state_dir, ledger.url(), ledger.ca_file(), code)) << "its answer may have been lost";
  EXPECT_EQ(text_of(identity_files(state_dir).key), key);
  Scratch thief;
  const auto second = enrol(thief.path(), ledger.url(), ledger.ca_file(), code);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().text.find("code"), std::string::npos);
  EXPECT_FALSE(load_identity(thief.path()));
  EXPECT_FALSE(enrol(thief.path(), ledger.url(), ledger.ca_file(), "0000-0000-0000-0000"));
}

// A certificate issued a moment ago comes again (its answer may have been lost), so what shows is that it is put in
// place.
TEST_F(AtTheLedger, RenewalPutsACertificateForTheSameKeyInPlace) {
  ASSERT_TRUE(enrol_as("T0042"));
  const IdentityFiles files = identity_files(state_dir);
  const std::string key = text_of(files.key);
  const std::string certificate = text_of(files.certificate);
  const auto line = open_https(options());
  ASSERT_TRUE(line->post("/v1/heartbeat", wire::to_json(wire::HeartbeatRequest{0, "0.1.0", "starting"}), 10'000));
  std::ofstream(files.certificate) << "torn";
  EXPECT_FALSE(certificate_days_left(state_dir, wall_now_ms()));
  const auto renewed = renew(state_dir, *line);
  ASSERT_TRUE(renewed) << renewed.error().text;
  EXPECT_EQ(text_of(files.certificate), certificate);
  EXPECT_EQ(text_of(files.key), key);
  EXPECT_EQ(load_identity(state_dir)->terminal, "T0042");
  EXPECT_EQ(heartbeat(options()), 200);
}

TEST_F(AtTheLedger, ASignatureIsCheckedWithTheCertificate) {
  ASSERT_TRUE(enrol_as("T0042"));
  const std::string message = "1.T0042.17";
  const auto signature = sign(state_dir, as_bytes(message));
  ASSERT_TRUE(signature);
  FILE* file = std::fopen(identity_files(state_dir).certificate.c_str(), "r");
  X509* certificate = PEM_read_X509(file, nullptr, nullptr, nullptr);
  std::fclose(file);
  const auto verifies = [&](std::string_view text) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, X509_get0_pubkey(certificate));
    const int good = EVP_DigestVerify(context, signature->data(), signature->size(),
                                      reinterpret_cast<const unsigned char*>(text.data()), text.size());
    EVP_MD_CTX_free(context);
    return good == 1;
  };
  EXPECT_TRUE(verifies(message));
  EXPECT_FALSE(verifies("1.T0042.18"));
  X509_free(certificate);
}

TEST_F(AtTheLedger, WithoutTrustNothingIsAnswered) {
  ASSERT_TRUE(enrol_as("T0042"));
  HttpsOptions none = options();
  none.certificate_file.clear();
  EXPECT_NE(heartbeat(none), 200);
  RealLedger impostor;  // another authority, at another address
  HttpsOptions to_impostor = options();
  to_impostor.url = impostor.url();
  EXPECT_EQ(heartbeat(to_impostor), 0) << "a server of another authority is not spoken to";
  to_impostor.ca_file = impostor.ca_file();
  EXPECT_NE(heartbeat(to_impostor), 200) << "another authority's terminal is not served";
  ledger.run({"revoke", "--terminal", "T0042"});
  EXPECT_EQ(heartbeat(options()), 403);
}

struct HeardFacts {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<core::Fact> facts;

  void add(core::Fact fact) {
    const std::lock_guard lock(mutex);
    facts.push_back(std::move(fact));
    changed.notify_all();
  }
  template <class T>
  bool wait(bool T::*field, bool wanted) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(40), [&] {
      const bool found = std::any_of(facts.begin(), facts.end(), [&](const core::Fact& fact) {
        const T* news = std::get_if<T>(&fact);
        return news != nullptr && news->*field == wanted;
      });
      return found;
    });
  }
  void forget() {
    const std::lock_guard lock(mutex);
    facts.clear();
  }
};

// The workers: journal delivered, question answered, the ledger killed and back.
TEST_F(AtTheLedger, TheUplinkDeliversAndAnswersAcrossARestartOfTheLedger) {
  ASSERT_TRUE(enrol_as("T0042"));
  auto journal = Journal::open(state_dir + "/journal.db", "T0042");
  ASSERT_TRUE(journal->append({wire::TerminalStarted{"0.1.0"}}, wall_now_ms()));
  HeardFacts heard;
  const auto uplink =
      open_uplink({options(), state_dir, "0.1.0", 3000}, [&](core::Fact fact) { heard.add(std::move(fact)); });
  core::AskIdentify question{{make_id(wall_now_ms(), {1}), {}}};
  question.request.card.card_number = "6101000000000017";
  EXPECT_TRUE(heard.wait(&core::UplinkChanged::up, true));
  uplink->ask(question);
  EXPECT_TRUE(heard.wait(&core::IdentifyAnswered::answered, true)) << "an unknown card is refused: an answer";
  heard.forget();
  ledger.stop(SIGKILL);
  uplink->ask(question);
  EXPECT_TRUE(heard.wait(&core::IdentifyAnswered::answered, false));
  EXPECT_TRUE(heard.wait(&core::UplinkChanged::up, false));
  heard.forget();
  ledger.serve();
  EXPECT_TRUE(heard.wait(&core::UplinkChanged::up, true));
  ASSERT_TRUE(journal->append({wire::Incident{"made", "after"}}, wall_now_ms()));
  uplink->journal_grew();
  const auto log = DeliveryLog::open(state_dir + "/delivery.db");
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (log->last().last_contiguous != 2 && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_EQ(log->last().last_contiguous, 2U);
}

}  // namespace
}  // namespace pilotlight
