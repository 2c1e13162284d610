// A client of the gateway as those see it who answer it: market data, security lists, positions, order reports.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/gateway/oms/version.hpp"

namespace marginfix::gateway {

// One OMS session, on the gateway's thread. Lives as long as the gateway.
class ClientLine {
 public:
  virtual ~ClientLine() = default;
  virtual const std::string& comp_id() const = 0;  // the client's SenderCompID(49)
  virtual FixVersion version() const = 0;
  virtual bool logged_on() const = 0;
  // Bytes that it has not read yet: who sends what can be made later (books) pauses above some 64 KB and goes on in on_drained().
  virtual std::size_t queued() const = 0;
  // `body`: every field behind the standard header, each with its SOH. False: the client is away, and it was not kept for it.
  virtual bool send(const std::string& msg_type, std::string_view body) = 0;
  // The exchange's symbol of what this client writes into Symbol(55); "" where it may not trade or see it. And the other way round.
  virtual std::string exchange_symbol(std::string_view client_symbol) const = 0;
  virtual std::string client_symbol(std::string_view exchange_symbol) const = 0;
};

// A client's message that has been read, as much as its answer needs.
struct ClientMessage {
  std::string_view raw;
  std::string_view msg_type;
  std::int64_t seq{0};
};

}  // namespace marginfix::gateway
