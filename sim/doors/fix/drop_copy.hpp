// KalshiDC: answers U1 with the reports of the past and U2, or with U3. Reports go out in portions, one an I/O turn, so that a long
// range does not hold up the exchange, and at the speed the client reads: no more than a window of bytes waits for it, more follows when
// they have left (go_on). A second request of the same session meanwhile is one too many.
// Source: fix-margin.md "Drop copy (KalshiDC)".
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "sim/doors/fix/session_options.hpp"
#include "sim/doors/fix/wire.hpp"
#include "sim/exchange/exchange.hpp"

namespace marginfix::sim {

class DropCopyDoor {
 public:
  using Subscriber = std::uint32_t;
  using Send = std::function<void(Subscriber, const char* msg_type, const std::string& body)>;
  using Queued = std::function<std::size_t(Subscriber)>;  // bytes that wait for it to read

  DropCopyDoor(boost::asio::io_context& io, const Exchange& exchange, fixwire::Writer& writer, Send send, Queued queued);

  struct Request {
    Subscriber subscriber{0};
    AccountId account{0};
    SessionOptions options;
    std::int64_t ref_seq{0};  // MsgSeqNum(34) of the U1
    ExecId begin;
    std::optional<ExecId> end;
    std::optional<ExecId> blind_until{};  // events up to this one are not in the account's drop copy
  };
  void request(const Request& request);
  void reject(Subscriber subscriber, std::int64_t ref_seq, int reason, const std::string& text);
  void go_on(Subscriber subscriber);  // nothing waits for it any more
  void forget(Subscriber subscriber) { running_.erase(subscriber); }

 private:
  struct Running {
    Request request;
    std::int64_t sent{0};
    std::uint64_t ticket{0};  // tells a later request of the same subscriber from this one
    bool waits{false};        // for room
  };
  void portion(Subscriber subscriber, std::uint64_t ticket);
  void schedule(Subscriber subscriber, std::uint64_t ticket);

  boost::asio::io_context& io_;
  const Exchange& exchange_;
  fixwire::Writer& writer_;
  Send send_;
  Queued queued_;
  std::map<Subscriber, Running> running_;
  std::uint64_t tickets_{0};
  fixwire::ExecutionReport report_;
};

}  // namespace marginfix::sim
