// Family `markets`: markets, order books, candlesticks; and the public trades (`portfolio.trades`) and corporate actions
// (`margin.corporate_actions`). Prices are dollars a contract. Plain values.
// Source: rest-perps.md "Markets", "Corporate actions", operations 4 to 10; observed.md "Markets, numbers".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "marginfix/rest/common.hpp"

namespace marginfix::rest {

enum class FundingLimitUnit : std::uint8_t { percentage, dollar };
enum class FundingInvalidPremiumHandling : std::uint8_t { dampen, exclude };  // a bar without premium counts as 0, or is left out
enum class CorporateActionType : std::uint8_t { cash_dividend, special_dividend, spin_off, stock_split, final_settlement, ticker_change };
enum class CorporateActionStatus : std::uint8_t { scheduled, cancelled, applied, lapsed };

struct MarginMarketSchedule {
  bool is_open{false};
  Nullable<EpochSeconds> next_close_ts{};  // null while closed
  Nullable<EpochSeconds> next_open_ts{};   // null while open
  json::UnknownMembers unknown{};
};

// Members that June 2026's markets lacked are optional, though the specification requires them.
struct MarginMarket {
  std::optional<std::string> market_id{};  // stays the same when the ticker changes
  std::string ticker{};
  std::optional<std::string> title{};
  std::optional<std::int32_t> market_version{};  // from 1; goes up when trading resumes after a corporate action
  std::optional<std::int32_t> exchange_index{};  // binds order groups
  std::optional<DecimalString> contract_size{};
  std::optional<DecimalString> underlying_multiplier{};  // underlying units a contract-size unit
  std::optional<DollarDecimal> tick_size{};              // smallest price step; absent where the exchange sends ""
  Open<MarginMarketStatus> status{};
  std::optional<bool> fractional_trading_enabled{};      // false = whole contracts only
  std::optional<MultiplierDecimal> leverage_estimate{};  // 1 / margin rate for a small position
  json::Map<MultiplierDecimal> leverage_estimates{};     // by notional in dollars: "1000", "10000", "100000", "1000000"
  json::Map<MultiplierDecimal> long_leverage_estimates{};
  json::Map<MultiplierDecimal> short_leverage_estimates{};
  std::optional<DollarDecimal> price{};     // last trade
  std::optional<FixedPointCount> volume{};  // all-time, one side counted
  std::optional<DollarDecimal> volume_notional_value_dollars{};
  std::optional<FixedPointCount> open_interest{};  // one side counted
  std::optional<DollarDecimal> open_interest_notional_value_dollars{};
  std::optional<FixedPointCount> volume_24h{};
  std::optional<DollarDecimal> volume_24h_notional_value_dollars{};
  std::optional<DollarDecimal> bid{};  // best bid; 0 seen in a market without bids
  std::optional<FixedPointCount> bid_size_fp{};
  // Best ask. Without asks the exchange was seen to write 922337203685477.5807, more than dollars can hold: then absent here, and the text
  // is in `unknown`.
  std::optional<DollarDecimal> ask{};
  std::optional<FixedPointCount> ask_size_fp{};
  std::optional<TickerPrice> settlement_mark_price{};   // for settlement and funding
  std::optional<TickerPrice> liquidation_mark_price{};  // for liquidation; trailing stops follow it
  std::optional<TickerPrice> reference_price{};         // underlying index, scaled to one contract
  std::optional<std::string> asset_class{};             // open set
  std::optional<RawJson> product_metadata{};            // free-form
  Nullable<MarginMarketSchedule> schedule{};            // null = trades 24/7
  std::optional<MultiplierDecimal> funding_deadband{};  // in funding_limit_unit
  std::optional<MultiplierDecimal> funding_cap{};       // in funding_limit_unit
  std::optional<Open<FundingLimitUnit>> funding_limit_unit{};
  std::vector<std::string> halt_sources{};  // empty does not prove that the market is live
  std::optional<Open<FundingInvalidPremiumHandling>> funding_invalid_premium_handling{};
  json::UnknownMembers unknown{};
};

struct GetMarginMarketsResponse {
  std::vector<MarginMarket> markets{};
  json::UnknownMembers unknown{};
};

struct MarginMarketResponse {
  MarginMarket market{};
  json::UnknownMembers unknown{};
};

// Order of levels: recorded worst to best, documented best first. Sort, or feed an OrderBook.
struct MarginOrderbookCount {
  std::vector<BookLevel> bids{};
  std::vector<BookLevel> asks{};
  json::UnknownMembers unknown{};
};

struct MarginOrderbookResponse {
  MarginOrderbookCount orderbook{};
  json::UnknownMembers unknown{};
};

struct MarginMarketOrderbook {
  std::string ticker{};
  MarginOrderbookCount orderbook{};
  json::UnknownMembers unknown{};
};

struct GetMarginMarketOrderbooksResponse {
  std::vector<MarginMarketOrderbook> orderbooks{};  // in the order asked
  json::UnknownMembers unknown{};
};

// Quotes. Null in the synthetic first candle of include_latest_before_start.
struct BidAskDistributionHistorical {
  Nullable<DollarDecimal> open{};
  Nullable<DollarDecimal> low{};
  Nullable<DollarDecimal> high{};
  Nullable<DollarDecimal> close{};
  json::UnknownMembers unknown{};
};

// Trades; null without any.
struct PriceDistributionHistorical {
  Nullable<DollarDecimal> open{};
  Nullable<DollarDecimal> low{};
  Nullable<DollarDecimal> high{};
  Nullable<DollarDecimal> close{};
  Nullable<DollarDecimal> mean{};      // volume-weighted
  Nullable<DollarDecimal> previous{};  // close of the period before; null for the first
  json::UnknownMembers unknown{};
};

struct MarginMarketCandlestick {
  EpochSeconds end_period_ts{};  // inclusive end
  BidAskDistributionHistorical bid{};
  BidAskDistributionHistorical ask{};
  PriceDistributionHistorical price{};
  FixedPointCount volume{};
  std::optional<DollarDecimal> volume_notional_value_dollars{};
  std::optional<FixedPointCount> open_interest{};  // at the end of the period
  std::optional<DollarDecimal> open_interest_notional_value_dollars{};
  json::UnknownMembers unknown{};
};

struct GetMarginMarketCandlesticksResponse {
  std::optional<std::string> ticker{};
  std::vector<MarginMarketCandlestick> candlesticks{};
  json::UnknownMembers unknown{};
};

struct MarginTrade {
  std::string trade_id{};
  std::string ticker{};
  FixedPointCount count{};
  DollarDecimal price{};
  Timestamp created_time{};
  Open<BookSide> taker_side{};  // aggressor
  json::UnknownMembers unknown{};
};

struct GetMarginTradesResponse {
  std::vector<MarginTrade> trades{};
  std::optional<std::string> cursor{};  // empty or absent: the last page
  json::UnknownMembers unknown{};
};

struct MarginCorporateActionCashTerms {
  std::optional<DollarDecimal> cash_per_share{};     // per underlying share
  std::optional<DollarDecimal> cash_per_contract{};  // positive credits longs, debits shorts
  std::optional<Date> ex_date{};
  json::UnknownMembers unknown{};
};

struct MarginCorporateActionSplitTerms {
  std::optional<std::string> ratio_old{};  // 4-for-1: new 4, old 1
  std::optional<std::string> ratio_new{};
  std::optional<Date> ex_date{};
  json::UnknownMembers unknown{};
};

struct MarginCorporateActionFinalSettlementTerms {
  std::string reason{};  // bankruptcy, merger, delisting or other
  std::optional<DollarDecimal> settlement_price_per_share{};
  std::optional<DollarDecimal> settlement_price_per_contract{};  // rounded by clearing
  json::UnknownMembers unknown{};
};

// Tickers of the underlying.
struct MarginCorporateActionTickerChangeTerms {
  std::string old_ticker{};
  std::string new_ticker{};
  json::UnknownMembers unknown{};
};

// Scheduled, applied, lapsed: exactly one terms object, the one `type` names; cancelled: none.
struct MarginCorporateAction {
  std::string id{};  // equals the Klear review id
  std::string market_id{};
  std::string market_ticker{};
  Open<CorporateActionType> type{};
  Open<CorporateActionStatus> status{};
  Timestamp updated_ts{};
  Nullable<Timestamp> execution_time{};  // absent on cancelled notices
  Nullable<MarginCorporateActionCashTerms> cash{};
  Nullable<MarginCorporateActionSplitTerms> split{};
  Nullable<MarginCorporateActionFinalSettlementTerms> final_settlement{};
  Nullable<MarginCorporateActionTickerChangeTerms> ticker_change{};
  json::UnknownMembers unknown{};
};

struct GetMarginCorporateActionsResponse {
  std::vector<MarginCorporateAction> corporate_actions{};  // ex-date ascending, those without one last
  json::UnknownMembers unknown{};
};

// GET /margin/markets
struct GetMarginMarkets {
  using Response = GetMarginMarketsResponse;
  std::optional<Open<MarginMarketStatus>> status{};
};

// GET /margin/markets/{ticker}
struct GetMarginMarket {
  using Response = MarginMarketResponse;
  std::string ticker{};
};

// GET /margin/markets/{ticker}/orderbook
struct GetMarginMarketOrderbook {
  using Response = MarginOrderbookResponse;
  std::string ticker{};
  std::optional<std::int32_t> depth{};                   // levels a side; 0 or absent = all
  std::optional<DollarDecimal> aggregation_tick_size{};  // bucket width in dollars
};

// GET /margin/markets/orderbooks
struct GetMarginMarketOrderbooks {
  using Response = GetMarginMarketOrderbooksResponse;
  std::vector<std::string> tickers{};  // each at most 200 characters; one that is no market refuses the whole request (404)
};

// GET /margin/markets/{ticker}/candlesticks
struct GetMarginMarketCandlesticks {
  using Response = GetMarginMarketCandlesticksResponse;
  std::string ticker{};
  EpochSeconds start_ts{};                            // candles ending at or after
  EpochSeconds end_ts{};                              // candles ending at or before
  std::int32_t period_interval{0};                    // minutes: 1, 60 or 1440
  std::optional<bool> include_latest_before_start{};  // puts one synthetic candle first
};

// GET /margin/trades
struct GetMarginTrades {
  using Response = GetMarginTradesResponse;
  std::optional<std::string> ticker{};  // absent = all markets
  std::optional<std::int32_t> limit{};  // default 100
  std::optional<std::string> cursor{};
  std::optional<EpochSeconds> min_ts{};  // after
  std::optional<EpochSeconds> max_ts{};  // before
};

// GET /margin/corporate_actions
struct GetMarginCorporateActions {
  using Response = GetMarginCorporateActionsResponse;
  std::optional<std::string> ticker{};  // absent = all markets
  std::optional<std::string> market_id{};
};

}  // namespace marginfix::rest

template <>
struct marginfix::EnumWords<marginfix::rest::FundingLimitUnit> {
  using E = rest::FundingLimitUnit;
  static constexpr EnumWord<E> kWords[] = {{E::percentage, "percentage"}, {E::dollar, "dollar"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::FundingInvalidPremiumHandling> {
  using E = rest::FundingInvalidPremiumHandling;
  static constexpr EnumWord<E> kWords[] = {{E::dampen, "dampen"}, {E::exclude, "exclude"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::CorporateActionType> {
  using E = rest::CorporateActionType;
  static constexpr EnumWord<E> kWords[] = {
      {E::cash_dividend, "cash_dividend"}, {E::special_dividend, "special_dividend"}, {E::spin_off, "spin_off"},
      {E::stock_split, "stock_split"},     {E::final_settlement, "final_settlement"}, {E::ticker_change, "ticker_change"}};
};
template <>
struct marginfix::EnumWords<marginfix::rest::CorporateActionStatus> {
  using E = rest::CorporateActionStatus;
  static constexpr EnumWord<E> kWords[] = {
      {E::scheduled, "scheduled"}, {E::cancelled, "cancelled"}, {E::applied, "applied"}, {E::lapsed, "lapsed"}};
};

MARGINFIX_SCHEMA(marginfix::rest::MarginMarketSchedule);
MARGINFIX_SCHEMA(marginfix::rest::MarginMarket);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginMarketsResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginMarketResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginOrderbookCount);
MARGINFIX_SCHEMA(marginfix::rest::MarginOrderbookResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginMarketOrderbook);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginMarketOrderbooksResponse);
MARGINFIX_SCHEMA(marginfix::rest::BidAskDistributionHistorical);
MARGINFIX_SCHEMA(marginfix::rest::PriceDistributionHistorical);
MARGINFIX_SCHEMA(marginfix::rest::MarginMarketCandlestick);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginMarketCandlesticksResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginTrade);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginTradesResponse);
MARGINFIX_SCHEMA(marginfix::rest::MarginCorporateActionCashTerms);
MARGINFIX_SCHEMA(marginfix::rest::MarginCorporateActionSplitTerms);
MARGINFIX_SCHEMA(marginfix::rest::MarginCorporateActionFinalSettlementTerms);
MARGINFIX_SCHEMA(marginfix::rest::MarginCorporateActionTickerChangeTerms);
MARGINFIX_SCHEMA(marginfix::rest::MarginCorporateAction);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginCorporateActionsResponse);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginMarkets);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginMarket);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginMarketOrderbook);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginMarketOrderbooks);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginMarketCandlesticks);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginTrades);
MARGINFIX_SCHEMA(marginfix::rest::GetMarginCorporateActions);
MARGINFIX_OPERATION(marginfix::rest::GetMarginMarkets);
MARGINFIX_OPERATION(marginfix::rest::GetMarginMarket);
MARGINFIX_OPERATION(marginfix::rest::GetMarginMarketOrderbook);
MARGINFIX_OPERATION(marginfix::rest::GetMarginMarketOrderbooks);
MARGINFIX_OPERATION(marginfix::rest::GetMarginMarketCandlesticks);
MARGINFIX_OPERATION(marginfix::rest::GetMarginTrades);
MARGINFIX_OPERATION(marginfix::rest::GetMarginCorporateActions);
