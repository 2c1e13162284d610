// A stranger's client: libcurl with its own TLS, name check, compression, connection reuse and Expect: 100-continue.
#include <curl/curl.h>

#include "integration/sim/fixture.hpp"
#include "marginfix/core/signer.hpp"

namespace marginfix::sim::test {
namespace {

std::size_t append(char* data, std::size_t size, std::size_t count, void* to) {
  static_cast<std::string*>(to)->append(data, size * count);
  return size * count;
}

class SimRestCurl : public SimTest {
 protected:
  void SetUp() override {
    start();
    curl_ = curl_easy_init();
    ASSERT_NE(curl_, nullptr);
    curl_easy_setopt(curl_, CURLOPT_CAINFO, ca().c_str());
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &body_);
    curl_easy_setopt(curl_, CURLOPT_TIMEOUT, 20L);
  }
  ~SimRestCurl() override {
    curl_slist_free_all(headers_);
    curl_easy_cleanup(curl_);
  }
  std::string ca() { return sim().path("ca.pem"); }
  CURLcode fetch(const std::string& url) {
    body_.clear();
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    const CURLcode result = curl_easy_perform(curl_);
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &status_);
    curl_easy_getinfo(curl_, CURLINFO_NUM_CONNECTS, &connects_);
    return result;
  }
  void sign(const std::string& method, const std::string& path) {
    const KeyEntry* key = sim().endpoints().find("alice");
    const std::string time = std::to_string(to_epoch_ms(system_clock().now()));
    const std::string signature = Signer::from_file(sim().path(key->private_key_path))->sign(time + method + path).value();
    curl_slist_free_all(headers_);
    headers_ = nullptr;
    for (const std::string& header : {"KALSHI-ACCESS-KEY: " + key->key_id, "KALSHI-ACCESS-TIMESTAMP: " + time,
                                      "KALSHI-ACCESS-SIGNATURE: " + signature, std::string("Content-Type: application/json")}) {
      headers_ = curl_slist_append(headers_, header.c_str());
    }
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
  }

  CURL* curl_{nullptr};
  curl_slist* headers_{nullptr};
  std::string body_;
  long status_{0}, connects_{0};
};

TEST_F(SimRestCurl, ReusesTheConnectionAndUnpacks) {
  curl_easy_setopt(curl_, CURLOPT_ACCEPT_ENCODING, "");
  const std::string url = sim().endpoints().rest_url + "/margin/markets";
  EXPECT_EQ(fetch(url), CURLE_OK);
  EXPECT_EQ(status_, 200);
  EXPECT_EQ(connects_, 1);
  EXPECT_TRUE(body_.starts_with("{\"markets\":[")) << body_.substr(0, 60);
  EXPECT_EQ(fetch(url), CURLE_OK);
  EXPECT_EQ(connects_, 0);
}

TEST_F(SimRestCurl, ChecksTheCertificateByNameToo) {
  const std::string port = std::to_string(sim().endpoints().ports.rest);
  EXPECT_EQ(fetch("https://localhost:" + port + "/trade-api/v2/margin/exchange/status"), CURLE_OK);
  curl_easy_setopt(curl_, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(curl_, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(curl_, CURLOPT_FRESH_CONNECT, 1L);
  EXPECT_NE(fetch("https://localhost:" + port + "/trade-api/v2/margin/exchange/status"), CURLE_OK);
}

TEST_F(SimRestCurl, PostsALargeBodyWithExpect) {
  const std::string path = "/trade-api/v2/margin/orders";
  sign("POST", path);
  headers_ = curl_slist_append(headers_, "Expect: 100-continue");
  const std::string large = R"({"client_order_id":")" + std::string(200'000, 'x') + "\"}";
  curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
  curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, large.c_str());
  EXPECT_EQ(fetch(sim().endpoints().rest_url + "/margin/orders"), CURLE_OK);
  EXPECT_EQ(status_, 400) << body_;
}

}  // namespace
}  // namespace marginfix::sim::test
