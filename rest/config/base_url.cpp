#include "rest/config/base_url.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace marginfix::rest {
namespace {

Error refused(std::string_view what, std::string_view text, std::string_view why) {
  return fail(ErrorCategory::config, std::string(what) + " \"" + std::string(text) + "\": " + std::string(why));
}

constexpr bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'); }

// A path may hold unreserved characters, sub-delims, ':', '@' and percent escapes.
bool tidy_path(std::string& path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const char c = path[i];
    if (c == '%') {
      if (i + 2 >= path.size() || !is_hex(path[i + 1]) || !is_hex(path[i + 2])) return false;
      for (const std::size_t at : {i + 1, i + 2}) path[at] = static_cast<char>(std::toupper(static_cast<unsigned char>(path[at])));
      i += 2;
      continue;
    }
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && std::string_view("/-._~!$&'()*+,;=:@").find(c) == std::string_view::npos)
      return false;
  }
  while (path.ends_with('/')) path.pop_back();
  return true;
}

bool good_port(std::string_view port) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return error == std::errc{} && end == port.data() + port.size() && number >= 1 && number <= 65535;
}

bool good_host(std::string_view host) {
  return !host.empty() && std::ranges::all_of(host, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-' || c == '_' || c == ':';
  });
}

}  // namespace

Result<BaseUrl> parse_base_url(std::string_view text, std::string_view what) {
  if (text.empty()) return fail(ErrorCategory::config, std::string(what) + " is empty: give https://HOST/PATH");
  BaseUrl url;
  std::string_view rest = text;
  if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
    url.tls = false;
  } else {
    return refused(what, text, "must begin with https://");
  }
  if (rest.find_first_of("?#") != std::string_view::npos) return refused(what, text, "must not have a query or a fragment");
  const auto slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  // The text may hold a password then: it is not repeated.
  if (authority.find('@') != std::string_view::npos)
    return fail(ErrorCategory::config, std::string(what) + " must not carry credentials in the URL");
  url.path = rest.substr(slash);
  if (!tidy_path(url.path)) return refused(what, text, "the path is not one of a URL");

  const bool brackets = authority.starts_with('[');
  const auto host_end = brackets ? authority.find(']') : authority.rfind(':');
  const std::string_view host = brackets ? authority.substr(1, host_end == std::string_view::npos ? 0 : host_end - 1)
                                         : authority.substr(0, std::min(host_end, authority.size()));
  std::string_view port = host_end == std::string_view::npos ? std::string_view{} : authority.substr(host_end + (brackets ? 1 : 0));
  if (!good_host(host) || (!brackets && host.find(':') != std::string_view::npos)) return refused(what, text, "has no host name");
  if (!port.empty()) {
    if (!port.starts_with(':') || !good_port(port.substr(1))) return refused(what, text, "has no good port");
  }
  url.host = host;
  url.loopback = is_loopback_host(host);
  if (!url.tls && !url.loopback) return refused(what, text, "http:// is for loopback only: use https://");
  url.origin = std::string(url.tls ? "https://" : "http://") + std::string(authority);
  return url;
}

Result<void> check_environment(std::optional<Environment> meant, std::string_view host, std::string_view what) {
  const auto found = environment_of_host(host);
  if (!meant || !found || *meant == *found) return {};
  return fail(ErrorCategory::config, std::string(what) + ": " + std::string(host) + " is the " + std::string(to_string(*found)) +
                                         " exchange's, but the configuration says " + std::string(to_string(*meant)) +
                                         ": a key belongs to one of them, so name the environment that is meant or take the URL out");
}

}  // namespace marginfix::rest
