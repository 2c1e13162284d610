// The books of the gateway's clients from a market data session (KalshiMD) of a MarginFixClient: one subscription a market however many
// hold it, and what happens told to one MarketListener. Trades of an X come with the change of the book that they made. Thread: the
// client's I/O thread, which is the gateway's. Source: market_data_session.hpp.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "marginfix/sessions/market_data_session.hpp"
#include "services/gateway/oms/market_data.hpp"

namespace marginfix::gateway {

class ExchangeMarketFeed final : public MarketFeed {
 public:
  // Of the exchange's markets; absent: all that a symbol can name (MarketFeed::exists).
  using Exists = std::function<bool(std::string_view symbol)>;
  // Sets the session's handlers: `also` are those of the gateway's own (journal, states), called besides. The session outlives this object.
  ExchangeMarketFeed(MarketDataSession& session, Exists exists = {}, MarketDataHandlers also = {});
  ExchangeMarketFeed(const ExchangeMarketFeed&) = delete;
  ExchangeMarketFeed& operator=(const ExchangeMarketFeed&) = delete;

  // Before the session starts. It outlives this object, or is set to null.
  void set_listener(MarketListener* listener) noexcept { listener_ = listener; }

  Result<void> subscribe(const std::string& symbol) override;
  void unsubscribe(const std::string& symbol) override;
  const OrderBook* book(std::string_view symbol) const override { return session_.book(symbol); }
  bool current(std::string_view symbol) const override { return session_.current(symbol); }
  bool connected() const override { return session_.active(); }
  bool exists(std::string_view symbol) const override { return !exists_ || exists_(symbol); }

 private:
  struct Held {
    std::size_t holders{0};
    bool given_up{false};  // refused by the exchange: the next who subscribes asks again
  };

  MarketDataHandlers handlers(MarketDataHandlers also);
  void on_state(const StateChange& change);
  void on_incremental(const fix::MarketDataIncrementalRefresh& update);
  void on_trade(const fix::MDIncEntry& entry);
  void on_book(const std::string& symbol, bool stale);
  void on_problem(const SubscriptionProblem& problem);
  void tell_trades();  // those that no change of a book has taken along

  MarketDataSession& session_;
  Exists exists_;
  MarketListener* listener_{nullptr};
  bool up_{false};
  std::map<std::string, Held, std::less<>> held_;
  std::map<std::string, std::vector<MarketTrade>, std::less<>> trades_;  // that wait for the change of their book
  std::set<std::string, std::less<>> changing_;                          // books that the X under way changes
  std::shared_ptr<const bool> alive_{std::make_shared<const bool>(true)};
};

}  // namespace marginfix::gateway
