// The tables of rest/markets.hpp, and the rules between fields.
#include "marginfix/rest/markets.hpp"

#include "rest/operations/patterns.hpp"

namespace marginfix::rest {
namespace {

using json::field;
using json::FieldInfo;

constexpr FieldInfo kMarginMarketSchedule[] = {field<&MarginMarketSchedule::is_open>("is_open"),
                                               field<&MarginMarketSchedule::next_close_ts>("next_close_ts").expected(),
                                               field<&MarginMarketSchedule::next_open_ts>("next_open_ts").expected()};
constexpr FieldInfo kMarginMarket[] = {
    field<&MarginMarket::market_id>("market_id"),
    field<&MarginMarket::ticker>("ticker"),
    field<&MarginMarket::title>("title").expected(),
    field<&MarginMarket::market_version>("market_version").expected(),
    field<&MarginMarket::exchange_index>("exchange_index").expected(),
    field<&MarginMarket::contract_size>("contract_size").expected(),
    field<&MarginMarket::underlying_multiplier>("underlying_multiplier").expected(),
    field<&MarginMarket::tick_size>("tick_size").expected(),
    field<&MarginMarket::status>("status"),
    field<&MarginMarket::fractional_trading_enabled>("fractional_trading_enabled").expected(),
    field<&MarginMarket::leverage_estimate>("leverage_estimate"),
    field<&MarginMarket::leverage_estimates>("leverage_estimates").not_required(),
    field<&MarginMarket::long_leverage_estimates>("long_leverage_estimates").not_required(),
    field<&MarginMarket::short_leverage_estimates>("short_leverage_estimates").not_required(),
    field<&MarginMarket::price>("price"),
    field<&MarginMarket::volume>("volume"),
    field<&MarginMarket::volume_notional_value_dollars>("volume_notional_value_dollars"),
    field<&MarginMarket::open_interest>("open_interest"),
    field<&MarginMarket::open_interest_notional_value_dollars>("open_interest_notional_value_dollars"),
    field<&MarginMarket::volume_24h>("volume_24h"),
    field<&MarginMarket::volume_24h_notional_value_dollars>("volume_24h_notional_value_dollars"),
    field<&MarginMarket::bid>("bid"),
    field<&MarginMarket::bid_size_fp>("bid_size_fp"),
    field<&MarginMarket::ask>("ask"),
    field<&MarginMarket::ask_size_fp>("ask_size_fp"),
    field<&MarginMarket::settlement_mark_price>("settlement_mark_price"),
    field<&MarginMarket::liquidation_mark_price>("liquidation_mark_price"),
    field<&MarginMarket::reference_price>("reference_price"),
    field<&MarginMarket::asset_class>("asset_class"),
    field<&MarginMarket::product_metadata>("product_metadata"),
    field<&MarginMarket::schedule>("schedule").expected(),
    field<&MarginMarket::funding_deadband>("funding_deadband").expected(),
    field<&MarginMarket::funding_cap>("funding_cap").expected(),
    field<&MarginMarket::funding_limit_unit>("funding_limit_unit").expected(),
    field<&MarginMarket::halt_sources>("halt_sources"),
    field<&MarginMarket::funding_invalid_premium_handling>("funding_invalid_premium_handling").expected()};
constexpr FieldInfo kGetMarginMarketsResponse[] = {field<&GetMarginMarketsResponse::markets>("markets")};
constexpr FieldInfo kMarginMarketResponse[] = {field<&MarginMarketResponse::market>("market")};
constexpr FieldInfo kMarginOrderbookCount[] = {field<&MarginOrderbookCount::bids>("bids"), field<&MarginOrderbookCount::asks>("asks")};
constexpr FieldInfo kMarginOrderbookResponse[] = {field<&MarginOrderbookResponse::orderbook>("orderbook")};
constexpr FieldInfo kMarginMarketOrderbook[] = {field<&MarginMarketOrderbook::ticker>("ticker"),
                                                field<&MarginMarketOrderbook::orderbook>("orderbook")};
constexpr FieldInfo kGetMarginMarketOrderbooksResponse[] = {field<&GetMarginMarketOrderbooksResponse::orderbooks>("orderbooks")};
constexpr FieldInfo kBidAskDistributionHistorical[] = {
    field<&BidAskDistributionHistorical::open>("open").expected(), field<&BidAskDistributionHistorical::low>("low").expected(),
    field<&BidAskDistributionHistorical::high>("high").expected(), field<&BidAskDistributionHistorical::close>("close").expected()};
constexpr FieldInfo kPriceDistributionHistorical[] = {
    field<&PriceDistributionHistorical::open>("open").expected(), field<&PriceDistributionHistorical::low>("low").expected(),
    field<&PriceDistributionHistorical::high>("high").expected(), field<&PriceDistributionHistorical::close>("close").expected(),
    field<&PriceDistributionHistorical::mean>("mean").expected(), field<&PriceDistributionHistorical::previous>("previous").expected()};
constexpr FieldInfo kMarginMarketCandlestick[] = {
    field<&MarginMarketCandlestick::end_period_ts>("end_period_ts"),
    field<&MarginMarketCandlestick::bid>("bid"),
    field<&MarginMarketCandlestick::ask>("ask"),
    field<&MarginMarketCandlestick::price>("price"),
    field<&MarginMarketCandlestick::volume>("volume"),
    field<&MarginMarketCandlestick::volume_notional_value_dollars>("volume_notional_value_dollars").expected(),
    field<&MarginMarketCandlestick::open_interest>("open_interest").expected(),
    field<&MarginMarketCandlestick::open_interest_notional_value_dollars>("open_interest_notional_value_dollars").expected()};
constexpr FieldInfo kGetMarginMarketCandlesticksResponse[] = {field<&GetMarginMarketCandlesticksResponse::ticker>("ticker").expected(),
                                                              field<&GetMarginMarketCandlesticksResponse::candlesticks>("candlesticks")};
constexpr FieldInfo kMarginTrade[] = {field<&MarginTrade::trade_id>("trade_id"),
                                      field<&MarginTrade::ticker>("ticker"),
                                      field<&MarginTrade::count>("count"),
                                      field<&MarginTrade::price>("price"),
                                      field<&MarginTrade::created_time>("created_time"),
                                      field<&MarginTrade::taker_side>("taker_side")};
constexpr FieldInfo kGetMarginTradesResponse[] = {field<&GetMarginTradesResponse::trades>("trades"),
                                                  field<&GetMarginTradesResponse::cursor>("cursor").expected()};
constexpr FieldInfo kMarginCorporateActionCashTerms[] = {field<&MarginCorporateActionCashTerms::cash_per_share>("cash_per_share"),
                                                         field<&MarginCorporateActionCashTerms::cash_per_contract>("cash_per_contract"),
                                                         field<&MarginCorporateActionCashTerms::ex_date>("ex_date")};
constexpr FieldInfo kMarginCorporateActionSplitTerms[] = {field<&MarginCorporateActionSplitTerms::ratio_old>("ratio_old"),
                                                          field<&MarginCorporateActionSplitTerms::ratio_new>("ratio_new"),
                                                          field<&MarginCorporateActionSplitTerms::ex_date>("ex_date")};
constexpr FieldInfo kMarginCorporateActionFinalSettlementTerms[] = {
    field<&MarginCorporateActionFinalSettlementTerms::reason>("reason"),
    field<&MarginCorporateActionFinalSettlementTerms::settlement_price_per_share>("settlement_price_per_share"),
    field<&MarginCorporateActionFinalSettlementTerms::settlement_price_per_contract>("settlement_price_per_contract")};
constexpr FieldInfo kMarginCorporateActionTickerChangeTerms[] = {field<&MarginCorporateActionTickerChangeTerms::old_ticker>("old_ticker"),
                                                                 field<&MarginCorporateActionTickerChangeTerms::new_ticker>("new_ticker")};
constexpr FieldInfo kMarginCorporateAction[] = {field<&MarginCorporateAction::id>("id"),
                                                field<&MarginCorporateAction::market_id>("market_id"),
                                                field<&MarginCorporateAction::market_ticker>("market_ticker"),
                                                field<&MarginCorporateAction::type>("type"),
                                                field<&MarginCorporateAction::status>("status"),
                                                field<&MarginCorporateAction::updated_ts>("updated_ts"),
                                                field<&MarginCorporateAction::execution_time>("execution_time"),
                                                field<&MarginCorporateAction::cash>("cash"),
                                                field<&MarginCorporateAction::split>("split"),
                                                field<&MarginCorporateAction::final_settlement>("final_settlement"),
                                                field<&MarginCorporateAction::ticker_change>("ticker_change")};
constexpr FieldInfo kGetMarginCorporateActionsResponse[] = {
    field<&GetMarginCorporateActionsResponse::corporate_actions>("corporate_actions")};
constexpr FieldInfo kGetMarginMarkets[] = {field<&GetMarginMarkets::status>("status")};
constexpr FieldInfo kGetMarginMarket[] = {field<&GetMarginMarket::ticker>("ticker")};
constexpr FieldInfo kGetMarginMarketOrderbook[] = {
    field<&GetMarginMarketOrderbook::ticker>("ticker"), field<&GetMarginMarketOrderbook::depth>("depth").with({.least = 0}),
    field<&GetMarginMarketOrderbook::aggregation_tick_size>("aggregation_tick_size").with({.positive = true})};
constexpr FieldInfo kGetMarginMarketOrderbooks[] = {
    field<&GetMarginMarketOrderbooks::tickers>("tickers").with({.min_length = 1, .max_length = 100})};
constexpr FieldInfo kGetMarginMarketCandlesticks[] = {
    field<&GetMarginMarketCandlesticks::ticker>("ticker"), field<&GetMarginMarketCandlesticks::start_ts>("start_ts"),
    field<&GetMarginMarketCandlesticks::end_ts>("end_ts"), field<&GetMarginMarketCandlesticks::period_interval>("period_interval"),
    field<&GetMarginMarketCandlesticks::include_latest_before_start>("include_latest_before_start")};
constexpr FieldInfo kGetMarginTrades[] = {
    field<&GetMarginTrades::ticker>("ticker"), field<&GetMarginTrades::limit>("limit").with({.least = 1, .most = 1000}),
    field<&GetMarginTrades::cursor>("cursor"), field<&GetMarginTrades::min_ts>("min_ts"), field<&GetMarginTrades::max_ts>("max_ts")};
constexpr FieldInfo kGetMarginCorporateActions[] = {
    field<&GetMarginCorporateActions::ticker>("ticker"),
    field<&GetMarginCorporateActions::market_id>("market_id").with({.pattern = is_uuid, .pattern_text = "a UUID"})};

Result<void> check_tickers(const void* request) {
  for (const std::string& ticker : static_cast<const GetMarginMarketOrderbooks*>(request)->tickers) {
    if (ticker.empty() || ticker.size() > 200) return broken("tickers", "each must have 1 to 200 characters");
    if (ticker.find(',') != std::string::npos) return broken("tickers", "a ticker has no comma: give several as a list");
  }
  return {};
}

Result<void> check_candlesticks(const void* request) {
  const auto& r = *static_cast<const GetMarginMarketCandlesticks*>(request);
  if (r.period_interval != 1 && r.period_interval != 60 && r.period_interval != 1440) {
    return broken("period_interval", "must be 1, 60 or 1440 (minutes)");
  }
  if (r.end_ts < r.start_ts) return broken("end_ts", "must not lie before start_ts");
  return {};
}

}  // namespace

constinit const OperationInfo Operation<GetMarginMarkets>::info = {.operation_id = "GetMarginMarkets",
                                                                   .family = "markets",
                                                                   .name = "list",
                                                                   .method = Method::get,
                                                                   .path = "/margin/markets",
                                                                   .auth = Auth::none,
                                                                   .success = 200,
                                                                   .request = &json::Schema<GetMarginMarkets>::type,
                                                                   .response = &json::Schema<GetMarginMarketsResponse>::type,
                                                                   .summary = "All markets, or those of one status"};
constinit const OperationInfo Operation<GetMarginMarket>::info = {.operation_id = "GetMarginMarket",
                                                                  .family = "markets",
                                                                  .name = "get",
                                                                  .method = Method::get,
                                                                  .path = "/margin/markets/{ticker}",
                                                                  .auth = Auth::none,
                                                                  .success = 200,
                                                                  .request = &json::Schema<GetMarginMarket>::type,
                                                                  .response = &json::Schema<MarginMarketResponse>::type,
                                                                  .summary = "One market"};
constinit const OperationInfo Operation<GetMarginMarketOrderbook>::info = {.operation_id = "GetMarginMarketOrderbook",
                                                                           .family = "markets",
                                                                           .name = "orderbook",
                                                                           .method = Method::get,
                                                                           .path = "/margin/markets/{ticker}/orderbook",
                                                                           .auth = Auth::none,
                                                                           .success = 200,
                                                                           .request = &json::Schema<GetMarginMarketOrderbook>::type,
                                                                           .response = &json::Schema<MarginOrderbookResponse>::type,
                                                                           .summary = "The order book of one market"};
constinit const OperationInfo Operation<GetMarginMarketOrderbooks>::info = {
    .operation_id = "GetMarginMarketOrderbooks",
    .family = "markets",
    .name = "bulk_orderbooks",
    .method = Method::get,
    .path = "/margin/markets/orderbooks",
    .auth = Auth::none,
    .success = 200,
    .since = Since::newer,
    .request = &json::Schema<GetMarginMarketOrderbooks>::type,
    .response = &json::Schema<GetMarginMarketOrderbooksResponse>::type,
    .check = check_tickers,
    .summary = "The order books of up to 100 markets"};
constinit const OperationInfo Operation<GetMarginMarketCandlesticks>::info = {
    .operation_id = "GetMarginMarketCandlesticks",
    .family = "markets",
    .name = "candlesticks",
    .method = Method::get,
    .path = "/margin/markets/{ticker}/candlesticks",
    .auth = Auth::none,
    .success = 200,
    .request = &json::Schema<GetMarginMarketCandlesticks>::type,
    .response = &json::Schema<GetMarginMarketCandlesticksResponse>::type,
    .check = check_candlesticks,
    .summary = "Candlesticks of a minute, an hour or a day"};
constinit const OperationInfo Operation<GetMarginTrades>::info = {.operation_id = "GetMarginTrades",
                                                                  .family = "portfolio",
                                                                  .name = "trades",
                                                                  .method = Method::get,
                                                                  .path = "/margin/trades",
                                                                  .auth = Auth::none,
                                                                  .success = 200,
                                                                  .request = &json::Schema<GetMarginTrades>::type,
                                                                  .response = &json::Schema<GetMarginTradesResponse>::type,
                                                                  .page_items = "trades",
                                                                  .summary = "Public trades, newest first"};
constinit const OperationInfo Operation<GetMarginCorporateActions>::info = {
    .operation_id = "GetMarginCorporateActions",
    .family = "margin",
    .name = "corporate_actions",
    .method = Method::get,
    .path = "/margin/corporate_actions",
    .auth = Auth::none,
    .success = 200,
    .since = Since::newer,
    .request = &json::Schema<GetMarginCorporateActions>::type,
    .response = &json::Schema<GetMarginCorporateActionsResponse>::type,
    .summary = "Corporate actions, scheduled and recent"};

}  // namespace marginfix::rest

namespace marginfix::json {
constinit const TypeInfo Schema<rest::MarginMarketSchedule>::type =
    object_type<rest::MarginMarketSchedule>("MarginMarketSchedule", rest::kMarginMarketSchedule);
constinit const TypeInfo Schema<rest::MarginMarket>::type = object_type<rest::MarginMarket>("MarginMarket", rest::kMarginMarket);
constinit const TypeInfo Schema<rest::GetMarginMarketsResponse>::type =
    object_type<rest::GetMarginMarketsResponse>("GetMarginMarketsResponse", rest::kGetMarginMarketsResponse);
constinit const TypeInfo Schema<rest::MarginMarketResponse>::type =
    object_type<rest::MarginMarketResponse>("MarginMarketResponse", rest::kMarginMarketResponse);
constinit const TypeInfo Schema<rest::MarginOrderbookCount>::type =
    object_type<rest::MarginOrderbookCount>("MarginOrderbookCount", rest::kMarginOrderbookCount);
constinit const TypeInfo Schema<rest::MarginOrderbookResponse>::type =
    object_type<rest::MarginOrderbookResponse>("MarginOrderbookResponse", rest::kMarginOrderbookResponse);
constinit const TypeInfo Schema<rest::MarginMarketOrderbook>::type =
    object_type<rest::MarginMarketOrderbook>("MarginMarketOrderbook", rest::kMarginMarketOrderbook);
constinit const TypeInfo Schema<rest::GetMarginMarketOrderbooksResponse>::type =
    object_type<rest::GetMarginMarketOrderbooksResponse>("GetMarginMarketOrderbooksResponse", rest::kGetMarginMarketOrderbooksResponse);
constinit const TypeInfo Schema<rest::BidAskDistributionHistorical>::type =
    object_type<rest::BidAskDistributionHistorical>("BidAskDistributionHistorical", rest::kBidAskDistributionHistorical);
constinit const TypeInfo Schema<rest::PriceDistributionHistorical>::type =
    object_type<rest::PriceDistributionHistorical>("PriceDistributionHistorical", rest::kPriceDistributionHistorical);
constinit const TypeInfo Schema<rest::MarginMarketCandlestick>::type =
    object_type<rest::MarginMarketCandlestick>("MarginMarketCandlestick", rest::kMarginMarketCandlestick);
constinit const TypeInfo Schema<rest::GetMarginMarketCandlesticksResponse>::type = object_type<rest::GetMarginMarketCandlesticksResponse>(
    "GetMarginMarketCandlesticksResponse", rest::kGetMarginMarketCandlesticksResponse);
constinit const TypeInfo Schema<rest::MarginTrade>::type = object_type<rest::MarginTrade>("MarginTrade", rest::kMarginTrade);
constinit const TypeInfo Schema<rest::GetMarginTradesResponse>::type =
    object_type<rest::GetMarginTradesResponse>("GetMarginTradesResponse", rest::kGetMarginTradesResponse);
constinit const TypeInfo Schema<rest::MarginCorporateActionCashTerms>::type =
    object_type<rest::MarginCorporateActionCashTerms>("MarginCorporateActionCashTerms", rest::kMarginCorporateActionCashTerms);
constinit const TypeInfo Schema<rest::MarginCorporateActionSplitTerms>::type =
    object_type<rest::MarginCorporateActionSplitTerms>("MarginCorporateActionSplitTerms", rest::kMarginCorporateActionSplitTerms);
constinit const TypeInfo Schema<rest::MarginCorporateActionFinalSettlementTerms>::type =
    object_type<rest::MarginCorporateActionFinalSettlementTerms>("MarginCorporateActionFinalSettlementTerms",
                                                                 rest::kMarginCorporateActionFinalSettlementTerms);
constinit const TypeInfo Schema<rest::MarginCorporateActionTickerChangeTerms>::type =
    object_type<rest::MarginCorporateActionTickerChangeTerms>("MarginCorporateActionTickerChangeTerms",
                                                              rest::kMarginCorporateActionTickerChangeTerms);
constinit const TypeInfo Schema<rest::MarginCorporateAction>::type =
    object_type<rest::MarginCorporateAction>("MarginCorporateAction", rest::kMarginCorporateAction);
constinit const TypeInfo Schema<rest::GetMarginCorporateActionsResponse>::type =
    object_type<rest::GetMarginCorporateActionsResponse>("GetMarginCorporateActionsResponse", rest::kGetMarginCorporateActionsResponse);
constinit const TypeInfo Schema<rest::GetMarginMarkets>::type =
    object_type<rest::GetMarginMarkets>("GetMarginMarkets", rest::kGetMarginMarkets);
constinit const TypeInfo Schema<rest::GetMarginMarket>::type =
    object_type<rest::GetMarginMarket>("GetMarginMarket", rest::kGetMarginMarket);
constinit const TypeInfo Schema<rest::GetMarginMarketOrderbook>::type =
    object_type<rest::GetMarginMarketOrderbook>("GetMarginMarketOrderbook", rest::kGetMarginMarketOrderbook);
constinit const TypeInfo Schema<rest::GetMarginMarketOrderbooks>::type =
    object_type<rest::GetMarginMarketOrderbooks>("GetMarginMarketOrderbooks", rest::kGetMarginMarketOrderbooks);
constinit const TypeInfo Schema<rest::GetMarginMarketCandlesticks>::type =
    object_type<rest::GetMarginMarketCandlesticks>("GetMarginMarketCandlesticks", rest::kGetMarginMarketCandlesticks);
constinit const TypeInfo Schema<rest::GetMarginTrades>::type =
    object_type<rest::GetMarginTrades>("GetMarginTrades", rest::kGetMarginTrades);
constinit const TypeInfo Schema<rest::GetMarginCorporateActions>::type =
    object_type<rest::GetMarginCorporateActions>("GetMarginCorporateActions", rest::kGetMarginCorporateActions);
}  // namespace marginfix::json
