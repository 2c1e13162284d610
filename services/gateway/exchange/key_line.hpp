// One key of the exchange: its order entry session (KalshiRT where the configuration has it and the exchange lets it in, else KalshiNR),
// market data, listener and drop copy where they are wanted, and REST to ask what became of orders. What happens is told to ExchangeEvents,
// on the gateway's thread. Nothing is sent twice: what cannot leave is told as not taken.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/account_feed.hpp"
#include "marginfix/async_perps_client.hpp"
#include "marginfix/core/id_index.hpp"
#include "marginfix/exchange_account.hpp"
#include "marginfix/margin_fix_client.hpp"
#include "marginfix/rest/missed.hpp"
#include "services/gateway/exchange/truth.hpp"

namespace marginfix::gateway {

class KeyLine;

class ExchangeEvents {
 public:
  virtual ~ExchangeEvents() = default;
  // Every application message of every session, whole, before anything is made of it.
  virtual void on_exchange_message(KeyLine& line, const std::string& session, const Inbound& in) = 0;
  // Every application message that leaves on an order entry session, whole.
  virtual void on_exchange_sent(KeyLine& line, const std::string& session, std::string_view raw) = 0;
  virtual void on_report(KeyLine& line, const fix::ExecutionReport& report) = 0;
  virtual void on_cancel_reject(KeyLine& line, const fix::OrderCancelReject& reject) = 0;
  // The D, G or F with this ClOrdID(11) never left, or was refused before the exchange looked at it.
  virtual void on_not_taken(KeyLine& line, std::string_view cl_ord_id, const std::string& text) = 0;
  virtual void on_outcome_unknown(KeyLine& line, std::string_view cl_ord_id, UnknownCause cause, const std::string& text) = 0;
  // Orders are taken, or are not taken any more.
  virtual void on_line(KeyLine& line, bool up) = 0;
  // Reports may be missing: ask REST.
  virtual void on_hole(KeyLine& line) = 0;
};

struct KeyLineOptions {
  std::string name;  // of the account
  ExchangeAccount account;
  bool use_listener{false};
  std::string resume_points;  // of the listener's stream in an earlier process
  std::shared_ptr<LogSink> log;
  // For tests: what the exchange's client is made with, and what REST says.
  std::function<void(MarginFixClientOptions&)> client_options;
  TruthReader truth;
};

class KeyLine {
 public:
  KeyLine(boost::asio::io_context& io, KeyLineOptions options, ExchangeEvents& events);
  ~KeyLine();
  KeyLine(const KeyLine&) = delete;
  KeyLine& operator=(const KeyLine&) = delete;

  Result<void> start();
  void stop(std::function<void()> stopped);  // `stopped` on the gateway's thread

  const std::string& name() const noexcept { return options_.name; }
  bool up() const noexcept { return up_; }  // orders can be sent
  bool caught_up() const;                   // and what was sent meanwhile has come
  bool resends() const;                     // KalshiRT may ask for a message again
  std::chrono::seconds resend_age_limit() const;
  std::string session_name() const;  // "KalshiRT", "KalshiNR"
  StateChange state() const;         // of the order entry session
  std::int64_t up_for_us() const;    // since orders can be sent; 0: they cannot

  // Error: it did not leave, and will not.
  Result<SendReceipt> send(const fix::NewOrderSingle& order);
  Result<SendReceipt> send(const fix::OrderCancelReplaceRequest& request);
  Result<SendReceipt> send(const fix::OrderCancelRequest& request);
  Result<SendReceipt> mass_cancel(const std::string& cl_ord_id);  // KalshiNR only
  // False of a D, G or F with this ClOrdID(11) that had to wait here, for tokens or for the exchange to read, and left after `before`
  // (monotonic), or waits still. What never waited left when it was sent.
  bool late_one_left(std::string_view cl_ord_id, std::chrono::nanoseconds before) const;

  MarketDataSession* market_data() noexcept;  // null: none is configured
  AsyncPerpsClient* rest() noexcept { return rest_.get(); }
  bool can_ask() const noexcept { return truth_ != nullptr; }
  // One at a time; `then` on the gateway's thread. False: one is under way, or there is no REST.
  bool ask(const TruthQuestion& question, std::function<void(const Result<Truth>&)> then);
  SessionStatistics statistics() const;
  std::int64_t write_tokens() const;
  std::string resume_points() const;  // "" without a listener

 private:
  OrderEntrySession* orders() const;
  void prepare(MarginFixConfig& config) const;
  void watch(MarginFixClient& client);
  void on_state(FixSession& session, const StateChange& change);
  void fall_back();
  void set_up(bool up);
  void note_late(std::string_view cl_ord_id);
  template <class Message>
  Result<SendReceipt> send_on(const Message& message, Result<SendReceipt> (OrderEntrySession::*how)(const Message&));

  boost::asio::io_context& io_;
  KeyLineOptions options_;
  ExchangeEvents& events_;
  std::unique_ptr<MarginFixClient> client_;    // everything; order entry on KalshiRT, or on KalshiNR where that is all there is
  std::unique_ptr<MarginFixClient> fallback_;  // KalshiNR, once KalshiRT has been refused for good
  std::unique_ptr<AccountFeed> feed_;
  std::unique_ptr<AsyncPerpsClient> rest_;
  std::unique_ptr<PerpsClient> blocking_;
  std::unique_ptr<TruthAsker> truth_;  // behind the client that it reads by
  bool up_{false};
  std::chrono::nanoseconds up_since_{0};
  // By ClOrdID(11), of what waited: when it left; nothing: it waits.
  boost::unordered_flat_map<IdHash, std::optional<std::chrono::nanoseconds>> late_;
  std::chrono::nanoseconds next_late_look_{0};
  std::shared_ptr<const bool> alive_{std::make_shared<const bool>(true)};
};

}  // namespace marginfix::gateway
