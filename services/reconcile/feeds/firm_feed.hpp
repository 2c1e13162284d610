// The firm's own record as records: FIX messages of its logs (any engine's, fix/log_scan.hpp), rows of a CSV by a map of its columns.
// read() reads what has come since the last call, so that a file that grows is followed, and one that was replaced (shorter than what has
// been read, or another file) is read from its beginning. One thread at a time; run() reads on a thread of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "marginfix/core/result.hpp"
#include "services/reconcile/config.hpp"
#include "services/reconcile/feeds/record_queue.hpp"

namespace marginfix::reconcile {

// One file. Its records are made by take(), which is pure: bytes in, records out.
class FirmReader {
 public:
  using OnMessage = std::function<void(std::string_view fix)>;
  using OnRow = std::function<void(std::string json)>;
  virtual ~FirmReader() = default;
  virtual void take(std::string_view piece) = 0;
  virtual void finish() = 0;  // nothing more comes
  // Error(decode): a CSV without the columns of its map.
  virtual Result<void> good() const { return {}; }
  static std::unique_ptr<FirmReader> make(const FirmSource& source, OnMessage on_message, OnRow on_row);
};

class FirmFeed {
 public:
  FirmFeed(std::string account, std::vector<FirmSource> sources, RecordQueue& queue);
  ~FirmFeed();
  FirmFeed(const FirmFeed&) = delete;
  FirmFeed& operator=(const FirmFeed&) = delete;

  // What is new in each file; a file that is not followed ends where it ends now. Error: one that cannot be read; the source is then
  // unknown.
  Result<void> read();
  void run(std::chrono::milliseconds interval = std::chrono::milliseconds(500));
  void stop();

 private:
  struct File;
  Result<void> read(File& file);
  Result<void> read_gateway(File& file);
  Result<void> open(File& file);
  void keep(RecordKind kind, std::string body);
  void tell_complete(File& file, const struct stat& there);
  void rounds(std::chrono::milliseconds interval);

  std::string account_;
  RecordQueue& queue_;
  std::vector<std::unique_ptr<File>> files_;
  std::string told_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::atomic<bool> stopping_{false};  // changed under the mutex
  std::thread thread_;
};

}  // namespace marginfix::reconcile
