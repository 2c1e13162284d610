// Fetches a report file by its presigned link. The link is a secret and stays in here: no error names it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "marginfix/core/result.hpp"
#include "marginfix/core/secret.hpp"

namespace marginfix::reconcile {

struct FileLimits {
  std::size_t most_bytes{std::size_t{16} << 20};
  std::chrono::milliseconds time{10'000};
};

// HTTPS, or HTTP on this machine; no redirects, no credentials of ours, no proxy to loopback. Error(http, tls, connect, timeout, decode).
Result<std::string> fetch_report_file(const SecretString& link, const std::string& ca_file, const FileLimits& limits = {});

}  // namespace marginfix::reconcile
