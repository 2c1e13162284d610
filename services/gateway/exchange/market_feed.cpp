#include "services/gateway/exchange/market_feed.hpp"

#include <utility>

#include "marginfix/fix/domain_reports.hpp"

namespace marginfix::gateway {
namespace {

bool is_trade(const fix::MDIncEntry& entry) { return entry.md_entry_type == MDEntryType::Trade; }

}  // namespace

ExchangeMarketFeed::ExchangeMarketFeed(MarketDataSession& session, Exists exists, MarketDataHandlers also)
    : session_(session), exists_(std::move(exists)), up_(session.active()) {
  session_.set_handlers(handlers(std::move(also)));
}

MarketDataHandlers ExchangeMarketFeed::handlers(MarketDataHandlers also) {
  // Ours, as long as we are there, and then the gateway's own.
  const auto both = [alive = std::weak_ptr<const bool>(alive_)]<class... Args>(std::function<void(Args...)> then, auto ours) {
    return std::function<void(Args...)>([alive, then = std::move(then), ours](Args... args) {
      if (!alive.expired()) ours(args...);
      if (then) then(args...);
    });
  };
  MarketDataHandlers all = std::move(also);
  all.on_state = both(std::move(all.on_state), [this](const StateChange& change) { on_state(change); });
  all.on_incremental = both(std::move(all.on_incremental),
                            [this](const fix::MarketDataIncrementalRefresh& update, const Inbound&) { on_incremental(update); });
  all.on_trade = both(std::move(all.on_trade), [this](const fix::MDIncEntry& entry, const Inbound&) { on_trade(entry); });
  all.on_book = both(std::move(all.on_book),
                     [this](const std::string& symbol, const OrderBook&, BookEvent event) { on_book(symbol, event == BookEvent::stale); });
  all.on_subscription_problem =
      both(std::move(all.on_subscription_problem), [this](const SubscriptionProblem& problem) { on_problem(problem); });
  return all;
}

Result<void> ExchangeMarketFeed::subscribe(const std::string& symbol) {
  const auto known = held_.find(symbol);
  if (known == held_.end() || known->second.given_up) {
    if (auto done = session_.subscribe(symbol); !done) return done;
  }
  Held& held = held_[symbol];
  ++held.holders;
  held.given_up = false;
  return {};
}

void ExchangeMarketFeed::unsubscribe(const std::string& symbol) {
  const auto known = held_.find(symbol);
  if (known == held_.end() || --known->second.holders > 0) return;
  held_.erase(known);
  trades_.erase(symbol);
  // What subscribe() has taken is no error here, and what cannot be sent now the session forgets.
  (void)session_.unsubscribe(symbol);
}

void ExchangeMarketFeed::on_state(const StateChange& change) {
  const bool up = change.state == SessionState::active || change.state == SessionState::recovering;
  if (up == std::exchange(up_, up)) return;
  tell_trades();
  if (listener_ != nullptr) listener_->on_market_link(up);
}

void ExchangeMarketFeed::on_incremental(const fix::MarketDataIncrementalRefresh& update) {
  tell_trades();
  changing_.clear();
  for (const fix::MDIncEntry& entry : update.md_entries) {
    if (!is_trade(entry)) changing_.emplace(entry.symbol);
  }
}

void ExchangeMarketFeed::on_trade(const fix::MDIncEntry& entry) {
  if (!entry.md_entry_px || !entry.md_entry_size || !held_.contains(entry.symbol)) return;
  const std::string symbol(entry.symbol);
  MarketTrade trade{*entry.md_entry_px, *entry.md_entry_size, fix::entry_time(entry), std::string(entry.trade_id.value_or(""))};
  if (changing_.contains(symbol))
    trades_[symbol].push_back(std::move(trade));
  else if (listener_ != nullptr)
    listener_->on_market(symbol, false, std::span(&trade, 1));
}

void ExchangeMarketFeed::on_book(const std::string& symbol, bool stale) {
  std::vector<MarketTrade> trades;
  if (const auto waiting = trades_.find(symbol); waiting != trades_.end()) trades.swap(waiting->second);
  if (listener_ != nullptr) listener_->on_market(symbol, stale, trades);
}

void ExchangeMarketFeed::tell_trades() {
  for (const auto& [symbol, trades] : std::exchange(trades_, {})) {
    if (listener_ != nullptr && !trades.empty()) listener_->on_market(symbol, false, trades);
  }
}

// Who holds one that is given up lets go of it.
void ExchangeMarketFeed::on_problem(const SubscriptionProblem& problem) {
  if (!problem.will_retry) {
    for (const std::string& symbol : problem.symbols) {
      if (const auto held = held_.find(symbol); held != held_.end()) held->second.given_up = true;
    }
  }
  if (listener_ != nullptr) listener_->on_market_problem(problem.symbols, problem.error, problem.will_retry);
}

}  // namespace marginfix::gateway
