// What follows from one event at the desk, in the order in which it must be done: first all of it is written to the journal, then clients
// are told and messages sent. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "services/gateway/journal/record.hpp"

namespace marginfix::gateway {

// A message for a client.
struct Tell {
  std::string client;    // ClientConfig::name()
  std::string msg_type;  // 35
  std::string body;      // every field behind the standard header
  bool kept{true};       // an answer that means something later, too: stored while the client is away. False: only for who is there
};

// A message for the exchange: the order's D, or the request that has this exchange-side ClOrdID(11).
struct Send {
  enum class Kind : std::uint8_t { order, replace, cancel };
  Kind kind{Kind::order};
  std::uint64_t order{0};   // ClientOrder::number
  std::string exchange_id;  // 11
};

struct Actions {
  std::vector<JournalRecord> facts;
  std::vector<Tell> tells;
  std::vector<Send> sends;
  void clear() {
    facts.clear();
    tells.clear();
    sends.clear();
  }
};

}  // namespace marginfix::gateway
