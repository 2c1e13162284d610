// A request and its answer, without sockets, and the rules of who may ask a service's page: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "marginfix/core/secret.hpp"

namespace marginfix::services {

struct HttpRequest {
  std::string method;  // upper case
  std::string path;    // as it came, without the query
  std::string query;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  // The first header of this name in any case; "" where there is none.
  std::string_view header(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;
  // The first parameter of this name, decoded; "" where there is none, or where it is not well formed.
  std::string parameter(std::string_view name) const;
};

struct HttpReply {
  int status{200};
  std::string content_type{"application/json"};
  std::string body;
  std::string allow;   // of a 405: "GET, HEAD"
  bool stream{false};  // the body begins a stream of events, which stays open
};

HttpReply text_reply(std::string_view content_type, std::string body, int status = 200);
// {"error": {"code": ..., "message": ...}}
HttpReply http_error(int status, std::string_view code, std::string_view message);
std::string_view http_reason(int status) noexcept;
// Of a Content-Type: "application/json", with or without parameters.
bool is_json(std::string_view content_type) noexcept;

// What a server is called: its own address and the names it was told. Lower case, with the port.
class HostNames {
 public:
  HostNames() = default;
  // `address` as the socket is bound to ("127.0.0.1", "::1"); `more`: "NAME" (then with our port, or without one) or "NAME:PORT".
  // `setting`: where further names are configured, for the person who is refused ("`names` under [page]").
  HostNames(const std::string& address, std::uint16_t port, const std::vector<std::string>& more, std::string setting = {});
  bool contains(std::string_view host) const;
  // An Origin(header) of one of these names; "" (no browser) is none of a stranger's.
  bool same_origin(std::string_view origin) const;
  const std::string& setting() const noexcept { return setting_; }

 private:
  std::vector<std::string> names_;
  std::string setting_;
};

// Why this request is refused before anybody looks at its path: a foreign Host (421), none or several (400), a foreign Origin (403).
// Nothing: it is not.
std::optional<HttpReply> refused(const HttpRequest& request, const HostNames& names);
// `Authorization: Bearer TOKEN`, compared in constant time; false for an empty token.
bool has_token(const HttpRequest& request, const SecretString& token);

}  // namespace marginfix::services
