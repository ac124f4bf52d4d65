#include "ledger/server/authority.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <sstream>

#include "tests/ledger/server/tls_client.h"

namespace pilotlight::server {
namespace {

constexpr std::int64_t now_ms = 1'790'000'000'000;
constexpr std::int64_t day_ms = 24LL * 3600 * 1000;

std::string content(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

class AuthorityTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(Authority::create(folder.path(), {"ledger.example.cn", "10.1.2.3"}, now_ms)); }
  Authority authority() { return std::move(*Authority::open(folder.path())); }
  TestFolder folder;
};

TEST_F(AuthorityTest, KeepsItsKeysToItself) {
  EXPECT_EQ(mode_of(folder.path() / "pki" / "ca.key"), 0600U);
  EXPECT_EQ(mode_of(authority().server_file()), 0600U);
}

TEST_F(AuthorityTest, IsNeverReplaced) {
  const std::string before = authority().fingerprint();
  const auto again = Authority::create(folder.path(), {}, now_ms);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().text.find("holds a CA already"), std::string::npos);
  EXPECT_EQ(authority().fingerprint(), before);
}

TEST_F(AuthorityTest, RefusesNamesThatAreNone) {
  for (const char* host : {"", "two words", "a,DNS:evil", "host:8443"}) {
    TestFolder other;
    EXPECT_FALSE(Authority::create(other.path(), {host}, now_ms)) << host;
  }
}

TEST_F(AuthorityTest, NamesTheTerminalWhateverTheRequestSays) {
  const TestIdentity identity = TestIdentity::make();
  const auto issued = authority().issue(identity.csr_pem, "T0042", now_ms);
  ASSERT_TRUE(issued);
  EXPECT_EQ(issued->facts.common_name, "T0042");
  EXPECT_EQ(issued->facts.serial.size(), 32U);
  EXPECT_EQ(issued->facts.not_after_ms, now_ms + terminal_certificate_days * day_ms);
  EXPECT_LT(issued->facts.not_before_ms, now_ms);
  EXPECT_EQ(issued->public_key, *csr_public_key(identity.csr_pem));
}

TEST_F(AuthorityTest, GivesEveryCertificateASerialOfItsOwn) {
  const TestIdentity identity = TestIdentity::make();
  const Authority open = authority();
  EXPECT_NE(open.issue(identity.csr_pem, "T0042", now_ms)->facts.serial,
            open.issue(identity.csr_pem, "T0042", now_ms)->facts.serial);
}

TEST_F(AuthorityTest, RefusesRequestsThatProveNothing) {
  const TestIdentity identity = TestIdentity::make();
  EXPECT_FALSE(csr_public_key(""));
  EXPECT_FALSE(csr_public_key("-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n"));
  EXPECT_FALSE(csr_public_key(std::string(9000, 'A')));
  EXPECT_FALSE(csr_public_key(TestIdentity::make("P-384").csr_pem));
  std::string forged = identity.csr_pem;
  const auto middle = forged.size() - 60;  // within the signature
  forged[middle] = forged[middle] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(csr_public_key(forged));
  EXPECT_TRUE(csr_public_key(identity.csr_pem));
}

TEST_F(AuthorityTest, RenewsTheServerCertificateAtHalfItsLifeForTheSameNames) {
  const Authority open = authority();
  const std::string first = content(open.server_file());
  ASSERT_TRUE(open.refresh_server_certificate(now_ms + 300 * day_ms));
  EXPECT_EQ(content(open.server_file()), first);
  ASSERT_TRUE(open.refresh_server_certificate(now_ms + 400 * day_ms));
  EXPECT_NE(content(open.server_file()), first);
  ASSERT_TRUE(open.refresh_server_certificate(now_ms + 800 * day_ms)) << "its own names can be read again";
}

TEST_F(AuthorityTest, ChecksSignatures) {
  const TestIdentity identity = TestIdentity::make();
  const Bytes key = *csr_public_key(identity.csr_pem);
  Bytes signature = identity.sign("payload");
  EXPECT_TRUE(signature_holds(key, "payload", signature));
  EXPECT_FALSE(signature_holds(key, "payloae", signature));
  EXPECT_FALSE(signature_holds(*csr_public_key(TestIdentity::make().csr_pem), "payload", signature));
  signature.back() = static_cast<std::uint8_t>(signature.back() ^ 1);
  EXPECT_FALSE(signature_holds(key, "payload", signature));
  EXPECT_FALSE(signature_holds(key, "payload", {}));
  EXPECT_FALSE(signature_holds({}, "payload", signature));
}

}  // namespace
}  // namespace pilotlight::server
