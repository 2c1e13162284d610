// The list of all operations, in the order of the specification's table.
#include <array>

#include "marginfix/rest/account.hpp"
#include "marginfix/rest/exchange.hpp"
#include "marginfix/rest/fcm.hpp"
#include "marginfix/rest/funding.hpp"
#include "marginfix/rest/margin.hpp"
#include "marginfix/rest/markets.hpp"
#include "marginfix/rest/order_groups.hpp"
#include "marginfix/rest/orders.hpp"
#include "marginfix/rest/portfolio.hpp"
#include "marginfix/rest/transfers.hpp"

namespace marginfix::rest {
namespace {

constexpr std::array kPerps = {&Operation<GetMarginExchangeStatus>::info,
                               &Operation<GetMarginEnabled>::info,
                               &Operation<GetMarginRiskParameters>::info,
                               &Operation<GetMarginMarkets>::info,
                               &Operation<GetMarginMarket>::info,
                               &Operation<GetMarginMarketOrderbook>::info,
                               &Operation<GetMarginMarketOrderbooks>::info,
                               &Operation<GetMarginMarketCandlesticks>::info,
                               &Operation<GetMarginTrades>::info,
                               &Operation<GetMarginCorporateActions>::info,
                               &Operation<CreateMarginOrder>::info,
                               &Operation<GetMarginOrders>::info,
                               &Operation<GetMarginOrder>::info,
                               &Operation<CancelMarginOrder>::info,
                               &Operation<CancelAllMarginOrders>::info,
                               &Operation<DecreaseMarginOrder>::info,
                               &Operation<AmendMarginOrder>::info,
                               &Operation<GetMarginOrderGroups>::info,
                               &Operation<GetMarginOrderGroup>::info,
                               &Operation<CreateMarginOrderGroup>::info,
                               &Operation<DeleteMarginOrderGroup>::info,
                               &Operation<ResetMarginOrderGroup>::info,
                               &Operation<TriggerMarginOrderGroup>::info,
                               &Operation<UpdateMarginOrderGroupLimit>::info,
                               &Operation<GetMarginPositions>::info,
                               &Operation<GetMarginFills>::info,
                               &Operation<GetMarginBalance>::info,
                               &Operation<GetMarginRisk>::info,
                               &Operation<GetMarginNotionalRiskLimit>::info,
                               &Operation<GetMarginFeeTiers>::info,
                               &Operation<GetMarginFeeTierRates>::info,
                               &Operation<GetPerpsAccountApiLimits>::info,
                               &Operation<GetMarginFundingRateEstimate>::info,
                               &Operation<GetMarginHistoricalFundingRates>::info,
                               &Operation<GetMarginPremiumIndex>::info,
                               &Operation<GetMarginFundingHistory>::info,
                               &Operation<IntraExchangeInstanceTransfer>::info,
                               &Operation<CreateMarginSubaccount>::info,
                               &Operation<ApplyMarginSubaccountTransfer>::info,
                               &Operation<SetCrossMarginExitTrigger>::info,
                               &Operation<GetCrossMarginExitTriggers>::info,
                               &Operation<DeleteCrossMarginExitTrigger>::info,
                               &Operation<UpdateCrossMarginExitTrigger>::info,
                               &Operation<DeleteCrossMarginExitTriggerById>::info,
                               &Operation<SetIsolatedMarginExitTrigger>::info,
                               &Operation<GetIsolatedMarginExitTriggers>::info,
                               &Operation<DeleteIsolatedMarginExitTrigger>::info,
                               &Operation<CreateMarginFCMSubtrader>::info,
                               &Operation<GetFCMSubtraderRiskControls>::info,
                               &Operation<UpdateFCMSubtraderRiskControls>::info,
                               &Operation<DeleteFCMSubtraderRiskControls>::info,
                               &Operation<UpdateFCMNotionalRiskLimit>::info,
                               &Operation<DeleteFCMNotionalRiskLimit>::info,
                               &Operation<ListMarginFCMOrders>::info,
                               &Operation<GetAccountEndpointCosts>::info};

}  // namespace

std::span<const OperationInfo* const> perps_operations() { return kPerps; }

}  // namespace marginfix::rest
