// The front door to the exchange's FIX: every session of one client, one I/O thread, one rate limit.
//
//   auto config = marginfix::MarginFixConfig::from_cfg_file("config/demo.cfg").value();
//   marginfix::MarginFixClient client(std::move(config));
//   auto& orders = client.order_entry(marginfix::TargetSession::NR);
//   orders.set_handlers(...);
//   client.start().value();
//   client.wait_until_active("KalshiNR", std::chrono::seconds(15)).value();
//   orders.new_order(...);
//   client.stop();
//
// The constructor does no I/O. Threads: sessions/fix_session.hpp. Guide with an example for each session kind: docs/fix.md.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/core/account_limits.hpp"
#include "marginfix/core/log.hpp"
#include "marginfix/core/result.hpp"
#include "marginfix/core/time.hpp"
#include "marginfix/sessions/drop_copy_session.hpp"
#include "marginfix/sessions/listener_session.hpp"
#include "marginfix/sessions/margin_fix_config.hpp"
#include "marginfix/sessions/market_data_session.hpp"
#include "marginfix/sessions/message_log.hpp"
#include "marginfix/sessions/message_store.hpp"
#include "marginfix/sessions/order_entry_session.hpp"
#include "marginfix/sessions/statistics.hpp"

namespace marginfix {

class FakeExchange;

struct MarginFixClientOptions {
  // Where handlers run and sockets live. Empty: a thread of the client's own. Given: an executor on which one thing runs at a time
  // (one thread running an io_context, or a strand); keep it running until stop() has finished.
  boost::asio::any_io_executor executor{};
  // Empty: spdlog as the configuration says (config.log); null_log_sink() for silence.
  std::shared_ptr<LogSink> log{};
  // Shared with other clients; empty: config.message_log says, and start() opens it.
  std::shared_ptr<MessageLog> message_log{};
  // Shared with other clients of the account; empty: made from config.rate_limit.
  std::shared_ptr<AccountLimits> limits{};
  // KalshiRT's store of your own; empty, or a null result: one file in the session's store_folder. Called by start().
  std::function<std::unique_ptr<MessageStore>(const SessionConfig&)> make_store{};
  // Tests: the time of token buckets, waiting lists and SendingTime(52) comparisons; it outlives the client. Null: the system's, intervals
  // by one that only runs forward. Shared `limits` must have been made by the same clock.
  const Clock* clock{nullptr};
  // Tests: the sessions of this stand in for the network's (sessions/fake_exchange.hpp). KalshiRT's store is then in memory.
  std::shared_ptr<FakeExchange> fake{};
};

// Calls `visitor` with the session as what it is: OrderEntrySession&, ListenerSession&, DropCopySession& or MarketDataSession&.
template <class Visitor>
decltype(auto) visit(FixSession& session, Visitor&& visitor) {
  switch (session.config().kind) {
    case SessionKind::listener:
      return visitor(static_cast<ListenerSession&>(session));
    case SessionKind::drop_copy:
      return visitor(static_cast<DropCopySession&>(session));
    case SessionKind::market_data:
      return visitor(static_cast<MarketDataSession&>(session));
    case SessionKind::order_entry:
      break;
  }
  return visitor(static_cast<OrderEntrySession&>(session));
}

class MarginFixClient {
 public:
  explicit MarginFixClient(MarginFixConfig config, MarginFixClientOptions options = {});
  MarginFixClient(const MarginFixClient&) = delete;
  MarginFixClient& operator=(const MarginFixClient&) = delete;
  // Stops like stop() if it still runs. With an executor of yours: call stop() or async_stop() first.
  ~MarginFixClient();

  // Validates the configuration, reads keys, opens stores, starts the I/O thread and every session. Set handlers before.
  // Errors: config, credentials, store; then nothing was started. Does not wait for Logons: see wait_until_active().
  Result<void> start();
  // Logout(5) on every session, waits for the answers (at most each session's logout_timeout), closes, ends the I/O thread. Blocks; not
  // from a handler, and not on your executor's own thread: there use async_stop().
  void stop();
  void async_stop(std::function<void()> stopped);  // `stopped` runs on the I/O thread
  bool running() const noexcept;

  // The first session of that kind. Throws Exception(config), naming the sessions there are, when none is configured.
  OrderEntrySession& order_entry(TargetSession target = TargetSession::NR);
  OrderEntrySession& order_entry(std::string_view name);
  ListenerSession& listener(std::string_view name = {});
  DropCopySession& drop_copy(std::string_view name = {});
  MarketDataSession& market_data(std::string_view name = {});
  // By name; null when there is none.
  FixSession* find(std::string_view name) noexcept;
  std::vector<FixSession*> sessions() noexcept;
  // Each session, in the order of the configuration, as what it is (see visit() above). What all of them have in common needs no type:
  // FixSession::set_common_handlers().
  template <class Visitor>
  void visit(Visitor&& visitor) {
    for (FixSession* session : sessions()) marginfix::visit(*session, visitor);
  }

  // Blocks until logged on; Error(timeout) or the session's final end, with the reason in words. Not from a handler.
  Result<void> wait_until_active(std::string_view session, std::chrono::milliseconds timeout);
  // The same for every session.
  Result<void> wait_until_active(std::chrono::milliseconds timeout);

  // State changes of every session, besides its own on_state. Set before start().
  void set_state_handler(std::function<void(FixSession&, const StateChange&)> handler);

  const MarginFixConfig& config() const noexcept;
  std::map<std::string, SessionStatistics> statistics() const;
  // The account's token buckets as this client knows them. Give them to a PerpsClient (RestClientOptions::limits): FIX and REST then spend
  // from one purse, and an answer to its margin().api_limits() sets the real numbers for both.
  std::shared_ptr<AccountLimits> limits() const noexcept;
  // Null before start(), and without one. A program's SIGHUP: message_log()->rotate().
  std::shared_ptr<MessageLog> message_log() const;
  boost::asio::any_io_executor executor() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace marginfix
