// What a REST call of ours costs beside a bare libcurl call of the same bytes, kept alive on loopback, plain and over TLS: blocking, and 64
// asynchronous calls at a time on one thread. Signing alone. Short rounds are interleaved and the quickest tenth of each compared: a busy
// machine can only add to a round, and adds to all alike; the ratio of PerpsClient to bare libcurl is what counts: 1.3
// or more is exit code 1.
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <vector>

#include "bench/rest/loopback_server.hpp"
#include "marginfix/async_perps_client.hpp"
#include "marginfix/perps_client.hpp"
#include "support/certificates.hpp"
#include "support/temp_folder.hpp"

namespace marginfix::bench {
namespace {

using Clock = std::chrono::steady_clock;
using Micros = std::chrono::duration<double, std::micro>;

constexpr const char* kAnswer =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 47\r\n\r\n"
    "{\"exchange_active\":true,\"trading_active\":true }";
constexpr double kGoal = 1.3;
constexpr int kPlacements = 5, kRounds = 60, kCalls = 20, kAtATime = 64;

template <class Run>
double micros_each(int calls, Run run) {
  const auto begin = Clock::now();
  run(calls);
  return Micros(Clock::now() - begin).count() / calls;
}

double lowest_tenth(std::vector<double> values) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 10);
  std::ranges::nth_element(values, at);
  return *at;
}

// The least a program does with libcurl: one handle, kept alive, the body into a string.
class BareCurl {
 public:
  BareCurl(const std::string& base, const std::string& ca_file) : curl_(curl_easy_init()) {
    curl_easy_setopt(curl_, CURLOPT_URL, (base + "/margin/exchange/status").c_str());
    curl_easy_setopt(curl_, CURLOPT_PROXY, "");
    curl_easy_setopt(curl_, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl_, CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &body_);
    curl_easy_setopt(
        curl_, CURLOPT_WRITEFUNCTION, +[](char* data, std::size_t size, std::size_t count, void* to) {
          static_cast<std::string*>(to)->append(data, size * count);
          return size * count;
        });
  }
  ~BareCurl() { curl_easy_cleanup(curl_); }
  BareCurl(const BareCurl&) = delete;
  BareCurl& operator=(const BareCurl&) = delete;
  void call() {
    body_.clear();
    if (curl_easy_perform(curl_) != CURLE_OK || body_.empty()) give_up("the bare call failed");
  }
  CURL* handle() const { return curl_; }

 private:
  CURL* curl_;
  std::string body_;
};

// The same for many at a time: libcurl's multi handle and its own poll, on as many connections as ours.
class BareMulti {
 public:
  BareMulti(const std::string& base, const std::string& ca_file, std::size_t connections) : multi_(curl_multi_init()) {
    for (int i = 0; i < kAtATime; ++i) calls_.push_back(std::make_unique<BareCurl>(base, ca_file));
    curl_multi_setopt(multi_, CURLMOPT_MAX_HOST_CONNECTIONS, static_cast<long>(connections));
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
  }
  ~BareMulti() { curl_multi_cleanup(multi_); }
  BareMulti(const BareMulti&) = delete;
  BareMulti& operator=(const BareMulti&) = delete;
  void call_all() {
    for (const auto& call : calls_) curl_multi_add_handle(multi_, call->handle());
    for (int running = kAtATime; running > 0;) {
      curl_multi_perform(multi_, &running);
      if (running > 0) curl_multi_poll(multi_, nullptr, 0, 1'000, nullptr);
    }
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_, &left))
      if (message->data.result != CURLE_OK) give_up("a bare call failed");
    for (const auto& call : calls_) curl_multi_remove_handle(multi_, call->handle());
  }

 private:
  CURLM* multi_;
  std::vector<std::unique_ptr<BareCurl>> calls_;
};

struct Times {
  std::vector<double> bare, ours, bare_multi, async;  // us a call, one entry a round
};

// One set of connections, so one placement of threads on cores: several of them go into one comparison.
void measure(const PerpsConfig& config, const std::string& ca_file, Times& times) {
  PerpsClient ours(config);
  BareCurl bare(config.base_url, ca_file);
  BareMulti bare_multi(config.base_url, ca_file, config.http.connections);
  boost::asio::io_context io;
  AsyncPerpsClient async(io.get_executor(), config);
  const auto bare_calls = [&](int n) {
    for (int i = 0; i < n; ++i) bare.call();
  };
  const auto our_calls = [&](int n) {
    for (int i = 0; i < n; ++i)
      if (!ours.exchange().status()) give_up("our call failed");
  };
  const auto bare_multi_calls = [&](int) { bare_multi.call_all(); };
  const auto async_calls = [&](int n) {
    int answered = 0;
    for (int i = 0; i < n; ++i)
      async.exchange().status({}, [&](const Result<rest::ExchangeStatus>& status) { answered += status ? 1 : 0; });
    io.restart();
    io.run();
    if (answered != n) give_up("an asynchronous call failed");
  };
  bare_calls(kCalls);
  our_calls(kCalls);
  bare_multi_calls(kAtATime);
  async_calls(kAtATime);
  for (int round = 0; round < kRounds; ++round) {
    times.bare.push_back(micros_each(kCalls, bare_calls));
    times.ours.push_back(micros_each(kCalls, our_calls));
    times.bare_multi.push_back(micros_each(kAtATime, bare_multi_calls));
    times.async.push_back(micros_each(kAtATime, async_calls));
  }
}

// The ratio.
double compare_calls(const char* name, const LoopbackTls& tls, const std::string& ca_file) {
  static std::vector<std::unique_ptr<LoopbackServer>> servers;  // their threads end with the program
  PerpsConfig config;
  config.base_url = servers.emplace_back(std::make_unique<LoopbackServer>(kAnswer, tls))->origin() + "/trade-api/v2";
  config.http.ca_file = tls.certificate_file.empty() ? "" : ca_file;
  Times times;
  for (int i = 0; i < kPlacements; ++i) measure(config, ca_file, times);
  const double bare = lowest_tenth(times.bare), ours = lowest_tenth(times.ours);
  const double bare_multi = lowest_tenth(times.bare_multi), async = lowest_tenth(times.async);
  std::printf("%-5s  bare libcurl                  %8.1f us a call\n", name, bare);
  std::printf("%-5s  PerpsClient, typed            %8.1f us a call   %.2f of bare libcurl\n", name, ours, ours / bare);
  std::printf("%-5s  bare libcurl, 64 at once      %8.1f us a call\n", name, bare_multi);
  std::printf("%-5s  AsyncPerpsClient, 64 at once  %8.1f us a call   %.2f of bare libcurl\n", name, async, async / bare_multi);
  return ours / bare;
}

std::string ed25519_pem() {
  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), &EVP_PKEY_free);
  const std::unique_ptr<BIO, int (*)(BIO*)> text(BIO_new(BIO_s_mem()), &BIO_free);
  if (PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1) give_up("no Ed25519 key");
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

void sign(const char* name, const std::string& pem, int calls) {
  const auto signer = Signer::from_pem(SecretString(pem));
  if (!signer) give_up(signer.error().message);
  const double each = micros_each(calls, [&](int n) {
    for (int i = 0; i < n; ++i)
      if (!signer->sign("1717171717171GET/trade-api/v2/margin/exchange/status")) give_up("signing failed");
  });
  std::printf("signing, %-10s                 %8.1f us\n", name, each);
}

}  // namespace
}  // namespace marginfix::bench

int main() {
  using namespace marginfix::bench;
  std::signal(SIGPIPE, SIG_IGN);
  const marginfix::test::TempFolder folder;
  marginfix::test::CertificateAuthority authority(folder.path(), "ca");
  const auto leaf = authority.issue("server");
  const double plain = compare_calls("plain", {}, authority.ca_file());
  const double tls = compare_calls("TLS", {leaf.certificate, leaf.private_key}, authority.ca_file());
  sign("RSA 2048", marginfix::test::make_rsa_private_pem(), 500);
  sign("Ed25519", ed25519_pem(), 5'000);
  return plain < kGoal && tls < kGoal ? 0 : 1;
}
