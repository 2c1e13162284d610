// One libcurl easy handle, set up once and used request after request. The only place that knows which of libcurl's options make a request
// ours: TLS 1.2 and verified, no redirects, no credentials from anywhere else, one connection, and never a second sending of one request.
#pragma once

#include <curl/curl.h>

#include <array>
#include <string>
#include <string_view>

#include "marginfix/rest/config.hpp"
#include "rest/transport/http.hpp"

namespace marginfix::rest {

// Loads libcurl, once a process. Thread-safe.
void load_libcurl();

// What all requests of a client have in common.
struct TransportOptions {
  HttpOptions http;
  bool loopback{false};  // never through a proxy
  bool tls{true};
};

// Not thread-safe; the request given to begin() must live until finish().
class EasyTransfer {
 public:
  // `share` may be null. Throws Exception(internal) when libcurl has no handle or an option is unknown to it.
  EasyTransfer(const TransportOptions& options, CURLSH* share);
  ~EasyTransfer();
  EasyTransfer(const EasyTransfer&) = delete;
  EasyTransfer& operator=(const EasyTransfer&) = delete;

  CURL* handle() const noexcept { return handle_; }
  void begin(const HttpRequest& request);
  // What came of it; the transfer is ready for the next.
  HttpAnswer finish(CURLcode code);
  // Ended by us.
  HttpAnswer abandon(HttpEnd why, std::string detail);

 private:
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept;
  static int on_about_to_send(void* self, char*, char*, int, int) noexcept;
  void set_up(const TransportOptions& options, CURLSH* share);
  void set_tls(const TransportOptions& options);
  void take_header(std::string_view line);
  HttpAnswer take(HttpEnd end, std::string detail);

  CURL* handle_;
  curl_slist* headers_{nullptr};
  HttpAnswer answer_;
  std::size_t most_body_;
  std::size_t header_bytes_{0};
  unsigned sends_{0};
  bool too_big_{false}, out_of_memory_{false};
  std::array<char, CURL_ERROR_SIZE> error_{};
};

}  // namespace marginfix::rest
