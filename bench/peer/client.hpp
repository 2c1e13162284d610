// A MarginFixClient with the one session that is measured, as its user would set it up.
#pragma once

#include <condition_variable>
#include <mutex>

#include "bench/peer/options.hpp"
#include "marginfix/margin_fix_client.hpp"

namespace marginfix::bench {

MarginFixClient make_client(const PeerOptions& options, SessionKind kind, const std::string& store);
// Throws PeerFailure where it does not log on.
void log_on(MarginFixClient& client);

// Set once by one thread, waited for by another.
class Finish {
 public:
  void set();
  void wait();  // throws PeerFailure after two minutes

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool done_{false};
};

// KalshiRT's folder: the one that was named, or one in the current folder that is removed in the end.
class StoreFolder {
 public:
  explicit StoreFolder(const PeerOptions& options);
  ~StoreFolder();
  StoreFolder(const StoreFolder&) = delete;
  StoreFolder& operator=(const StoreFolder&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  bool ours_{false};
};

}  // namespace marginfix::bench
