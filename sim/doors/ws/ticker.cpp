#include "sim/doors/ws/ticker.hpp"

#include "marginfix/json/writer.hpp"
#include "sim/exchange/views/market.hpp"

namespace marginfix::sim {
namespace {

// What the live exchange was recorded to write (on REST) as the ask of a market without asks.
constexpr std::string_view kNoAsk = "922337203685477.5807";

void price_at(json::Writer& w, const char* name, DollarDecimal price, Timestamp at) {
  w.key(name).begin_object().member("price", price).member("ts_ms", to_epoch_ms(at)).end_object();
}

}  // namespace

std::string TickerBoard::message(const Exchange& exchange, MarketNo market) {
  const MarketInfo info = views::market(exchange.state(), market);
  const MarketStats stats = views::market_stats(exchange.state(), market);
  const FundingEstimate funding = views::funding_estimate(exchange.state(), market);
  const Timestamp now = exchange.now();
  std::string msg;
  json::Writer w(msg);
  w.begin_object()
      .member("market_ticker", info.symbol)
      .member("price", stats.last_price.value_or(info.reference_price))
      .member("bid", stats.bid.value_or(DollarDecimal{}));
  stats.ask ? w.member("ask", *stats.ask) : w.member("ask", kNoAsk);
  w.member("bid_size_fp", stats.bid_size)
      .member("ask_size_fp", stats.ask_size)
      .member("last_trade_size_fp", stats.last_size.value_or(FixedPointCount{}))
      .member("volume", stats.volume);
  w.key("volume_notional_value_dollars").value(stats.volume_notional, 6);
  w.member("volume_24h", stats.volume_24h);
  w.key("volume_24h_notional_value_dollars").value(stats.volume_24h_notional, 6);
  w.member("open_interest", stats.open_interest);
  w.key("open_interest_notional_value_dollars").value(stats.open_interest_notional, 6);
  price_at(w, "reference_price", info.reference_price, views::reference_time(exchange.state(), market));
  price_at(w, "settlement_mark_price", info.settlement_mark, now);
  price_at(w, "liquidation_mark_price", info.liquidation_mark, now);
  w.key("funding_rate")
      .begin_object()
      .member("rate", funding.rate)
      .member("next_funding_time_ms", to_epoch_ms(funding.next_funding_time))
      .member("ts_ms", to_epoch_ms(funding.computed))
      .end_object();
  w.member("ts_ms", to_epoch_ms(now)).end_object();
  return msg;
}

}  // namespace marginfix::sim
