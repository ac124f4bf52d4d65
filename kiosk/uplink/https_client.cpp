#include "kiosk/uplink/https_client.h"

#include <curl/curl.h>

#include "kiosk/base/check.h"

namespace pilotlight {
namespace {

constexpr std::size_t answer_maximum = 1 << 20;
constexpr long connect_timeout_ms = 4000;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

std::size_t collect(char* data, std::size_t size, std::size_t count, void* to) {
  auto& body = *static_cast<std::string*>(to);
  if (body.size() + size * count > answer_maximum) return 0;
  body.append(data, size * count);
  return size * count;
}

class HttpsClient : public LedgerLine {
 public:
  explicit HttpsClient(HttpsOptions options) : options_(std::move(options)) {
    static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    CHECK(ready);
    easy_.reset(curl_easy_init());
    CHECK(easy_ != nullptr);
    headers_.reset(curl_slist_append(nullptr, "Content-Type: application/json"));
    headers_.reset(curl_slist_append(headers_.release(), "Expect:"));
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_3));
    set(CURLOPT_CAINFO, options_.ca_file.c_str());
    set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    set(CURLOPT_SSL_VERIFYPEER, 1L);
    set(CURLOPT_SSL_VERIFYHOST, 2L);
    set(CURLOPT_PROTOCOLS_STR, "https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TCP_NODELAY, 1L);
    set(CURLOPT_TCP_KEEPALIVE, 1L);
    set(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms);
    set(CURLOPT_WRITEFUNCTION, collect);
    set(CURLOPT_POST, 1L);
    if (!options_.certificate_file.empty()) {
      set(CURLOPT_SSLCERT, options_.certificate_file.c_str());
      set(CURLOPT_SSLKEY, options_.key_file.c_str());
    }
  }

  Result<std::string, LineError> post(const std::string& path, const std::string& body,
                                      std::int64_t timeout_ms) override {
    const std::string url = options_.url + path;
    std::string answer;
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_POSTFIELDS, body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
    set(CURLOPT_WRITEDATA, &answer);
    const CURLcode code = curl_easy_perform(easy_.get());
    if (code == CURLE_OPERATION_TIMEDOUT) return fail(LineError{LineFailure::TimedOut, 0, "no answer in time"});
    if (code == CURLE_WRITE_ERROR) return fail(LineError{LineFailure::Garbage, 0, "answer longer than 1 MiB"});
    if (code != CURLE_OK) return fail(LineError{LineFailure::NoConnection, 0, curl_easy_strerror(code)});
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) return fail(LineError{LineFailure::Status, status, "HTTP " + std::to_string(status)});
    return answer;
  }

 private:
  template <class T>
  void set(CURLoption option, T value) {
    CHECK(curl_easy_setopt(easy_.get(), option, value) == CURLE_OK);
  }

  HttpsOptions options_;
  std::unique_ptr<CURL, FreeEasy> easy_;
  std::unique_ptr<curl_slist, FreeList> headers_;
};

}  // namespace

std::unique_ptr<LedgerLine> open_https(HttpsOptions options) {
  return std::make_unique<HttpsClient>(std::move(options));
}

}  // namespace pilotlight
