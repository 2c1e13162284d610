// The base URL of an API, taken apart and checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "marginfix/core/environment.hpp"
#include "marginfix/core/result.hpp"

namespace marginfix::rest {

struct BaseUrl {
  std::string origin;  // "https://host:port" (the port only where it was given)
  std::string host;    // without brackets
  std::string path;    // "/trade-api/v2": no slash at the end, percent escapes in upper case; may be empty
  bool tls{true};
  bool loopback{false};
};

// `what` names it in messages ("base_url"). Error(config): no URL, another scheme than https (http to loopback), no host, credentials, a
// query or a fragment.
Result<BaseUrl> parse_base_url(std::string_view text, std::string_view what);

// Refuses a URL of one environment where the other is meant.
Result<void> check_environment(std::optional<Environment> meant, std::string_view host, std::string_view what);

}  // namespace marginfix::rest
