// A small blocking HTTP client for tests of the simulator's doors: sockets and OpenSSL only, so that tests can send what no library
// would and see every byte of an answer. Throws std::runtime_error when something expected does not come.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "integration/sim/client.hpp"
#include "marginfix/core/signer.hpp"
#include "sim/simulator.hpp"

namespace marginfix::sim::test {

struct HttpResponse {
  int status{0};
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string header(std::string_view name) const;  // any case; "" when absent
};

// One connection, with the server's certificate checked against `ca_file` ("" = plain).
class HttpConnection {
 public:
  HttpConnection(const std::string& host, std::uint16_t port, const std::string& ca_file);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void send(std::string_view bytes);
  // The next answer, read by its Content-Length. `no_body`: of a HEAD.
  HttpResponse receive(bool no_body = false);
  std::string receive_bytes(std::size_t least);  // at least so many, or all there is before the end
  // True when the server closes without another byte.
  bool ended(std::chrono::milliseconds limit = std::chrono::seconds(15));

 private:
  bool read_more(std::chrono::milliseconds limit);  // false: end of stream
  struct Socket;
  std::unique_ptr<Socket> socket_;
  std::string stream_;
};

struct RestTweaks {
  std::chrono::milliseconds clock_error{0};      // added to the timestamp
  std::string signed_path{};                     // "" = the right one
  std::string leave_out{};                       // a header that is not sent
  std::string key_id{};                          // "" = the key's own
  std::string timestamp{};                       // "" = now
  std::string content_type{"application/json"};  // with a body, or a POST; "" = none
  std::string extra{};                           // more headers, "Accept-Encoding: gzip\r\n"
};

// Signed requests over one kept connection; opens another when the server ended it.
class RestClient {
 public:
  // `key_name` as in endpoints.json; "" = no credentials. `url`: as in endpoints.json.
  RestClient(const marginfix::Endpoints& endpoints, const std::string& key_name, std::string url = {});
  RestClient(const Simulator& simulator, const std::string& key_name, std::string url = {})
      : RestClient(endpoints_of(simulator), key_name, std::move(url)) {}
  // `target` relative to the base: "/margin/orders?limit=5".
  HttpResponse call(const std::string& method, const std::string& target, const std::string& body = "", const RestTweaks& tweaks = {});
  HttpResponse get(const std::string& target, const RestTweaks& tweaks = {}) { return call("GET", target, "", tweaks); }
  HttpResponse post(const std::string& target, const std::string& body, const RestTweaks& tweaks = {}) {
    return call("POST", target, body, tweaks);
  }
  // The bytes of the request, for tests that send them their own way.
  std::string request(const std::string& method, const std::string& target, const std::string& body = "", const RestTweaks& tweaks = {});
  HttpConnection& connection();
  void hang_up() { connection_.reset(); }

 private:
  std::string host_, base_, ca_file_, key_id_;
  std::uint16_t port_{0};
  std::optional<Signer> signer_;
  std::unique_ptr<HttpConnection> connection_;
};

std::string gunzip(std::string_view packed);

}  // namespace marginfix::sim::test
