// What the exchange tells about its markets beyond books and trades: statistics, candles, premium, funding, corporate actions. Plain
// values; decimals and times with their units in the type. Source: rest-perps.md "Markets", "Funding", "Corporate actions".
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/exchange/values/types.hpp"

namespace marginfix::sim {

struct MarketStats {
  std::optional<DollarDecimal> last_price;  // last trade
  std::optional<FixedPointCount> last_size;
  FixedPointCount volume;  // all time, the seeded past included; one side counted
  DollarDecimal volume_notional;
  FixedPointCount volume_24h;
  DollarDecimal volume_24h_notional;
  FixedPointCount open_interest;         // sum of the long positions
  DollarDecimal open_interest_notional;  // at the last trade's price (recorded so), before a first trade at the settlement mark
  std::optional<DollarDecimal> bid, ask;
  FixedPointCount bid_size, ask_size;
};

struct CandleQuotes {
  std::optional<DollarDecimal> open, low, high, close;  // nothing: no ask was there; no bid is zero
};
struct CandleView {
  std::int64_t end_period_ts{0};  // epoch seconds, inclusive
  CandleQuotes bid, ask;
  std::optional<CandleQuotes> price;      // of the trades; nothing without a trade
  std::optional<DollarDecimal> mean;      // volume-weighted, half to even at 6 decimals
  std::optional<DollarDecimal> previous;  // the close before
  FixedPointCount volume;
  DollarDecimal volume_notional;
  FixedPointCount open_interest;  // at the end
  DollarDecimal open_interest_notional;
};

struct PremiumPoint {
  std::int64_t second{0};                    // epoch seconds
  std::optional<MultiplierDecimal> premium;  // fraction of the reference price; nothing = not measurable
};
struct FundingRateView {
  MarketNo market{kNoMarket};
  Timestamp funding_time{};
  MultiplierDecimal rate;
  DollarDecimal mark;  // the settlement mark then
};
struct FundingEstimate {
  MarketNo market{kNoMarket};
  Timestamp computed{};
  Timestamp next_funding_time{};
  MultiplierDecimal rate;
  DollarDecimal mark;
  std::optional<MultiplierDecimal> premium;  // of the last second evaluated
  Timestamp premium_time{};                  // that second
};
struct FundingPaymentView {
  MarketNo market{kNoMarket};
  Timestamp funding_time{};
  int subaccount{0};
  MultiplierDecimal rate;
  DollarDecimal mark;
  FixedPointCount quantity;  // position then, signed
  DollarDecimal amount;      // positive = received
};

struct TradeView {
  Timestamp time{};
  MarketNo market{kNoMarket};
  DollarDecimal price;
  FixedPointCount quantity;
  Side aggressor{Side::Buy};
  std::uint64_t trade_no{0};
  Uuid trade_id{};  // the match's id: FIX calls it TrdMatchID(880)
};
// Newest first, over one market or all.
struct TradeQuery {
  std::optional<MarketNo> market{};
  std::optional<Timestamp> after{};   // exclusive
  std::optional<Timestamp> before{};  // exclusive
  std::size_t limit{100};
  std::optional<std::uint64_t> position{};  // TradePage::next of the page before
};
struct TradePage {
  std::vector<TradeView> trades;
  std::optional<std::uint64_t> next;  // where the next page goes on; nothing = this was the last
};

// ---- corporate actions ------------------------------------------------------------------------------------------------------

enum class CorporateActionType : std::uint8_t {
  CashDividend = 0,
  SpecialDividend = 1,
  SpinOff = 2,
  StockSplit = 3,
  FinalSettlement = 4,
  TickerChange = 5
};
std::string_view to_string(CorporateActionType type) noexcept;
std::optional<CorporateActionType> parse_corporate_action_type(std::string_view name);
enum class CorporateActionStatus : std::uint8_t { Scheduled = 0, Cancelled = 1, Applied = 2, Lapsed = 3 };
std::string_view to_string(CorporateActionStatus status) noexcept;

// What is to happen, as clearing announces it. Only the members of its kind matter.
struct CorporateAction {
  MarketNo market{kNoMarket};
  CorporateActionType type{CorporateActionType::CashDividend};
  Timestamp execution_time{};
  std::optional<Date> ex_date{};
  // dividends and spin-offs: one of the two at least; positive = longs are credited, shorts debited
  std::optional<DollarDecimal> cash_per_share{};
  std::optional<DollarDecimal> cash_per_contract{};
  // splits: 4-for-1 = new 4, old 1
  std::int64_t ratio_old{0};
  std::int64_t ratio_new{0};
  // final settlement: reason bankruptcy, merger, delisting or other; one of the two prices at least
  std::string reason{};
  std::optional<DollarDecimal> settlement_price_per_share{};
  std::optional<DollarDecimal> settlement_price_per_contract{};
  // ticker change: tickers of the underlying, and the market's new one ("" = the underlying's new one)
  std::string old_ticker{};
  std::string new_ticker{};
  std::string new_market_ticker{};
};

struct CorporateActionView {
  std::uint64_t no{0};
  Uuid id{};
  Uuid market_id{};
  std::string market_ticker;  // the present one
  CorporateActionStatus status{CorporateActionStatus::Scheduled};
  Timestamp updated{};
  CorporateAction action;
  std::string old_market_ticker;                                 // ticker change, once applied
  std::optional<DollarDecimal> pre_split_mark, post_split_mark;  // split, once applied
};

template <class Ar>
void fields(Ar& ar, CorporateAction& a) {
  std::int32_t ex_date = a.ex_date ? static_cast<std::int32_t>(std::chrono::sys_days(*a.ex_date).time_since_epoch().count()) : 0;
  bool dated = a.ex_date.has_value();
  ar(a.market, a.type, a.execution_time, dated, ex_date, a.cash_per_share, a.cash_per_contract, a.ratio_old, a.ratio_new, a.reason,
     a.settlement_price_per_share, a.settlement_price_per_contract, a.old_ticker, a.new_ticker, a.new_market_ticker);
  if constexpr (Ar::kLoading) {
    a.ex_date.reset();
    if (dated) a.ex_date = Date(std::chrono::sys_days(std::chrono::days(ex_date)));
  }
}

}  // namespace marginfix::sim
