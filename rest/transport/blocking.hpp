// Requests that wait for their answer: a pool of easy handles, each with a connection of its own that is kept alive, and one memory of TLS
// sessions for all of them.
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <mutex>
#include <vector>

#include "rest/transport/easy.hpp"
#include "rest/transport/http.hpp"

namespace marginfix::rest::detail {

// Thread-safe: as many requests at a time as there are callers; `connections` handles are kept.
class BlockingTransport {
 public:
  explicit BlockingTransport(TransportOptions options);
  ~BlockingTransport();
  BlockingTransport(const BlockingTransport&) = delete;
  BlockingTransport& operator=(const BlockingTransport&) = delete;

  HttpAnswer perform(const HttpRequest& request);

 private:
  static void lock(CURL*, curl_lock_data what, curl_lock_access, void* self) noexcept;
  static void unlock(CURL*, curl_lock_data what, void* self) noexcept;
  std::unique_ptr<EasyTransfer> borrow();
  void give_back(std::unique_ptr<EasyTransfer> transfer);

  TransportOptions options_;
  std::array<std::mutex, CURL_LOCK_DATA_LAST> share_locks_;
  CURLSH* share_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<EasyTransfer>> idle_;  // the last used one is the next: its connection is the youngest
};

}  // namespace marginfix::rest::detail
