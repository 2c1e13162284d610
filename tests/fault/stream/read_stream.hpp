// A stream as a consumer reads it.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "services/reconcile/stream/connection.hpp"

namespace marginfix::test {

// As soon as a broker takes it; null: none has for a minute.
inline std::unique_ptr<reconcile::StreamConnection> connected_to(const reconcile::BrokerSettings& settings) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  std::string why;
  while (std::chrono::steady_clock::now() < until) {
    auto made = reconcile::connect_nats(settings);
    if (made) return std::move(*made);
    why = made.error().message;
    std::this_thread::yield();
  }
  ADD_FAILURE() << why;
  return nullptr;
}

// From its begin, whatever the brokers do meanwhile; `count` of them, and there are no more.
inline std::vector<reconcile::StreamMessage> read_stream(const reconcile::BrokerSettings& settings, std::int64_t count) {
  std::vector<reconcile::StreamMessage> messages;
  const auto until = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (static_cast<std::int64_t>(messages.size()) < count && std::chrono::steady_clock::now() < until) {
    const auto connection = connected_to(settings);
    if (connection == nullptr) break;
    reconcile::StreamConnection::From from;
    from.sequence = messages.empty() ? 1 : messages.back().sequence + 1;
    if (!connection->follow(settings.stream.name, settings.stream.subject + ".>", from)) continue;
    while (static_cast<std::int64_t>(messages.size()) < count) {
      auto next = connection->next_message(std::chrono::seconds(1));
      if (!next) break;
      if (*next) messages.push_back(std::move(**next));
    }
  }
  if (const auto connection = connected_to(settings)) {
    const auto found = connection->look(settings.stream.name);
    EXPECT_TRUE(found && *found) << (found ? "no stream" : found.error().message);
    EXPECT_EQ(found && *found ? (*found)->messages : 0, static_cast<std::uint64_t>(count));
  }
  return messages;
}

}  // namespace marginfix::test
