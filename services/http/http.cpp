#include "services/http/http.hpp"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>

#include "marginfix/json/writer.hpp"

namespace marginfix::services {

namespace {

constexpr std::string_view kBearer = "Bearer ";

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_word(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// False: a % without its two digits.
bool percent_decode(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const int high = i + 1 < text.size() ? hex_digit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return true;
}

std::array<unsigned char, SHA256_DIGEST_LENGTH> digest_of(std::string_view text) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

bool has_port(std::string_view name) { return name.find(':') != std::string_view::npos && !name.ends_with(']'); }

}  // namespace

std::string_view HttpRequest::header(std::string_view name) const noexcept {
  const auto found = std::ranges::find_if(headers, [&](const auto& header) { return same_word(header.first, name); });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::size_t HttpRequest::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(headers, [&](const auto& header) { return same_word(header.first, name); }));
}

std::string HttpRequest::parameter(std::string_view name) const {
  std::string_view rest = query;
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (pair.substr(0, equals) != name || equals == std::string_view::npos) continue;
    std::string value;
    return percent_decode(pair.substr(equals + 1), value) ? value : std::string();
  }
  return {};
}

HttpReply text_reply(std::string_view content_type, std::string body, int status) {
  HttpReply reply;
  reply.status = status;
  reply.content_type = content_type;
  reply.body = std::move(body);
  return reply;
}

HttpReply http_error(int status, std::string_view code, std::string_view message) {
  HttpReply reply;
  reply.status = status;
  json::Writer out(reply.body);
  out.begin_object().key("error").begin_object().member("code", code).member("message", message).end_object().end_object();
  return reply;
}

std::string_view http_reason(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 503:
      return "Service Unavailable";
    default:
      return "Internal Server Error";
  }
}

bool is_json(std::string_view content_type) noexcept {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.ends_with(' ')) content_type.remove_suffix(1);
  return content_type == "application/json";
}

HostNames::HostNames(const std::string& address, std::uint16_t port, const std::vector<std::string>& more, std::string setting)
    : setting_(std::move(setting)) {
  const std::string colon_port = ":" + std::to_string(port);
  const std::string own = address.find(':') == std::string::npos ? address : "[" + address + "]";
  for (const std::string& name : {std::string("127.0.0.1"), std::string("localhost"), std::string("[::1]"), lower_case(own)}) {
    names_.push_back(name + colon_port);
    if (port == 80) names_.push_back(name);
  }
  for (const std::string& name : more) {
    names_.push_back(lower_case(name));
    if (!has_port(name)) names_.push_back(lower_case(name) + colon_port);
  }
}

bool HostNames::contains(std::string_view host) const { return std::ranges::find(names_, lower_case(host)) != names_.end(); }

bool HostNames::same_origin(std::string_view origin) const {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return contains(origin.substr(scheme.size()));
  }
  return origin.empty();
}

std::optional<HttpReply> refused(const HttpRequest& request, const HostNames& names) {
  if (request.count("Host") != 1) return http_error(400, "bad_host", "one Host header is needed");
  if (!names.contains(request.header("Host"))) {
    const std::string where = names.setting().empty() ? "given" : names.setting();
    return http_error(421, "foreign_host",
                      "this service does not answer to that name; further ones are " + where + " in its configuration");
  }
  if (!names.same_origin(request.header("Origin"))) return http_error(403, "foreign_origin", "asked by a page of another site");
  return std::nullopt;
}

bool has_token(const HttpRequest& request, const SecretString& token) {
  std::string_view given = request.header("Authorization");
  if (token.empty() || request.count("Authorization") != 1 || !given.starts_with(kBearer)) return false;
  given.remove_prefix(kBearer.size());
  const auto a = digest_of(given), b = digest_of(token.reveal());
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace marginfix::services
