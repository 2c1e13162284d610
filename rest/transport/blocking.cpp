#include "rest/transport/blocking.hpp"

namespace marginfix::rest::detail {

BlockingTransport::BlockingTransport(TransportOptions options) : options_(std::move(options)) {
  load_libcurl();
  share_ = curl_share_init();
  if (share_ == nullptr) throw Exception(fail(ErrorCategory::internal, "libcurl has no share"));
  curl_share_setopt(share_, CURLSHOPT_LOCKFUNC, &BlockingTransport::lock);
  curl_share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &BlockingTransport::unlock);
  curl_share_setopt(share_, CURLSHOPT_USERDATA, this);
  // Connections and cookies are not shared: libcurl cannot share the first between threads, and we have none of the second.
  curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
}

BlockingTransport::~BlockingTransport() {
  idle_.clear();
  curl_share_cleanup(share_);
}

void BlockingTransport::lock(CURL*, curl_lock_data what, curl_lock_access, void* self) noexcept {
  static_cast<BlockingTransport*>(self)->share_locks_.at(static_cast<std::size_t>(what)).lock();
}

void BlockingTransport::unlock(CURL*, curl_lock_data what, void* self) noexcept {
  static_cast<BlockingTransport*>(self)->share_locks_.at(static_cast<std::size_t>(what)).unlock();
}

std::unique_ptr<EasyTransfer> BlockingTransport::borrow() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto transfer = std::move(idle_.back());
      idle_.pop_back();
      return transfer;
    }
  }
  auto transfer = std::make_unique<EasyTransfer>(options_, share_);
  curl_easy_setopt(transfer->handle(), CURLOPT_MAXCONNECTS, 1L);
  return transfer;
}

void BlockingTransport::give_back(std::unique_ptr<EasyTransfer> transfer) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < options_.http.connections) idle_.push_back(std::move(transfer));
}

HttpAnswer BlockingTransport::perform(const HttpRequest& request) {
  auto transfer = borrow();
  transfer->begin(request);
  HttpAnswer answer = transfer->finish(curl_easy_perform(transfer->handle()));
  give_back(std::move(transfer));
  return answer;
}

}  // namespace marginfix::rest::detail
