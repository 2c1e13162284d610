#include "rest/transport/easy.hpp"

#include <algorithm>
#include <cctype>
#include <mutex>
#include <new>

#include "marginfix/core/error.hpp"
#include "marginfix/core/trimmed.hpp"

namespace marginfix::rest {
namespace {

constexpr std::size_t kMostHeaders = std::size_t{256} << 10;

[[noreturn]] void broken(std::string text) { throw Exception(fail(ErrorCategory::internal, std::move(text))); }

template <class Value>
void set_easy(CURL* handle, CURLoption option, Value value) {
  if (const CURLcode code = curl_easy_setopt(handle, option, value); code != CURLE_OK)
    broken("libcurl refuses option " + std::to_string(static_cast<int>(option)) + ": " + curl_easy_strerror(code));
}

HttpEnd end_of(CURLcode code) {
  switch (code) {
    case CURLE_OK:
      return HttpEnd::answered;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
      return HttpEnd::no_connect;
    case CURLE_SSL_CONNECT_ERROR:
      return HttpEnd::tls_failed;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
      return HttpEnd::tls_refused;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpEnd::timed_out;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_ABORTED_BY_CALLBACK:  // the second sending that we refuse
      return HttpEnd::cut;
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
      return HttpEnd::bad_encoding;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
      return HttpEnd::not_http;
    default:
      return HttpEnd::failed;
  }
}

}  // namespace

void load_libcurl() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) broken("libcurl cannot be initialised");
  });
}

EasyTransfer::EasyTransfer(const TransportOptions& options, CURLSH* share) : most_body_(options.http.most_body) {
  load_libcurl();
  handle_ = curl_easy_init();
  if (handle_ == nullptr) broken("libcurl has no handle for a request");
  try {
    set_up(options, share);
    if (options.tls) set_tls(options);
  } catch (...) {
    curl_easy_cleanup(handle_);
    throw;
  }
}

EasyTransfer::~EasyTransfer() {
  curl_easy_cleanup(handle_);
  curl_slist_free_all(headers_);
}

void EasyTransfer::set_up(const TransportOptions& options, CURLSH* share) {
  const HttpOptions& http = options.http;
  if (share != nullptr) set_easy(handle_, CURLOPT_SHARE, share);
  set_easy(handle_, CURLOPT_PRIVATE, static_cast<void*>(this));
  set_easy(handle_, CURLOPT_ERRORBUFFER, error_.data());
  set_easy(handle_, CURLOPT_NOSIGNAL, 1L);
  set_easy(handle_, CURLOPT_HEADERFUNCTION, &EasyTransfer::on_header);
  set_easy(handle_, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set_easy(handle_, CURLOPT_WRITEFUNCTION, &EasyTransfer::on_body);
  set_easy(handle_, CURLOPT_WRITEDATA, static_cast<void*>(this));
  // libcurl sends a request again by itself when a kept-alive connection turns out dead or an HTTP/2 stream is refused. It asks here first.
  set_easy(handle_, CURLOPT_PREREQFUNCTION, &EasyTransfer::on_about_to_send);
  set_easy(handle_, CURLOPT_PREREQDATA, static_cast<void*>(this));

  set_easy(handle_, CURLOPT_PROTOCOLS_STR, options.tls ? "https" : "http");
  set_easy(handle_, CURLOPT_FOLLOWLOCATION, 0L);
  set_easy(handle_, CURLOPT_PATH_AS_IS, 1L);  // what was signed is what is sent
  set_easy(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(http.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  set_easy(handle_, CURLOPT_PIPEWAIT, http.http2 && options.tls ? 1L : 0L);
  if (http.compression) set_easy(handle_, CURLOPT_ACCEPT_ENCODING, "gzip");
  set_easy(handle_, CURLOPT_USERAGENT, http.user_agent.c_str());
  set_easy(handle_, CURLOPT_TCP_NODELAY, 1L);
  set_easy(handle_, CURLOPT_TCP_KEEPALIVE, 1L);
  set_easy(handle_, CURLOPT_DNS_CACHE_TIMEOUT, 0L);  // every new connection looks the name up
  set_easy(handle_, CURLOPT_MAXAGE_CONN, static_cast<long>(http.idle_limit.count()));
  set_easy(handle_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  if (options.loopback || http.proxy == "none") {
    set_easy(handle_, CURLOPT_PROXY, "");
  } else if (!http.proxy.empty()) {
    set_easy(handle_, CURLOPT_PROXY, http.proxy.c_str());
  }
}

void EasyTransfer::set_tls(const TransportOptions& options) {
  set_easy(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set_easy(handle_, CURLOPT_SSL_VERIFYPEER, 1L);
  set_easy(handle_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (options.http.ca_file.empty()) return;
  set_easy(handle_, CURLOPT_CAINFO, options.http.ca_file.c_str());
  set_easy(handle_, CURLOPT_CAPATH, static_cast<char*>(nullptr));
}

void EasyTransfer::begin(const HttpRequest& request) {
  answer_ = {};
  error_[0] = '\0';
  header_bytes_ = 0;
  sends_ = 0;
  too_big_ = out_of_memory_ = false;

  curl_slist_free_all(std::exchange(headers_, nullptr));
  const auto add = [this](const char* line) {
    curl_slist* const longer = curl_slist_append(headers_, line);
    if (longer == nullptr) throw std::bad_alloc();
    headers_ = longer;
  };
  add("Expect:");  // no waiting for "100 Continue"
  for (const std::string& line : request.headers) add(line.c_str());

  set_easy(handle_, CURLOPT_URL, request.url.c_str());
  set_easy(handle_, CURLOPT_HTTPHEADER, headers_);
  set_easy(handle_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  set_easy(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  if (request.method == Method::post || request.method == Method::put) {
    set_easy(handle_, CURLOPT_POST, 1L);
    set_easy(handle_, CURLOPT_POSTFIELDS, request.body.c_str());
    set_easy(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  } else {
    set_easy(handle_, CURLOPT_POSTFIELDS, static_cast<char*>(nullptr));
    set_easy(handle_, CURLOPT_HTTPGET, 1L);
  }
  const bool named = request.method == Method::put || request.method == Method::del;
  set_easy(handle_, CURLOPT_CUSTOMREQUEST, named ? to_string(request.method).data() : static_cast<const char*>(nullptr));
}

HttpAnswer EasyTransfer::finish(CURLcode code) {
  if (out_of_memory_) throw std::bad_alloc();
  HttpEnd end = end_of(code);
  if (too_big_) end = HttpEnd::too_big;
  // Anything that breaks while a request is under way is a cut: whatever libcurl calls it.
  if (end == HttpEnd::tls_failed && sends_ > 0) end = HttpEnd::cut;
  answer_.stale = end == HttpEnd::cut && sends_ > 1;
  std::string detail = error_[0] != '\0' ? error_.data() : (code == CURLE_OK ? "" : curl_easy_strerror(code));
  if (answer_.stale) detail = "the kept-alive connection was closed as the request went out";
  return take(end, std::move(detail));
}

HttpAnswer EasyTransfer::abandon(HttpEnd why, std::string detail) { return take(why, std::move(detail)); }

HttpAnswer EasyTransfer::take(HttpEnd end, std::string detail) {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  answer_.end = end;
  answer_.status = static_cast<std::int32_t>(status);
  answer_.detail = std::move(detail);
  answer_.sent = sends_ > 0;
  // The request's header lines hold a signature or a token: gone as soon as they are of no more use.
  set_easy(handle_, CURLOPT_HTTPHEADER, static_cast<curl_slist*>(nullptr));
  for (curl_slist* line = headers_; line != nullptr; line = line->next) wipe(line->data, std::char_traits<char>::length(line->data));
  curl_slist_free_all(std::exchange(headers_, nullptr));
  return std::move(answer_);
}

int EasyTransfer::on_about_to_send(void* self, char*, char*, int, int) noexcept {
  return static_cast<EasyTransfer*>(self)->sends_++ == 0 ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

std::size_t EasyTransfer::on_header(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& me = *static_cast<EasyTransfer*>(self);
  const std::size_t bytes = size * count;
  me.header_bytes_ += bytes;
  if (me.header_bytes_ > kMostHeaders) {
    me.too_big_ = true;
    return 0;
  }
  try {
    me.take_header({data, bytes});
  } catch (...) {
    me.out_of_memory_ = true;
    return 0;
  }
  return bytes;
}

void EasyTransfer::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {  // of an interim answer (1xx), or of the real one
    answer_.headers.clear();
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(trimmed(line.substr(0, colon)));
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  answer_.headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
}

std::size_t EasyTransfer::on_body(char* data, std::size_t size, std::size_t count, void* self) noexcept {
  auto& me = *static_cast<EasyTransfer*>(self);
  const std::size_t bytes = size * count;
  if (bytes > me.most_body_ - me.answer_.body.size()) {
    me.too_big_ = true;
    return 0;
  }
  try {
    me.answer_.body.append(data, bytes);
  } catch (...) {
    me.out_of_memory_ = true;
    return 0;
  }
  return bytes;
}

}  // namespace marginfix::rest
