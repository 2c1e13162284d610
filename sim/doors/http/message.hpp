// HTTP as the doors see it: values, no sockets, no Beast.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/doors/rest/endpoint.hpp"

namespace marginfix::sim {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // as sent, from the root, up to '?': what signatures cover
  std::string query;   // as sent, without '?'
  HttpHeaders headers;
  std::string body;
  std::string peer;  // "127.0.0.1:50123"

  // The first of that name (any case); empty when there is none.
  std::string_view header(std::string_view name) const;
};

// How an answer leaves. All but Whole are faults that tests ask for.
enum class HttpEnding : std::uint8_t {
  Whole = 0,
  CutBody,    // the head promises the whole body, half of it follows, then the connection ends
  Unanswered  // the connection ends without a byte
};

struct HttpReply {
  HttpAnswer answer;
  HttpHeaders headers{};  // beside Content-Type, Content-Length, Date and the request id
  std::string content_type{"application/json"};
  std::chrono::milliseconds delay{0};
  HttpEnding ending{HttpEnding::Whole};
  std::string proven_key{};  // the key (or other credential) that the request has shown to have; "" = none
};

// Case does not matter in header names and tokens.
bool same_token(std::string_view a, std::string_view b) noexcept;
// True for an Accept-Encoding that names gzip (or *) and does not weigh it with zero.
bool accepts_gzip(std::string_view accept_encoding);
// application/json, whatever parameters follow.
bool is_json(std::string_view content_type);

std::string gzip(std::string_view text);
// "Sun, 06 Nov 1994 08:49:37 GMT"
std::string http_date(Timestamp time);
std::string_view reason_phrase(int status) noexcept;

}  // namespace marginfix::sim
