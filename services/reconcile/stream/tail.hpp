// Follows a stream: every message of a filter once, in order, through every outage of the brokers. De-duplicates by message id, as every
// consumer must. One thread.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "services/reconcile/stream/connection.hpp"

namespace marginfix::reconcile {

// "marginfix.execution.alice.*": empty ones are any.
std::string stream_filter(std::string_view subject, std::string_view kind, std::string_view account, std::string_view symbol);

class StreamTail {
 public:
  // `trouble` is called with what is wrong each time that changes; "" = it goes on.
  StreamTail(ConnectStream connect, std::string stream, std::string filter, StreamConnection::From from,
             std::function<void(const std::string&)> trouble = {});
  // Nothing: none came in that time. Error: what does not get better by itself (config, credentials).
  Result<std::optional<StreamMessage>> next(std::chrono::milliseconds wait);

 private:
  Result<void> connect();
  void cut(const Error& error);
  bool is_new(const std::string& id);

  ConnectStream connect_;
  std::string stream_, filter_;
  StreamConnection::From from_;
  std::function<void(const std::string&)> trouble_;
  std::unique_ptr<StreamConnection> connection_;
  std::string told_;
  // The latest ids: many more than any broker's window of duplicates.
  std::unordered_set<std::string> seen_;
  std::deque<std::string> order_;
};

}  // namespace marginfix::reconcile
