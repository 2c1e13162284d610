// The perps API by resource family, under the names of the exchange's Python SDK: perps.markets().list(...), orders().create(...).
// One definition for both kinds of client: a blocking client's calls take the request and give Result<Response>; an asynchronous client's
// take a completion token after it. Requests are plain structs, made where they are used:
//
//   perps.orders().cancel({.order_id = id});                            // blocking
//   async.orders().cancel({.order_id = id}, handler);                   // asynchronous; coroutines: rest/async_caller.hpp
//
// `list_all` and `*_all` read a paged list to its end (or to `limit` items): pages.hpp, async_pages.hpp. A family is a light handle: valid
// while its client lives. What a member means stands beside the request struct in marginfix/rest/<family>.hpp.
// Source: rest-perps.md "Operations".
#pragma once

#include <cstddef>
#include <utility>

#include "marginfix/rest/account.hpp"
#include "marginfix/rest/exchange.hpp"
#include "marginfix/rest/fcm.hpp"
#include "marginfix/rest/funding.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/order_groups.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/rest/page_cursor.hpp"
#include "marginfix/rest/portfolio.hpp"
#include "marginfix/rest/transfers.hpp"

namespace marginfix::rest {

// A method that runs one operation; ..._OR_NONE where an empty request is a good one.
#define MARGINFIX_CALL(name, Op)                                   \
  template <class... Token>                                        \
  auto name(const Op& operation, Token&&... token) const {         \
    return caller_->run(operation, std::forward<Token>(token)...); \
  }
#define MARGINFIX_CALL_OR_NONE(name, Op)                           \
  template <class... Token>                                        \
  auto name(const Op& operation = {}, Token && ... token) const {  \
    return caller_->run(operation, std::forward<Token>(token)...); \
  }
#define MARGINFIX_PAGES(name, Op, items)                                             \
  auto name(const Op& operation, std::size_t limit = kNoLimit) const {               \
    return typename Caller::template PagesOf<Op, items>(*caller_, operation, limit); \
  }
#define MARGINFIX_PAGES_OR_NONE(name, Op, items)                                     \
  auto name(const Op& operation = {}, std::size_t limit = kNoLimit) const {          \
    return typename Caller::template PagesOf<Op, items>(*caller_, operation, limit); \
  }

template <class Caller>
class Family {
 public:
  explicit Family(Caller& caller) noexcept : caller_(&caller) {}

 protected:
  Caller* caller_;
};

template <class Caller>
class ExchangeFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL_OR_NONE(status, GetMarginExchangeStatus)           // public
  MARGINFIX_CALL_OR_NONE(enabled, GetMarginEnabled)                 // is this account enabled for margin?
  MARGINFIX_CALL_OR_NONE(risk_parameters, GetMarginRiskParameters)  // public

 private:
  using Family<Caller>::caller_;
};

template <class Caller>
class MarketsFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL_OR_NONE(list, GetMarginMarkets)  // public, like everything here
  MARGINFIX_CALL(get, GetMarginMarket)
  MARGINFIX_CALL(orderbook, GetMarginMarketOrderbook)         // worst to best: sort, or use OrderBook
  MARGINFIX_CALL(bulk_orderbooks, GetMarginMarketOrderbooks)  // 1 to 100 tickers
  MARGINFIX_CALL(candlesticks, GetMarginMarketCandlesticks)

 private:
  using Family<Caller>::caller_;
};

template <class Caller>
class OrdersFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL(create, CreateMarginOrder)  // sent once; when the outcome is unknown, look the client_order_id up before sending again
  MARGINFIX_CALL_OR_NONE(list, GetMarginOrders)
  MARGINFIX_PAGES_OR_NONE(list_all, GetMarginOrders, &GetMarginOrdersResponse::orders)
  MARGINFIX_CALL(get, GetMarginOrder)
  MARGINFIX_CALL(cancel, CancelMarginOrder)
  MARGINFIX_CALL_OR_NONE(cancel_all, CancelAllMarginOrders)  // orders placed within the next minute may go too
  MARGINFIX_CALL(decrease, DecreaseMarginOrder)
  MARGINFIX_CALL(amend, AmendMarginOrder)
  MARGINFIX_CALL(list_fcm, ListMarginFCMOrders)  // legacy: may answer 404
  MARGINFIX_PAGES(list_all_fcm, ListMarginFCMOrders, &GetMarginOrdersResponse::orders)

 private:
  using Family<Caller>::caller_;
};

template <class Caller>
class OrderGroupsFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL_OR_NONE(list, GetMarginOrderGroups)
  MARGINFIX_CALL(get, GetMarginOrderGroup)
  MARGINFIX_CALL(create, CreateMarginOrderGroup)
  MARGINFIX_CALL(remove, DeleteMarginOrderGroup)  // the SDK's `delete`, which C++ keeps for itself: cancels the group's orders
  MARGINFIX_CALL(reset, ResetMarginOrderGroup)
  MARGINFIX_CALL(trigger, TriggerMarginOrderGroup)
  MARGINFIX_CALL(update_limit, UpdateMarginOrderGroupLimit)

 private:
  using Family<Caller>::caller_;
};

template <class Caller>
class PortfolioFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL_OR_NONE(positions, GetMarginPositions)
  MARGINFIX_CALL_OR_NONE(fills, GetMarginFills)
  MARGINFIX_PAGES_OR_NONE(fills_all, GetMarginFills, &GetMarginFillsResponse::fills)
  MARGINFIX_CALL_OR_NONE(trades, GetMarginTrades)  // public: everybody's
  MARGINFIX_PAGES_OR_NONE(trades_all, GetMarginTrades, &GetMarginTradesResponse::trades)
  MARGINFIX_CALL(set_cross_exit_trigger, SetCrossMarginExitTrigger)
  MARGINFIX_CALL(cross_exit_triggers, GetCrossMarginExitTriggers)
  MARGINFIX_CALL(cancel_cross_exit_triggers, DeleteCrossMarginExitTrigger)
  MARGINFIX_CALL(update_cross_exit_trigger, UpdateCrossMarginExitTrigger)
  MARGINFIX_CALL(cancel_cross_exit_trigger, DeleteCrossMarginExitTriggerById)
  MARGINFIX_CALL(set_isolated_exit_trigger, SetIsolatedMarginExitTrigger)
  MARGINFIX_CALL(isolated_exit_triggers, GetIsolatedMarginExitTriggers)
  MARGINFIX_CALL(cancel_isolated_exit_triggers, DeleteIsolatedMarginExitTrigger)

 private:
  using Family<Caller>::caller_;
};

template <class Caller>
class MarginFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL_OR_NONE(balance, GetMarginBalance)
  MARGINFIX_CALL_OR_NONE(risk, GetMarginRisk)
  MARGINFIX_CALL_OR_NONE(notional_risk_limit, GetMarginNotionalRiskLimit)
  MARGINFIX_CALL_OR_NONE(fee_tiers, GetMarginFeeTiers)
  MARGINFIX_CALL_OR_NONE(fee_tier_rates, GetMarginFeeTierRates)
  MARGINFIX_CALL_OR_NONE(api_limits, GetPerpsAccountApiLimits)  // its answer sets the client's token buckets
  MARGINFIX_CALL_OR_NONE(corporate_actions, GetMarginCorporateActions)

 private:
  using Family<Caller>::caller_;
};

template <class Caller>
class FundingFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL(rate_estimate, GetMarginFundingRateEstimate)
  MARGINFIX_CALL_OR_NONE(historical_rates, GetMarginHistoricalFundingRates)
  MARGINFIX_CALL(premium_index, GetMarginPremiumIndex)
  MARGINFIX_CALL(history, GetMarginFundingHistory)

 private:
  using Family<Caller>::caller_;
};

template <class Caller>
class TransfersFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL(transfer_instance, IntraExchangeInstanceTransfer)  // centicents
  MARGINFIX_CALL_OR_NONE(create_subaccount, CreateMarginSubaccount)
  MARGINFIX_CALL(transfer_subaccount, ApplyMarginSubaccountTransfer)  // cents

 private:
  using Family<Caller>::caller_;
};

template <class Caller>
class FcmFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL(create_subtrader, CreateMarginFCMSubtrader)
  MARGINFIX_CALL_OR_NONE(risk_controls, GetFCMSubtraderRiskControls)
  MARGINFIX_CALL(update_risk_controls, UpdateFCMSubtraderRiskControls)
  MARGINFIX_CALL(delete_risk_controls, DeleteFCMSubtraderRiskControls)
  MARGINFIX_CALL(update_notional_risk_limit, UpdateFCMNotionalRiskLimit)
  MARGINFIX_CALL_OR_NONE(delete_notional_risk_limit, DeleteFCMNotionalRiskLimit)

 private:
  using Family<Caller>::caller_;
};

// No family of the perps SDK: what the exchange says of the account as a whole.
template <class Caller>
class AccountFamily : public Family<Caller> {
 public:
  using Family<Caller>::Family;
  MARGINFIX_CALL_OR_NONE(endpoint_costs, GetAccountEndpointCosts)  // public; its answer sets what requests cost the client's buckets

 private:
  using Family<Caller>::caller_;
};

#undef MARGINFIX_CALL
#undef MARGINFIX_CALL_OR_NONE
#undef MARGINFIX_PAGES
#undef MARGINFIX_PAGES_OR_NONE

}  // namespace marginfix::rest
