#include "services/reconcile/feeds/report_file.hpp"

#include <curl/curl.h>

#include <memory>
#include <string_view>

#include "marginfix/core/environment.hpp"

namespace marginfix::reconcile {
namespace {

struct FileSoFar {
  std::string body;
  std::size_t most;
};

std::size_t take_piece(char* data, std::size_t, std::size_t size, void* into) {
  auto& file = *static_cast<FileSoFar*>(into);
  if (file.body.size() + size > file.most) return 0;
  file.body.append(data, size);
  return size;
}

std::string host_of_link(std::string_view link) {
  const auto begin = link.find("://");
  if (begin == std::string_view::npos) return {};
  std::string_view host = link.substr(begin + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (host.find('@') != std::string_view::npos) return {};
  if (host.starts_with('[')) return std::string(host.substr(0, host.find(']') + 1));
  return std::string(host.substr(0, host.find(':')));
}

ErrorCategory category_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return ErrorCategory::timeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
      return ErrorCategory::tls;
    case CURLE_WRITE_ERROR:
      return ErrorCategory::decode;
    default:
      return ErrorCategory::connect;
  }
}

}  // namespace

Result<std::string> fetch_report_file(const SecretString& link, const std::string& ca_file, const FileLimits& limits) {
  std::string url(link.reveal());
  const std::string host = host_of_link(url);
  const bool safe = url.starts_with("https://") || (url.starts_with("http://") && is_loopback_host(host));
  if (host.empty() || !safe) return fail(ErrorCategory::http, "the report's link is neither HTTPS nor on this machine: it is not opened");
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  if (!curl) return fail(ErrorCategory::internal, "libcurl cannot be used");
  FileSoFar file{{}, limits.most_bytes};
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(limits.time.count()));
  curl_easy_setopt(curl.get(), CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(limits.most_bytes));
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &take_piece);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &file);
  if (!ca_file.empty()) curl_easy_setopt(curl.get(), CURLOPT_CAINFO, ca_file.c_str());
  if (is_loopback_host(host)) curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  const CURLcode code = curl_easy_perform(curl.get());
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  wipe(url.data(), url.size());
  if (code != CURLE_OK) return fail(category_of(code), std::string("the report's file did not come: ") + curl_easy_strerror(code));
  if (status != 200) {
    Error error = fail(ErrorCategory::http, "the report's file did not come: HTTP status " + std::to_string(status));
    error.status = static_cast<std::int32_t>(status);
    return error;
  }
  return std::move(file.body);
}

}  // namespace marginfix::reconcile
