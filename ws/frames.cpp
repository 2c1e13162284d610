// The tables of the WebSocket's payloads.
#include "marginfix/ws/frames.hpp"

namespace marginfix::ws {
namespace {
using json::field;
using json::FieldInfo;

constexpr FieldInfo kSnapshot[] = {field<&MarginOrderbookSnapshot::market_ticker>("market_ticker"),
                                   field<&MarginOrderbookSnapshot::bid>("bid").not_required(),
                                   field<&MarginOrderbookSnapshot::ask>("ask").not_required()};
constexpr FieldInfo kDelta[] = {field<&MarginOrderbookDelta::market_ticker>("market_ticker"),
                                field<&MarginOrderbookDelta::price>("price"),
                                field<&MarginOrderbookDelta::delta>("delta"),
                                field<&MarginOrderbookDelta::side>("side"),
                                field<&MarginOrderbookDelta::last_update_reason>("last_update_reason"),
                                field<&MarginOrderbookDelta::client_order_id>("client_order_id"),
                                field<&MarginOrderbookDelta::ts_ms>("ts_ms"),
                                field<&MarginOrderbookDelta::subaccount>("subaccount")};
constexpr FieldInfo kFundingRate[] = {field<&FundingRate::rate>("rate"), field<&FundingRate::next_funding_time_ms>("next_funding_time_ms"),
                                      field<&FundingRate::ts_ms>("ts_ms")};
constexpr FieldInfo kTicker[] = {
    field<&MarginTicker::market_ticker>("market_ticker"),
    field<&MarginTicker::price>("price").expected(),
    field<&MarginTicker::bid>("bid").expected(),
    field<&MarginTicker::ask>("ask").expected(),
    field<&MarginTicker::bid_size_fp>("bid_size_fp").expected(),
    field<&MarginTicker::ask_size_fp>("ask_size_fp").expected(),
    field<&MarginTicker::last_trade_size_fp>("last_trade_size_fp").expected(),
    field<&MarginTicker::volume>("volume").expected(),
    field<&MarginTicker::volume_notional_value_dollars>("volume_notional_value_dollars").expected(),
    field<&MarginTicker::volume_24h>("volume_24h").expected(),
    field<&MarginTicker::volume_24h_notional_value_dollars>("volume_24h_notional_value_dollars").expected(),
    field<&MarginTicker::open_interest>("open_interest").expected(),
    field<&MarginTicker::open_interest_notional_value_dollars>("open_interest_notional_value_dollars").expected(),
    field<&MarginTicker::reference_price>("reference_price"),
    field<&MarginTicker::settlement_mark_price>("settlement_mark_price"),
    field<&MarginTicker::liquidation_mark_price>("liquidation_mark_price"),
    field<&MarginTicker::funding_rate>("funding_rate"),
    field<&MarginTicker::ts_ms>("ts_ms")};
constexpr FieldInfo kTrade[] = {field<&MarginTrade::trade_id>("trade_id"),     field<&MarginTrade::market_ticker>("market_ticker"),
                                field<&MarginTrade::price>("price"),           field<&MarginTrade::count>("count"),
                                field<&MarginTrade::taker_side>("taker_side"), field<&MarginTrade::ts_ms>("ts_ms")};
constexpr FieldInfo kFill[] = {field<&MarginFill::trade_id>("trade_id"),
                               field<&MarginFill::order_id>("order_id"),
                               field<&MarginFill::client_order_id>("client_order_id"),
                               field<&MarginFill::market_ticker>("market_ticker"),
                               field<&MarginFill::is_taker>("is_taker"),
                               field<&MarginFill::side>("side"),
                               field<&MarginFill::ts_ms>("ts_ms"),
                               field<&MarginFill::price>("price"),
                               field<&MarginFill::count>("count"),
                               field<&MarginFill::fee_cost>("fee_cost").expected(),
                               field<&MarginFill::post_position>("post_position").expected(),
                               field<&MarginFill::subaccount>("subaccount"),
                               field<&MarginFill::order_source>("order_source").expected()};
constexpr FieldInfo kUserOrder[] = {field<&MarginUserOrder::order_id>("order_id"),
                                    field<&MarginUserOrder::user_id>("user_id").expected(),
                                    field<&MarginUserOrder::client_order_id>("client_order_id"),
                                    field<&MarginUserOrder::ticker>("ticker"),
                                    field<&MarginUserOrder::side>("side"),
                                    field<&MarginUserOrder::price>("price"),
                                    field<&MarginUserOrder::fill_count>("fill_count"),
                                    field<&MarginUserOrder::remaining_count>("remaining_count"),
                                    field<&MarginUserOrder::self_trade_prevention_type>("self_trade_prevention_type"),
                                    field<&MarginUserOrder::order_group_id>("order_group_id"),
                                    field<&MarginUserOrder::expiration_ts_ms>("expiration_ts_ms"),
                                    field<&MarginUserOrder::created_ts_ms>("created_ts_ms").expected(),
                                    field<&MarginUserOrder::last_updated_ts_ms>("last_updated_ts_ms"),
                                    field<&MarginUserOrder::last_update_reason>("last_update_reason"),
                                    field<&MarginUserOrder::subaccount_number>("subaccount_number"),
                                    field<&MarginUserOrder::order_source>("order_source").expected()};
constexpr FieldInfo kGroup[] = {
    field<&OrderGroupUpdates::event_type>("event_type"), field<&OrderGroupUpdates::order_group_id>("order_group_id"),
    field<&OrderGroupUpdates::contracts_limit_fp>("contracts_limit_fp"), field<&OrderGroupUpdates::ts_ms>("ts_ms")};
using Split = MarginCorporateActionSplitTerms;
constexpr FieldInfo kSplit[] = {field<&Split::ratio_old>("ratio_old"), field<&Split::ratio_new>("ratio_new"),
                                field<&Split::pre_split_mark_price>("pre_split_mark_price").expected(),
                                field<&Split::post_split_mark_price>("post_split_mark_price").expected()};
constexpr FieldInfo kFinalSettlement[] = {
    field<&MarginCorporateActionFinalSettlementTerms::settlement_price_per_contract>("settlement_price_per_contract")};
constexpr FieldInfo kTickerChange[] = {field<&MarginCorporateActionTickerChangeTerms::old_ticker>("old_ticker"),
                                       field<&MarginCorporateActionTickerChangeTerms::new_ticker>("new_ticker")};
using Action = MarginCorporateAction;
constexpr FieldInfo kAction[] = {field<&Action::id>("id"),
                                 field<&Action::market_id>("market_id"),
                                 field<&Action::market_ticker>("market_ticker"),
                                 field<&Action::type>("type"),
                                 field<&Action::ts_ms>("ts_ms"),
                                 field<&Action::split>("split"),
                                 field<&Action::final_settlement>("final_settlement"),
                                 field<&Action::ticker_change>("ticker_change")};
constexpr FieldInfo kActionsDelta[] = {field<&MarginCorporateActionsDelta::corporate_action>("corporate_action")};
constexpr FieldInfo kSubscribed[] = {field<&Subscribed::channel>("channel"), field<&Subscribed::sid>("sid")};
constexpr FieldInfo kUpdated[] = {field<&Updated::market_tickers>("market_tickers").not_required(),
                                  field<&Updated::market_ids>("market_ids").not_required()};
constexpr FieldInfo kError[] = {field<&ErrorMessage::code>("code"), field<&ErrorMessage::msg>("msg"),
                                field<&ErrorMessage::market_ticker>("market_ticker"),
                                field<&ErrorMessage::market_tickers>("market_tickers").not_required()};

struct MarketOf {
  std::string_view operator()(const MarginUserOrder& m) const { return m.ticker; }
  std::string_view operator()(const MarginCorporateActionsDelta& m) const { return m.corporate_action.market_ticker; }
  template <class M>
  std::string_view operator()(const M& m) const {
    if constexpr (requires { std::string_view(m.market_ticker); })
      return m.market_ticker;
    else
      return {};
  }
};

}  // namespace

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::unable_to_process_message:
      return "unable to process message";
    case ErrorCode::params_required:
      return "params required";
    case ErrorCode::channels_required:
      return "channels required";
    case ErrorCode::subscription_ids_required:
      return "subscription ids required";
    case ErrorCode::unknown_command:
      return "unknown command";
    case ErrorCode::unknown_subscription_id:
      return "unknown subscription id";
    case ErrorCode::unknown_channel_name:
      return "unknown channel name";
    case ErrorCode::authentication_required:
      return "authentication required";
    case ErrorCode::channel_error:
      return "channel error";
    case ErrorCode::invalid_parameter:
      return "invalid parameter";
    case ErrorCode::exactly_one_subscription_id_required:
      return "exactly one subscription id required";
    case ErrorCode::unsupported_action:
      return "unsupported action";
    case ErrorCode::market_ticker_required:
      return "market ticker required";
    case ErrorCode::action_required:
      return "action required";
    case ErrorCode::command_timeout:
      return "command timeout";
    case ErrorCode::match_ids_required:
      return "match ids required";
    case ErrorCode::index_ids_required:
      return "index ids required";
    case ErrorCode::subscription_buffer_overflow:
      return "subscription buffer overflow";
    case ErrorCode::subscription_market_limit_exceeded:
      return "subscription market limit exceeded";
    case ErrorCode::too_many_requests:
      return "too many requests";
    case ErrorCode::underlying_ids_required:
      return "underlying ids required";
  }
  return {};
}

std::string_view market_of(const Frame& frame) noexcept { return std::visit(MarketOf{}, frame.payload); }

}  // namespace marginfix::ws

namespace marginfix::json {
using namespace marginfix::ws;
constinit const TypeInfo Schema<MarginOrderbookSnapshot>::type = object_type<MarginOrderbookSnapshot>("marginOrderbookSnapshot", kSnapshot);
constinit const TypeInfo Schema<MarginOrderbookDelta>::type = object_type<MarginOrderbookDelta>("marginOrderbookDelta", kDelta);
constinit const TypeInfo Schema<ws::FundingRate>::type = object_type<ws::FundingRate>("fundingRate", kFundingRate);
constinit const TypeInfo Schema<MarginTicker>::type = object_type<MarginTicker>("marginTicker", kTicker);
constinit const TypeInfo Schema<ws::MarginTrade>::type = object_type<ws::MarginTrade>("marginTrade", kTrade);
constinit const TypeInfo Schema<ws::MarginFill>::type = object_type<ws::MarginFill>("marginFill", kFill);
constinit const TypeInfo Schema<MarginUserOrder>::type = object_type<MarginUserOrder>("marginUserOrder", kUserOrder);
constinit const TypeInfo Schema<OrderGroupUpdates>::type = object_type<OrderGroupUpdates>("orderGroupUpdates", kGroup);
constinit const TypeInfo Schema<ws::MarginCorporateActionSplitTerms>::type =
    object_type<ws::MarginCorporateActionSplitTerms>("marginCorporateActionSplitTerms", kSplit);
constinit const TypeInfo Schema<ws::MarginCorporateActionFinalSettlementTerms>::type =
    object_type<ws::MarginCorporateActionFinalSettlementTerms>("marginCorporateActionFinalSettlementTerms", kFinalSettlement);
constinit const TypeInfo Schema<ws::MarginCorporateActionTickerChangeTerms>::type =
    object_type<ws::MarginCorporateActionTickerChangeTerms>("marginCorporateActionTickerChangeTerms", kTickerChange);
constinit const TypeInfo Schema<ws::MarginCorporateAction>::type = object_type<ws::MarginCorporateAction>("marginCorporateAction", kAction);
constinit const TypeInfo Schema<MarginCorporateActionsDelta>::type =
    object_type<MarginCorporateActionsDelta>("marginCorporateActionsDelta", kActionsDelta);
constinit const TypeInfo Schema<Subscribed>::type = object_type<Subscribed>("subscribed", kSubscribed);
constinit const TypeInfo Schema<Updated>::type = object_type<Updated>("ok", kUpdated);
constinit const TypeInfo Schema<ErrorMessage>::type = object_type<ErrorMessage>("error", kError);
}  // namespace marginfix::json
