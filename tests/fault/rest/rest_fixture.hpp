// What the fault tests of the REST clients share: a client that waits as little as it may, answers in the exchange's shapes, gates.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "marginfix/rest/config.hpp"
#include "support/scripted_http_server.hpp"

namespace marginfix::test {

inline constexpr const char* kStatus = R"({"exchange_active":true,"trading_active":true})";
inline constexpr const char* kPlaced = R"({"order_id":"o-1","client_order_id":"c-1","fill_count":"0.00","remaining_count":"1.00"})";
inline constexpr const char* kBase = "/trade-api/v2";

// RFC 8032's first test key: quick to load and to sign with.
inline constexpr const char* kEd25519 =
    "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

inline PerpsConfig config_for(const std::string& origin) {
  PerpsConfig config;
  config.base_url = origin + kBase;
  config.credentials.key_id = "key-1";
  config.credentials.private_key = SecretString(kEd25519);
  config.http.retry.backoff = {std::chrono::milliseconds(1), std::chrono::milliseconds(2), std::chrono::milliseconds(0)};
  config.http.request_timeout = std::chrono::seconds(10);
  return config;
}

// Opens once, for everybody. Opens by itself when the test is over, so that no thread is left behind.
class Gate {
 public:
  ~Gate() { open(); }
  void open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_{false};
};

// Keeps every line.
class LineSink final : public LogSink {
 public:
  void log(LogLevel, std::string_view, std::string_view line) noexcept override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  bool enabled(LogLevel) const noexcept override { return true; }
  std::size_t count(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    std::size_t found = 0;
    for (const auto& line : lines_) found += line.find(part) != std::string::npos ? 1 : 0;
    return found;
  }
  std::string all() const {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const auto& line : lines_) text += line + "\n";
    return text;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

// A second passes with each look at it.
class StepClock final : public Clock {
 public:
  Timestamp now() const override { return start_ + std::chrono::seconds(steps_++); }

 private:
  Timestamp start_{from_epoch_seconds(1'790'000'000)};
  mutable std::atomic<int> steps_{0};
};

}  // namespace marginfix::test
