// How the stream is reached, and what it must be like. Values of the configuration's [nats] table (config/reconcile.toml explains each); no
// secret stands in them but by the name of the file that holds it.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/result.hpp"

namespace marginfix::reconcile {

struct StreamSettings {
  std::string name{"MARGINFIX"};
  std::string subject{"marginfix"};  // first tokens of every subject
  std::int64_t replicas{1};
  std::chrono::microseconds keep{std::chrono::hours(7 * 24)};  // max_age; 0: without end
  std::chrono::microseconds duplicate_window{std::chrono::minutes(2)};
};

struct BrokerSettings {
  std::vector<std::string> servers;  // tls://host:4222, or nats://127.0.0.1:4222; empty: nothing is fanned out
  std::string ca_file;               // "" = the system's
  std::string certificate_file, key_file;
  std::string credentials_file;  // a .creds file of NATS
  std::string user, password_file;
  std::string token_file;
  StreamSettings stream;
  std::chrono::milliseconds answer_wait{5'000};  // of one request; not in the configuration
  bool on() const noexcept { return !servers.empty(); }
};

// A server's address. Error(config): no such scheme, a name or password in it, plain beyond this machine, ... The text never holds what
// stands before an '@'.
struct ServerAddress {
  bool tls{false};
  std::string host;
  std::uint16_t port{4222};
};
Result<ServerAddress> parse_server(std::string_view url);

// What one of the settings alone cannot say; Error(config).
Result<void> check_settings(const BrokerSettings& settings);

// What a broker says of a stream that is there.
struct StreamFound {
  std::vector<std::string> subjects;
  std::string retention, storage, discard;
  std::chrono::nanoseconds max_age{0}, duplicate_window{0};
  std::int64_t max_messages_per_subject{-1}, replicas{1};
  bool has_sources{false}, has_mirror{false}, no_ack{false}, sealed{false};
  std::uint64_t last_sequence{0}, messages{0};
  std::string leader;  // server of a cluster; "" where there is none
};
// "" where events may go there: limits retention, kept well over the duplicate window, which is the one that was asked for, and fed by
// nobody else. Else what is wrong, in words.
std::string unfit(const StreamFound& found, const StreamSettings& wanted);

}  // namespace marginfix::reconcile
