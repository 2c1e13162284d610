// One HTTP request and what became of it, free of libcurl: what the transports take and give.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "marginfix/core/secret.hpp"
#include "marginfix/rest/operation.hpp"

namespace marginfix::rest {

// Its header lines hold a signature or a token: wiped when it dies.
struct HttpRequest {
  HttpRequest() = default;
  HttpRequest(HttpRequest&&) = default;
  HttpRequest& operator=(HttpRequest&&) = default;
  ~HttpRequest() {
    for (std::string& line : headers) wipe(line.data(), line.size());
  }

  Method method{Method::get};
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;                  // sent where the method is POST or PUT
  std::chrono::milliseconds connect_timeout{0};
  std::chrono::milliseconds timeout{0};  // the whole request
};

enum class HttpEnd : std::uint8_t {
  answered,     // status, headers, body
  no_connect,   // name look-up, proxy or TCP
  tls_failed,   // the handshake did not come to an end
  tls_refused,  // chain, host name, expiry, or our own trusted roots
  timed_out,
  cut,           // the connection ended before the answer did
  too_big,       // more than HttpOptions::most_body
  bad_encoding,  // not the compression it claims to be
  not_http,      // bytes that are no HTTP answer
  cancelled,
  failed  // anything else: `detail` says what
};

struct HttpAnswer {
  HttpEnd end{HttpEnd::failed};
  std::int32_t status{0};
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;
  std::string detail;  // for people
  // Some of the request may have left this machine.
  bool sent{false};
  // A kept-alive connection turned out to be dead before a byte of an answer came.
  bool stale{false};
};

}  // namespace marginfix::rest
